"""Flink SQL of `weir sql` on a Kafka that is another process: what tests of both kinds share.

A Peer is anything with address, kill(), start() and stop(): a `weir broker` of its own, or a real
Apache Kafka. Topics are made and filled, and what a job wrote is read, by confluent-kafka.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from harness import WEIR, Folder, run_weir, wait_until


class Job:
    """One running `weir sql`."""

    def __init__(self, folder, sql, *arguments):
        script = folder / "job.sql"
        script.write_text(sql)
        self.state = folder / "state"
        self.made_ns = time.time_ns()
        self.errors = open(folder / "errors", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [WEIR, "sql", "-f", str(script), "--data", str(self.state), *arguments],
            stdout=subprocess.DEVNULL, stderr=self.errors, text=True, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.errors.close()

    def error_text(self):
        self.errors.flush()
        return pathlib.Path(self.errors.name).read_text()

    def running(self):
        if self.process.poll() is not None:
            raise AssertionError("weir sql ended: " + self.error_text())
        return True

    def started(self):
        """Whether it has taken a checkpoint: it runs, and takes a signal as it should."""
        self.running()
        try:
            return any(path.stat().st_mtime_ns > self.made_ns for path in self.state.rglob("*"))
        except OSError:  # an older checkpoint is being removed: look again
            return False

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self):
        """Ctrl-C: a last checkpoint; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


class OutsideKafkaCase(unittest.TestCase):
    """Gives tests a running peer in self.peer; make_peer() says which."""

    @classmethod
    def make_peer(cls):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.peer = cls.make_peer()
        cls.numbers = iter(range(1_000_000))

    @classmethod
    def tearDownClass(cls):
        cls.peer.__exit__(None, None, None)

    @property
    def address(self):
        return self.peer.address

    @property
    def client(self):
        """What every client needs."""
        return {"bootstrap.servers": self.address, **getattr(self.peer, "client", {})}

    def new_topic(self, partitions=1, name=None, **config):
        name = name or f"t{next(self.numbers)}"
        admin = AdminClient(self.client)
        made = admin.create_topics(
            [NewTopic(name, partitions, 1, config={key.replace("_", "."): value
                                                   for key, value in config.items()})])
        made[name].result(30)
        return name

    def produce(self, topic, values, partition=None, **more):
        """Values are anything that JSON knows, or bytes."""
        producer = Producer({**self.client, "enable.idempotence": True})
        failures = []
        where = {} if partition is None else {"partition": partition}
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value).encode()
            while True:
                try:
                    producer.produce(topic, text, **where, **more,
                                     on_delivery=lambda error, _: failures.append(error)
                                     if error else None)
                    break
                except BufferError:
                    producer.poll(0.1)
        self.assertEqual(producer.flush(60), 0)
        self.assertEqual(failures, [])

    def read(self, topic, count, partitions=1):
        """At least `count` messages from the beginning of the topic, and then all that follow."""
        consumer = Consumer({**self.client, "group.id": "check",
                             "enable.partition.eof": True, "enable.auto.commit": False})
        consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
        messages, ended = [], set()

        def read_more():
            for message in consumer.consume(10_000, 0.2):
                if message.error():
                    ended.add(message.partition())
                else:
                    ended.discard(message.partition())
                    messages.append(message)
            return len(messages) >= count and len(ended) == partitions
        try:
            wait_until(read_more, f"{topic} has {count} records")
        finally:
            consumer.close()
        return messages

    def committed(self, group, topic, partition=0):
        consumer = Consumer({**self.client, "group.id": group})
        try:
            found = consumer.committed([TopicPartition(topic, partition)], timeout=10)
            return found[0].offset
        except KafkaException:
            return -1001
        finally:
            consumer.close()

    def table(self, name, columns, options):
        options = {"connector": "kafka", "properties.bootstrap.servers": self.address,
                   "format": "json", **options}
        text = ", ".join(f"'{key}' = '{value}'" for key, value in options.items())
        return f"CREATE TABLE {name} ({columns}) WITH ({text});\n"

    def query(self, columns, select, options):
        """The rows of a SELECT over table t, as +I[...] lines, sorted."""
        bounded = {"scan.startup.mode": "earliest-offset", "scan.bounded.mode": "latest-offset"}
        with Folder() as folder:
            script = folder.path / "query.sql"
            script.write_text(self.table("t", columns, bounded | options) + select)
            status, out, error = run_weir("sql", "--rows", "-f", str(script))
        self.assertEqual(status, 0, out + error)
        return sorted(out.split("\n")[:-1])

    def fail_query(self, options, columns="id INT"):
        """What a query that cannot work says."""
        with Folder() as folder:
            script = folder.path / "query.sql"
            script.write_text(self.table("t", columns, options) + "SELECT * FROM t;")
            status, out, error = run_weir("sql", "--rows", "-f", str(script))
        self.assertEqual(status, 1, out + error)
        self.assertNotIn("internal", error.lower())
        return error
