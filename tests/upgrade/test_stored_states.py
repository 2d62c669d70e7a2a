"""The state of a projection grows while code of two releases works on it: the older one keeps what it does not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import contracts
from chassis.runtime import Service
from chassis.storage.database import Database
from contracts.event import Event
from reporting.projections.entities import subscriptions
from reporting.projections.states import read_state, write_state
from reporting.projections.subscriptions import StateChange

EXAMPLES = Path(contracts.__file__).parents[1] / "examples"
RELEASED = Path(__file__).with_name("stored_states.json")
"""A state of every kind as a release has stored it. Add new kinds; what is there stays as it is."""
GROWN = {"added_by_a_newer_release": {"since": "2026-09-01", "amounts": [1, 2]}}

ENTITIES = {subscription.kind: subscription.entity for subscription in subscriptions().values()}
EVENTS = sorted(subscriptions().items(), key=lambda entry: entry[0].type)


@pytest.fixture(scope="module")
def service() -> Service:
    from reporting.app import service

    return service


def sample_of(event: type[Event], **changes: Any) -> Event:
    sample = json.loads((EXAMPLES / (event.type.removeprefix("vn.bakhong.") + ".json")).read_text())
    return event.model_validate(sample | {name: value for name, value in changes.items() if name in sample})


@pytest.mark.parametrize(("event", "subscription"), EVENTS, ids=[event.type for event, _ in EVENTS])
async def test_fields_of_a_newer_release_survive_an_event_that_older_code_applies(
    event: type[Event], subscription: StateChange, database: Database, deliver: Callable[..., Any]
) -> None:
    first = sample_of(event, version=1)
    await deliver(first)
    async with database.transaction() as session:
        await session.execute(text("UPDATE subject SET state = state || :grown"), {"grown": json.dumps(GROWN)})

    await deliver(sample_of(event, version=2, at="2026-10-01T08:00:00+07:00", outcome="done"))

    async with database.reading() as session:
        rows = await session.execute(text("SELECT state FROM subject WHERE kind = :kind"), {"kind": subscription.kind})
        stored = list(rows.scalars())
    assert stored
    for state in stored:
        assert {name: state.get(name) for name in GROWN} == GROWN
        assert set(state) == {field.name for field in fields(subscription.entity)} | set(GROWN)


def test_every_field_of_a_state_has_a_default() -> None:
    for kind, entity in ENTITIES.items():
        for field in fields(entity):
            has_default = field.default is not MISSING or field.default_factory is not MISSING
            assert has_default, f"{kind}.{field.name} needs a default: states of the release before do not have it"


def test_states_of_a_release_are_read_and_written_unchanged() -> None:
    released: dict[str, dict[str, Any]] = json.loads(RELEASED.read_text())
    for kind, state in released.items():
        assert kind in ENTITIES, f"{kind} was stored by a release: its entity stays, or a migration removes its states"
        read, unknown = read_state(ENTITIES[kind], json.dumps(state))
        assert not unknown, f"{kind} has lost the fields {sorted(unknown)}, which the release before still writes"
        written = json.loads(write_state(read, {}))
        changed = {name for name, value in state.items() if written[name] != value}
        assert not changed, f"{kind} stores {sorted(changed)} in another shape than the release before: add a new field"
    for kind in sorted(ENTITIES.keys() - released.keys()):
        sample = write_state(sampled(kind), {})
        pytest.fail(f"add a stored state of the new kind to tests/upgrade/stored_states.json: {kind!r}: {sample}")


def sampled(kind: str) -> Any:
    """The state that the samples of the entity's events come to."""
    state = ENTITIES[kind]()
    for event, subscription in EVENTS:
        if subscription.kind == kind:
            subscription.apply(state, sample_of(event))
    return state
