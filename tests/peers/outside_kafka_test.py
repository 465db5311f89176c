#!/usr/bin/env python3
"""Flink SQL of weir on a real Apache Kafka: tests/peers/outside_kafka_test.py BUILD/weir

The cases are those of tests/clients/outside_kafka_test.py, which run on a `weir broker`; and a
login.
"""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "clients")]

import outside_kafka_cases as cases  # noqa: E402
from apache_kafka import ApacheKafka  # noqa: E402
from outside_kafka import OutsideKafkaCase  # noqa: E402

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required "
LOGIN = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}


class ApacheKafkaPeer:
    @classmethod
    def make_peer(cls):
        return ApacheKafka()


class SourceTest(ApacheKafkaPeer, cases.SourceCases):
    pass


class SinkTest(ApacheKafkaPeer, cases.SinkCases):
    pass


class ErrorTest(ApacheKafkaPeer, cases.ErrorCases):
    pass


class LoginTest(OutsideKafkaCase):
    @classmethod
    def make_peer(cls):
        users = PLAIN + 'username="admin" password="a" user_admin="a" user_me="right";'
        return ApacheKafka("SASL_PLAINTEXT", more=(
            "sasl.enabled.mechanisms=PLAIN\nsasl.mechanism.inter.broker.protocol=PLAIN\n"
            f"listener.name.sasl_plaintext.plain.sasl.jaas.config={users}\n"),
            client={**LOGIN, "sasl.username": "me", "sasl.password": "right"})

    def options(self, password):
        return {"topic": "t", "properties.sasl.jaas.config":
                f'{PLAIN}username="me" password="{password}";',
                **{f"properties.{key}": value for key, value in LOGIN.items()}}

    def test_a_login_as_flink_users_write_it(self):
        self.new_topic(name="t")
        self.produce("t", [{"id": 1}])
        self.assertEqual(self.query("id INT", "SELECT * FROM t;", self.options("right")),
                         ["+I[1]"])

    def test_a_wrong_password(self):
        error = self.fail_query(self.options("wrong-word"))
        self.assertIn("Authentication failed", error)
        self.assertNotIn("wrong-word", error)


if __name__ == "__main__":
    unittest.main(verbosity=2)
