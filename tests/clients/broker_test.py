#!/usr/bin/env python3
"""The broker as real clients use it: kafka-python, confluent-kafka, kcat, and clients that err.

    tests/clients/broker_test.py BUILD/weir
"""
import socket
import struct
import subprocess
import sys
import time
import unittest

import confluent_kafka
import confluent_kafka.admin
import kafka
import kafka.errors

from weir_broker import Broker

DEADLINE_S = 60
BINARY = sys.argv.pop(1)


def read_with_kafka_python(address, topic, count):
    consumer = kafka.KafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest",
                                   consumer_timeout_ms=DEADLINE_S * 1000)
    values = []
    for record in consumer:
        values.append(record.value)
        if len(values) == count:
            break
    consumer.close()
    return values


def read_with_confluent(address, topic, count):
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": f"read-{topic}",
                                         "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    values = []
    end = time.monotonic() + DEADLINE_S
    while len(values) < count and time.monotonic() < end:
        for message in consumer.consume(1000, timeout=1):
            if message.error() is None:
                values.append(message.value())
    consumer.close()
    return values


def produce_with_confluent(address, topic, values, **options):
    failed = []
    producer = confluent_kafka.Producer({
        "bootstrap.servers": address, "linger.ms": 5,
        **{name.replace("_", "."): value for name, value in options.items()}})
    for value in values:
        producer.produce(topic, value, on_delivery=lambda e, _: failed.append(e) if e else None)
        producer.poll(0)
    left = producer.flush(DEADLINE_S)
    return failed, left


class BrokerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(BINARY)
        cls.address = cls.broker.address

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__()

    def test_kafka_python_writes_idempotently_and_reads(self):
        values = [b"value %d" % i for i in range(2000)]
        producer = kafka.KafkaProducer(bootstrap_servers=self.address, linger_ms=2)
        futures = [producer.send("python", value) for value in values]
        offsets = [future.get(timeout=DEADLINE_S).offset for future in futures]
        producer.close()
        self.assertEqual(offsets, list(range(2000)))
        self.assertEqual(read_with_kafka_python(self.address, "python", 2000), values)

    def test_every_compression_comes_back(self):
        values = [b"compressible compressible %d" % i for i in range(3000)]
        for compression in ["none", "gzip", "snappy", "lz4", "zstd"]:
            with self.subTest(compression):
                failed, left = produce_with_confluent(
                    self.address, f"c-{compression}", values, enable_idempotence=True,
                    compression_type=compression)
                self.assertEqual((failed, left), ([], 0))
                self.assertEqual(read_with_confluent(self.address, f"c-{compression}", 3000),
                                 values)

    def test_kcat_writes_and_reads(self):
        lines = b"".join(b"line %d\n" % i for i in range(500))
        subprocess.run(["kcat", "-b", self.address, "-t", "kcat", "-P"], input=lines, check=True,
                       timeout=DEADLINE_S)
        read = subprocess.run(["kcat", "-b", self.address, "-t", "kcat", "-C", "-e", "-q", "-o",
                               "beginning"], check=True, capture_output=True, timeout=DEADLINE_S)
        self.assertEqual(read.stdout, lines)

    def test_offsets_by_time(self):
        producer = kafka.KafkaProducer(bootstrap_servers=self.address)
        for i in range(10):
            producer.send("times", b"x", timestamp_ms=1000 + i).get(timeout=DEADLINE_S)
        producer.close()
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.address)
        partition = kafka.TopicPartition("times", 0)
        found = consumer.offsets_for_times({partition: 1004})[partition]
        self.assertEqual((found.offset, found.timestamp), (4, 1004))
        self.assertIsNone(consumer.offsets_for_times({partition: 2000})[partition])
        self.assertEqual(consumer.beginning_offsets([partition]), {partition: 0})
        self.assertEqual(consumer.end_offsets([partition]), {partition: 10})
        consumer.close()

    def test_admin_makes_and_deletes_topics(self):
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": self.address})
        new = confluent_kafka.admin.NewTopic
        admin.create_topics([new("made", 3, config={"retention.ms": "5000"})])["made"].result(30)
        topics = admin.list_topics(timeout=30).topics
        self.assertEqual(len(topics["made"].partitions), 3)
        resource = confluent_kafka.admin.ConfigResource("topic", "made")
        configs = list(admin.describe_configs([resource]).values())[0].result(30)
        self.assertEqual(configs["retention.ms"].value, "5000")
        for name, config in [("made", {}), ("bad name", {}), ("odd", {"retention.mss": "1"})]:
            with self.assertRaises(confluent_kafka.KafkaException):
                admin.create_topics([new(name, 1, config=config)])[name].result(30)
        admin.delete_topics(["made"])["made"].result(30)
        self.assertNotIn("made", admin.list_topics(timeout=30).topics)

    def test_a_false_length_ends_only_its_own_connection(self):
        other = kafka.KafkaConsumer(bootstrap_servers=self.address)
        for length in [-1, 0, 0x7FFFFFFF]:
            with socket.create_connection(("127.0.0.1", self.broker.port)) as client:
                client.settimeout(DEADLINE_S)
                client.sendall(struct.pack(">i", length) + b"rubbish that is no request")
                try:
                    self.assertEqual(client.recv(1), b"")
                except ConnectionResetError:
                    pass
        self.assertIsInstance(other.topics(), set)
        other.close()

    def test_an_unknown_version_of_api_versions_is_answered_in_version_0(self):
        with socket.create_connection(("127.0.0.1", self.broker.port)) as client:
            client.settimeout(DEADLINE_S)
            request = struct.pack(">hhih", 18, 99, 7, -1) + b"\0"
            client.sendall(struct.pack(">i", len(request)) + request)
            head = client.recv(10, socket.MSG_WAITALL)
            _, correlation, error = struct.unpack(">iih", head)
            self.assertEqual((correlation, error), (7, 35))

    def test_pipelined_requests_are_answered_in_order(self):
        with socket.create_connection(("127.0.0.1", self.broker.port)) as client:
            client.settimeout(DEADLINE_S)
            request = b"".join(
                struct.pack(">ihhih", 10, 18, 0, i, -1) for i in range(200))
            client.sendall(request)
            for i in range(200):
                length, correlation = struct.unpack(">ii", client.recv(8, socket.MSG_WAITALL))
                self.assertEqual(correlation, i)
                client.recv(length - 4, socket.MSG_WAITALL)

    def test_transactions_are_refused_clearly(self):
        producer = confluent_kafka.Producer({"bootstrap.servers": self.address,
                                             "transactional.id": "t"})
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            producer.init_transactions(30)
        self.assertEqual(refused.exception.args[0].code(),
                         confluent_kafka.KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)

    def run_second(self, *arguments):
        return subprocess.run([BINARY, "broker", *arguments], capture_output=True, text=True,
                              timeout=DEADLINE_S, stdin=subprocess.DEVNULL)

    def test_a_second_broker_on_the_same_port_says_so(self):
        second = self.run_second("--port", str(self.broker.port), "--data",
                                 f"{self.broker.folder}/other")
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"port {self.broker.port} is in use", second.stderr)

    def test_a_second_broker_on_the_same_data_says_so(self):
        second = self.run_second("--port", "0", "--data", f"{self.broker.folder}/data")
        self.assertEqual(second.returncode, 1)
        self.assertIn("another process uses the data folder", second.stderr)


if __name__ == "__main__":
    unittest.main()
