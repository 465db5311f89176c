"""Drives the built program: starts `weir run`, reads its JSON lines, stops or kills it.

Every wait polls a condition against a deadline; nothing sleeps and hopes. Ports are free ones, data
lies in a folder of its own, and only processes that were started here are ended.
"""
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
# `python x_test.py build/weir [test]`: the program is taken off the arguments that unittest sees.
WEIR = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and os.path.isfile(
    sys.argv[1]) else str(ROOT / "build" / "weir")
DEADLINE_S = 60


def wait_until(condition, what, deadline_s=DEADLINE_S):
    """The first true value of condition(); an AssertionError that says what did not happen."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"within {deadline_s} s this did not happen: {what}")
        time.sleep(0.02)


class Folder:
    """A temporary folder for one test."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="weir-test-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def pipeline(self, name, **files):
        """A pipeline folder; keyword pipeline_sql becomes pipeline.sql and so on."""
        folder = self.path / name
        folder.mkdir(exist_ok=True)
        for key, text in files.items():
            stem, _, ending = key.rpartition("_")
            (folder / f"{stem}.{ending}").write_text(text)
        return folder


class WeirRun:
    """One running `weir run --json`."""

    def __init__(self, pipeline, data, *arguments):
        command = [WEIR, "run", str(pipeline), "--json", "--data", str(data), "--kafka-port", "0",
                   "--clickhouse-port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, start_new_session=True)
        self.lines = queue.Queue()
        self.errors = []
        self.status = {}
        self.started_ns = time.monotonic_ns()
        self._readers = [threading.Thread(target=self._read, daemon=True),
                         threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self._readers:
            reader.start()
        self.head = None

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        for reader in self._readers:
            reader.join(timeout=10)
        self.process.stdout.close()
        self.process.stderr.close()

    def _drain(self):
        while True:
            try:
                line = self.lines.get_nowait()
            except queue.Empty:
                return
            if line["event"] == "started":
                self.head = line
            else:
                self.status = line

    def wait_started(self):
        def started():
            self._drain()
            if self.head is None and self.process.poll() is not None:
                raise AssertionError("weir ended early: " + "".join(self.errors))
            return self.head
        return wait_until(started, "weir run started")

    def wait_status(self, condition, what, deadline_s=DEADLINE_S):
        def holds():
            self._drain()
            if self.process.poll() is not None and self.lines.empty():
                self._drain()
                if self.status and condition(self.status):
                    return True
                raise AssertionError(f"weir ended before {what}: " + "".join(self.errors))
            return bool(self.status) and condition(self.status)
        wait_until(holds, what, deadline_s)
        return self.status

    @property
    def kafka(self):
        return self.wait_started()["kafka"]

    @property
    def clickhouse(self):
        return self.wait_started()["clickhouse"]

    def query(self, sql):
        """The answer of the store as text, or None while it cannot be reached."""
        try:
            request = urllib.request.Request(self.clickhouse, data=sql.encode())
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read().decode().strip()
        except OSError:
            return None

    def stop(self, deadline_s=20):
        """Ctrl-C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.wait(deadline_s)

    def wait(self, deadline_s=DEADLINE_S):
        status = self.process.wait(timeout=deadline_s)
        for reader in self._readers:
            reader.join(timeout=10)
        self._drain()
        return status

    def kill(self):
        """kill -9 of the program and of all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


def run_weir(*arguments, deadline_s=DEADLINE_S, input_text=None):
    """Runs a command to its end; (status, standard output, standard error)."""
    done = subprocess.run([WEIR, *arguments], capture_output=True, text=True, timeout=deadline_s,
                          input=input_text, check=False)
    return done.returncode, done.stdout, done.stderr


def topic_records(status, topic):
    return next((t["records"] for t in status.get("topics", []) if t["name"] == topic), 0)


def table_rows(status, table):
    return next((t["rows"] for t in status.get("tables", []) if t["name"] == table), 0)


def encode_query(sql):
    return urllib.parse.urlencode({"query": sql})
