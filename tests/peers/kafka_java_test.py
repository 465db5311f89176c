#!/usr/bin/env python3
"""Runs Apache Kafka's own Java client against a broker: tests/peers/kafka_java_test.py BUILD/weir

What it does is in KafkaClients.java. Needs java and mvn.
"""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "tests", "clients")]
import maven_jars  # noqa: E402
from weir_broker import Broker  # noqa: E402


def main():
    jars = maven_jars.fetch("kafka")
    with Broker(sys.argv[1]) as broker:
        status = subprocess.run(
            ["java", "-cp", ":".join(jars), os.path.join(ROOT, "tests/peers/KafkaClients.java"),
             broker.address], check=False, timeout=300).returncode
    sys.exit(status)


if __name__ == "__main__":
    main()
