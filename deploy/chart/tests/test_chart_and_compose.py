"""The chart runs what the compose file runs: the same services, environment, secrets and ways to others. Needs no Helm."""

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.services import EVERY_PROCESS, GATEWAY, SERVICE_NAMES, package_of
from contracts.topics import PARTITIONS
from deploy.image.run import SECONDS_TO_FINISH_REQUESTS

CHART = Path(__file__).parents[1]
ROOT = CHART.parents[1]
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
CONTAINER = (CHART / "templates/_container.tpl").read_text()
COMPOSE: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

FROM_A_SECRET = {
    "SMTP_URL", "SMS_TOKEN", "ZNS_TOKEN", "SMS_RECEIPT_SECRET", "ZNS_RECEIPT_SECRET", "MAIL_RECEIPT_SECRET",
}  # fmt: skip
"""They hold passwords; the compose file takes them from `.env`."""

each_service = pytest.mark.parametrize("name", EVERY_PROCESS)


def test_the_chart_has_every_service_and_no_other() -> None:
    assert set(VALUES["services"]) == set(EVERY_PROCESS)
    assert set(SCHEMA["properties"]["services"]["properties"]) == set(EVERY_PROCESS)
    assert set(SCHEMA["properties"]["services"]["required"]) == set(EVERY_PROCESS)
    assert set(SCHEMA["definitions"]["services"]["items"]["enum"]) == set(SERVICE_NAMES)


@each_service
def test_every_variable_of_the_compose_file_has_its_counterpart(name: str) -> None:
    compose = set(COMPOSE[f"{name}-migrate"]["environment"]) | set(COMPOSE[f"{name}-api"]["environment"])
    assert variables_of_chart(name) == compose


def variables_of_chart(name: str) -> set[str]:
    """The names that a pod of the service may get: settings, addresses of services, and what the template sets."""
    addresses = {f"{package_of(each).upper()}_URL" for each in SERVICE_NAMES}
    found = {*VALUES["settings"], *VALUES["services"][name].get("settings", {}), *addresses}
    for condition, text in template_parts():
        if condition is None or condition in (name, "migrate"):
            found |= set(re.findall(r"^- \{name: ([A-Z_]+),", text, re.MULTILINE))
    return found


def template_parts() -> list[tuple[str | None, str]]:
    """The definition of the environment, cut at its conditions on a service or on `migrate`."""
    block = CONTAINER.split('define "bakhong.environment"')[1].split("{{- define")[0]
    parts: list[tuple[str | None, str]] = []
    condition = None
    for line in block.splitlines():
        if found := re.search(r'if eq \.(?:role|service) "([\w-]+)"', line):
            condition = found[1]
        elif "{{- end }}" in line:
            condition = None
        parts.append((condition, line))
    return parts


@each_service
def test_every_secret_of_the_compose_file_is_mounted_under_its_name(name: str) -> None:
    mounted = set(re.findall(r"path: ([\w.{} -]+?)\}\]?", CONTAINER.replace("{{ .service }}", name)))
    used = {
        secret["target"] if isinstance(secret, dict) else secret
        for role in ("migrate", "api", "worker")
        for secret in COMPOSE[f"{name}-{role}"]["secrets"]
    }
    assert used <= mounted, used - mounted


def test_no_value_is_a_secret() -> None:
    refused = re.compile(SCHEMA["definitions"]["settings"]["propertyNames"]["allOf"][1]["not"]["pattern"])
    names = {*VALUES["settings"], *(name for each in VALUES["services"].values() for name in each.get("settings", {}))}
    assert not any(refused.search(name) for name in names)
    files = re.findall(r"name: ([A-Z_]+)_FILE, value: /run/secrets", CONTAINER)
    assert all(
        refused.search(name) for name in {*files, *FROM_A_SECRET} if not name.endswith(("KEY", "KEYS", "TIFICATE"))
    )


@each_service
def test_what_reaches_addresses_outside_is_what_the_compose_file_lets_out(name: str) -> None:
    let_out = {role for role in ("api", "worker") if "outside" in COMPOSE[f"{name}-{role}"]["networks"]}
    assert set(VALUES["services"][name].get("outside", [])) == let_out


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_the_calls_that_the_policy_allows_are_those_that_the_code_makes(name: str) -> None:
    modules = (ROOT / "services" / name / package_of(name)).rglob("*.py")
    called = {other for module in modules for other in services_named_in(module.read_text()) if other != name}
    assert set(VALUES["services"][name].get("calls", [])) == called


def services_named_in(source: str) -> set[str]:
    """The names of services in a module that has a client for them."""
    if "service_client" not in source and "ServiceClient" not in source:
        return set()
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)} & set(SERVICE_NAMES)


def test_the_gateway_reaches_every_service() -> None:
    assert set(VALUES["services"][GATEWAY]["calls"]) == set(SERVICE_NAMES)


def test_a_pod_has_the_limits_and_the_user_of_a_container() -> None:
    memory = COMPOSE["registry-api"]["deploy"]["resources"]["limits"]["memory"]
    assert memory == "${SERVICE_MEMORY:-512m}"
    assert {VALUES[role]["resources"]["limits"]["memory"] for role in ("api", "worker", "migrate")} == {"512Mi"}
    assert "useradd --uid 10001" in (ROOT / "deploy/service.Dockerfile").read_text()
    assert "runAsUser: 10001" in CONTAINER


def test_a_pod_has_the_time_to_finish_its_requests() -> None:
    waits = int(re.findall(r"sleep: \{seconds: (\d+)\}", CONTAINER)[0])
    whole = int(re.findall(r"terminationGracePeriodSeconds: (\d+)", CONTAINER)[0])
    assert waits + SECONDS_TO_FINISH_REQUESTS < whole


def test_the_journeys_have_the_environment_of_the_compose_file() -> None:
    template = (CHART / "templates/journeys.yaml").read_text()
    compose = COMPOSE["journeys"]["environment"]
    named = set(re.findall(r"- \{name: ([A-Z_]+),", template)) | {
        f"{package_of(each).upper()}_URL" for each in SERVICE_NAMES
    }
    assert set(compose) <= named
    assert named - set(compose) == {"JOURNEYS_URL", "JOURNEYS_FILE", "STATUS_PORT"}
    assert COMPOSE["journeys"]["entrypoint"] == ["python", "-m", "deploy.journeys"]


def test_workers_are_at_most_as_many_as_partitions() -> None:
    assert f'default "{PARTITIONS}"' in (CHART / "templates/_names.tpl").read_text()
    assert VALUES["worker"]["maxReplicas"] == PARTITIONS


def test_the_chart_installs_the_version_that_it_comes_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == chart["version"] == project["version"]
