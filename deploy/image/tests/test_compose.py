"""The compose file keeps what it promises: pinned, closed, without root, within limits."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import URL, make_url

from contracts.services import EVERY_PROCESS
from deploy.secrets.__main__ import main as make_secrets

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WRITES_TO_ITSELF = {"keycloak"}
"""Keycloak compiles its own classes when it starts."""
KEEPS_A_CAPABILITY = {"door": ["NET_BIND_SERVICE"]}
"""The binary of Caddy's image carries this capability and does not start where it is forbidden."""
RUNS_ONCE_OR_WITHOUT_HTTP = {*(f"{name}-migrate" for name in EVERY_PROCESS), "sandbox-partners"}

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_every_service_has_its_migration_its_api_and_its_worker() -> None:
    assert {f"{name}-{what}" for name in EVERY_PROCESS for what in ("migrate", "api", "worker")} < set(SERVICES)
    assert "version" not in COMPOSE


@every_service
def test_images_are_pinned_by_version(name: str) -> None:
    image = SERVICES[name]["image"]
    if image.startswith("bakhong/"):
        assert SERVICES[name]["build"]["dockerfile"] == "deploy/service.Dockerfile"
    else:
        assert re.search(r":v?\d+\.\d+", image), image


@every_service
def test_no_container_has_root_capabilities_or_a_writable_file_system(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == KEEPS_A_CAPABILITY.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name not in WRITES_TO_ITSELF)
    assert "privileged" not in service
    # Our image names its user; Kafka's runs as `appuser`.
    own = service["image"].startswith("bakhong/") or name == "kafka"
    assert own or not str(service["user"]).startswith(("0", "root"))


def test_our_own_image_runs_without_root_and_fetches_no_frontend() -> None:
    lines = (ROOT / "deploy/service.Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER bakhong"]
    assert not any(line.startswith("# syntax") for line in lines)
    assert sum(line.startswith("FROM") for line in lines) == 2


@every_service
def test_memory_and_processes_are_limited(name: str) -> None:
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert limits["memory"]
    assert limits["pids"]


@every_service
def test_a_process_that_stays_alive_has_a_health_check(name: str) -> None:
    if name not in RUNS_ONCE_OR_WITHOUT_HTTP:
        assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_the_health_of_the_reverse_proxy_is_a_request_through_it() -> None:
    assert "https://127.0.0.1:8443/healthz" in SERVICES["door"]["healthcheck"]["test"][1]


@every_service
def test_only_the_reverse_proxy_is_open_to_the_network(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert name == "door" or port.startswith("127.0.0.1:")


def test_a_container_without_outside_calls_has_no_outside_network() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    outside = {name for name, service in SERVICES.items() if "outside" in service.get("networks", [])}
    services = {f"{name}-{process}" for name in ("registry", "notifications") for process in ("api", "worker")}
    assert outside == {"door", "gateway-api", *services, "prometheus", "alertmanager", "grafana", "keycloak"}


@every_service
def test_secrets_come_from_files(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    for variable, value in environment.items():
        if re.search(r"PASSWORD|SECRET|KEYS?(_FILE)?$|DATABASE_URL", variable):
            assert variable.endswith("_FILE"), variable
            named_by_operators = f"${{{variable}:-}}"
            assert str(value).startswith("/run/secrets/") or value == named_by_operators, variable
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


@pytest.mark.parametrize("name", EVERY_PROCESS)
def test_each_service_reaches_its_own_database_and_only_its_migration_the_servers_account(name: str) -> None:
    def databases(process: str) -> dict[str, str]:
        secrets = [each for each in SERVICES[f"{name}-{process}"]["secrets"] if isinstance(each, dict)]
        return {each["target"]: each["source"] for each in secrets if each["target"].startswith("database")}

    own = {"database_url": f"{name}_database_url"}
    assert databases("api") == databases("worker") == own
    assert databases("migrate") == own | {"database_admin_url": "database_url"}


def test_the_secrets_name_a_role_of_its_own_for_every_service(tmp_path: Path) -> None:
    server = URL.create("postgresql", "admin", "given", "managed.example.vn", 6432, query={"sslmode": "verify-full"})
    (tmp_path / "database_url").write_text(f"{server.render_as_string(hide_password=False)}\n")

    make_secrets(tmp_path)
    first = {name: (tmp_path / f"{name}_database_url").read_text() for name in EVERY_PROCESS}
    make_secrets(tmp_path)

    roles = {name: make_url(url) for name, url in first.items()}
    assert len({(role.username, role.password) for role in roles.values()}) == len(EVERY_PROCESS)
    assert roles["payments-qr"].username == "bakhong_payments_qr"
    assert {(role.host, role.port, role.query["sslmode"]) for role in roles.values()} == {
        ("managed.example.vn", 6432, "verify-full")
    }
    assert first == {name: (tmp_path / f"{name}_database_url").read_text() for name in EVERY_PROCESS}


def test_the_profiles_are_those_of_the_page() -> None:
    named = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    assert named == {"observability", "identity", "sandbox"}


@pytest.mark.skipif(shutil.which("docker") is None, reason="no Docker here to read the compose file with")
def test_compose_itself_reads_the_file(tmp_path: Path) -> None:
    command = ["docker", "compose", "--profile", "*", "config", "--quiet"]
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("no Compose v2 here to read the compose file with")
    variables = {**os.environ, "ENVIRONMENT": "development"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_each_new_volume_of_kafka_is_a_cluster_of_its_own(tmp_path: Path) -> None:
    """The image alone would give every cluster the same id, and positions of one bus would count on the next."""
    script = SERVICES["kafka"]["command"][2].replace("$$", "$").replace("/opt/kafka/config", str(tmp_path))
    script = script.replace("/var/lib/kafka/data", str(tmp_path)).replace(
        "exec /etc/kafka/docker/run", "echo $CLUSTER_ID"
    )

    def cluster() -> str:
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.strip()

    first, second = cluster(), cluster()
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9]{22}", first)
    (tmp_path / "meta.properties").write_text(f"node.id=1\ncluster.id={first}\n")
    assert cluster() == first


def test_development_is_never_a_default_and_the_port_is_opened_only_on_request() -> None:
    environment = SERVICES["gateway-api"]["environment"]
    assert environment["ENVIRONMENT"].startswith("${ENVIRONMENT:?")
    assert SERVICES["door"]["ports"] == ["${HTTPS_ADDRESS:-127.0.0.1}:${HTTPS_PORT:-8443}:8443"]


def test_the_gateway_trusts_exactly_the_addresses_of_the_proxy() -> None:
    trusted = SERVICES["gateway-api"]["environment"]["PROXY_NETWORKS"]
    addresses = [network["ipv4_address"] for network in SERVICES["door"]["networks"].values()]

    assert trusted == "${PROXY_NETWORKS:-" + ",".join(f"{address}/32" for address in addresses) + "}"


def test_the_log_of_the_database_holds_no_values() -> None:
    settings = (ROOT / "deploy/postgres/postgresql.conf").read_text()
    for line in (
        "log_parameter_max_length = 0",
        "log_parameter_max_length_on_error = 0",
        "log_error_verbosity = terse",
    ):
        assert line in settings
