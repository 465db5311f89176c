#!/usr/bin/env python3
"""The golden tools themselves: the grammar, how rows are arranged, that a wrong answer fails."""

import glob
import os
import stat
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import golden
import golden_file

GOLDENS = glob.glob(os.path.join(HERE, "..", "tests", "sql", "**", "*.slt"), recursive=True)
FILE = """# Two rows.

file t.json
{"a": 1}
\\e

statement ok
CREATE TABLE t (a INT)

query
SELECT a FROM t
----
+I[1]
+I[2]

query error no column
SELECT b FROM t
"""


def fake_weir(folder, rows):
    """A program that answers every query of a script with `rows`, and `SELECT b` with an error."""
    path = os.path.join(folder, "weir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""#!{sys.executable}
import re, sys
for statement in open(sys.argv[-1], encoding="utf-8").read().split(";"):
    marker = re.search(r"'(end of golden query [0-9]+)'", statement)
    if marker: print("+I[" + marker.group(1) + "]")
    elif "SELECT b" in statement: sys.exit("there is no column b")
    elif "SELECT" in statement: print({rows!r})
""")
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


class GoldenTest(unittest.TestCase):
    def replay(self, text, rows):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.slt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            replay = golden.Replay(fake_weir(folder, rows), path)
            replay.run()
            return replay

    def test_the_recorded_files_survive_a_round_trip(self):
        self.assertTrue(GOLDENS)
        for path in GOLDENS:
            with open(path, encoding="utf-8") as file:
                self.assertEqual(golden_file.text_of(path, golden_file.parse(path)), file.read())

    def test_every_recorded_file_names_its_oracle(self):
        for path in GOLDENS:
            header = golden_file.parse(path)[0].body
            self.assertTrue(any(line.startswith("# oracle: flink ") for line in header), path)

    def test_the_right_answer_passes(self):
        replay = self.replay(FILE, "+I[2]\n+I[1]")
        self.assertEqual((replay.wrong, replay.passed), ([], 3))

    def test_a_wrong_answer_fails(self):
        for rows in ("+I[1]", "+I[1]\n+I[2]\n+I[2]", "+I[1]\n+U[2]", "-D[1]\n+I[2]", ""):
            with self.subTest(rows):
                self.assertEqual(len(self.replay(FILE, rows).wrong), 1)

    def test_order_matters_where_it_is_said(self):
        ordered = FILE.replace("query\n", "query ordered\n")
        self.assertEqual(self.replay(ordered, "+I[1]\n+I[2]").wrong, [])
        self.assertEqual(len(self.replay(ordered, "+I[2]\n+I[1]").wrong), 1)

    def test_what_must_fail_must_fail_with_its_message(self):
        self.assertEqual(len(self.replay(FILE.replace("no column", "no table"),
                                         "+I[1]\n+I[2]").wrong), 1)
        self.assertEqual(len(self.replay(FILE.replace("SELECT b", "SELECT a"),
                                         "+I[1]\n+I[2]").wrong), 1)

    def test_a_skip_that_is_not_needed_fails(self):
        skipped = FILE.replace("query\n", "skipif weir not there yet\nquery\n")
        self.assertEqual(self.replay(skipped, "+I[7]").wrong, [])
        self.assertIn("remove `skipif weir`", self.replay(skipped, "+I[1]\n+I[2]").wrong[0])

    def test_values_may_hold_newlines(self):
        self.assertEqual(golden.split_rows("+I[a\nb]\n+I[c]\n+I[end of golden query 3]\n"),
                         {3: ["+I[a\\nb]", "+I[c]"]})

    def test_a_changelog_folds_to_its_final_rows(self):
        fold = golden_file.arrange
        self.assertEqual(fold("final", ["+I[1]", "-U[1]", "+U[2]", "+I[3]", "-D[3]", "+I[2]"]),
                         ["[2]", "[2]"])
        self.assertEqual(fold("final", ["-D[9]"]), ["retracted without being there: [9]"])

    def test_a_malformed_file_is_refused(self):
        for text in ("nonsense\n", "query\nSELECT 1\n", "statement maybe\nX\n", "output x\n1\n",
                     "# comment\nSELECT 1\n"):
            with self.subTest(text), tempfile.NamedTemporaryFile("w", suffix=".slt") as file:
                file.write(text)
                file.flush()
                self.assertRaises(golden_file.GoldenError, golden_file.parse, file.name)


if __name__ == "__main__":
    unittest.main()
