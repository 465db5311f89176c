"""The live view and Ctrl-C, through a pseudo terminal of 80 columns."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import ROOT, WEIR, Folder, wait_until

PIPELINE = ROOT / "pipelines" / "unified-events"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, arguments, columns=80, environment=None):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.process = subprocess.Popen(arguments, stdin=side, stdout=side, stderr=side,
                                        start_new_session=True, env=environment,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(side)
        self.main = main
        self.text = ""

    def read(self):
        while select.select([self.main], [], [], 0.05)[0]:
            try:
                chunk = os.read(self.main, 65536)
            except OSError:
                return self.text
            if not chunk:
                return self.text
            self.text += chunk.decode(errors="replace")
        return self.text

    def press_ctrl_c(self):
        os.write(self.main, b"\x03")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.main)


class TerminalTest(unittest.TestCase):
    def run_view(self, environment, columns=80):
        with Folder() as folder:
            terminal = Terminal([WEIR, "run", str(PIPELINE), "--data", str(folder.path / "data"),
                                 "--kafka-port", "0", "--clickhouse-port", "0"],
                                columns=columns, environment=environment)
            try:
                wait_until(lambda: re.search(r"events_proc\w*\s+[1-9]", ESCAPE.sub(
                    "", terminal.read())), "rows of events_processed in the view")
                terminal.press_ctrl_c()
                pressed = time.monotonic()

                def ended():
                    terminal.read()
                    return terminal.process.poll() is not None
                wait_until(ended, "the program ended after Ctrl-C", 20)
                return terminal.text, terminal.process.returncode, time.monotonic() - pressed
            finally:
                terminal.close()

    def test_rows_grow_in_the_view_and_ctrl_c_ends_it(self):
        text, status, seconds = self.run_view(dict(os.environ, TERM="xterm-256color"))
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5, "Ctrl-C ends the program")
        plain = ESCAPE.sub("", text)
        for word in ("topics", "user_clicks", "processed_events", "operators", "tables",
                     "events_processed", "dead letters 0", "Ctrl-C stops"):
            self.assertIn(word, plain)
        self.assertIn("\x1b[?25h", text, "the cursor is shown again")
        self.assert_fits(plain, 80)

    def assert_fits(self, plain, columns):
        for line in plain.replace("\r", "").split("\n"):
            # A path or an address is as long as it is.
            if "/" not in line or "records/s" in line or "rows/s" in line:
                self.assertLessEqual(len(line), columns, line)

    def test_a_narrow_terminal_without_colour(self):
        text, status, _ = self.run_view(dict(os.environ, TERM="xterm", NO_COLOR="1"), columns=40)
        self.assertEqual(status, 0)
        view = text[text.index("\x1b[?25l"):text.index("\x1b[?25h")]
        self.assert_fits(ESCAPE.sub("", view), 40)
        self.assertNotRegex(text, r"\x1b\[[0-9;]*m")


if __name__ == "__main__":
    unittest.main(verbosity=2)
