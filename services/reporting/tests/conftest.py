"""A small world: the demo commune before and after July 2025, its villages, and events to be published_events about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from chassis.ids import new_id
from chassis.runtime import Service
from contracts.onboarding import StepCompleted
from contracts.registry import Lineage, ResidentRegistered, Successor, UnitChanged

REFORM = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)
WORLD = UUID("5f0c7b53-0000-4000-8000-000000000000")
OPENED_AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)


def unit_id(code: str, generation: str = "") -> UUID:
    return uuid5(WORLD, f"{code}{generation}")


@pytest.fixture(scope="session")
def service() -> Service:
    from reporting.app import service

    return service


@pytest.fixture
async def units(deliver: Callable[..., Any]) -> None:
    """Province 38; district 397 until June 2025 with three communes; today's commune 15724 with tsuccessor villages."""
    await deliver(*units_of_the_demo())


def units_of_the_demo() -> list[UnitChanged]:
    today = unit_id("15724")
    old = [("15721", "Đồng Lợi"), ("15724", "Đồng Tiến"), ("15727", "Đồng Thắng")]
    events = [
        _unit(unit_id("38"), "38", "Thanh Hóa", "province", [_place("38")]),
        _unit(unit_id("397"), "397", "Triệu Sơn", "district", [_place("38/397", to=BEFORE)], valid_to=BEFORE),
        _unit(today, "15724", "Đồng Tiến", "commune", [_place("38/15724", since=REFORM)], valid_from=REFORM),
    ]
    for code, name in old:
        place = _place(f"38/397/{code}", to=BEFORE)
        successor = Successor(unit_id=today, code="15724", kind="whole", effective_on=REFORM)
        events.append(
            _unit(unit_id(code, "old"), code, name, "commune", [place], valid_to=BEFORE, successors=[successor])
        )
    for commune, number in [("15727", 1), ("15727", 2), ("15721", 1)]:
        code = f"{commune}-{number:02}"
        places = [
            _place(f"38/397/{commune}/{code}", to=BEFORE),
            _place(f"38/15724/{code}", since=REFORM),
        ]
        events.append(_unit(unit_id(code), code, f"Thôn {number}", "village", places))
    return events


def _place(path: str, since: date | None = None, to: date | None = None) -> Lineage:
    return Lineage(path=path, parent_id=None, valid_from=since, valid_to=to)


def _unit(id: UUID, code: str, name: str, level: Any, lineage: list[Lineage], **more: Any) -> UnitChanged:
    spans = {"valid_from": None, "valid_to": None} | more
    return UnitChanged(unit_id=id, code=code, name=name, level=level, kind=level, lineage=lineage, **spans)


def registered(code: str = "15727-01", **more: Any) -> ResidentRegistered:
    """An adult with a smartphone; everything may be fields otherwise."""
    fields = {
        "resident_id": new_id(),
        "version": 1,
        "unit_id": unit_id(code),
        "unit_code": code,
        "at": OPENED_AT,
        "birth_month": "1984-05",
        "sex": "female",
        "residence_status": "permanent",
        "has_smartphone": True,
        "citizen_id_card": True,
        "personal_id_card": True,
    }
    return ResidentRegistered.model_validate(fields | more)


def again(event: Any, kind: type[Any], **more: Any) -> Any:
    """The next thing fields of the same resident."""
    return kind.model_validate(event.model_dump() | {"version": event.version + 1} | more)


def completed(resident: ResidentRegistered, step: str = "payment_account", **more: Any) -> StepCompleted:
    fields = {
        "resident_id": resident.resident_id,
        "version": 1,
        "unit_id": resident.unit_id,
        "unit_code": resident.unit_code,
        "step": step,
        "status": "completed",
        "at": OPENED_AT,
        "completed_at": OPENED_AT,
        "evidence_kind": "partner",
        "marks": ["bank"] if step == "payment_account" else [],
    }
    return StepCompleted.model_validate(fields | more)
