"""The containers of a host as processes of this machine: the same commands, settings and files, with paths of this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contracts.services import EVERY_PROCESS
from deploy.kafka.broker import LOG4J_PROPERTIES, fetch_kafka, find_java
from deploy.local.postgres import find_programs
from tests.ha.compose import Container, secret_files

ROOT = Path(__file__).parents[2]
NEEDED = {"ip": "iproute2", "nsenter": "util-linux", "etcd": "etcd-server", "haproxy": "haproxy", "caddy": "caddy"}
"""Programs of Debian packages; Patroni is in the dependency group `ha`, PostgreSQL in `local`."""
OTHER_ACCOUNT = ("unshare", "--user", "--map-user=999", "--map-group=999", "--")
"""PostgreSQL refuses root. In this namespace the same account has another number."""
IMAGE_VARIABLES = {"CLUSTER_ID", "KAFKA_HEAP_OPTS"}
SMALL_JAVA = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


@dataclass(frozen=True)
class Program:
    """What runs in place of a container."""

    command: list[str]
    environment: dict[str, str]
    prepare: tuple[list[str], ...] = ()
    """Commands that run before it."""


def missing() -> list[str]:
    """Debian packages and other things that are not here."""
    found = [package for program, package in NEEDED.items() if shutil.which(program, path=_PATH) is None]
    if not (Path(sys.executable).parent / "patroni").exists():
        found.append("Patroni (uv sync --inexact --group ha)")
    return found + ([] if os.geteuid() == 0 else ["root"])


def program_of(container: Container, place: Path, secrets: Path) -> Program:
    """The program of a container whose host keeps everything below `place`."""
    paths = _paths(container, place, secrets)
    environment = {"PATH": _PATH, "LANG": "C.UTF-8", "HOME": str(place)}
    environment |= {name: _local(value, paths) for name, value in container.environment.items()}
    command = [_local(word, paths) for word in container.command]
    match container.image:
        case "etcd":
            return Program(["etcd"], environment)
        case "patroni":
            return _patroni(command, environment)
        case "kafka":
            return _kafka(environment, place, paths)
        case "haproxy":
            return Program(["haproxy", "-db", "-f", paths["/usr/local/etc/haproxy/haproxy.cfg"]], environment)
        case "caddy":
            return _caddy(environment, paths)
        case service if service in EVERY_PROCESS:
            return Program(
                [sys.executable, str(ROOT / "deploy/image/run.py"), *command], environment | {"SERVICE": service}
            )
        case unknown:
            raise LookupError(f"no program for the image {unknown}")


def _patroni(command: list[str], environment: dict[str, str]) -> Program:
    programs = find_programs()
    own = {
        "PATH": f"{programs}/bin:{environment['PATH']}",
        "PATRONI_POSTGRESQL_BIN_DIR": f"{programs}/bin",
    }
    return Program([*OTHER_ACCOUNT, *command], environment | own)


def _kafka(environment: dict[str, str], place: Path, paths: dict[str, str]) -> Program:
    """As the image does it: the variables become properties, the storage is formatted once."""
    password = Path(paths["/run/secrets"], "kafka_sasl_password").read_text().strip()
    jaas = (
        f'org.apache.kafka.common.security.plain.PlainLoginModule required username="bakhong" password="{password}"'
        f' user_bakhong="{password}";'
    )
    properties = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in environment.items()
        if name.startswith("KAFKA_") and name not in IMAGE_VARIABLES
    } | {f"listener.name.{name}.plain.sasl.jaas.config": jaas for name in ("clients", "controller")}
    written, logging = place / "kafka.properties", place / "log4j2.properties"
    written.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
    logging.write_text(LOG4J_PROPERTIES)
    java = [find_java(), *environment["KAFKA_HEAP_OPTS"].split(), *SMALL_JAVA, f"-Dkafka.logs.dir={place}",
            f"-Dlog4j2.configurationFile={logging}", "-cp", f"{fetch_kafka()}/*"]  # fmt: skip
    once = [
        "kafka.tools.StorageTool",
        "format",
        "--ignore-formatted",
        f"--cluster-id={environment['CLUSTER_ID']}",
        "-c",
        str(written),
    ]
    is_formatted = Path(properties["log.dirs"], "meta.properties").exists()
    return Program([*java, "kafka.Kafka", str(written)], environment, prepare=() if is_formatted else ([*java, *once],))


def _caddy(environment: dict[str, str], paths: dict[str, str]) -> Program:
    folders = {"XDG_DATA_HOME": paths["/data"], "XDG_CONFIG_HOME": paths["/config"]}
    printed = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout.split()[0]
    if tuple(int(part) for part in printed.removeprefix("v").split(".")[:2]) < (2, 7):
        folders["PROXY_BUFFERS"] = "buffer_requests"  # as Debian's older Caddy spells it
    return Program(
        ["caddy", "run", "--adapter", "caddyfile", "--config", paths["/etc/caddy/Caddyfile"]], environment | folders
    )


def _paths(container: Container, place: Path, secrets: Path) -> dict[str, str]:
    """Where each path of the container is here; files are copied, so that paths within them can be replaced."""
    own = place / container.name.removesuffix("-migrate")
    paths = {path: str(own / "volumes" / name) for path, name in container.volumes.items()}
    paths |= {path: str(own / "temporary" / path.strip("/")) for path in container.temporary}
    for path in paths.values():
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    paths["/run/secrets"] = str(_secrets(container, own / "secrets", secrets))
    for path in container.mounts:
        paths[path] = str(own / Path(path).name)
    for path, source in container.mounts.items():
        if source.is_file():
            Path(paths[path]).write_text(_local(source.read_text(), paths))
    return paths


def _secrets(container: Container, folder: Path, secrets: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = secret_files()
    for target, source in container.secrets.items():
        link = folder / target
        if not link.exists():
            link.symlink_to(secrets / files[source])
    return folder


def _local(text: str, paths: dict[str, str]) -> str:
    longest_first = sorted(paths, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: paths[found[0]], text)


_PATH = os.pathsep.join(
    (str(Path(sys.executable).parent), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
)
