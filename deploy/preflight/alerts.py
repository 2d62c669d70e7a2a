"""Whether `ALERTS_TO` can be rendered: a wrong entry would leave the machine without alerts."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.observability.receivers import AlertSettings, Receivers, ReceiversRefused
from deploy.preflight.finding import PreflightFinding


def check_alerts(settings: Mapping[str, str]) -> list[PreflightFinding]:
    """An entry that is no receiver, and mail without a mail server. None at all is no finding: `make up` mentions it."""
    try:
        Receivers.of(AlertSettings.of(settings))
    except ReceiversRefused as refused:
        return [PreflightFinding("alerts", f"{refused}.", "Correct it in .env (docs/operations.md, Watching).")]
    return []
