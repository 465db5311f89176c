"""What --json prints: one JSON object a line, whatever names and values a user has."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import run_weir


class JsonTest(unittest.TestCase):
    def lines(self, *arguments):
        status, out, error = run_weir(*arguments, "--json")
        self.assertEqual(status, 0, error)
        return [json.loads(line) for line in out.splitlines()]

    def test_rows_lie_beside_their_kind(self):
        rows = self.lines("sql", "-e", "SELECT 'a\"\\b' AS `op`, 1 AS n, CAST(NULL AS STRING) AS s")
        self.assertEqual(rows, [{"op": "+I", "row": {"op": "a\"\\b", "n": "1", "s": None}}])

    def test_what_a_statement_lists_is_an_object_a_row(self):
        self.assertEqual(self.lines("sql", "-e", "SHOW DATABASES"),
                         [{"database name": "default_database"}])

    def test_the_version(self):
        [version] = self.lines("version")
        self.assertEqual(sorted(version), ["compiler", "flink_dialect", "weir"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
