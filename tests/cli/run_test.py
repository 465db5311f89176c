"""`weir run` as a user runs it: what it counts at its end, what its options do."""
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import ROOT, Folder, WeirRun, run_weir, table_rows, topic_records

PIPELINE = ROOT / "pipelines" / "unified-events"
RAW_TOPICS = ("user_clicks", "page_views", "orders")


class CountsTest(unittest.TestCase):
    def assert_all_arrived(self, status):
        raw = sum(topic_records(status, topic) for topic in RAW_TOPICS)
        self.assertGreater(raw, 0)
        self.assertEqual(topic_records(status, "processed_events"), raw)
        self.assertEqual(table_rows(status, "events_processed"), raw)

    def test_the_last_counts_hold_what_was_on_its_way(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--for", "3s") as weir:
            self.assertEqual(weir.wait(), 0)
            self.assertEqual(weir.status["event"], "summary")
            self.assert_all_arrived(weir.status)

    def test_so_do_those_after_ctrl_c(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data") as weir:
            weir.wait_status(lambda status: table_rows(status, "events_processed") > 0,
                             "rows in the table")
            self.assertEqual(weir.stop(), 0)
            self.assert_all_arrived(weir.status)

    def test_one_request_to_stop_may_come_as_two_signals(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--rate", "10") as weir:
            weir.wait_started()
            weir.process.send_signal(signal.SIGTERM)  # as `timeout` does: the process,
            self.assertEqual(weir.stop(), 0)          # then its group
            self.assertEqual(weir.status["event"], "summary")

    def test_a_rate_of_zero_makes_no_event(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--rate", "0", "--for",
                                         "1s") as weir:
            self.assertEqual(weir.wait(), 1, "nothing arrived, and the status says so")
            self.assertEqual([topic_records(weir.status, topic) for topic in RAW_TOPICS], [0] * 3)


SOURCE = """
CREATE TABLE src (v INT) WITH ('connector' = 'kafka', 'topic' = 'in', 'format' = 'json',
  'properties.bootstrap.servers' = 'kafka:9092', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE dst (v INT) WITH ('connector' = 'blackhole');
"""
JOB = SOURCE + "INSERT INTO dst SELECT v FROM src"


class NoticesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.__exit__)

    def notices(self, **files):
        pipeline = self.folder.pipeline("p", **files)
        with WeirRun(pipeline, self.folder.path / "data", "--for", "200ms") as weir:
            weir.wait_started()
            weir.wait()
            return weir.head["notices"]

    def refused(self, *arguments, **files):
        pipeline = self.folder.pipeline("p", **files)
        status, out, error = run_weir("run", str(pipeline), "--kafka-port", "0", *arguments)
        self.assertEqual(status, 1, out + error)
        return error

    def test_what_an_edit_leaves_behind_is_told(self):
        self.assertEqual(self.notices(pipeline_sql=JOB), [])
        renamed = self.notices(pipeline_sql=JOB.replace("dst", "other"))
        self.assertEqual(len(renamed), 1)
        self.assertIn("used by no job any more", renamed[0])
        self.assertIn("dst", renamed[0])

    def test_files_that_are_not_read_and_scripts_that_start_nothing_are_told(self):
        unread, no_job = self.notices(pipeline_sql=SOURCE, more_sql="SELECT 1")
        self.assertIn("more.sql", unread)
        self.assertIn("no INSERT", no_job)

    def test_a_folder_with_another_script_says_which(self):
        self.assertIn("job.sql", self.refused(job_sql=JOB))

    def test_a_query_in_a_pipeline_has_nowhere_to_print(self):
        error = self.refused(pipeline_sql=SOURCE + "SELECT v FROM src")
        self.assertIn("pipeline.sql:5:1", error)
        self.assertIn("INSERT", error)

    def test_once_does_not_wait_for_a_job_without_an_end(self):
        error = self.refused("--once", pipeline_sql=JOB)
        self.assertIn("never ends by itself", error)
        self.assertIn("scan.bounded.mode", error)


if __name__ == "__main__":
    unittest.main(verbosity=2)
