"""Flink SQL on a Kafka outside: here a `weir broker` in another process, reached over TCP."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import outside_kafka_cases as cases
from weir_broker import Broker
from harness import WEIR


class WeirBrokerPeer:
    @classmethod
    def make_peer(cls):
        return Broker(WEIR)


class SourceTest(WeirBrokerPeer, cases.SourceCases):
    pass


class SinkTest(WeirBrokerPeer, cases.SinkCases):
    pass


class ErrorTest(WeirBrokerPeer, cases.ErrorCases):
    pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
