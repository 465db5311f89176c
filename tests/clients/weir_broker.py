"""A weir broker of its own for a test: `with Broker(binary) as broker: broker.address`.

kill() is kill -9; start() after it opens the same data again, on the same port. What it logged is
shown when the test fails to start it.
"""
import re
import shutil
import subprocess
import tempfile


class Broker:
    def __init__(self, binary, *arguments):
        self.command = [binary, "broker", *arguments]
        self.folder = tempfile.mkdtemp(prefix="weir-broker-")
        self.log = open(f"{self.folder}/log", "w+", encoding="utf-8")
        self.port = 0
        self.process = None
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [*self.command, "--data", f"{self.folder}/data", "--port", str(self.port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            found = re.search(r"127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
                return
        self.log.seek(0)
        raise RuntimeError("the broker did not start:\n" + self.log.read())

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Asks it to end, as Ctrl-C does; its exit status."""
        self.process.terminate()
        status = self.process.wait(timeout=10)
        self.process.stdout.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
