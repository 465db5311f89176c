#!/usr/bin/env python3
"""Drives `weir store` with the real engine, as its clients do.

Usage: tests/clients/store_test.py WEIR [unittest arguments]

Ends with status 77 (skipped) when the engine's library is not beside the program. What needs
clickhouse-connect or confluent-kafka is skipped where those are not installed (tools/setup test).
"""

import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zlib

WEIR = ""
PATIENCE_S = 60


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.text = body.decode("utf-8", "replace")


class Store:
    """A running `weir store`."""

    def __init__(self, data, *arguments):
        self.process = subprocess.Popen(
            [WEIR, "store", "--data", data, "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "listens on" not in line:
            _, errors = self.process.communicate()
            raise RuntimeError(errors)
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self, hard=False):
        if hard:
            self.process.kill()
        else:
            self.process.terminate()
        status = self.process.wait(timeout=PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def call(self, body=None, method=None, headers=None, path="/", **params):
        url = f"http://127.0.0.1:{self.port}{path}"
        if params:
            url += "?" + urllib.parse.urlencode(params)
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(url, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def query(self, sql, **params):
        answer = self.call(sql, **params)
        if answer.status != 200:
            raise AssertionError(f"{sql}: {answer.status} {answer.text}")
        return answer.text


class StoreCase(unittest.TestCase):
    """One store for all tests of a class; each test makes its own table names."""

    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.data = tempfile.mkdtemp(prefix="weir-store-")
        cls.store = Store(cls.data, *cls.arguments)

    @classmethod
    def tearDownClass(cls):
        cls.store.stop()
        shutil.rmtree(cls.data)


class Queries(StoreCase):
    def test_ping(self):
        self.assertEqual(self.store.call(path="/ping").text, "Ok.\n")
        self.assertEqual(self.store.call().text, "Ok.\n")
        self.assertEqual(self.store.call(path="/nothing").status, 404)

    def test_where_the_statement_stands(self):
        self.assertEqual(self.store.query("SELECT 1"), "1\n")
        self.assertEqual(self.store.call(query="SELECT 1").text, "1\n")
        self.assertEqual(self.store.call(" + 1", query="SELECT 1").text, "2\n")

    def test_formats(self):
        self.assertEqual(self.store.query("SELECT 1 AS x, 'a' AS s FORMAT CSV"), '1,"a"\n')
        self.assertEqual(self.store.query("SELECT 1 AS x", default_format="JSONEachRow"),
                         '{"x":1}\n')
        answer = self.store.call("SELECT 1 AS x", headers={"X-ClickHouse-Format": "JSON"})
        self.assertEqual(json.loads(answer.text)["data"], [{"x": 1}])
        self.assertEqual(answer.headers["X-ClickHouse-Format"], "JSON")
        self.assertTrue(answer.headers["Content-Type"].startswith("application/json"))

    def test_headers(self):
        answer = self.store.call("SELECT number FROM numbers(10)", query_id="my-id")
        self.assertEqual(answer.headers["X-ClickHouse-Query-Id"], "my-id")
        self.assertEqual(answer.headers["X-ClickHouse-Timezone"] + "\n",
                         self.store.query("SELECT timezone()"))
        self.assertTrue(answer.headers["X-ClickHouse-Server-Display-Name"])
        summary = json.loads(answer.headers["X-ClickHouse-Summary"])
        self.assertEqual(summary["read_rows"], "10")
        self.assertEqual(summary["result_rows"], "10")

    def test_large_results(self):
        # Blockwise formats stream; a format with a head is sent whole. Both have every row once.
        rows = 500_000
        text = self.store.query(f"SELECT number FROM numbers({rows})")
        self.assertEqual(text.count("\n"), rows)
        answer = json.loads(
            self.store.query(f"SELECT number FROM numbers({rows}) FORMAT JSONCompact"))
        self.assertEqual(len(answer["data"]), rows)
        named = self.store.query(f"SELECT number FROM numbers({rows}) FORMAT TSVWithNames")
        self.assertEqual(named.count("number"), 1)
        totals = "SELECT number % 2 AS k, count() FROM numbers(4) GROUP BY k WITH TOTALS ORDER BY k"
        self.assertEqual(self.store.query(totals), "0\t2\n1\t2\n\n0\t4\n")

    def test_errors(self):
        for sql, status, code, name in (
                ("SELECT * FROM nope", 404, "60", "UNKNOWN_TABLE"),
                ("SELEC 1", 400, "62", "SYNTAX_ERROR"),
                ("SELECT 1; SELECT 2", 400, "62", "SYNTAX_ERROR"),
                ("SELECT throwIf(1)", 500, "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
                ("  -- nothing", 400, "62", "SYNTAX_ERROR")):
            answer = self.store.call(sql)
            code_sent = answer.headers["X-ClickHouse-Exception-Code"]
            self.assertEqual((answer.status, code_sent), (status, code), sql)
            self.assertTrue(answer.text.startswith(f"Code: {code}. DB::Exception: "), answer.text)
            self.assertIn(name, answer.text)
        self.assertEqual(self.store.call("SELECT 1", database="nodb").status, 404)
        self.assertEqual(self.store.call("SELECT 1", no_such_setting="1").status, 404)

    def test_an_error_in_the_middle_ends_the_connection(self):
        with self.assertRaises(Exception):
            self.store.call("SELECT throwIf(number = 2900000) FROM numbers(3000000)")

    def test_settings_and_parameters(self):
        sql = "SELECT getSetting('max_block_size'), {a:String}"
        self.assertEqual(self.store.query(sql, max_block_size="77", param_a="it's"), "77\tit\\'s\n")
        # Nothing of it is left for the next request.
        self.assertNotEqual(self.store.query("SELECT getSetting('max_block_size')"), "77\n")

    def test_sessions(self):
        self.store.query("CREATE TEMPORARY TABLE tmp (x Int8)", session_id="s1")
        self.assertEqual(self.store.query("SELECT count() FROM tmp", session_id="s1"), "0\n")
        self.assertEqual(self.store.call("SELECT count() FROM tmp", session_id="s2").status, 404)
        self.assertEqual(
            self.store.call("SELECT 1", session_id="never", session_check="1").status, 404)

    def test_get_changes_nothing(self):
        self.store.query("CREATE TABLE kept (x Int8) ENGINE = Memory")
        for sql in ("DROP TABLE kept", "INSERT INTO kept VALUES (1)"):
            for session in ({}, {"session_id": "get"}):
                answer = self.store.call(query=sql, **session)
                self.assertEqual(answer.headers["X-ClickHouse-Exception-Code"], "164", answer.text)
        self.assertEqual(self.store.query("SELECT count() FROM kept"), "0\n")

    def test_foreign_pages_are_refused(self):
        self.assertEqual(self.store.call("SELECT 1", headers={"Host": "evil.com"}).status, 421)
        self.assertEqual(
            self.store.call("SELECT 1", headers={"Origin": "http://evil.com"}).status, 403)

    def test_refreshable_views_work_in_default(self):
        self.store.query("CREATE MATERIALIZED VIEW r REFRESH EVERY 1 HOUR "
                         "ENGINE = MergeTree ORDER BY x AS SELECT 1 AS x")
        self.store.query("DROP TABLE r")


class Inserts(StoreCase):
    def table(self, name, columns="x UInt32, s String"):
        self.store.query(f"CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY tuple()")

    def test_formats(self):
        self.table("formats")
        for sql, rows in (("INSERT INTO formats FORMAT TSV", "1\ta\n"),
                          ("INSERT INTO formats (s, x) FORMAT CSV", '"b",2\n'),
                          ("INSERT INTO formats FORMAT JSONEachRow", '{"x":3,"s":"c"}'),
                          ("INSERT INTO formats VALUES", "(4,'d'), (2+3, 'e')")):
            self.store.query(rows, query=sql)
            self.store.query(f"{sql}\n{rows}")
        native = self.store.call("SELECT toUInt32(6) AS x, 'f' AS s FORMAT Native").body
        self.store.call(native, query="INSERT INTO formats FORMAT Native")
        self.store.call(b"INSERT INTO formats FORMAT Native\n" + native)
        self.assertEqual(self.store.query("SELECT x, count() FROM formats GROUP BY x ORDER BY x"),
                         "1\t2\n2\t2\n3\t2\n4\t2\n5\t2\n6\t2\n")

    def test_rows_are_never_statements(self):
        # The engine's inline data would end at the blank line and run what follows.
        self.table("victim", "s String")
        self.table("target", "s String")
        evil = "row\n\nDROP TABLE victim\n"
        for body, params in ((evil, {"query": "INSERT INTO target FORMAT LineAsString"}),
                             ("INSERT INTO target FORMAT LineAsString\n" + evil, {})):
            answer = self.store.call(body, **params)
            self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(self.store.query("SELECT count() FROM victim"), "0\n")
        self.assertEqual(self.store.query("SELECT s FROM target ORDER BY s FORMAT TSVRaw"),
                         "\n\nDROP TABLE victim\nDROP TABLE victim\nrow\nrow\n")
        # A binary row whose bytes hold a blank line.
        self.table("binary", "x UInt64")
        rows = b"".join(value.to_bytes(8, "little") for value in range(5000))
        self.store.call(b"INSERT INTO binary FORMAT RowBinary\n" + rows)
        self.assertEqual(self.store.query("SELECT count(), sum(x) FROM binary"),
                         f"5000\t{sum(range(5000))}\n")
        # WITH before INSERT does not lead around it, whatever follows.
        for tail in ("", " ;;'"):
            self.store.call("WITH 1 AS a INSERT INTO target FORMAT LineAsString\nx\n\n"
                            "DROP TABLE victim" + tail)
        self.assertEqual(self.store.query("SELECT count() FROM victim"), "0\n")

    def test_summary_and_errors(self):
        self.table("counted")
        answer = self.store.call("INSERT INTO counted VALUES (1,'a'),(2,'b')")
        self.assertEqual(json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"], "2")
        answer = self.store.call('INSERT INTO counted FORMAT JSONEachRow\n{"x":"no"}')
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.headers["X-ClickHouse-Exception-Code"], "27")
        self.assertEqual(self.store.call("INSERT INTO nope VALUES (1)").status, 404)
        self.store.query("INSERT INTO counted SELECT number, '' FROM numbers(3)")
        self.assertEqual(self.store.query("SELECT count() FROM counted"), "5\n")

    def test_compressed_bodies(self):
        self.table("packed")
        rows = b"".join(b"%d\tabc\n" % i for i in range(100_000))
        self.store.call(gzip.compress(rows), query="INSERT INTO packed FORMAT TSV",
                        headers={"Content-Encoding": "gzip"})
        self.store.call(zlib.compress(b"INSERT INTO packed FORMAT TSV\n" + rows),
                        headers={"Content-Encoding": "deflate"})
        answer = self.store.call("SELECT count() FROM packed", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(answer.body), b"200000\n")
        broken = self.store.call(b"not gzip", query="INSERT INTO packed FORMAT TSV",
                                 headers={"Content-Encoding": "gzip"})
        self.assertGreaterEqual(broken.status, 400)
        self.assertEqual(self.store.query("SELECT count() FROM packed"), "200000\n")

    def test_deduplication_tokens(self):
        self.store.query("CREATE TABLE once (x UInt32) ENGINE = MergeTree ORDER BY x "
                         "SETTINGS non_replicated_deduplication_window = 100")
        for _ in range(3):
            self.store.query("INSERT INTO once VALUES (1), (2)", insert_deduplication_token="t1")
        self.assertEqual(self.store.query("SELECT count() FROM once"), "2\n")


ESCAPES = (
    "SELECT * FROM file('{secret}', 'LineAsString')",
    "SELECT file('{secret}')",
    "SELECT `file`('{secret}')",
    "SELECT /* /* ' */ ' */ file('{secret}') -- '",
    "SELECT * FROM `{secret}`",
    "CREATE TABLE e1 (s String) ENGINE = File(LineAsString, '{secret}')",
    "CREATE TABLE e2 (s String) ENGINE `File`(LineAsString)",
    "CREATE TABLE e3 AS file('{secret}', 'LineAsString')",
    "CREATE TABLE e4 (s String) ENGINE = URL('http://127.0.0.1:{port}/ping', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:{port}/ping', 'LineAsString', 's String')",
    "CREATE TABLE e5 AS url('http://127.0.0.1:{port}/ping', 'LineAsString', 's String')",
    "SELECT * FROM executable('id', 'LineAsString', 's String')",
    "CREATE TABLE e6 (s String) ENGINE = Executable('id', 'LineAsString')",
    "CREATE TABLE e7 (s String) ENGINE = ExecutablePool('id', 'LineAsString')",
    "CREATE DATABASE e8 ENGINE = Filesystem('/')",
    "CREATE DATABASE e9 ENGINE = SQLite('{outside}/db')",
    "SELECT * FROM sqlite('{outside}/db', 't')",
    "SELECT * FROM filesystem('/etc')",
    "CREATE DICTIONARY e10 (a String, b String) PRIMARY KEY a SOURCE(FILE(path '{secret}' "
    "format 'TSV')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)",
    "CREATE DICTIONARY e11 (a String, b String) PRIMARY KEY a SOURCE(EXECUTABLE(command "
    "'touch {outside}/new' format 'TSV')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)",
    "CREATE DICTIONARY e12 (a String, b String) PRIMARY KEY a SOURCE(`http`(url "
    "'http://127.0.0.1:{port}/' format 'TSV')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)",
    "SELECT 1 INTO OUTFILE '{outside}/new'",
    "SELECT 1 INTO /* x */ OUTFILE '{outside}/new' FORMAT TSV",
    "SELECT 'a' into outfile '{outside}/new' truncate",
    "INSERT INTO lines FROM INFILE '{secret}' FORMAT LineAsString",
    "INSERT INTO FUNCTION file('{outside}/new', 'LineAsString', 's String') VALUES ('x')",
    "CREATE TABLE e13 (k String, v String) ENGINE = EmbeddedRocksDB(0, '{outside}/new') "
    "PRIMARY KEY k",
    "CREATE TABLE e14 (x Int8) ENGINE = MergeTree ORDER BY x "
    "SETTINGS disk = disk(type = local, path = '{outside}/')",
    "BACKUP DATABASE default TO File('{outside}/new')",
    "SELECT * FROM paimonLocal('{outside}')",
    "SELECT * FROM icebergLocal('{outside}')",
    "SELECT * FROM deltaLakeLocal('{outside}')",
    "ATTACH TABLE e15 FROM '{outside}' (x Int8) ENGINE = MergeTree ORDER BY x",
    "SELECT 1 FORMAT Protobuf SETTINGS format_schema = '{secret}:x'",
    "SYSTEM SHUTDOWN",
)


class Escapes(StoreCase):
    """No statement reads or writes a file outside the data folder, or runs a program."""

    def test_every_way_out_is_closed(self):
        outside = tempfile.mkdtemp(prefix="weir-outside-")
        try:
            secret = os.path.join(outside, "secret")
            with open(secret, "w", encoding="utf-8") as file:
                file.write("TOPSECRET\tx\n")
            self.store.query("CREATE TABLE lines (s String) ENGINE = MergeTree ORDER BY s")
            before = sorted(os.listdir(outside))
            for template in ESCAPES:
                sql = template.format(secret=secret, outside=outside, port=self.store.port)
                for params in ({}, {"readonly": "0"}, {"session_id": "escape"}):
                    answer = self.store.call(sql, **params)
                    self.assertNotEqual(answer.status, 200, sql)
                    self.assertNotIn("TOPSECRET", answer.text, sql)
                self.assertEqual(sorted(os.listdir(outside)), before, sql)
            self.assertEqual(self.store.query("SELECT count() FROM lines"), "0\n")
            self.assertEqual(self.store.query("SELECT 1"), "1\n")
        finally:
            shutil.rmtree(outside)

    def test_words_in_strings_are_no_crime(self):
        self.assertEqual(self.store.query("SELECT 'x INTO OUTFILE y', 'file(1)' -- INFILE"),
                         "x INTO OUTFILE y\tfile(1)\n")

    def test_the_process_itself_is_confined(self):
        with open(f"/proc/{self.store.process.pid}/status", encoding="utf-8") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["NoNewPrivs"], "1")


class Users(unittest.TestCase):
    def test_passwords_and_read_only_users(self):
        with tempfile.TemporaryDirectory(prefix="weir-users-") as data:
            users = os.path.join(data, "users")
            with open(users, "w", encoding="utf-8") as file:
                file.write("# comment\nadmin secret\nviewer look readonly\n")
            store = Store(os.path.join(data, "store"), "--users", users)
            try:
                self.assertEqual(store.call("SELECT 1").status, 403)
                self.assertEqual(store.call("SELECT 1", user="admin", password="no").status, 403)
                self.assertEqual(store.query("SELECT 1", user="admin", password="secret"), "1\n")
                basic = "Basic " + base64.b64encode(b"admin:secret").decode()
                self.assertEqual(store.call("SELECT 1", headers={"Authorization": basic}).text,
                                 "1\n")
                keys = {"X-ClickHouse-User": "viewer", "X-ClickHouse-Key": "look"}
                self.assertEqual(store.call("SELECT 1", headers=keys).text, "1\n")
                store.query("CREATE TABLE t (x Int8) ENGINE = Memory", user="admin",
                            password="secret")
                for session in ({}, {"session_id": "v"}):
                    for sql in ("DROP TABLE t", "INSERT INTO t VALUES (1)",
                                "CREATE TABLE u (x Int8) ENGINE = Memory"):
                        answer = store.call(sql, headers=keys, **session)
                        self.assertEqual(answer.headers["X-ClickHouse-Exception-Code"], "164")
                wrong = store.call("SELECT 1", headers={"Authorization": "Bearer abc"})
                self.assertEqual(wrong.headers["X-ClickHouse-Exception-Code"], "516")
            finally:
                store.stop()

    def test_other_machines_need_users(self):
        with tempfile.TemporaryDirectory(prefix="weir-users-") as data:
            with self.assertRaisesRegex(RuntimeError, "has no users"):
                Store(data, "--host", "0.0.0.0")


class Life(unittest.TestCase):
    def test_data_survives_stop_and_kill(self):
        with tempfile.TemporaryDirectory(prefix="weir-life-") as data:
            store = Store(data)
            with self.assertRaisesRegex(RuntimeError, "another process holds"):
                Store(data)
            store.query("CREATE TABLE t (x UInt32) ENGINE = MergeTree ORDER BY x")
            for number, hard in enumerate((False, True, False)):
                store.query(f"INSERT INTO t VALUES ({number})")
                self.assertEqual(store.stop(hard), -9 if hard else 0)
                store = Store(data)
                self.assertEqual(store.query("SELECT count() FROM t"), f"{number + 1}\n")
            store.stop()

    def test_a_missing_library_names_the_remedy(self):
        with tempfile.TemporaryDirectory(prefix="weir-life-") as data:
            with self.assertRaisesRegex(RuntimeError, "tools/setup"):
                Store(data, "--library", os.path.join(data, "libchdb.so"))


class Clients(StoreCase):
    def test_clickhouse_connect(self):
        try:
            import clickhouse_connect
        except ImportError:
            self.skipTest("clickhouse-connect is not installed")
        client = clickhouse_connect.get_client(host="127.0.0.1", port=self.store.port)
        client.command("CREATE TABLE cc (id UInt64, name String, at DateTime64(3), "
                       "v Nullable(Float64)) ENGINE = MergeTree ORDER BY id")
        rows = [[i, f"n{i}", 1_700_000_000 + i, None if i % 3 == 0 else i / 2] for i in range(1000)]
        client.insert("cc", rows, column_names=["id", "name", "at", "v"])
        result = client.query("SELECT count(), sum(id), countIf(v IS NULL) FROM cc")
        self.assertEqual(result.result_rows, [(1000, 499500, 334)])
        result = client.query("SELECT name FROM cc WHERE id = {id:UInt64}", parameters={"id": 7})
        self.assertEqual(result.result_rows, [("n7",)])
        with self.assertRaisesRegex(Exception, "UNKNOWN_TABLE"):
            client.query("SELECT * FROM nope")
        client.close()


class KafkaEngine(unittest.TestCase):
    """ENGINE = Kafka on kafka:9092 reads a broker at another port; stops and kills lose nothing."""

    def test_consumes_through_the_host_map(self):
        try:
            from confluent_kafka import Producer
        except ImportError:
            self.skipTest("confluent-kafka is not installed")
        producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
        broker = next(iter(producer.list_topics(timeout=PATIENCE_S).brokers.values()))
        sent = 0

        def produce(count):
            nonlocal sent
            for number in range(sent, sent + count):
                producer.produce("events", json.dumps({"id": number}), partition=number % 4)
            producer.flush()
            sent += count

        def wait_for_all(store):
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until:
                counted = store.query("SELECT count(), uniqExact(id) FROM events")
                if counted == f"{sent}\t{sent}\n":
                    return
                time.sleep(0.05)
            self.fail(f"{counted!r} of {sent} rows; " +
                      store.query("SELECT * FROM system.kafka_consumers FORMAT Vertical"))

        with tempfile.TemporaryDirectory(prefix="weir-kafka-") as data:
            endpoint = ("--endpoint", f"kafka:9092=127.0.0.1:{broker.port}")
            produce(2000)
            store = Store(data, *endpoint)
            store.query("CREATE TABLE queue (id UInt64) ENGINE = Kafka SETTINGS "
                        "kafka_broker_list = 'kafka:9092', kafka_topic_list = 'events', "
                        "kafka_group_name = 'g', kafka_format = 'JSONEachRow', "
                        "kafka_flush_interval_ms = 500")
            store.query("CREATE TABLE events (id UInt64) ENGINE = MergeTree ORDER BY id")
            store.query("CREATE MATERIALIZED VIEW pump TO events AS SELECT id FROM queue")
            wait_for_all(store)
            produce(1000)
            wait_for_all(store)
            self.assertEqual(store.stop(hard=True), -9)
            produce(1000)
            store = Store(data, *endpoint)
            wait_for_all(store)
            self.assertEqual(store.stop(), 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    WEIR = os.path.abspath(sys.argv.pop(1))
    if not os.path.exists(os.path.join(os.path.dirname(WEIR), "lib", "libchdb.so")):
        print("skipped: no lib/libchdb.so beside the program; tools/setup fetches it")
        sys.exit(77)
    unittest.main(verbosity=1)
