#!/usr/bin/env python3
"""Replays golden files on weir and compares.

Usage: tools/golden.py WEIR FILE...

All statements and queries of a file run as one script, as a user's would; a query is told apart in
the output by a marker query after it. What must fail runs alone after the definitions before it.
A record under `skipif weir` must still differ: one that has come right is reported, so that the
mark goes. Statuses: 0 all as recorded, 1 not.
"""

import difflib
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import golden_file

MARKER = "+I[end of golden query {}]"
LIMIT_S = 120


def run_sql(weir, statements, directory):
    """(status, standard output, standard error) of one script in a data directory of its own."""
    script = os.path.join(directory, "script.sql")
    with open(script, "w", encoding="utf-8") as file:
        file.write(golden_file.place(";\n".join(statements) + ";\n", directory))
    try:
        # Not text=True: that would make newlines of the carriage returns in values.
        # The goldens were recorded in UTC.
        done = subprocess.run([weir, "sql", "--rows", "-f", script], capture_output=True,
                              timeout=LIMIT_S, stdin=subprocess.DEVNULL, cwd=directory, check=False,
                              env=dict(os.environ, TZ="UTC"))
    except subprocess.TimeoutExpired as late:
        return -1, (late.stdout or b"").decode(), f"still running after {LIMIT_S} s"
    return (done.returncode, done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"))


def split_rows(stdout):
    """{query number: rows} of the queries whose marker came. A row ends where the next one, or a
    marker, begins: values may hold newlines."""
    rows, answers = [], {}
    for line in stdout.split("\n"):
        number = next((n for n in [line[len("+I[end of golden query "):-1]]
                       if line == MARKER.format(n) and n.isdigit()), None)
        if number is not None:
            answers[int(number)] = [golden_file.escape_row(row) for row in rows]
            rows = []
        elif line.startswith(("+I[", "-U[", "+U[", "-D[")):
            rows.append(line)
        elif rows:
            rows[-1] += "\n" + line
    return answers


def is_insert(record):
    return record.sql.lstrip().upper().startswith(("INSERT", "EXECUTE"))


def is_skipped_statement(record):
    """It runs alone, after the definitions before it: it would end the script of the others."""
    return record.kind == "statement" and bool(record.skipped) and not record.fails


class Replay:
    def __init__(self, weir, path):
        self.weir, self.path = weir, path
        self.records = golden_file.parse(path)
        self.wrong, self.passed, self.skipped = [], 0, 0

    def verdict(self, record, problem):
        if record.skipped and problem:
            self.skipped += 1
        elif record.skipped:
            self.wrong.append(f"{self.path}:{record.line}: this works now: remove `skipif weir`")
        elif problem:
            self.wrong.append(f"{self.path}:{record.line}: {problem}")
        else:
            self.passed += 1

    def run(self):
        with tempfile.TemporaryDirectory() as directory:
            for record in self.records:
                if record.kind == "file":
                    golden_file.write_input(record, directory)
            self.run_script(directory)
            for record in self.records:
                if record.kind == "output":
                    self.verdict(record, differences(
                        record.expected, golden_file.read_output(record, directory)))
        self.run_failures()

    def run_script(self, directory):
        """Runs what must work. A script ends at its first error: what failed is left out and the
        rest runs again, so that one fault does not hide the others."""
        left = [r for r in self.records if r.kind in ("statement", "query") and not r.fails
                and not is_skipped_statement(r)]
        failed = {}
        while True:
            statements, answers_due = [], []
            for record in left:
                statements.append(record.sql)
                if record.kind == "query":
                    answers_due.append(record)
                    statements.append(f"SELECT 'end of golden query {record.line}'")
            status, stdout, stderr = run_sql(self.weir, statements, directory)
            answers = split_rows(stdout)
            missing = [r for r in answers_due if r.line not in answers]
            if status == 0 or not missing:
                break
            failed[missing[0].line] = (missing[0], f"status {status}: {stderr.strip()[-600:]}")
            left = [r for r in left if r is not missing[0]]
        for record, problem in failed.values():
            self.verdict(record, problem)
        for record in left:
            if record.kind == "query":
                self.verdict(record, differences(record.expected, golden_file.arrange(
                    record.mode, answers.get(record.line, []))))
            elif status == 0:
                self.passed += 1
        if status != 0:
            self.wrong.append(f"{self.path}: status {status}: {stderr.strip()[-600:]}")

    def run_failures(self):
        """What must fail, each alone after the definitions before it."""
        definitions, inputs = [], []
        for record in self.records:
            if record.kind == "file":
                inputs.append(record)
            elif is_skipped_statement(record):
                with tempfile.TemporaryDirectory() as directory:
                    status, _, _ = run_sql(self.weir, definitions + [record.sql], directory)
                self.verdict(record, "it fails" if status else "")
            elif record.fails:
                with tempfile.TemporaryDirectory() as directory:
                    for given in inputs:
                        golden_file.write_input(given, directory)
                    status, _, stderr = run_sql(self.weir, definitions + [record.sql], directory)
                if status == 0:
                    self.verdict(record, "it must fail, and it did not")
                elif not golden_file.matches(record.argument, stderr):
                    self.verdict(record, f"the message does not match {record.argument!r}: "
                                 + stderr.strip()[-600:])
                else:
                    self.verdict(record, "")
            elif record.kind == "statement" and not is_insert(record):
                definitions.append(record.sql)


def differences(expected, answered):
    if expected == answered:
        return ""
    lines = list(difflib.unified_diff(expected, answered, "recorded", "weir", lineterm="", n=1))
    return "other rows than recorded\n    " + "\n    ".join(lines[:40])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    weir, wrong = os.path.abspath(sys.argv[1]), 0
    for path in sys.argv[2:]:
        replay = Replay(weir, path)
        try:
            replay.run()
        except golden_file.GoldenError as error:
            replay.wrong.append(str(error))
        print("\n".join(replay.wrong + [f"{path}: {replay.passed} records as recorded, "
                                        f"{replay.skipped} skipped, {len(replay.wrong)} wrong"]))
        wrong += len(replay.wrong) + (replay.passed == 0)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
