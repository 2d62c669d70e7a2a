"""Many residents, every kind of event, in any order, repeated, lost and tried again: the journeys are those of the pure model."""

import os
import random
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.messaging.consumer import is_batch_handler
from chassis.storage.database import Database
from contracts.event import EVENT_TYPES
from contracts.onboarding import StepState as StepEvent
from contracts.registry import (
    ResidentAttested,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentSnapshot,
    ResidentUnmerged,
    ResidentUpdated,
)
from onboarding.handlers import HANDLERS
from onboarding.model.attestations import evidence_of
from onboarding.model.journey import JourneyStep, journey
from onboarding.model.people import KnownResident
from services.onboarding.tests.world import Village

RUNS = int(os.environ.get("JOURNEY_RUNS", "4"))
"""How many stories; each has 12 residents and some two hundred events."""
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("payment_account.opened", {"account_index": "a", "account_kind": "bank", "had_bank_account": False}),
    ("payment_account.opened", {"account_index": "c", "account_kind": "mobile_money"}),
    ("payment_account.activated", {"account_index": "b", "account_kind": "e_wallet", "had_bank_account": True}),
    ("payment_account.closed", {"account_index": "a"}),
    ("payment_account.closed", {"account_index": "b"}),
    ("sim.ownership_verified", {}),
    ("ekyc.passed", {}),
    ("digital_signature.issued", {"certificate_serial": "S1", "fee_charged": 50_000}),
    ("digital_signature.issued", {"certificate_serial": "S2"}),
    ("digital_signature.revoked", {"certificate_serial": "S1"}),
    ("digital_signature.revoked", {}),
    ("vneid.issued", {"level": 2}),
    ("vneid.activated", {"level": 1}),
    ("portal_account.created", {}),
    ("app.installed", {"app": "province_app"}),
    ("app.installed", {"app": "cyber_protection"}),
]


KINDS = ("merged", "unmerged", "merged", "merged", "updated", "moved", "deceased")


class Story:
    """What happened to some residents, as events in the order of their versions; `events` may be delivered in any order."""

    def __init__(self, chance: random.Random, homes: Sequence[Village]) -> None:
        self.chance, self.homes = chance, homes
        self.people = [chance.choice(homes).resident(**self._conditions()) for _ in range(12)]
        self.newest: dict[UUID, Any] = {each.resident_id: each for each in self.people}
        self.into: dict[UUID, UUID] = {}
        self.events: list[Any] = list(self.people)
        for each in self.people:
            for event, more in chance.sample(EVENTS, k=chance.randint(2, 9)):
                self.events.append(
                    chance.choice(homes).attested(each.resident_id, event, day=chance.randint(1, 4), **more)
                )
        for kind in (*KINDS, *chance.choices(KINDS, k=30)):
            self._go_on(kind)

    def _conditions(self) -> dict[str, bool]:
        names = ("has_smartphone", "citizen_id_card", "personal_id_card", "social_insurance_no", "owner_verified_phone")
        return {name: self.chance.random() < 0.7 for name in (*names, "has_bank_account")}

    def _go_on(self, kind: str) -> None:
        who, other = (each.resident_id for each in self.chance.sample(self.people, k=2))
        match kind:
            case "updated":
                self._publish(ResidentUpdated, who, **self._conditions())
            case "moved":
                home, old = self.chance.choice(self.homes).unit, self.newest[who]
                self._publish(
                    ResidentMoved, who, unit_id=home.unit_id, unit_code=home.code, moved_on="2026-02-01",
                    from_unit_id=old.unit_id, from_unit_code=old.unit_code,
                )  # fmt: skip
            case "deceased":
                self._publish(ResidentDeceased, who, life="deceased", deceased_on="2026-02-02")
            case "merged" if who not in self.into and self.root_of(other) != who:
                self._publish(ResidentMerged, who, life="merged", survivor_id=other)
                self.into[who] = other
            case "unmerged" if self.into:
                undone = self.chance.choice(list(self.into))
                self._publish(ResidentUnmerged, undone, life="alive", survivor_id=self.into.pop(undone))

    def _publish(self, kind: type[ResidentSnapshot], who: UUID, **changes: Any) -> None:
        before = self.newest[who].model_dump()
        event = kind(**{**before, **changes, "version": before["version"] + 1})
        self.newest[who] = event
        self.events.append(event)

    def root_of(self, who: UUID) -> UUID:
        while who in self.into:
            who = self.into[who]
        return who

    def journey_of(self, root: UUID) -> list[JourneyStep]:
        """By the pure model, from everything that was attested of the records that were merged into this one."""
        resident = KnownResident(id=root, unit_id=self.newest[root].unit_id, unit_code=self.newest[root].unit_code)
        resident.apply(self.newest[root])
        newest = [each for each in self.events if isinstance(each, ResidentAttested)]
        evidences = [
            evidence
            for each in newest
            if self.root_of(each.resident_id) == root
            and (evidence := evidence_of(each.attestation, had_bank_account=each.has_bank_account))
        ]
        return journey(resident.attributes, evidences, now())


class Lost(Exception):
    """The process ended before the transaction did."""


async def deliver_run(database: Database, events: Sequence[Any], *, is_lost: bool = False) -> None:
    """As the consumer does: consecutive events of one handler are one batch, all in one transaction."""
    async with database.transaction() as session:
        for handler, run in groupby(events, key=lambda event: HANDLERS[type(event)]):
            if is_batch_handler(handler):
                await handler(session, list(run))
                continue
            for event in run:
                await handler(session, event)
        if is_lost:
            raise Lost


@pytest.mark.parametrize("seed", range(RUNS))
async def test_any_order_with_repeats_and_losses_ends_in_the_journeys_of_the_pure_model(
    world: None, database: Database, village_1: Village, village_2: Village, seed: int
) -> None:
    chance = random.Random(seed)
    story = Story(chance, [village_1, village_2])
    waiting = story.events + chance.choices(story.events, k=60)
    chance.shuffle(waiting)

    while waiting:
        size = chance.randint(1, 25)
        with suppress(Lost):
            await deliver_run(database, waiting[:size], is_lost=chance.random() < 0.3)
            waiting = waiting[size:]

    stored, published = await stored_steps(database), await announced_last(database)
    for root in {story.root_of(each.resident_id) for each in story.people}:
        states = story.journey_of(root)
        assert stored[root] == {each.step: (each.status, list(each.missing), list(each.marks)) for each in states}
        for state in states:
            newest = published.get((root, state.step))
            is_counted = state.status in ("completed", "revoked") or state.marks
            assert (newest is not None) or not is_counted
            if newest and is_counted:
                assert (newest.status, newest.completed_at, tuple(newest.marks)) == (
                    state.status, state.completed_at, state.marks,
                )  # fmt: skip
    assert {type(each) for each in story.events} >= {ResidentMerged, ResidentUnmerged, ResidentMoved, ResidentDeceased}


async def stored_steps(database: Database) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    async with database.reading() as session:
        rows = await session.execute(text("SELECT resident_id, step, status, missing, marks FROM resident_step"))
        for resident_id, step, *rest in rows:
            found.setdefault(resident_id, {})[step] = tuple(rest)
    return found


async def announced_last(database: Database) -> dict[tuple[UUID, str], StepEvent]:
    """The newest published state of each step, by the versions of the journey, as reports count it."""
    async with database.reading() as session:
        rows = await session.execute(text("SELECT type, value FROM outbox ORDER BY id"))
        events = [EVENT_TYPES[row.type].model_validate_json(row.value) for row in rows if row.type in EVENT_TYPES]
    steps = sorted((each for each in events if isinstance(each, StepEvent)), key=lambda each: each.version)
    return {(each.resident_id, each.step): each for each in steps}
