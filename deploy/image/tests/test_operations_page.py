"""The page for operators names only what is there, and every variable on it is one that something reads."""

import re
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import yaml

from chassis.settings import Settings
from contracts.topics import PARTITIONS
from deploy.image.run import SECRETS, ContainerSettings
from deploy.observability.receivers import AlertSettings
from deploy.setup.questions import QUESTIONS
from gateway.settings import GatewaySettings
from notifications.settings import NotificationsSettings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operations.md").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
MADE_BY_OPERATORS = ("deploy/secrets/",)
READ_ELSEWHERE = {"DATA_DIR", "GATEWAY_HOST", "DEMO", "JOURNEYS"}
"""By the launcher of `make run`."""
ANSWERS = {question.name for question in QUESTIONS}
"""Of the set-up."""


def test_every_make_target_on_the_page_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|&& )make ([a-z-]+)", PAGE, re.MULTILINE))
    assert len(named) > 5
    assert named <= targets


def test_every_module_that_is_run_on_the_page_exists() -> None:
    modules = set(re.findall(r"python -m ([a-z_.]+)", PAGE))
    assert modules == {
        *(
            "deploy.setup",
            "deploy.backup",
            "deploy.observability",
            "deploy.journeys",
            "deploy.postgres.upgrade",
            "deploy.staff",
        )
    }
    assert all(find_spec(f"{module}.__main__") for module in modules)


def test_every_file_that_the_page_names_exists() -> None:
    named = set(re.findall(r"(?<![\w/-])((?:deploy|docs|tests|libs|services|gateway)/[\w./-]*\w)", PAGE))
    missing = {name for name in named if not (ROOT / name).exists() and not name.startswith(MADE_BY_OPERATORS)}
    assert len(named) > 5
    assert not missing


def test_every_service_and_profile_that_the_page_names_is_in_the_compose_file() -> None:
    compose = yaml.safe_load(COMPOSE)
    profiles = {profile for service in compose["services"].values() for profile in service.get("profiles", [])}
    assert set(re.findall(r"--profile ([a-z]+)", PAGE)) <= profiles
    scaled = set(re.findall(r"--scale ([a-z-]+)=", PAGE))
    assert scaled
    assert scaled <= set(compose["services"])


def test_the_variables_of_the_page_for_a_managed_database_and_bus_are_those_that_processes_read() -> None:
    """Every variable of the table is a setting, has the page's default (the stack's or its own), and is handed on."""
    managed = PAGE.split("### Managed PostgreSQL and Kafka")[1].split("### Keys")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \|([^|]*)\|", managed, re.MULTILINE)
    fields = Settings.model_fields
    about_them = {name for name in fields if name.startswith(("database_", "kafka_", "otel_"))}
    assert len(about_them) > 10
    assert {name.lower() for name, _ in rows} == about_them
    for name, default in rows:
        assert f"{name}:" in COMPOSE or f"{name}_FILE:" in COMPOSE, name
        documented = default.strip().strip("`")
        if f"${{{name}:-{documented}}}" in COMPOSE:
            continue  # the stack's own default
        if documented and documented not in ("the container", "the system's", "kafka:9092"):
            real = fields[name.lower()].default
            assert documented == str(
                PARTITIONS if real is None else f"{real:g}" if isinstance(real, float) else real
            ), name


def test_every_other_variable_on_the_page_is_read_by_a_program() -> None:
    tables = re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)
    limits = re.findall(r"`([A-Z_]{6,})`", PAGE.split("The gateway's limits")[1].split("##")[0])
    assert limits
    read = {
        *Settings.model_fields,
        *GatewaySettings.model_fields,
        *AlertSettings.model_fields,
        *NotificationsSettings.model_fields,
    }
    known = {name.upper() for name in read} | READ_ELSEWHERE | ANSWERS
    assert set(tables) | set(limits) <= known


def test_every_answer_of_the_set_up_is_on_the_page() -> None:
    assert set(re.findall(r"`([A-Z_]+)`", PAGE.split("### 2. The set-up")[1].split("### 3.")[0])) >= ANSWERS


def test_every_secret_that_may_come_as_a_file_is_a_setting() -> None:
    own = {field.name for field in fields(ContainerSettings)}
    known = {
        name.upper()
        for name in {*Settings.model_fields, *GatewaySettings.model_fields, *NotificationsSettings.model_fields, *own}
    }
    assert set(SECRETS) <= known
