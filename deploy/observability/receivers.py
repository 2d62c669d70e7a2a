"""Who receives alerts: `ALERTS_TO` rendered to the configuration of Alertmanager."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from yarl import URL

MAIL_ADDRESS = re.compile(r"[^@\s:/,]+@[^@\s:/,]+\.[^@\s:/,]+")
PROFILE = "observability"
PLACE = Path(__file__).parents[1] / "secrets/alertmanager.yml"
"""Beside the other secrets: it holds the password of the mail server and addresses of webhooks."""
READ_IN_CONTAINERS = 0o444
SUBJECT = "[{{ .Status | toUpper }}] Ba Không: {{ .GroupLabels.alertname }} ({{ .Alerts | len }})"
TEXT = """\
{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}
  what to do: {{ .Annotations.runbook }}
  {{ .Labels.severity }}, since {{ .StartsAt }}
{{ end }}"""


class ReceiversRefused(ValueError):
    """A setting that makes no sense; the message names it and is for a person."""


class AlertSettings(BaseModel):
    """What the environment, or the file `.env` beside the compose file, sets about alerts."""

    alerts_to: str = ""
    """Mail addresses and URLs of webhooks, separated by commas."""
    alerts_heartbeat: str = ""
    """URL of a dead man's switch: it gets a request each minute and raises the alarm when none comes."""
    smtp_url: str | None = None
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://`: the same setting as for mail to partners."""
    mail_from: str = "bakhong@localhost"
    compose_profiles: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> AlertSettings:
        """The settings by their variables; an empty variable counts as unset."""
        return cls.model_validate({name.lower(): value for name, value in settings.items() if value.strip()})


@dataclass(frozen=True)
class Receivers:
    """Where alerts go."""

    mails: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    heartbeat: str | None = None

    @classmethod
    def of(cls, settings: AlertSettings) -> Receivers:
        """The receivers; ReceiversRefused for an entry that is neither mail address nor URL, and for mail without a server."""
        named = [part.strip() for part in settings.alerts_to.split(",") if part.strip()]
        mails = tuple(each for each in named if MAIL_ADDRESS.fullmatch(each))
        webhooks = tuple(_url("ALERTS_TO", each) for each in named if each not in mails)
        if mails and settings.smtp_url is None:
            raise ReceiversRefused(f"ALERTS_TO names {mails[0]}, and SMTP_URL is empty: no mail can be sent")
        heartbeat = settings.alerts_heartbeat.strip()
        return cls(mails, webhooks, _url("ALERTS_HEARTBEAT", heartbeat) if heartbeat else None)

    @property
    def is_anyone(self) -> bool:
        return bool(self.mails or self.webhooks)


def _url(setting: str, text: str) -> str:
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ReceiversRefused(f"{setting} has an entry that is neither a mail address nor a URL: {text!r}")
    return text


def spoken(settings: AlertSettings, receivers: Receivers) -> list[str]:
    """Who receives alerts, in words for the person who starts the stack."""
    if PROFILE not in {each.strip() for each in settings.compose_profiles.split(",")}:
        return [f"Alerts reach no one: the profile {PROFILE} is not in COMPOSE_PROFILES, so nothing is watched."]
    lines = []
    if receivers.is_anyone:
        mails, webhooks = len(receivers.mails), len(receivers.webhooks)
        lines.append(
            f"Alerts go to {mails} mail address{_es(mails)} and {webhooks} webhook{'' if webhooks == 1 else 's'}."
        )
    else:
        lines.append(
            "Alerts reach no one: ALERTS_TO is empty. Write mail addresses or webhook URLs into .env"
            " (docs/operations.md, Watching)."
        )
    if receivers.heartbeat is None:
        lines.append("If this machine dies, no one is alerted: ALERTS_HEARTBEAT is empty.")
    return lines


def _es(count: int) -> str:
    return "" if count == 1 else "es"


def alertmanager_config(settings: AlertSettings, receivers: Receivers) -> dict[str, Any]:
    """The configuration of Alertmanager: grouped by alert, pages again after 4 h and tickets after a day while they last."""
    return {
        "global": _mail_server(settings) if receivers.mails else {},
        "route": {
            "receiver": "people",
            "group_by": ["alertname"],
            "group_wait": "20s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                # One request each minute: the repetition must be due when the group is looked at again.
                {
                    "receiver": "heartbeat",
                    "matchers": ['alertname="Watchdog"'],
                    "group_wait": "0s",
                    "group_interval": "1m",
                    "repeat_interval": "50s",
                },
                {"receiver": "people", "matchers": ['severity="ticket"'], "repeat_interval": "24h"},
            ],
        },
        "receivers": [_people(receivers), _heartbeat(receivers)],
    }


def _mail_server(settings: AlertSettings) -> dict[str, Any]:
    server = URL(settings.smtp_url or "")
    port = server.port or (465 if server.scheme == "smtps" else 25)
    sign_in = {"smtp_auth_username": server.user, "smtp_auth_password": server.password or ""} if server.user else {}
    return {
        "smtp_smarthost": f"{server.host}:{port}",
        "smtp_from": settings.mail_from,
        "smtp_require_tls": server.scheme == "smtp" and server.user is not None,
        **sign_in,
    }


def _people(receivers: Receivers) -> dict[str, Any]:
    mail = {"send_resolved": True, "headers": {"Subject": SUBJECT}, "html": "", "text": TEXT}
    named: dict[str, Any] = {"name": "people"}
    if receivers.mails:
        named["email_configs"] = [{"to": address, **mail} for address in receivers.mails]
    if receivers.webhooks:
        named["webhook_configs"] = [{"url": url, "send_resolved": True} for url in receivers.webhooks]
    return named


def _heartbeat(receivers: Receivers) -> dict[str, Any]:
    if receivers.heartbeat is None:
        return {"name": "heartbeat"}
    return {"name": "heartbeat", "webhook_configs": [{"url": receivers.heartbeat, "send_resolved": False}]}


def write_receivers(settings: Mapping[str, str], place: Path = PLACE) -> list[str]:
    """Writes the configuration; returns in words whom alerts reach. ReceiversRefused, and nothing changed, for a wrong entry."""
    known = AlertSettings.of(settings)
    receivers = Receivers.of(known)
    text = yaml.safe_dump(alertmanager_config(known, receivers), sort_keys=False, allow_unicode=True)
    place.unlink(missing_ok=True)
    place.write_text(text)
    place.chmod(READ_IN_CONTAINERS)
    return spoken(known, receivers)
