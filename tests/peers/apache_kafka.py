"""One real Apache Kafka for a test: a broker and controller in one process, on loopback.

`with ApacheKafka() as kafka: kafka.address`. kill() is kill -9; start() after it opens the same
data on the same port. Needs java and mvn; the jars are pinned in tools/dependencies.txt.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import maven_jars  # noqa: E402
from confluent_kafka.admin import AdminClient  # noqa: E402

START_S = 120
CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk"
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={protocol}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={protocol}://127.0.0.1:{port}
inter.broker.listener.name={protocol}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,{protocol}:{protocol}
controller.listener.names=CONTROLLER
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
{more}
"""


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


class ApacheKafka:
    """`client` are properties that a client needs beside the address (a login)."""

    def __init__(self, protocol="PLAINTEXT", more="", client=None):
        self.jars = ":".join(maven_jars.fetch("kafka", "kafka-broker"))
        self.folder = tempfile.mkdtemp(prefix="weir-apache-kafka-")
        self.client = client or {}
        self.port, controller = free_ports(2)
        self.config = f"{self.folder}/server.properties"
        pathlib.Path(self.config).write_text(PROPERTIES.format(
            port=self.port, controller=controller, folder=self.folder, protocol=protocol,
            more=more), encoding="utf-8")
        self.log = open(f"{self.folder}/log", "w", encoding="utf-8")
        self.process = None
        self.format()
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def java(self, main, *arguments):
        return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-Dlog4j2.level=WARN", "-cp", self.jars,
                main, *arguments]

    def format(self):
        subprocess.run(self.java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c",
                                 self.config), check=True, stdout=self.log, stderr=self.log)

    def start(self):
        self.process = subprocess.Popen(self.java("kafka.Kafka", self.config),
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        end = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("Kafka did not start: "
                                   + pathlib.Path(self.log.name).read_text()[-3000:])

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                pass
            admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0, **self.client})
            return len(admin.list_topics(timeout=2).brokers) > 0
        except Exception:  # pylint: disable=broad-except  # not yet
            time.sleep(0.1)
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu_s(self):
        """User and system seconds of the broker so far."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
