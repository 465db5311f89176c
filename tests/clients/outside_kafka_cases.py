"""What the kafka connector must do on any Kafka outside: the cases, without the Kafka.

outside_kafka_test.py runs them on a `weir broker`, tests/peers/outside_kafka_test.py on an Apache
Kafka.
"""
import json
import random
import socket
import time

from outside_kafka import Job, OutsideKafkaCase
from harness import Folder, WeirRun, wait_until

ROWS = 20_000
KILLS = 8

SETTINGS = """
SET 'execution.checkpointing.interval' = '50 ms';
SET 'table.exec.source.idle-timeout' = '0';
"""


def ids(lines):
    return [json.loads(line)["id"] for line in lines]


def file_lines(folder):
    if not folder.exists():
        return []
    return [line for path in sorted(folder.iterdir())
            if path.is_file() and not path.name.startswith((".", "_"))
            for line in path.read_text().splitlines()]


class SourceCases(OutsideKafkaCase):
    def test_a_topic_with_all_its_metadata(self):
        topic = self.new_topic(2)
        self.produce(topic, [{"id": 1}], 0, timestamp=1000, headers=[("h", b"v"), ("n", None)])
        self.produce(topic, [{"id": 2}], 1, timestamp=2000)
        rows = self.query(
            "id INT, topic STRING METADATA, part INT METADATA FROM 'partition', "
            "off BIGINT METADATA FROM 'offset', ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', "
            "kind STRING METADATA FROM 'timestamp-type', headers MAP<STRING, BYTES> METADATA, "
            "epoch INT METADATA FROM 'leader-epoch'",
            "SELECT id, topic, part, off, ts, kind, headers, epoch IS NULL OR epoch >= 0 FROM t;",
            {"topic": topic})
        self.assertEqual(rows, [
            f"+I[1, {topic}, 0, 0, 1970-01-01T00:00:01Z, CreateTime, {{h=[118], n=null}}, true]",
            f"+I[2, {topic}, 1, 0, 1970-01-01T00:00:02Z, CreateTime, {{}}, true]"])

    def test_lists_patterns_and_compressions(self):
        prefix = f"p{next(self.numbers)}"
        for number, name in enumerate(["a", "b", "other"]):
            self.produce(self.new_topic(3, f"{prefix}_{name}"), [{"id": number}])
        self.assertEqual(self.query("id INT", "SELECT id FROM t;",
                                    {"topic": f"{prefix}_a;{prefix}_other"}),
                         ["+I[0]", "+I[2]"])
        self.assertEqual(self.query("id INT", "SELECT id FROM t;",
                                    {"topic-pattern": f"{prefix}_(a|b)"}),
                         ["+I[0]", "+I[1]"])

    def test_startup_and_bounded_modes(self):
        topic = self.new_topic()
        for number in range(6):
            self.produce(topic, [{"id": number}], 0, timestamp=1000 + number)
        def rows(**options):
            options = {key.replace("__", "-").replace("_", "."): value
                       for key, value in options.items()}
            return self.query("id INT", "SELECT id FROM t;", {"topic": topic} | options)
        def expected(*numbers):
            return [f"+I[{number}]" for number in numbers]
        self.assertEqual(rows(scan_startup_mode="specific-offsets",
                              scan_startup_specific__offsets="partition:0,offset:4"),
                         expected(4, 5))
        self.assertEqual(rows(scan_startup_mode="timestamp", scan_startup_timestamp__millis="1003"),
                         expected(3, 4, 5))
        self.assertEqual(rows(scan_bounded_mode="specific-offsets",
                              scan_bounded_specific__offsets="partition:0,offset:2"),
                         expected(0, 1))
        self.assertEqual(rows(scan_bounded_mode="timestamp", scan_bounded_timestamp__millis="1001"),
                         expected(0))
        self.assertEqual(rows(scan_startup_mode="latest-offset"), [])

    def test_properties_as_flink_users_write_them(self):
        topic = self.new_topic()
        self.produce(topic, [{"id": 7}])
        self.assertEqual(self.query("id INT", "SELECT id FROM t;", {
            "topic": topic, "properties.group.id": "g",
            "properties.key.deserializer": "org.apache.kafka.common.serialization.x",
            "properties.max.poll.records": "500", "properties.fetch.max.wait.ms": "50",
            "properties.isolation.level": "read_committed",
            "properties.partition.discovery.interval.ms": "10000"}), ["+I[7]"])

    def file_job(self, folder, options):
        return (SETTINGS + self.table("src", "id BIGINT", options)
                + f"CREATE TABLE dst (id BIGINT) WITH ('connector' = 'filesystem', "
                  f"'path' = '{folder / 'out'}', 'format' = 'json');\n"
                  "INSERT INTO dst SELECT id FROM src;\n")

    def test_offsets_follow_the_checkpoints_of_the_group(self):
        topic, group = self.new_topic(), f"g{next(self.numbers)}"
        self.produce(topic, [{"id": number} for number in range(10)], 0)
        options = {"topic": topic, "properties.group.id": group,
                   "properties.auto.offset.reset": "earliest"}
        with Folder() as folder, Job(folder.path, self.file_job(folder.path, options)) as job:
            wait_until(lambda: job.running() and self.committed(group, topic) == 10,
                       "offset 10 was committed")
            self.assertEqual(job.stop(), 0, job.error_text())
        self.produce(topic, [{"id": 10}], 0)
        self.assertEqual(self.query("id INT", "SELECT id FROM t;", options
                                    | {"scan.startup.mode": "group-offsets"}), ["+I[10]"])

    def test_new_partitions_and_topics_are_found(self):
        prefix = f"d{next(self.numbers)}"
        self.produce(self.new_topic(1, f"{prefix}_a"), [{"id": 1}])
        options = {"topic-pattern": f"{prefix}_.*", "scan.startup.mode": "earliest-offset",
                   "scan.topic-partition-discovery.interval": "200 ms"}
        with Folder() as folder, Job(folder.path, self.file_job(folder.path, options)) as job:
            out = folder.path / "out"
            wait_until(lambda: job.running() and ids(file_lines(out)) == [1], "the first row")
            self.produce(self.new_topic(2, f"{prefix}_b"), [{"id": 2}], 1)
            wait_until(lambda: job.running() and sorted(ids(file_lines(out))) == [1, 2],
                       "the second row")

    def test_a_partition_without_records_does_not_hold_windows_back(self):
        topic = self.new_topic(2)
        self.produce(topic, [{"id": 1, "ts": "2024-01-01 00:00:01"},
                             {"id": 2, "ts": "2024-01-01 00:00:02"},
                             {"id": 3, "ts": "2024-01-01 00:00:30"}], 0)
        with Folder() as folder:
            sql = ("SET 'execution.checkpointing.interval' = '50 ms';\n"
                   "SET 'table.exec.source.idle-timeout' = '300 ms';\n"
                   + self.table("src", "id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts",
                                {"topic": topic, "scan.startup.mode": "earliest-offset"})
                   + f"CREATE TABLE dst (id BIGINT) WITH ('connector' = 'filesystem', "
                     f"'path' = '{folder.path / 'out'}', 'format' = 'json');\n"
                     "INSERT INTO dst SELECT COUNT(*) AS id FROM "
                     "TABLE(TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
                     "GROUP BY window_start, window_end;")
            with Job(folder.path, sql) as job:
                wait_until(lambda: job.running() and ids(file_lines(folder.path / "out")) == [2],
                           "the first window has two rows")

    def test_weir_run_reaches_it_by_its_endpoints(self):
        source, sink = self.new_topic(), self.new_topic()
        self.produce(source, [{"id": number} for number in range(10)])
        options = {"properties.bootstrap.servers": "kafka:9092"}
        sql = (self.table("src", "id BIGINT", {"topic": source, **options,
                                               "scan.startup.mode": "earliest-offset"})
               + self.table("dst", "id BIGINT", {"topic": sink, **options})
               + "INSERT INTO dst SELECT id FROM src;")
        with Folder() as folder:
            pipeline = folder.pipeline(
                "there", pipeline_sql=sql,
                weir_yaml=f"endpoints:\n  kafka:9092: {self.address}\n")
            with WeirRun(pipeline, folder.path / "data") as weir:
                weir.wait_started()
                self.assertEqual(len(self.read(sink, 10)), 10)
                self.assertEqual(weir.stop(), 0, "".join(weir.errors))

    def test_killed_and_resumed_again_and_again(self):
        """kill -9 at random moments: the exact file sink has every row once."""
        topic = self.new_topic(3)
        chance = random.Random(7)
        done = 0
        with Folder() as folder:
            sql = self.file_job(folder.path, {"topic": topic,
                                              "scan.startup.mode": "earliest-offset"})
            for _ in range(KILLS):
                with Job(folder.path, sql, "--parallelism", "2") as job:
                    more = range(done, done + ROWS // KILLS)
                    self.produce(topic, [{"id": number} for number in more])
                    done = more.stop
                    end = time.monotonic() + chance.uniform(0.05, 0.4)
                    wait_until(lambda: job.running() and time.monotonic() > end, "its last moment")
                    job.kill()
            with Job(folder.path, sql, "--parallelism", "2") as job:
                wait_until(lambda: job.started()
                           and len(file_lines(folder.path / "out")) >= done, "all rows")
                self.assertEqual(job.stop(), 0, job.error_text())
            self.assertEqual(sorted(ids(file_lines(folder.path / "out"))), list(range(done)))

    def test_the_kafka_comes_back(self):
        topic = self.new_topic(2)
        options = {"topic": topic, "scan.startup.mode": "earliest-offset"}
        with Folder() as folder, Job(folder.path, self.file_job(folder.path, options)) as job:
            out = folder.path / "out"
            self.produce(topic, [{"id": number} for number in range(100)])
            wait_until(lambda: job.running() and len(file_lines(out)) == 100, "100 rows")
            self.peer.kill()
            self.peer.start()
            self.produce(topic, [{"id": number} for number in range(100, 200)])
            wait_until(lambda: job.running() and len(file_lines(out)) >= 200, "200 rows")
            self.assertEqual(job.stop(), 0, job.error_text())
            self.assertEqual(sorted(ids(file_lines(out))), list(range(200)))


class SinkCases(OutsideKafkaCase):
    def copy_job(self, source, sink, **more):
        return (SETTINGS
                + self.table("src", "id BIGINT", {"topic": source,
                                                  "scan.startup.mode": "earliest-offset"}
                             | more.get("source_options", {}))
                + self.table("dst", "id BIGINT", {"topic": sink} | more.get("sink_options", {}))
                + "INSERT INTO dst SELECT id FROM src;\n")

    def test_rows_arrive_in_all_partitions_with_their_time(self):
        topic = self.new_topic(3)
        sql = (self.table("dst", "id INT, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'",
                          {"topic": topic, "sink.partitioner": "round-robin"})
               + "INSERT INTO dst SELECT id, TO_TIMESTAMP_LTZ(id * 1000, 3) "
                 "FROM (VALUES (1), (2), (3), (4), (5), (6)) AS v(id);")
        with Folder() as folder, Job(folder.path, sql) as job:
            self.assertEqual(job.process.wait(timeout=60), 0, job.error_text())
        messages = self.read(topic, 6, 3)
        self.assertEqual(sorted((json.loads(m.value())["id"], m.timestamp()[1]) for m in messages),
                         [(number, number * 1000) for number in range(1, 7)])
        self.assertEqual({m.partition() for m in messages}, {0, 1, 2})

    def test_keys_there_and_back(self):
        topic = self.new_topic(4)
        options = {"topic": topic, "key.format": "json", "key.fields": "k_id",
                   "key.fields-prefix": "k_", "value.fields-include": "EXCEPT_KEY"}
        sql = (self.table("dst", "k_id INT, name STRING", options)
               + "INSERT INTO dst VALUES (1, 'a'), (2, 'b'), (1, 'c');")
        with Folder() as folder, Job(folder.path, sql) as job:
            self.assertEqual(job.process.wait(timeout=60), 0, job.error_text())
        messages = self.read(topic, 3, 4)
        self.assertEqual(sorted((json.loads(m.key())["id"], json.loads(m.value())["name"])
                                for m in messages), [(1, "a"), (1, "c"), (2, "b")])
        self.assertEqual(len({m.partition() for m in messages if b"1" in m.key()}), 1)
        self.assertEqual(self.query("k_id INT, name STRING", "SELECT * FROM t;", options),
                         ["+I[1, a]", "+I[1, c]", "+I[2, b]"])

    def test_nothing_is_lost_when_killed(self):
        """Rows linger in the producer for longer than a checkpoint takes, unless it waits."""
        source, sink = self.new_topic(2), self.new_topic(2)
        chance = random.Random(11)
        done = 0
        with Folder() as folder:
            lingering = {"properties.linger.ms": "300"}
            sql = self.copy_job(source, sink, sink_options=lingering)
            for _ in range(KILLS):
                with Job(folder.path, sql) as job:
                    more = range(done, done + ROWS // KILLS)
                    self.produce(source, [{"id": number} for number in more])
                    done = more.stop
                    end = time.monotonic() + chance.uniform(0.05, 0.4)
                    wait_until(lambda: job.running() and time.monotonic() > end, "its last moment")
                    job.kill()
            with Job(folder.path, self.copy_job(source, sink, sink_options=lingering,
                                                source_options={
                                                    "scan.bounded.mode": "latest-offset"})) as job:
                self.assertEqual(job.process.wait(timeout=60), 0, job.error_text())
        seen = [json.loads(m.value())["id"] for m in self.read(sink, done, 2)]
        print(f"{KILLS} kills, {done} rows, {len(seen) - done} twice", flush=True)
        self.assertEqual(set(seen), set(range(done)))

    def test_the_kafka_comes_back(self):
        source, sink = self.new_topic(), self.new_topic()
        with Folder() as folder, Job(folder.path, self.copy_job(source, sink)) as job:
            self.produce(source, [{"id": number} for number in range(100)])
            self.read(sink, 100)
            self.peer.kill()
            self.peer.start()
            self.produce(source, [{"id": number} for number in range(100, 200)])
            seen = [json.loads(m.value())["id"] for m in self.read(sink, 200)]
            self.assertEqual(set(seen), set(range(200)))
            self.assertEqual(job.stop(), 0, job.error_text())

    def test_a_record_that_the_broker_refuses_ends_the_job_with_its_reason(self):
        topic = self.new_topic(1, max_message_bytes="1000")
        sql = (self.table("dst", "s STRING", {"topic": topic})
               + "INSERT INTO dst VALUES (RPAD('x', 5000, 'x'));")
        with Folder() as folder, Job(folder.path, sql) as job:
            self.assertEqual(job.process.wait(timeout=60), 1, job.error_text())
            self.assertIn("too large", job.error_text())
            self.assertIn(topic, job.error_text())

    def test_a_record_larger_than_a_request_ends_the_job(self):
        sql = (self.table("dst", "s STRING", {"topic": self.new_topic()})
               + "INSERT INTO dst VALUES (RPAD('x', 2000000, 'x'));")
        with Folder() as folder, Job(folder.path, sql) as job:
            self.assertEqual(job.process.wait(timeout=60), 1, job.error_text())
            self.assertIn("max.request.size", job.error_text())

    def test_exactly_once_is_refused(self):
        sql = (self.table("dst", "id INT", {"topic": "x",
                                            "sink.delivery-guarantee": "exactly-once"})
               + "INSERT INTO dst VALUES (1);")
        with Folder() as folder, Job(folder.path, sql) as job:
            self.assertEqual(job.process.wait(timeout=60), 1)
            self.assertIn("at-least-once", job.error_text())


class ErrorCases(OutsideKafkaCase):
    def test_nobody_listens(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            error = self.fail_query({"topic": "t", "properties.bootstrap.servers": address,
                                     "properties.default.api.timeout.ms": "1000"})
        self.assertIn(address, error)
        self.assertIn("cannot be reached", error)
        self.assertIn("Connection refused", error)

    def test_no_such_host(self):
        error = self.fail_query({"topic": "t", "properties.default.api.timeout.ms": "1000",
                                 "properties.bootstrap.servers": "no.such.host.invalid:9092"})
        self.assertIn("no.such.host.invalid:9092", error)

    def test_no_such_topic(self):
        error = self.fail_query({"topic": "nowhere"})
        self.assertIn("no topic nowhere", error)

    def test_a_login_that_is_not_taken(self):
        error = self.fail_query({
            "topic": "t", "properties.security.protocol": "SASL_PLAINTEXT",
            "properties.sasl.mechanism": "PLAIN", "properties.default.api.timeout.ms": "5000",
            "properties.sasl.jaas.config":
                'org.apache.kafka.common.security.plain.PlainLoginModule required '
                'username="me" password="hidden-word";'})
        self.assertIn("properties.sasl", error)
        self.assertNotIn("hidden-word", error)

    def test_properties_that_nobody_knows(self):
        error = self.fail_query({"topic": "t", "properties.sasl.pasword": "hidden-word"})
        self.assertIn("properties.sasl.pasword", error)
        self.assertIn('did you mean "properties.sasl.password"', error)
        self.assertNotIn("hidden-word", error)
        error = self.fail_query({"topic": "t", "properties.session.timeout.ms": "soon"})
        self.assertIn("properties.session.timeout.ms", error)

    def test_a_java_key_store(self):
        error = self.fail_query({"topic": "t", "properties.ssl.truststore.location": "/a.jks",
                                 "properties.ssl.truststore.password": "hidden-word"})
        self.assertIn("properties.ssl.ca.location", error)
        self.assertNotIn("hidden-word", error)
