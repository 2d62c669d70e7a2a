"""The document of `/status`: the state of each journey and each service, since when, and its service level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from chassis.clock import now

State = Literal["works", "impaired", "down", "unknown"]
FRESH = timedelta(minutes=5)
"""An older measurement does not describe the present."""
FILE = "status.json"
OBJECTIVE = 99.5
"""Percent of the rounds of a month in which a journey works, within its seconds."""
DAYS = 30


class Title(BaseModel):
    """A name in both languages."""

    vi: str
    en: str


class Part(BaseModel):
    """One journey or one service."""

    code: str
    title: Title
    state: State
    since: datetime | None = None
    """Since when it is in this state; null where that was not measured."""
    level: float | None = None
    """Percent of the checks of the last 30 days that found it working; null before the first."""
    days: int = 0
    """On how many of these days it was checked."""


class PlatformStatus(BaseModel):
    """What `/status` gives as JSON."""

    state: State
    checked_at: datetime
    objective: float = OBJECTIVE
    journeys: list[Part]
    services: list[Part]


JOURNEYS: dict[str, Title] = {
    "sign-in": Title(vi="Đăng nhập và xem hồ sơ của mình", en="Sign in and see one's own record"),
    "report": Title(
        vi="Tin từ đối tác được xử lý, báo cáo xem được", en="A partner's message is processed, reports answer"
    ),
    "dossier": Title(vi="Lập hồ sơ trực tuyến", en="Prepare a dossier"),
    "payment": Title(vi="Thanh toán bằng mã QR", en="Pay by QR code"),
}
SERVICES: dict[str, Title] = {
    "registry": Title(vi="Thông tin dân cư và tổ chức", en="Residents and organizations"),
    "onboarding": Title(vi="Hướng dẫn, cài đặt, tập huấn", en="Onboarding and training"),
    "payments-qr": Title(vi="Thanh toán QR", en="QR payments"),
    "casework": Title(vi="Hồ sơ, phản ánh, văn bản", en="Dossiers, feedback, documents"),
    "reporting": Title(vi="Bảng tiến độ và báo cáo", en="Dashboard and reports"),
    "notifications": Title(vi="Tin cho người dân và đối tác", en="Messages to people and partners"),
    "gateway": Title(vi="Cổng tiếp nhận", en="Gateway"),
}


def overall(journeys: Iterable[State], services: Iterable[State]) -> State:
    """Down when no journey works (without journeys: no service), impaired when anything is not as it should be."""
    measured = [state for state in journeys if state != "unknown"]
    everything = [*measured, *(state for state in services if state != "unknown")]
    if not everything:
        return "unknown"
    if all(state == "down" for state in measured or everything):
        return "down"
    return "works" if all(state == "works" for state in everything) else "impaired"


def read_status(folder: Path | None) -> PlatformStatus | None:
    """The measured status; None where there is none, or only an old one."""
    if folder is None:
        return None
    try:
        found = PlatformStatus.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if now() - found.checked_at < FRESH else None


def of_readiness(dependencies: dict[str, str]) -> PlatformStatus:
    """The status by the readiness of the services alone: without journeys, without a past."""
    states: dict[str, State] = {name: _state_of(dependencies.get(name, "ready")) for name in SERVICES}
    if dependencies.get("database") in ("down", "unavailable"):
        states["gateway"] = "down"
    services = [Part(code=name, title=SERVICES[name], state=state) for name, state in states.items()]
    return PlatformStatus(state=overall([], states.values()), checked_at=now(), journeys=[], services=services)


def _state_of(readiness: str) -> State:
    known: dict[str, State] = {"ready": "works", "degraded": "impaired"}
    return known.get(readiness, "down")
