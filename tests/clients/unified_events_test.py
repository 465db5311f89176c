"""The unified-events pipeline, whole: real Kafka clients in, Flink SQL, embedded ClickHouse out."""
import json
import os
import signal
import subprocess
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from confluent_kafka import Consumer, Producer
from harness import ROOT, Folder, WeirRun, table_rows, topic_records, wait_until
from kafka import KafkaConsumer, KafkaProducer

PIPELINE = ROOT / "pipelines" / "unified-events"
TABLE_COUNT = "SELECT count() FROM events_processed"


def click(number):
    return {"user_id": number, "element_id": f"button-{number}", "url": f"/item/{number}",
            "timestamp": "2026-01-31 12:00:00", "ip_address": "10.0.0.1"}


def view(number):
    return {"user_id": number, "url": f"/view/{number}", "duration_seconds": 5,
            "timestamp": "2026-01-31 12:00:01", "ip_address": "10.0.0.2"}


def order(number):
    return {"order_id": number, "user_id": number, "amount": 12.5,
            "timestamp": "2026-01-31 12:00:02", "ip_address": "10.0.0.3"}


def produce_with_kafka_python(address, topic, events):
    producer = KafkaProducer(bootstrap_servers=address)
    for event in events:
        producer.send(topic, json.dumps(event).encode())
    producer.flush(timeout=30)
    producer.close()


def produce_with_confluent(address, topic, events):
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True,
                         "compression.type": "lz4"})
    failures = []
    for event in events:
        producer.produce(topic, json.dumps(event).encode(),
                         on_delivery=lambda error, _: failures.append(error) if error else None)
    if producer.flush(30) or failures:
        raise AssertionError(f"not delivered: {failures[:3]}")


def produce_with_kcat(address, topic, lines):
    subprocess.run(["kcat", "-P", "-b", address, "-t", topic], check=True, timeout=60,
                   input="\n".join(lines).encode())


class UnifiedEventsTest(unittest.TestCase):
    def test_clients_write_and_read_and_clickhouse_keeps_every_row(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--no-generate") as weir:
            produce_with_kafka_python(weir.kafka, "user_clicks", map(click, range(500)))
            produce_with_confluent(weir.kafka, "page_views", map(view, range(500)))
            produce_with_kcat(weir.kafka, "orders", [json.dumps(order(i)) for i in range(500)])
            wait_until(lambda: weir.query(TABLE_COUNT) == "1500", "1,500 rows in events_processed")
            self.assertEqual(
                weir.query("SELECT event_type, count(), uniqExact(user_id) FROM events_processed "
                           "GROUP BY event_type ORDER BY event_type"),
                "CLICKS\t500\t500\nORDERS\t500\t500\nPAGE_VIEWS\t500\t500")
            self.assertEqual(
                weir.query("SELECT event_timestamp, details, ip_address FROM events_processed "
                           "WHERE user_id = 7 ORDER BY event_timestamp"),
                "2026-01-31 12:00:00.000\t/item/7 | button-7\t10.0.0.1\n"
                "2026-01-31 12:00:01.000\t/view/7\t10.0.0.2\n"
                "2026-01-31 12:00:02.000\t7 | 12.50\t10.0.0.3")
            self.read_in_a_group_with_kafka_python(weir.kafka)
            self.read_in_a_group_with_confluent(weir.kafka)
            self.assertEqual(weir.stop(), 0)

    def read_in_a_group_with_kafka_python(self, address):
        consumer = KafkaConsumer("processed_events", bootstrap_servers=address, group_id="readers",
                                 auto_offset_reset="earliest", consumer_timeout_ms=20000)
        seen = []
        for record in consumer:
            seen.append(json.loads(record.value))
            if len(seen) == 1500:
                break
        consumer.commit()
        consumer.close()
        self.assertEqual(len(seen), 1500)
        self.assertEqual(
            next(e for e in seen if e["event_type"] == "ORDERS" and e["user_id"] == 3),
            {"event_type": "ORDERS", "event_timestamp": "2026-01-31 12:00:02", "user_id": 3,
             "details": "3 | 12.50", "ip_address": "10.0.0.3"})

    def read_in_a_group_with_confluent(self, address):
        consumer = Consumer({"bootstrap.servers": address, "group.id": "more-readers",
                             "auto.offset.reset": "earliest", "enable.auto.commit": False})
        consumer.subscribe(["processed_events"])
        seen = 0

        def read_more():
            nonlocal seen
            seen += sum(1 for message in consumer.consume(1000, 1.0) if not message.error())
            return seen >= 1500
        wait_until(read_more, "the group read 1,500 records")
        consumer.commit(asynchronous=False)
        consumer.close()
        self.assertEqual(seen, 1500)

    def test_bad_records_become_dead_letters_and_the_job_goes_on(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--no-generate") as weir:
            produce_with_kcat(weir.kafka, "user_clicks",
                              [json.dumps(click(1)), '{"user_id": 2, broken', json.dumps(click(3))])
            wait_until(lambda: weir.query(TABLE_COUNT) == "2", "the two good rows arrived")
            weir.wait_status(lambda s: s["dead_letters"] == 1, "the bad record was counted")
            weir.wait_status(lambda s: topic_records(s, "weir.dead_letters") == 1, "and was kept")
            letter = subprocess.run(
                ["kcat", "-C", "-b", weir.kafka, "-t", "weir.dead_letters", "-e", "-q"],
                check=True, capture_output=True, timeout=60, text=True).stdout
            kept = json.loads(letter)
            self.assertEqual(kept["topic"], "user_clicks")
            self.assertEqual(kept["offset"], 1)
            self.assertIn('{"user_id": 2, broken', json.dumps(kept, ensure_ascii=False).replace(
                '\\"', '"'))
            self.assertTrue(kept["reason"])
            self.assertEqual(weir.stop(), 0)

    def test_a_killed_store_is_restarted_and_nothing_is_lost(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--no-generate") as weir:
            produce_with_confluent(weir.kafka, "user_clicks", map(click, range(1000)))
            wait_until(lambda: weir.query(TABLE_COUNT) == "1000", "the first rows arrived")
            os.kill(weir.wait_status(lambda s: s.get("store_pid"), "the store's pid")["store_pid"],
                    signal.SIGKILL)
            produce_with_confluent(weir.kafka, "user_clicks", map(click, range(1000, 2000)))
            wait_until(lambda: weir.query("SELECT uniqExact(user_id) FROM events_processed")
                       == "2000", "every user arrived after the restart")
            self.assertEqual(weir.stop(), 0)

    def test_the_generator_fills_the_table_and_the_rate_is_kept(self):
        with Folder() as folder, WeirRun(PIPELINE, folder.path / "data", "--rate", "2000", "--for",
                                         "8s") as weir:
            weir.wait_status(lambda s: any(t["rows"] > 0 for t in s["tables"]),
                             "rows in ClickHouse")
            self.assertEqual(weir.wait(), 0)
            made = sum(topic_records(weir.status, t)
                       for t in ("user_clicks", "page_views", "orders"))
            self.assertGreater(made, 8000)
            self.assertLess(made, 20000)
            self.assertEqual(topic_records(weir.status, "processed_events"), made)
            self.assertEqual(table_rows(weir.status, "events_processed"), made)


if __name__ == "__main__":
    unittest.main(verbosity=2)
