#!/usr/bin/env python3
"""Runs golden files on a real Apache Flink.

Usage: tools/flink_oracle/oracle.py record FILE|DIR...   rewrites the expected rows and the header
       tools/flink_oracle/oracle.py check  FILE|DIR...   says where Flink disagrees with the file

Flink is installed by `tools/setup flink`. `record` keeps everything but what follows `----` and the
two header lines `# oracle:` and `# recorded:`. A statement or query that the file expects to fail
must fail on Flink too, with any message: the pattern beside it is for weir's own wording.
"""

import base64
import datetime
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import golden_file

VERSION = "2.2.1"
# Flink reads fields of JDK classes that JDK 17 closes.
OPENED = ["lang", "net", "io", "nio", "lang.reflect", "text", "time", "util", "util.concurrent",
          "util.concurrent.atomic", "util.concurrent.locks"]


class Flink:
    """One JVM with Flink in it; statements go in, rows or an error come out."""

    def __init__(self):
        deps = subprocess.run([os.path.join(HERE, "..", "setup"), "--where"], check=True,
                              capture_output=True, text=True).stdout.strip()
        home = os.path.join(deps, f"flink-{VERSION}")
        if not os.path.isdir(home):
            sys.exit("Apache Flink is not installed; run tools/setup flink")
        opened = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in OPENED]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [java_17(), "-Xmx1g", "-Duser.timezone=UTC", *opened, "-cp",
             os.path.join(home, "lib", "*"), "-Dlog4j2.level=ERROR",
             os.path.join(HERE, "Oracle.java")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def fresh(self):
        self.send("new")

    def run(self, sql):
        """(rows, None) or (rows before the failure, error text)."""
        self.send("run " + base64.b64encode(sql.encode()).decode())
        rows = []
        while True:
            answer = self.process.stdout.readline().split()
            if not answer:
                self.log.seek(0)
                sys.exit("Flink died:\n" + self.log.read().decode(errors="replace")[-3000:])
            text = base64.b64decode(answer[1]).decode() if len(answer) > 1 else ""
            if answer[0] == "row":
                rows.append(golden_file.escape_row(text))
            else:
                return rows, None if answer[0] == "ok" else text

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def java_17():
    path = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java"
    return path if os.path.exists(path) else "java"


def replay(flink, path):
    """Executes a file; returns its records with what Flink answers, and the surprises."""
    records, surprises = golden_file.parse(path), []
    flink.fresh()
    with tempfile.TemporaryDirectory() as directory:
        for record in records:
            if record.kind == "file":
                golden_file.write_input(record, directory)
            elif record.kind == "output":
                record.expected = golden_file.read_output(record, directory)
            elif record.kind in ("statement", "query"):
                rows, error = flink.run(golden_file.place(record.sql, directory))
                if (error is not None) != record.fails:
                    surprises.append(f"{path}:{record.line}: " + (
                        f"Flink fails: {error}" if error else "Flink does not fail"))
                if not record.fails:
                    record.expected = golden_file.arrange(record.mode, rows)
                elif error:
                    print(f"{path}:{record.line}: as expected, Flink fails: "
                          + error.split("\n")[0][:200])
    return records, surprises


def stamp(records):
    """The header says where the expected rows come from."""
    header = [f"# oracle: flink {VERSION}", f"# recorded: {datetime.date.today().isoformat()}"]
    if not records or records[0].kind != "comment":
        records.insert(0, golden_file.Record("comment", 1))
    kept = [line for line in records[0].body if not line.startswith(("# oracle:", "# recorded:"))]
    records[0].body = kept + header


def differences(path, recorded, answered):
    for old, new in zip(recorded, answered):
        if old.expected != new.expected:
            missing = [f"    - {row}" for row in old.expected if row not in new.expected]
            added = [f"    + {row}" for row in new.expected if row not in old.expected]
            yield "\n".join([f"{path}:{old.line}: Flink answers differently"] + missing + added)


def golden_files(arguments):
    for argument in arguments:
        if os.path.isdir(argument):
            for folder, _, names in sorted(os.walk(argument)):
                yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith(".slt"))
        else:
            yield argument


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("record", "check"):
        sys.exit(__doc__)
    flink, wrong, files = Flink(), 0, list(golden_files(sys.argv[2:]))
    for path in files:
        try:
            records, problems = replay(flink, path)
            if sys.argv[1] == "check":
                problems += differences(path, golden_file.parse(path), records)
            elif not problems:
                stamp(records)
                golden_file.write(path, records)
        except golden_file.GoldenError as error:
            problems = [str(error)]
        print("\n".join(problems + [f"{path}: {'FAILED' if problems else 'ok'}"]), flush=True)
        wrong += bool(problems)
    flink.close()
    print(f"{len(files) - wrong} passed, {wrong} failed")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
