"""Every order of the registry's events about a resident leaves the same copy in every service that keeps one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from chassis.messaging.consumer import is_batch_handler
from chassis.runtime import Service
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts.event import Event
from contracts.registry import (
    OrganizationRegistered,
    OrganizationUpdated,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUnmerged,
    ResidentUpdated,
)

HOME, AWAY = unit_event("15727-01", parents=("38", "15724")), unit_event("15061-01", parents=("38", "15061"))
UNITS = [unit_event("38", parents=()), unit_event("15724"), unit_event("15061"), HOME, AWAY]
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
LINKS = {"casework": "survivor_id", "onboarding": "merged_into", "payments_qr": "merged_into"}


def life_of(resident: UUID, survivor: UUID, *, ends: str) -> list[Event]:
    """Register, correct, merge, move while merged, unmerge, die, revive; `ends` "merged" leaves out the unmerge."""

    def event(kind: type[Event], version: int, unit: Any = HOME, **more: Any) -> Event:
        base = {
            "resident_id": resident, "version": version, "unit_id": unit.unit_id, "unit_code": unit.code,
            "at": BEGAN + timedelta(days=version), "birth_month": "1980-05", "sex": "female",
            "residence_status": "permanent", "citizen_id_card": True, "personal_id_card": True,
        }  # fmt: skip
        return kind.model_validate(base | more)

    moved = {"moved_on": date(2026, 3, 4), "from_unit_id": HOME.unit_id, "from_unit_code": HOME.code}
    events = [
        event(ResidentRegistered, 1),
        event(ResidentUpdated, 2, has_smartphone=True),
        event(ResidentMerged, 3, life="merged", survivor_id=survivor, has_smartphone=True),
        event(ResidentMoved, 4, AWAY, life="merged", has_smartphone=True, **moved),
        event(ResidentUpdated, 5, AWAY, life="merged", has_smartphone=True),
    ]
    if ends == "merged":
        return events
    return [
        *events[:4],
        event(ResidentUnmerged, 5, AWAY, survivor_id=survivor, has_smartphone=True),
        event(ResidentDeceased, 6, AWAY, life="deceased", deceased_on=date(2026, 3, 7), has_smartphone=True),
        event(ResidentUpdated, 7, AWAY, has_smartphone=True),
    ]


@pytest.fixture(params=sorted(LINKS))
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = import_module(f"{request.param}.app").service
    return found


async def handle(service: Service, database: Database, events: Sequence[Event]) -> None:
    """Events as the consumer gives them: runs for a batch handler, each within one transaction."""
    run: list[Event] = []
    for event in events:
        handler: Any = service.handlers[type(event)]
        if run and (service.handlers[type(run[-1])] is not handler or not is_batch_handler(handler)):
            await _apply(service, database, run)
            run = []
        run.append(event)
    await _apply(service, database, run)


async def _apply(service: Service, database: Database, run: Sequence[Event]) -> None:
    handler: Any = service.handlers[type(run[0])]
    async with database.transaction() as session:
        if is_batch_handler(handler):
            await handler(session, run)
        else:
            for event in run:
                await handler(session, event)


def orders(ends: str, count: int) -> Iterator[tuple[UUID, list[Event]]]:
    """Residents, each with another order of its events; `count` of them, evenly taken from all orders."""
    survivor = new_id()
    every = list(permutations(range(len(life_of(survivor, survivor, ends=ends)))))
    for order in every[:: max(1, len(every) // count)]:
        resident = new_id()
        events = life_of(resident, survivor, ends=ends)
        yield resident, [events[index] for index in order]


@pytest.mark.parametrize("ends", ["merged", "revived"])
async def test_every_order_of_a_residents_events_gives_the_same_copy(
    service: Service, database: Database, ends: str
) -> None:
    await handle(service, database, UNITS)
    lives = list(orders(ends, 120 if service.name == "onboarding" else 5040))
    for place in range(len(lives[0][1])):
        await handle(service, database, sorted((events[place] for _, events in lives), key=lambda e: type(e).__name__))
    await handle(service, database, sorted((events[0] for _, events in lives), key=lambda e: type(e).__name__))

    link = LINKS[service.database]
    async with database.reading() as session:
        rows = await session.execute(
            text(f"SELECT id, version, unit_id, {link} IS NOT NULL AS is_merged FROM known_resident WHERE version > 0")
        )
        found = {row.id: (row.version, row.unit_id, row.is_merged) for row in rows}
    expected = (5, AWAY.unit_id, True) if ends == "merged" else (7, AWAY.unit_id, False)
    assert {resident: found.get(resident) for resident, _ in lives} == {resident: expected for resident, _ in lives}


async def test_a_move_of_a_merged_record_keeps_its_link(service: Service, database: Database) -> None:
    resident, survivor = new_id(), new_id()
    await handle(service, database, [*UNITS, *life_of(resident, survivor, ends="merged")])

    link = LINKS[service.database]
    async with database.reading() as session:
        row = (await session.execute(text(f"SELECT {link} FROM known_resident WHERE id = :id"), {"id": resident})).one()
    assert row[0] == survivor


async def test_every_order_of_an_organizations_events_gives_the_same_copy(service: Service, database: Database) -> None:
    def event(id: UUID, kind: type[Event], version: int, unit: Any, representative: UUID | None) -> Event:
        return kind.model_validate({
            "organization_id": id, "version": version, "unit_id": unit.unit_id, "unit_code": unit.code, "at": BEGAN,
            "kind": "enterprise", "representative_id": representative, "owner_has_smartphone": True,
        })  # fmt: skip

    await handle(service, database, UNITS)
    first, last = new_id(), new_id()
    lives = []
    for order in permutations(range(3)):
        id = new_id()
        events = [
            event(id, OrganizationRegistered, 1, HOME, None), event(id, OrganizationUpdated, 2, HOME, first),
            event(id, OrganizationUpdated, 3, AWAY, last),
        ]  # fmt: skip
        lives.append([events[index] for index in order])
    for place in range(3):
        await handle(service, database, [events[place] for events in lives])

    async with database.reading() as session:
        rows = await session.execute(text("SELECT version, unit_id, representative_id FROM known_organization"))
        assert {tuple(row) for row in rows} == {(3, AWAY.unit_id, last)}


def test_a_service_with_a_copy_handles_every_event_that_carries_a_snapshot(service: Service) -> None:
    from replicas.handlers import ORGANIZATION_EVENTS, RESIDENT_EVENTS

    missing = [event.__name__ for event in (*RESIDENT_EVENTS, *ORGANIZATION_EVENTS) if event not in service.handlers]

    assert not missing, f"{service.name}/handlers does not handle {missing}: use resident_handlers of libs/replicas"
