"""What is prepared for the three hosts fits the files that they are started with."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from contracts.services import EVERY_PROCESS, SERVICES
from deploy.ha.__main__ import DATABASE, HERE, HostsNotPrepared, prepare
from tests.ha.compose import containers, secret_files

ADDRESSES = ("10.20.0.1", "10.20.0.2", "10.20.0.3")
PLATFORM = {"ENVIRONMENT": "production", "PUBLIC_URL": "https://3khong.example.vn", "DOMAIN": "3khong.example.vn",
            "MESSAGE_PLACE": "ứng dụng Ba Không", "PROXY_NETWORKS": "10.231.0.250/32"}  # fmt: skip
HAPROXY = (HERE / "haproxy.cfg").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared settings of the hosts, beside their secrets."""
    folder = tmp_path_factory.mktemp("hosts")
    prepare(ADDRESSES, PLATFORM, folder=folder, secrets_folder=folder / "secrets")
    return folder


def settings_of(folder: Path, number: int) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(folder / f"host-{number}.env").items()}


def test_each_host_knows_its_place_and_the_settings_of_the_platform(folder: Path) -> None:
    hosts = [settings_of(folder, number) for number in (1, 2, 3)]

    assert [host["HOST_ADDRESS"] for host in hosts] == list(ADDRESSES)
    assert [host.get("PEER_ADDRESS") for host in hosts] == [ADDRESSES[1], ADDRESSES[0], None]
    assert {host["MESSAGE_PLACE"] for host in hosts} == {PLATFORM["MESSAGE_PLACE"]}
    assert len({host["KAFKA_CLUSTER_ID"] for host in hosts}) == 1
    assert "PROXY_NETWORKS" not in hosts[0]  # that of one machine's own network


def test_preparing_again_changes_neither_the_bus_nor_a_secret(folder: Path) -> None:
    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}

    prepare(ADDRESSES, PLATFORM, folder=folder, secrets_folder=folder / "secrets")

    assert {path: path.read_text() for path in folder.rglob("*") if path.is_file()} == before


def test_two_hosts_of_one_address_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HostsNotPrepared, match="3 different addresses"):
        prepare((*ADDRESSES[:2], ADDRESSES[0]), {}, folder=tmp_path, secrets_folder=tmp_path / "secrets")


def test_secrets_of_another_server_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/database_url").write_text("postgresql://bakhong@postgres:5432")

    with pytest.raises(HostsNotPrepared, match="names another server"):
        prepare(ADDRESSES, {}, folder=tmp_path, secrets_folder=tmp_path / "secrets")


def test_every_secret_of_the_containers_is_made(folder: Path) -> None:
    assert {name for name, file in secret_files().items() if not (folder / "secrets" / file).exists()} == set()


def test_the_platform_runs_on_two_hosts_and_what_keeps_data_on_three(folder: Path) -> None:
    names = [{one.name for one in containers(settings_of(folder, number))} for number in (1, 2, 3)]

    assert names[0] == names[1]
    assert names[2] == {"etcd", "patroni", "kafka"}
    assert names[0] - names[2] >= {*EVERY_PROCESS, *(f"{name}-migrate" for name in EVERY_PROCESS), "haproxy", "door"}


def test_services_find_each_other_and_the_database_through_haproxy(folder: Path) -> None:
    listening = dict(re.findall(r"^listen (\S+)\n    bind 127\.0\.0\.1:(\d+)", HAPROXY, re.MULTILINE))
    gateway = next(one for one in containers(settings_of(folder, 1)) if one.name == "gateway").environment

    assert f"127.0.0.1:{listening['postgres']}" == DATABASE
    for service in SERVICES:
        assert gateway[service.url_setting.upper()] == f"http://127.0.0.1:{listening[service.name]}"


def test_haproxy_asks_each_service_where_it_listens(folder: Path) -> None:
    ports = {one.name: one.environment.get("PORT") for one in containers(settings_of(folder, 1))}
    for name in EVERY_PROCESS:
        described = HAPROXY.split(f"listen {name}\n")[1].split("\n\n")[0]
        assert re.findall(r'"\$\{(\w+)\}:(\d+)"', described) == [
            ("HOST_ADDRESS", ports[name]),
            ("PEER_ADDRESS", ports[name]),
        ]


def test_compose_accepts_the_file(folder: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("no Docker with Compose here")
    shutil.copy(folder / "host-1.env", folder / "host.env")
    shutil.copy(HERE / "compose.host.yml", folder / "compose.host.yml")

    command = [
        docker,
        "compose",
        "--env-file",
        str(folder / "host.env"),
        "-f",
        str(folder / "compose.host.yml"),
        "config",
        "--quiet",
    ]
    done = subprocess.run(command, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
