"""The dashboard as people see it: the reporting service on a real database, in a real browser (Debian's chromium)."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import pytest
import uvicorn

from chassis.app import create_app
from chassis.runtime import Runtime, Service
from contracts.event import Event
from contracts.onboarding import CampaignStarted, StepCompleted, Target
from contracts.registry import Lineage, ResidentRegistered, UnitChanged
from province import get_pack

if TYPE_CHECKING:  # the group `browser` is installed by `make test-browser` only
    from playwright.async_api import Browser

WORLD = UUID("b2b00000-0000-4000-8000-000000000000")
COMMUNES = [
    line.partition(",")[0]
    for line in (get_pack().folder / "commune_points.csv").read_text("utf-8").splitlines()
    if line[0].isdigit()
]
VILLAGES = [f"15727-{number:02}" for number in range(1, 6)]
NAMES = ("Hoa Lộc", "Ngọc Liên", "Thạch Lập", "Minh Sơn", "Đông Quang", "Vạn Xuân", "Ân Hòa", "Yên Định")


@pytest.fixture(scope="session")
def service() -> Service:
    from reporting.app import service

    return service


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser, or the end of the run with exit code 3 where there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.exit("no chromium here: install it (apt-get install chromium) or name it by CHROMIUM", returncode=3)
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@pytest.fixture
async def site(runtime: Runtime, deliver: Callable[..., Any]) -> AsyncIterator[str]:
    """The address of the running service, with a province of 166 communes and a commune with five lively villages."""
    await deliver(*_units(), _campaign(), *_people())
    async with _serving(runtime) as address:
        yield address


def resident(village: str, number: int) -> ResidentRegistered:
    """An adult of a village; the same number is the same person."""
    return ResidentRegistered(
        resident_id=uuid5(WORLD, f"{village} {number}"), version=1, unit_id=_id(village), unit_code=village,
        at=datetime.now(UTC), birth_month=f"{1950 + number % 55}-03", sex="female", residence_status="permanent",
        has_smartphone=number % 4 != 0, citizen_id_card=True, personal_id_card=True, owner_verified_phone=number % 5 != 0,
    )  # fmt: skip


def account_of(person: ResidentRegistered, days_ago: int) -> StepCompleted:
    """The resident's payment account, opened some days ago."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return StepCompleted(
        resident_id=person.resident_id, version=1, unit_id=person.unit_id, unit_code=person.unit_code,
        step="payment_account", status="completed", at=at, completed_at=at, evidence_kind="partner", marks=["bank"],
    )  # fmt: skip


class _serving:
    """Serves the app on a free port while the block runs."""

    def __init__(self, runtime: Runtime) -> None:
        self._app = create_app(runtime.service, runtime=runtime)

    async def __aenter__(self) -> str:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        settings = uvicorn.Config(self._app, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(settings)
        self._task = asyncio.create_task(self._server.serve([listening]))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        with suppress(asyncio.CancelledError):
            await self._task


def _id(code: str) -> UUID:
    return uuid5(WORLD, code)


def _units() -> list[Event]:
    units = [_unit("38", "Thanh Hóa", "province", "38")]
    for number, code in enumerate(COMMUNES):
        name = "Đồng Tiến" if code == "15724" else f"{NAMES[number % len(NAMES)]} {number}"
        units.append(_unit(code, name, "commune", f"38/{code}"))
    units += [_unit(code, f"Thôn {int(code[-2:])}", "village", f"38/15724/{code}") for code in VILLAGES]
    return list(units)


def _unit(code: str, name: str, level: Any, path: str) -> UnitChanged:
    place = Lineage(path=path, parent_id=None, valid_from=None, valid_to=None)
    return UnitChanged(
        unit_id=_id(code),
        code=code,
        name=name,
        level=level,
        kind=level,
        valid_from=None,
        valid_to=None,
        lineage=[place],
    )


def _campaign() -> CampaignStarted:
    return CampaignStarted(
        campaign_id=_id("campaign"), version=1, unit_id=_id("15724"), unit_code="15724", template="commune",
        title="Nhân rộng mô hình “3 KHÔNG”", starts_on=date(2024, 6, 1), ends_on=date(2027, 8, 31), minimum_procedures=2,
        targets=[Target(indicator="payment_account", percent=80), Target(indicator="vneid", percent=90)],
        steps=[
            {"number": 1, "title": "Xây dựng Kế hoạch, tổ chức triển khai", "status": "done", "done_on": "2024-06-24",
             "title_en": "Draw up the plan"},
            {"number": 2, "title": "Tập huấn lực lượng nòng cốt", "status": "open", "due_on": "2024-07-31"},
        ],
        at=datetime.now(UTC), plan_number="52/KH-UBND", plan_issued_on=date(2024, 6, 24),
    )  # fmt: skip


def _people() -> list[Event]:
    people = [resident(village, number) for village in VILLAGES for number in range(24)]
    opened = [account_of(person, 2 + number % 80) for number, person in enumerate(people) if number % 5 < 3]
    return [*people, *opened]
