"""What a user sees after a mistake: a clear message, a place, what to do; no internal error."""
import socket
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import Folder, ROOT, run_weir

SOURCE = ("CREATE TABLE t (a INT, b STRING) "
          "WITH ('connector' = 'datagen', 'number-of-rows' = '3');\n")


class ErrorsTest(unittest.TestCase):
    def fail_script(self, text, *wanted):
        with Folder() as folder:
            script = folder.path / "script.sql"
            script.write_text(text)
            status, out, error = run_weir("sql", "-f", str(script))
        self.assertEqual(status, 1, out + error)
        self.assertNotIn("internal", error.lower())
        for word in wanted:
            self.assertIn(word, error)
        return out

    def test_unknown_names_have_a_position_and_the_nearest_name(self):
        self.fail_script(SOURCE + "SELECT aa FROM t;", "script.sql:2:8", "aa", "SELECT aa FROM t",
                         "^")
        self.fail_script(SOURCE + "SELECT UPER(b) FROM t;", "script.sql:2:8", "UPER", '"UPPER"')
        self.fail_script("CREATE TABLE t (a INT) WITH ('connector' = 'datagn');", "1:", "datagn",
                         '"datagen"')
        self.fail_script("CREATE TABLE t (a INT) WITH ('connector' = 'datagen', "
                         "'rows-per-secnd' = '1');",
                         "1:", "rows-per-secnd", '"rows-per-second"')

    def test_an_error_in_the_middle_of_a_script(self):
        out = self.fail_script("SHOW TABLES;\n" + SOURCE + "SELEC a FROM t;\nSHOW TABLES;",
                               "script.sql:3:1")
        self.assertEqual(out, "", "syntax is checked before the first statement runs")
        self.fail_script(SOURCE + "DESCRIBE t;\nSELECT nope FROM t;\nDESCRIBE t;", "script.sql:3:8",
                         "nope")

    def test_a_port_in_use_is_named_with_the_flag_that_moves_it(self):
        with socket.socket() as taken, Folder() as folder:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            status, _, error = run_weir("run", str(ROOT / "pipelines" / "unified-events"), "--data",
                                        str(folder.path / "data"), "--kafka-port", str(port),
                                        "--clickhouse-port", "0")
            self.assertEqual(status, 1)
            self.assertIn(str(port), error)
            self.assertIn("--kafka-port", error)

    def test_no_pipeline_there(self):
        with Folder() as folder:
            status, _, error = run_weir("run", str(folder.path))
            self.assertEqual(status, 1)
            self.assertIn("pipeline.sql", error)

    def refuse(self, *arguments):
        status, out, error = run_weir(*arguments)
        self.assertEqual((status, out), (2, ""), error)
        self.assertTrue(error.startswith("error: "), error)
        return error

    def test_a_wrong_command_line_has_status_2_and_a_hint(self):
        self.assertIn("--no-such-option", self.refuse("run", "--no-such-option"))
        self.assertIn('did you mean "--rate"?', self.refuse("run", "--rat", "5"))
        self.assertIn("weir broker --help", self.refuse("broker"))
        self.assertIn("--rate", self.refuse("run", "--rate", "abc"))
        self.assertIn('did you mean "run"?', self.refuse("rnu"))
        for arguments in ((), ("bogus",)):
            error = self.refuse(*arguments)
            self.assertIn("weir --help", error)
            self.assertIn("run, sql, broker", error)

    def test_help_and_version_by_their_other_names(self):
        self.assertEqual(run_weir("help"), run_weir("--help"))
        self.assertEqual(run_weir("help", "run"), run_weir("run", "--help"))
        self.assertEqual(run_weir("--version"), run_weir("version"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
