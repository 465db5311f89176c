"""`weir run` as a user runs it: what it counts at its end, what its options do."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import ROOT, Folder, WeirRun, table_rows, topic_records

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

    def test_a_rate_of_zero_makes_no_event(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--rate", "0", "--for",
                                         "1s") as weir:
            self.assertEqual(weir.wait(), 1, "nothing arrived, and the status says so")
            self.assertEqual([topic_records(weir.status, topic) for topic in RAW_TOPICS], [0] * 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
