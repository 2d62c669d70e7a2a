"""ALERTS_TO becomes receivers, each alert names what to do, and missing receivers are stated in words."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.observability.receivers import (
    PLACE,
    AlertSettings,
    Receivers,
    ReceiversRefused,
    alertmanager_config,
    spoken,
    write_receivers,
)
from deploy.preflight.alerts import check_alerts

ROOT = Path(__file__).parents[3]
WATCHED = "identity, observability"


def settings(**variables: str) -> AlertSettings:
    return AlertSettings.of(variables)


def rendered(settings: AlertSettings) -> dict[str, Any]:
    return alertmanager_config(settings, Receivers.of(settings))


def test_several_mail_addresses_and_webhooks_all_receive() -> None:
    given = settings(
        ALERTS_TO="truc@example.vn, https://chat.example.vn/hook?key=a ,to-truong@example.vn,http://10.0.0.7:9000/alerts",
        SMTP_URL="smtp://bakhong:m%40t@mail.example.vn:587",  # pragma: allowlist secret
        MAIL_FROM="bakhong@example.vn",
        ALERTS_HEARTBEAT="https://watch.example/ping/1",
    )

    config = rendered(given)

    people, heartbeat = config["receivers"]
    assert [each["to"] for each in people["email_configs"]] == ["truc@example.vn", "to-truong@example.vn"]
    assert [each["url"] for each in people["webhook_configs"]] == [
        "https://chat.example.vn/hook?key=a",
        "http://10.0.0.7:9000/alerts",
    ]
    assert all("runbook" in each["text"] for each in people["email_configs"])
    assert [each["url"] for each in heartbeat["webhook_configs"]] == ["https://watch.example/ping/1"]
    assert config["global"] == {
        "smtp_smarthost": "mail.example.vn:587", "smtp_from": "bakhong@example.vn", "smtp_require_tls": True,
        "smtp_auth_username": "bakhong", "smtp_auth_password": "m@t",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["truc", "ftp://example.vn", "truc@example.vn;hai@example.vn", "https://"])
def test_an_entry_that_is_no_receiver_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ReceiversRefused, match="ALERTS_TO"):
        Receivers.of(settings(ALERTS_TO=wrong, SMTP_URL="smtp://mail"))


def test_mail_without_a_mail_server_is_refused() -> None:
    with pytest.raises(ReceiversRefused, match="SMTP_URL"):
        Receivers.of(settings(ALERTS_TO="truc@example.vn"))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"COMPOSE_PROFILES": WATCHED}, "Alerts reach no one: ALERTS_TO is empty"),
        ({"COMPOSE_PROFILES": "identity", "ALERTS_TO": "https://a.example"}, "Alerts reach no one: the profile"),
        ({"ALERTS_TO": "https://a.example"}, "Alerts reach no one: the profile"),
        (
            {"COMPOSE_PROFILES": WATCHED, "ALERTS_TO": "https://a.example"},
            "Alerts go to 0 mail addresses and 1 webhook.",
        ),
        ({"COMPOSE_PROFILES": WATCHED, "ALERTS_TO": "https://a.example"}, "ALERTS_HEARTBEAT is empty"),
    ],
)
def test_the_receivers_of_alerts_are_named_in_words(variables: dict[str, str], expected: str) -> None:
    given = settings(**variables)

    assert expected in "\n".join(spoken(given, Receivers.of(given)))


def test_a_wrong_entry_changes_nothing_and_the_checks_of_make_up_name_it(tmp_path: Path) -> None:
    place = tmp_path / "alertmanager.yml"
    wrong = {"COMPOSE_PROFILES": WATCHED, "ALERTS_TO": "a-person"}

    lines = write_receivers({"COMPOSE_PROFILES": WATCHED, "ALERTS_TO": "https://a.example", "SMTP_URL": ""}, place)

    first = place.read_text()
    assert yaml.safe_load(first)["receivers"][0]["webhook_configs"][0]["url"] == "https://a.example"
    assert stat.S_IMODE(place.stat().st_mode) == 0o444
    assert lines[0] == "Alerts go to 0 mail addresses and 1 webhook."
    with pytest.raises(ReceiversRefused, match="'a-person'"):
        write_receivers(wrong, place)
    assert place.read_text() == first
    assert [finding.check for finding in check_alerts(wrong)] == ["alerts"]
    assert check_alerts({}) == []


def test_the_stack_mounts_the_file_that_make_up_writes() -> None:
    assert PLACE == ROOT / "deploy/secrets/alertmanager.yml"
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert compose["secrets"]["alertmanager"] == {"file": "./deploy/secrets/alertmanager.yml"}
    stack = compose["services"]["alertmanager"]
    assert stack["secrets"] == ["alertmanager"]
    assert "--config.file=/run/secrets/alertmanager" in stack["command"]
    assert stack["profiles"] == ["observability"]
