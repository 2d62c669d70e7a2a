"""Old code receives events of a newer release: it ignores unknown fields and unknown types."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import contracts
from chassis.clock import now
from chassis.ids import new_id
from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.bus.port import Outgoing
from chassis.messaging.consumer import Consumer
from chassis.runtime import Service
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts import topics
from contracts.event import EVENT_TYPES, Event
from contracts.registry import ResidentRegistered

for module in pkgutil.iter_modules(contracts.__path__):
    importlib.import_module(f"contracts.{module.name}")

EXAMPLES = Path(contracts.__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def service() -> Service:
    from reporting.app import service

    return service


def grown(value: Any) -> Any:
    """The same, with a field more in every object: what a newer release may add at most without a new type."""
    if isinstance(value, dict):
        return {name: grown(inner) for name, inner in value.items()} | {"added_by_a_newer_release": {"a": [1]}}
    if isinstance(value, list):
        return [grown(inner) for inner in value]
    return value


def test_old_code_reads_every_event_with_an_additional_field_in_every_object() -> None:
    assert len(EVENT_TYPES) > 40
    for type_, event in sorted(EVENT_TYPES.items()):
        sample = json.loads((EXAMPLES / (type_.removeprefix("vn.bakhong.") + ".json")).read_text())
        fields = {name: value if is_free(event, name) else grown(value) for name, value in sample.items()}
        received = event.model_validate(fields | {"added_by_a_newer_release": 1})
        assert json.loads(received.model_dump_json()) == sample, type_


def is_free(event: type[Event], name: str) -> bool:
    """Whether a field is a mapping with any keys, where a key more means something more."""
    return str(event.model_fields[name].annotation).startswith("dict")


@pytest.fixture
async def handled_by_reporting(service: Service, database: Database, bus: EmbeddedBus) -> AsyncIterator[EmbeddedBus]:
    await bus.ensure_topics(topics.all_topics())
    consumer = asyncio.create_task(Consumer(service.name, database, bus, service.handlers).run())
    yield bus
    consumer.cancel()
    with suppress(asyncio.CancelledError):
        await consumer


def published(event: Event, *, type_: str | None = None, **more: Any) -> Outgoing:
    """An event as a newer release's relay publishes it: a field more in the value, a header more in the record."""
    value = json.dumps(json.loads(event.model_dump_json()) | more).encode()
    headers = {
        "ce_specversion": "1.0", "ce_id": str(new_id()), "ce_type": type_ or event.type, "ce_time": now().isoformat(),
        "ce_dataschemaversion": "2",
    }  # fmt: skip
    return Outgoing(event.topic, event.key, value, headers)


def registered(unit_id: UUID) -> ResidentRegistered:
    sample = json.loads((EXAMPLES / (ResidentRegistered.type.removeprefix("vn.bakhong.") + ".json")).read_text())
    return ResidentRegistered.model_validate(sample | {"resident_id": str(new_id()), "unit_id": str(unit_id)})


async def test_old_reporting_counts_newer_events_and_ignores_unknown_types(
    handled_by_reporting: EmbeddedBus, database: Database
) -> None:
    village = unit_event("15727-01", parents=("38", "15724"))
    first, second = registered(village.unit_id), registered(village.unit_id)

    await handled_by_reporting.publish(
        [
            published(village, colour="green"),
            published(first, nickname=None, addresses=[{"kind": "summer house"}]),
            published(first, type_="vn.bakhong.resident.knighted.v1"),
            published(first, type_="vn.bakhong.resident.registered.v2"),
            published(second),
        ]
    )

    async def ask(statement: str) -> int:
        async with database.reading() as session:
            return int((await session.execute(text(statement))).scalar_one())

    for _ in range(200):
        if await ask("SELECT coalesce(sum(next_offset), 0) FROM position") == 5:
            break
        await asyncio.sleep(0.05)
    assert await ask("SELECT coalesce(sum(next_offset), 0) FROM position") == 5
    assert await ask("SELECT count(*) FROM dead_letter") == 0
    assert await ask("SELECT count(*) FROM subject") == 2
