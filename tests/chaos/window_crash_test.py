"""A windowed aggregate, killed at random moments and restored, also at another parallelism.

The exact file sink's output must be what a count in Python says, row for row.
"""
import collections
import json
import os
import pathlib
import random
import time
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import Folder, WeirRun

KILLS = int(os.environ.get("WEIR_KILLS", "20"))
ROWS = 1_000_000

SQL = """
SET 'execution.checkpointing.interval' = '10 ms';
SET 'table.exec.source.idle-timeout' = '0';
CREATE TABLE events (k BIGINT, v BIGINT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND)
WITH ('connector' = 'filesystem', 'path' = '{source}', 'format' = 'json');
CREATE TABLE sums (k BIGINT, n BIGINT, s BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '{sink}', 'format' = 'json');
INSERT INTO sums
SELECT k, COUNT(*), SUM(v), window_start, window_end
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
"""


def write_input(folder, seed, count):
    """`count` files in which time moves on together; the windows' counts and sums."""
    chance = random.Random(seed)
    folder.mkdir()
    expected = collections.Counter()
    sums = collections.Counter()
    lines = [[] for _ in range(count)]
    for second in range(ROWS // 1000):
        at = 1_700_000_000 + second
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
        for i in range(1000):
            key, value = int(chance.random() * 200), int(chance.random() * 2000) - 1000
            lines[i % count].append(
                f'{{"k": {key}, "v": {value}, "ts": "{stamp}.{(i * 37) % 1000:03d}"}}\n')
            expected[(key, at // 10 * 10)] += 1
            sums[(key, at // 10 * 10)] += value
    for number, part in enumerate(lines):
        (folder / f"part-{number}.json").write_text("".join(part), encoding="utf-8")
    return {(key, window, count, sums[(key, window)])
            for (key, window), count in expected.items()}


def read_output(folder):
    rows = []
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.name.startswith((".", "_")) or not path.is_file():
            continue
        for line in path.read_text().splitlines():
            row = json.loads(line)
            start = time.strptime(row["window_start"], "%Y-%m-%d %H:%M:%S")
            rows.append((row["k"], int(time.mktime(start) - time.timezone), row["n"], row["s"]))
    return rows


class WindowCrashTest(unittest.TestCase):
    def run_killed(self, files, delay, lanes_of_attempt):
        seed = int(os.environ.get("WEIR_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        with Folder() as folder:
            expected = write_input(folder.path / "in", seed, files)
            sink = folder.path / "out"
            pipeline = folder.pipeline(
                "windows", pipeline_sql=SQL.format(source=folder.path / "in", sink=sink,
                                                   delay=delay))
            kills = 0
            finished = False
            attempt = 0
            while kills < KILLS and not finished:
                with WeirRun(pipeline, folder.path / "data", "--once", "--parallelism",
                             str(lanes_of_attempt(attempt))) as weir:
                    weir.wait_started()
                    time.sleep(chance.uniform(0.001, 0.06))  # the random moment
                    finished = weir.process.poll() is not None
                    if finished:
                        self.assertEqual(weir.wait(), 0, "".join(weir.errors))
                    else:
                        weir.kill()
                        kills += 1
                attempt += 1
            if not finished:
                with WeirRun(pipeline, folder.path / "data", "--once", "--parallelism",
                             str(lanes_of_attempt(attempt))) as weir:
                    self.assertEqual(weir.wait(), 0, "".join(weir.errors))
            rows = read_output(sink)
            print(f"{kills} kills, {len(rows)} rows", flush=True)
            self.assertEqual(len(rows), len(set(rows)), "duplicates")
            self.assertEqual(set(rows), expected)
            return kills

    def test_one_file_whose_windows_fire_all_along(self):
        self.assertGreater(self.run_killed(1, 1, lambda attempt: 1), 3)

    def test_eight_files_on_one_lane_then_on_three(self):
        # As in Flink a lane has one watermark for all its files, and reads them side by side or one
        # after another: the delay keeps every row in time.
        self.assertGreater(self.run_killed(8, 7200, lambda attempt: 1 if attempt < 3 else 3), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
