"""`weir sql` as a user runs it: what goes to standard output, what is said on standard error."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import WEIR, Folder, run_weir

EVENTS = "\n".join(
    f'{{"k": "a", "v": {value}, "ts": "2026-01-01 00:00:{second:02}"}}'
    for value, second in ((1, 1), (2, 12), (3, 31), (4, 2))) + "\nthis is no JSON\n"


class SqlTest(unittest.TestCase):
    def test_rows_that_leave_the_stream_are_told(self):
        with Folder() as folder:
            (folder.path / "events.json").write_text(EVENTS)
            status, out, error = run_weir("sql", "--rows", "-e", f"""
                CREATE TABLE e (k STRING, v INT, ts TIMESTAMP(3),
                                WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
                WITH ('connector' = 'filesystem', 'path' = '{folder.path}/events.json',
                      'format' = 'json');
                SELECT window_start, SUM(v)
                FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND))
                GROUP BY window_start, window_end""")
        self.assertEqual(status, 0, error)
        self.assertEqual(out.count("+I["), 3, out)
        bad, late = [line for line in error.splitlines() if "not in the result" in line]
        self.assertIn("cannot be processed", bad)
        self.assertIn("'weir.bad-records' = 'fail'", bad)
        self.assertIn("too late", late)

    def test_a_query_says_nothing_but_its_answer(self):
        status, out, error = run_weir("sql", "-e", "SELECT 1")
        self.assertEqual((status, error), (0, ""))
        self.assertIn("Received a total of 1 row", out)

    def test_what_ran_before_an_error_is_printed_before_it(self):
        done = subprocess.run([WEIR, "sql", "-e", "SHOW DATABASES; SELECT nope FROM t"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        self.assertLess(done.stdout.index("1 row in set"), done.stdout.index("error:"))

    def test_describe_leaves_empty_what_is_not_there(self):
        _, out, _ = run_weir("sql", "-e", "CREATE VIEW v AS SELECT 1 AS x; DESCRIBE v")
        self.assertIn("|    x |  INT | FALSE |     |        |           |", out)

    def local_hours(self, statement, zone):
        done = subprocess.run([WEIR, "sql", "--rows", "-e", statement], capture_output=True,
                              text=True, timeout=60, check=True, env=dict(os.environ, TZ=zone))
        return done.stdout.strip()

    def test_the_session_is_in_the_machines_time_zone(self):
        instant = "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)"
        self.assertEqual(self.local_hours(instant, "Asia/Tokyo"), "+I[1970-01-01 09:00:00.000]")
        self.assertEqual(self.local_hours(instant, "UTC"), "+I[1970-01-01 00:00:00.000]")
        self.assertEqual(
            self.local_hours("SET 'table.local-time-zone' = 'UTC'; " + instant, "Asia/Tokyo"),
            "+I[1970-01-01 00:00:00.000]")


if __name__ == "__main__":
    unittest.main(verbosity=2)
