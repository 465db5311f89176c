"""kill -9 of all of `weir run` under load, again and again: nothing acknowledged is lost."""
import json
import os
import random
import threading
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from confluent_kafka import Consumer, Producer, TopicPartition
from harness import Folder, ROOT, WeirRun, wait_until

KILLS = int(os.environ.get("WEIR_KILLS", "20"))
PIPELINE_SQL = (ROOT / "pipelines" / "unified-events" / "pipeline.sql").read_text()
TOPICS = ("user_clicks", "page_views", "orders")


class Load:
    """Producers that run until told to stop; remembers what was acknowledged."""

    def __init__(self, address, first):
        self.acknowledged = {topic: set() for topic in TOPICS}
        self.next = first
        self._stop = threading.Event()
        self._producer = Producer({"bootstrap.servers": address, "linger.ms": 2,
                                   "message.timeout.ms": 3000, "log_level": 0,
                                   "enable.idempotence": True})
        self._thread = threading.Thread(target=self._produce, daemon=True)
        self._thread.start()

    def _delivered(self, error, message):
        if error is None:
            self.acknowledged[message.topic()].add(int(message.key()))

    def _produce(self):
        while not self._stop.is_set():
            topic = TOPICS[self.next % len(TOPICS)]
            event = {"user_id": self.next, "url": "/x", "timestamp": "2026-01-31 12:00:00",
                     "ip_address": "10.0.0.1"}
            try:
                self._producer.produce(topic, json.dumps(event).encode(), str(self.next).encode(),
                                       on_delivery=self._delivered)
                self.next += 1
            except BufferError:
                pass
            self._producer.poll(0)

    def acknowledged_count(self):
        return sum(len(numbers) for numbers in self.acknowledged.values())

    def stop(self):
        self._stop.set()
        self._thread.join()
        self._producer.purge()
        self._producer.flush(5)


def read_keys(address, topic):
    """The keys of every record of a topic with one partition."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "check",
                         "enable.auto.commit": False})
    partition = TopicPartition(topic, 0, 0)
    _, end = wait_until(lambda: offsets(consumer, partition), "the topic's offsets")
    consumer.assign([partition])
    keys = []

    def read_more():
        for message in consumer.consume(5000, 0.5):
            if not message.error():
                keys.append(int(message.key()))
        return consumer.position([partition])[0].offset >= end or not end
    wait_until(read_more, f"{topic} was read to its end")
    consumer.close()
    return keys


def offsets(consumer, partition):
    try:
        return consumer.get_watermark_offsets(partition, timeout=5)
    except Exception:  # pylint: disable=broad-except  # the broker is still starting
        return None


class CrashTest(unittest.TestCase):
    def test_every_acknowledged_record_survives(self):
        seed = int(os.environ.get("WEIR_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}, {KILLS} kills", flush=True)
        chance = random.Random(seed)
        acknowledged = {topic: set() for topic in TOPICS}
        first = 0
        with Folder() as folder:
            pipeline = folder.pipeline("events", pipeline_sql=PIPELINE_SQL)
            data = folder.path / "data"
            for _ in range(KILLS):
                with WeirRun(pipeline, data) as weir:
                    load = Load(weir.kafka, first)
                    wanted = chance.randrange(50, 3000)
                    wait_until(lambda: load.acknowledged_count() >= wanted, "records acknowledged")
                    weir.kill()
                    load.stop()
                    first = load.next
                    for topic in TOPICS:
                        acknowledged[topic] |= load.acknowledged[topic]
            with WeirRun(pipeline, data) as weir:
                for topic in TOPICS:
                    keys = read_keys(weir.kafka, topic)
                    lost = acknowledged[topic] - set(keys)
                    self.assertFalse(lost, f"{topic}: {len(lost)} acknowledged records are lost")
                    self.assertEqual(len(keys), len(set(keys)), f"{topic}: duplicates")
                self.assertEqual(weir.stop(), 0)
        total = sum(len(numbers) for numbers in acknowledged.values())
        print(f"{total} records acknowledged over {KILLS} kills, lost 0, duplicates 0")
        self.assertGreater(total, KILLS * 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
