"""The windowed aggregate against a real Apache Flink on the same input, with late rows.

weir is killed at random moments and restored, first on one lane, then on three; Flink runs once,
undisturbed. Needs `tools/setup flink`; run by `make peers`.
"""
import pathlib
import random
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tools/flink_oracle", "tests", "tests/chaos")]

import oracle  # noqa: E402
from harness import Folder, WeirRun  # noqa: E402
from window_crash_test import read_output  # noqa: E402

KILLS = 20
ROWS = 1_000_000

TABLES = """
CREATE TABLE events (k BIGINT, v BIGINT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '{source}', 'format' = 'json')"""
QUERY = """
SELECT k, COUNT(*), SUM(v), window_start, window_end
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end"""
SINK = """
CREATE TABLE sums (k BIGINT, n BIGINT, s BIGINT,
  window_start TIMESTAMP(3), window_end TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '{sink}', 'format' = 'json')"""


def write_input(path, seed):
    """Rows up to 0.9 s out of order, and one in a hundred a minute old: always late."""
    chance = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(ROWS):
            late = 60 if chance.randrange(100) == 0 and i > ROWS // 10 else 0
            at = 1_700_000_000_000 + i * 4 - chance.randrange(900) - late * 1000
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at // 1000))
            file.write(f'{{"k": {chance.randrange(100)}, "v": {chance.randrange(-9, 10)}, '
                       f'"ts": "{stamp}.{at % 1000:03d}"}}\n')


def flink_rows(source):
    flink = oracle.Flink()
    flink.fresh()
    _, error = flink.run(TABLES.format(source=source).strip())
    assert error is None, error
    rows, error = flink.run(QUERY.strip())
    assert error is None, error
    flink.close()
    answer = []
    for row in rows:
        key, count, total, start, _ = row[len("+I["):-1].split(", ")
        pattern = "%Y-%m-%dT%H:%M:%S" if start.count(":") == 2 else "%Y-%m-%dT%H:%M"
        begin = int(time.mktime(time.strptime(start, pattern)) - time.timezone)
        answer.append((int(key), begin, int(count), int(total)))
    return answer


class WindowFlinkTest(unittest.TestCase):
    def test_killed_and_restored_weir_answers_as_flink(self):
        seed = random.randrange(1 << 30)
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        with Folder() as folder:
            source = folder.path / "events.json"
            write_input(source, seed)
            expected = flink_rows(source)
            self.assertLess(sum(row[2] for row in expected), ROWS, "some rows were late")
            settings = ("SET 'execution.checkpointing.interval' = '10 ms';\n"
                        "SET 'table.exec.source.idle-timeout' = '0';\n"
                        "SET 'table.local-time-zone' = 'UTC';\n")
            sql = (settings + TABLES.format(source=source) + ";" +
                   SINK.format(sink=folder.path / "out") + ";\nINSERT INTO sums" + QUERY + ";\n")
            pipeline = folder.pipeline("windows", pipeline_sql=sql)
            kills, finished = 0, False
            while not finished:
                lanes = "1" if kills < KILLS // 2 else "3"
                with WeirRun(pipeline, folder.path / "data", "--once", "--parallelism",
                             lanes) as weir:
                    weir.wait_started()
                    if kills < KILLS:
                        time.sleep(chance.uniform(0.001, 0.04))  # the random moment
                    finished = kills >= KILLS or weir.process.poll() is not None
                    if finished:
                        self.assertEqual(weir.wait(), 0, "".join(weir.errors))
                    else:
                        weir.kill()
                        kills += 1
            rows = read_output(folder.path / "out")
            print(f"{kills} kills, {len(rows)} rows, {ROWS - sum(r[2] for r in rows)} late")
            self.assertGreater(kills, KILLS // 2, "it was also restored on three lanes")
            self.assertEqual(sorted(rows), sorted(expected))


if __name__ == "__main__":
    unittest.main(verbosity=2)
