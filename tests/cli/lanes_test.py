"""A windowed aggregate on three lanes with checkpoints, interrupted and gone on with, beside a sink
into a topic of the embedded broker: every row counts once, whatever the threads do.
"""
import collections
import json
import pathlib
import random
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import Folder, WeirRun

FILES = 6
SECONDS = 300
ROWS_A_SECOND = 100
PAUSES = 3

SQL = """
SET 'execution.checkpointing.interval' = '20 ms';
SET 'table.exec.source.idle-timeout' = '0';
CREATE TABLE events (k BIGINT, v BIGINT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '7200' SECOND)
WITH ('connector' = 'filesystem', 'path' = '{source}', 'format' = 'json');
CREATE TABLE sums (k BIGINT, n BIGINT, s BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '{sink}', 'format' = 'json');
CREATE TABLE copies (k BIGINT, v BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'copies', 'properties.bootstrap.servers' = 'kafka:9092',
      'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once',
      'sink.transactional-id-prefix' = 'lanes');
EXECUTE STATEMENT SET BEGIN
INSERT INTO sums
SELECT k, COUNT(*), SUM(v), window_start, window_end
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
INSERT INTO copies SELECT k, v FROM events WHERE v > 0;
END;
"""


def write_input(folder):
    """FILES files in which time moves on together; {(key, window): (count, sum)}."""
    chance = random.Random(7)
    folder.mkdir()
    expected = collections.defaultdict(lambda: [0, 0])
    lines = [[] for _ in range(FILES)]
    for second in range(SECONDS):
        at = 1_700_000_000 + second
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
        for i in range(ROWS_A_SECOND):
            key, value = chance.randrange(50), chance.randrange(-1000, 1000)
            lines[i % FILES].append(f'{{"k": {key}, "v": {value}, "ts": "{stamp}"}}\n')
            entry = expected[key, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at // 10 * 10))]
            entry[0] += 1
            entry[1] += value
    for number, part in enumerate(lines):
        (folder / f"part-{number}.json").write_text("".join(part), encoding="utf-8")
    return sorted((key, window, *entry) for (key, window), entry in expected.items())


def read_output(folder):
    rows = []
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith((".", "_")):
            rows += [json.loads(line) for line in path.read_text().splitlines()]
    return sorted((row["k"], row["window_start"], row["n"], row["s"]) for row in rows)


class LanesTest(unittest.TestCase):
    def test_interrupted_lanes_count_every_row_once(self):
        with Folder() as folder:
            expected = write_input(folder.path / "in")
            sink = folder.path / "out"
            pipeline = folder.pipeline(
                "lanes", pipeline_sql=SQL.format(source=folder.path / "in", sink=sink))
            for pause in range(PAUSES + 1):
                with WeirRun(pipeline, folder.path / "data", "--once", "--parallelism",
                             "3") as weir:
                    weir.wait_started()
                    if pause < PAUSES and weir.process.poll() is None:
                        weir.process.send_signal(signal.SIGINT)
                    self.assertEqual(weir.wait(), 0, "".join(weir.errors))
            self.assertEqual(read_output(sink), expected)


if __name__ == "__main__":
    unittest.main(verbosity=2)
