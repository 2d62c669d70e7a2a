"""A real Apache Kafka of one node for tests: resolved by Maven, run by Java 17, gone with its parent.

Run as a script it fetches the broker into the cache and prints its path; exit 3 where that is not possible.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.foreground import foreground_command
from deploy.local.ports import free_ports

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"
OLDEST_JAVA = 17
SECONDS_TO_FETCH = 900
SECONDS_TO_START = 90
CANNOT_BE_HAD = 3

HEAP = ("-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")

SERVER_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{more_listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{more_advertised}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{more_protocols}
log.dirs={data}
num.partitions=12
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=16777216
"""

LOG4J_PROPERTIES = """\
rootLogger.level = WARN
rootLogger.appenderRef.stdout.ref = stdout
appender.stdout.type = Console
appender.stdout.name = stdout
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %d{ISO8601} %p %c{1} %m%n
"""


class KafkaNotAvailable(RuntimeError):
    """No broker is available on this machine; the message names what is missing."""


class KafkaBroker:
    """One combined KRaft node on free ports of 127.0.0.1; data and ports stay the same over a restart."""

    def __init__(
        self,
        directory: Path,
        *,
        advertised: Mapping[str, int | None] | None = None,
        properties: str = "",
        scram: Mapping[str, str] | None = None,
    ) -> None:
        """`advertised`: further listeners by name (capitals), and the port of 127.0.0.1 that their clients are printed (None:
        their own). `properties` are added to the broker's and win; `scram` are passwords by user.
        """
        self._more_properties = properties
        self._scram = dict(scram or {})
        self.directory = directory
        self.bootstrap_servers = ""
        self.listeners: dict[str, int] = {}
        self._advertised = dict(advertised or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._jars: Path | None = None

    def start(self) -> str:
        """Start (again) and return the bootstrap address once the broker serves clients."""
        if self._jars is None:
            self._jars = fetch_kafka()
            self._format()
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                foreground_command(self._java("kafka.Kafka", str(self._properties)), at_parent_death=signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        return self.bootstrap_servers

    def stop(self) -> None:
        """A controlled shutdown; SIGKILL when it takes longer than 30 s."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _format(self) -> None:
        port, controller_port, *more = free_ports(2 + len(self._advertised))
        self.bootstrap_servers = f"127.0.0.1:{port}"
        self.listeners = dict(zip(self._advertised, more, strict=True))
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "log4j2.properties").write_text(LOG4J_PROPERTIES)
        self._properties.write_text(
            SERVER_PROPERTIES.format(
                port=port,
                controller_port=controller_port,
                data=self.directory / "data",
                more_listeners="".join(f",{name}://127.0.0.1:{own}" for name, own in self.listeners.items()),
                more_advertised="".join(
                    f",{name}://127.0.0.1:{printed or self.listeners[name]}"
                    for name, printed in self._advertised.items()
                ),
                more_protocols="".join(f",{name}:PLAINTEXT" for name in self.listeners),
            )
            + self._more_properties
        )
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        users = [
            f"--add-scram=SCRAM-SHA-512=[name={user},password={password}]" for user, password in self._scram.items()
        ]
        options = ("format", f"--cluster-id={cluster_id}", "-c", str(self._properties), *users)
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", *options),
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise KafkaNotAvailable(f"formatting the storage failed: {(done.stderr or done.stdout).strip()}")

    def _java(self, main_class: str, *arguments: str) -> list[str]:
        logs = (f"-Dkafka.logs.dir={self.directory}", f"-Dlog4j2.configurationFile={self.directory}/log4j2.properties")
        return [find_java(), *HEAP, *logs, "-cp", f"{self._jars}/*", main_class, *arguments]

    def _wait_until_ready(self) -> None:
        host, port = self.bootstrap_servers.split(":")
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise KafkaNotAvailable(f"the broker ended during its start, see {self._log_path}")
            with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
                return
            time.sleep(0.1)
        self.kill()
        raise KafkaNotAvailable(f"the broker was not ready after {SECONDS_TO_START} s, see {self._log_path}")

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    @property
    def _log_path(self) -> Path:
        return self.directory / "broker.log"


@contextlib.contextmanager
def temporary_kafka() -> Iterator[str]:
    """The bootstrap address of a broker for one test run; nothing of it stays."""
    directory = Path(tempfile.mkdtemp(prefix="bakhong-kafka-"))
    broker = KafkaBroker(directory)
    try:
        yield broker.start()
    finally:
        broker.stop()
        shutil.rmtree(directory, ignore_errors=True)


def fetch_kafka(cache: Path = CACHE) -> Path:
    """The directory with the broker's jars, resolved by Maven the first time (about 45 MB)."""
    find_java()
    jars = cache / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaNotAvailable("Maven (mvn) is not installed")
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="fetching-", dir=cache))
    try:
        _resolve(maven, unfinished)
        with contextlib.suppress(OSError):  # another fetch was faster
            unfinished.rename(jars)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return jars


def _resolve(maven: str, directory: Path) -> None:
    goal = "dependency:copy-dependencies"
    command = [maven, "-B", "-q", "-f", str(POM), goal, f"-DoutputDirectory={directory}", "-DincludeScope=runtime"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_TO_FETCH)
    except subprocess.TimeoutExpired as error:
        raise KafkaNotAvailable(f"Maven did not finish within {SECONDS_TO_FETCH} s") from error
    if done.returncode != 0:
        reasons = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise KafkaNotAvailable(f"Maven cannot resolve the broker: {reasons[0] if reasons else done.stderr.strip()}")


def find_java() -> str:
    """The path of a Java that runs a Kafka 4 broker."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        raise KafkaNotAvailable(f"Java {OLDEST_JAVA} or newer is not installed")
    printed = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', printed)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise KafkaNotAvailable(f"{java} is older than Java {OLDEST_JAVA}")
    return java


def main() -> int:
    try:
        print(f"Apache Kafka is in {fetch_kafka()}")
    except KafkaNotAvailable as error:
        print(f"No Apache Kafka here: {error}", file=sys.stderr)
        return CANNOT_BE_HAD
    return 0


if __name__ == "__main__":
    sys.exit(main())
