#!/usr/bin/env python3
"""Consumer groups as real clients use them: kafka-python, confluent-kafka and kcat.

    tests/clients/kafka_groups_test.py BUILD/weir

Two members share the partitions, one leaves, another comes and goes on where the group stood;
offsets survive kill -9; tools list, describe and delete groups.
"""
import subprocess
import sys
import time
import unittest

import confluent_kafka
import confluent_kafka.admin
import kafka
import kafka.admin

from weir_broker import Broker

DEADLINE_S = 60
PARTITIONS = 4
BINARY = sys.argv.pop(1)


def wait_until(condition, what):
    """Calls `condition` again and again; it does the work that makes it true."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {DEADLINE_S} s: {what}")


def python_member(address, group, topic, **options):
    return kafka.KafkaConsumer(
        topic, bootstrap_servers=address, group_id=group, auto_offset_reset="earliest",
        enable_auto_commit=False, heartbeat_interval_ms=300, session_timeout_ms=6000,
        metadata_max_age_ms=1000, **options)


def confluent_member(address, group, topic, **options):
    member = confluent_kafka.Consumer({
        "bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest",
        "enable.auto.commit": False, "heartbeat.interval.ms": 300, "session.timeout.ms": 6000,
        **{name.replace("_", "."): value for name, value in options.items()}})
    member.subscribe([topic])
    return member


class Member:
    """What the tests need of a consumer, of either library."""

    def __init__(self, consumer):
        self.consumer = consumer
        self.is_python = isinstance(consumer, kafka.KafkaConsumer)
        self.values = []

    def poll(self):
        if self.is_python:
            # kafka-python 3 may forget its assignment when a poll ends while it joins.
            for records in self.consumer.poll(timeout_ms=500).values():
                self.values += [record.value.decode() for record in records]
            return
        message = self.consumer.poll(0.1)
        while message is not None:
            if message.error() is None:
                self.values.append(message.value().decode())
            message = self.consumer.poll(0)

    def partitions(self):
        return {partition.partition for partition in self.consumer.assignment()}

    def commit(self):
        if self.is_python:
            self.consumer.commit()
        else:
            self.consumer.commit(asynchronous=False)

    def close(self):
        self.consumer.close()


class GroupsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(BINARY)
        cls.address = cls.broker.address

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__()

    def make_topic(self, name):
        admin = kafka.admin.KafkaAdminClient(bootstrap_servers=self.address)
        admin.create_topics([kafka.admin.NewTopic(name, PARTITIONS, 1)])
        admin.close()

    def produce(self, topic, first, count):
        producer = kafka.KafkaProducer(bootstrap_servers=self.address)
        for i in range(first, first + count):
            producer.send(topic, value=str(i).encode(), partition=i % PARTITIONS)
        producer.flush()
        producer.close()

    def share_leave_and_resume(self, make_member, topic, **options):
        self.make_topic(topic)
        self.produce(topic, 0, 200)
        group = f"{topic}-group"
        first = Member(make_member(self.address, group, topic, **options))
        wait_until(lambda: first.poll() or len(first.partitions()) == PARTITIONS,
                   "the only member has all partitions")
        wait_until(lambda: first.poll() or len(first.values) == 200, "it reads all there is")
        first.commit()

        second = Member(make_member(self.address, group, topic, **options))

        def shared():
            first.poll()
            second.poll()
            mine, others = first.partitions(), second.partitions()
            return len(mine) == len(others) == PARTITIONS / 2 and not mine & others

        wait_until(shared, "two members share the partitions")
        self.assertEqual(second.values, [], "what was committed is not read again")
        self.produce(topic, 200, 100)
        wait_until(lambda: first.poll() or second.poll() or
                   len(first.values) + len(second.values) == 300, "both read on")
        self.assertEqual(sorted(first.values[200:] + second.values, key=int),
                         [str(i) for i in range(200, 300)])
        first.commit()
        second.commit()

        first.close()
        wait_until(lambda: second.poll() or len(second.partitions()) == PARTITIONS,
                   "the one that stays takes over")
        self.assertEqual(len(second.values) + len(first.values), 300)
        second.close()

        self.produce(topic, 300, 20)
        third = Member(make_member(self.address, group, topic, **options))
        wait_until(lambda: third.poll() or len(third.values) >= 20, "a later member goes on")
        self.assertEqual(sorted(third.values, key=int), [str(i) for i in range(300, 320)])
        third.close()

    def test_kafka_python_shares_and_resumes(self):
        self.share_leave_and_resume(python_member, "python")

    def test_confluent_kafka_shares_and_resumes(self):
        self.share_leave_and_resume(confluent_member, "confluent")

    def test_confluent_kafka_rebalances_cooperatively(self):
        self.share_leave_and_resume(confluent_member, "cooperative",
                                    partition_assignment_strategy="cooperative-sticky")

    def test_a_static_member_comes_back_without_a_rebalance(self):
        self.make_topic("static")
        self.produce("static", 0, 40)
        one = Member(confluent_member(self.address, "static", "static", group_instance_id="one"))
        two = Member(confluent_member(self.address, "static", "static", group_instance_id="two"))
        wait_until(lambda: one.poll() or two.poll() or
                   len(one.partitions()) == len(two.partitions()) == 2, "both have two partitions")
        wait_until(lambda: one.poll() or two.poll() or
                   len(one.values) + len(two.values) >= 40, "both read")
        two.commit()
        before = two.partitions()
        two.close()  # a static member does not leave when it closes
        again = Member(confluent_member(self.address, "static", "static", group_instance_id="two"))
        wait_until(lambda: one.poll() or again.poll() or again.partitions(), "it is back")
        self.assertEqual(again.partitions(), before)
        self.assertEqual(len(one.partitions()), 2)
        one.close()
        again.close()

    def test_kcat_reads_in_a_group_and_goes_on(self):
        self.make_topic("kcat")
        self.produce("kcat", 0, 50)

        def read(count):
            out = subprocess.run(
                ["kcat", "-b", self.address, "-G", "kcat-group", "-q", "-c", str(count), "-X",
                 "auto.offset.reset=earliest", "kcat"],
                check=True, capture_output=True, text=True, timeout=DEADLINE_S,
                stdin=subprocess.DEVNULL)
            return sorted(out.stdout.split(), key=int)

        self.assertEqual(read(50), [str(i) for i in range(50)])
        self.produce("kcat", 50, 10)
        self.assertEqual(read(10), [str(i) for i in range(50, 60)])

    def test_tools_list_describe_and_delete(self):
        self.make_topic("tools")
        self.produce("tools", 0, 8)
        member = Member(python_member(self.address, "tools-group", "tools", client_id="reader"))
        wait_until(lambda: member.poll() or len(member.values) == 8, "it reads")
        member.commit()
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": self.address})
        listed = {group.group_id: group for group in admin.list_consumer_groups().result().valid}
        self.assertIn("tools-group", listed)
        described = admin.describe_consumer_groups(["tools-group"])["tools-group"].result()
        self.assertEqual(described.state.name, "STABLE")
        self.assertEqual([m.client_id for m in described.members], ["reader"])
        self.assertEqual(len(described.members[0].assignment.topic_partitions), PARTITIONS)
        offsets = admin.list_consumer_group_offsets(
            [confluent_kafka.ConsumerGroupTopicPartitions("tools-group")])["tools-group"].result()
        self.assertEqual({p.partition: p.offset for p in offsets.topic_partitions},
                         {i: 2 for i in range(PARTITIONS)})
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            admin.delete_consumer_groups(["tools-group"])["tools-group"].result()
        self.assertEqual(refused.exception.args[0].code(),
                         confluent_kafka.KafkaError.NON_EMPTY_GROUP)
        member.close()
        admin.delete_consumer_groups(["tools-group"])["tools-group"].result()
        self.assertNotIn("tools-group", {group.group_id for group in
                                         admin.list_consumer_groups().result().valid})

    def test_offsets_survive_kill_9(self):
        with Broker(BINARY) as broker:
            self.address = broker.address
            self.make_topic("killed")
            self.produce("killed", 0, 40)
            member = Member(confluent_member(broker.address, "survivor", "killed"))
            wait_until(lambda: member.poll() or len(member.values) == 40, "it reads")
            member.commit()
            broker.kill()
            broker.start()
            self.produce("killed", 40, 12)
            wait_until(lambda: member.poll() or len(member.values) >= 52, "the same member goes on")
            self.assertEqual(sorted(member.values, key=int), [str(i) for i in range(52)])
            member.commit()
            member.close()
            later = Member(confluent_member(broker.address, "survivor", "killed"))
            self.produce("killed", 52, 4)
            wait_until(lambda: later.poll() or len(later.values) >= 4, "a new one goes on")
            self.assertEqual(sorted(later.values, key=int), [str(i) for i in range(52, 56)])
            later.close()
            self.assertEqual(broker.stop(), 0)
            self.address = type(self).address


if __name__ == "__main__":
    unittest.main()
