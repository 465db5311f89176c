#!/usr/bin/env python3
"""kill -9 of the broker under load, 20 times: every acknowledged record is in the log, once.

    tests/chaos/broker_kill_test.py BUILD/weir

One idempotent producer goes on through all kills. After each kill the broker opens the same data
on the same port. In the end the log is read and compared with what was acknowledged, as sets.
"""
import pathlib
import random
import sys
import time
import unittest

import confluent_kafka

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "clients"))
from weir_broker import Broker  # noqa: E402

KILLS = 20
MOST_BETWEEN_KILLS_S = 1.0
LEAST_BETWEEN_KILLS = 200  # records acknowledged
DEADLINE_S = 60
BINARY = sys.argv.pop(1)
SEED = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 1


class BrokerKillTest(unittest.TestCase):
    def setUp(self):
        self.acknowledged = {}
        self.failed = 0

    def on_delivery(self, error, message):
        if error is None:
            self.acknowledged[message.value()] = message.offset()
        else:
            self.failed += 1

    def produce_until(self, producer, seconds):
        """For some seconds, but until something more was acknowledged: each kill meets a load."""
        wanted = len(self.acknowledged) + LEAST_BETWEEN_KILLS
        end = time.monotonic() + seconds
        limit = time.monotonic() + DEADLINE_S
        while time.monotonic() < end or len(self.acknowledged) < wanted:
            if time.monotonic() > limit:
                raise AssertionError("the producer does not get on after a restart")
            for _ in range(50):
                try:
                    producer.produce("load", b"%d" % self.next, on_delivery=self.on_delivery)
                    self.next += 1
                except BufferError:
                    break
            producer.poll(0.005)

    def read_all(self, address):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": address, "group.id": "reader", "auto.offset.reset": "earliest"})
        partition = confluent_kafka.TopicPartition("load", 0, 0)
        _, end = consumer.get_watermark_offsets(partition, timeout=DEADLINE_S)
        consumer.assign([partition])
        values = []
        limit = time.monotonic() + DEADLINE_S
        while len(values) < end and time.monotonic() < limit:
            for message in consumer.consume(10000, timeout=1):
                if message.error() is None:
                    values.append((message.offset(), message.value()))
        consumer.close()
        self.assertEqual(len(values), end)
        return values

    def test_nothing_acknowledged_is_lost(self):
        print(f"seed {SEED}")
        random.seed(SEED)
        self.next = 0
        with Broker(BINARY) as broker:
            producer = confluent_kafka.Producer({
                "bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 2,
                "queue.buffering.max.messages": 20000, "message.timeout.ms": 300000,
                "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200,
                "retry.backoff.ms": 20})
            for _ in range(KILLS):
                self.produce_until(producer, random.uniform(0.1, MOST_BETWEEN_KILLS_S))
                broker.kill()
                broker.start()
            self.produce_until(producer, 0.5)
            self.assertEqual(producer.flush(DEADLINE_S), 0)
            read = self.read_all(broker.address)
        by_value = {}
        for offset, value in read:
            by_value.setdefault(value, []).append(offset)
        lost = [value for value, offset in self.acknowledged.items()
                if offset not in by_value.get(value, [])]
        twice = sum(len(offsets) - 1 for offsets in by_value.values())
        print(f"kills {KILLS}, acknowledged {len(self.acknowledged)}, lost {len(lost)}, "
              f"duplicates {twice}, failed {self.failed}")
        self.assertGreater(len(self.acknowledged), KILLS * LEAST_BETWEEN_KILLS)
        self.assertEqual(self.failed, 0)
        self.assertEqual(lost, [])
        self.assertEqual(twice, 0)


if __name__ == "__main__":
    unittest.main()
