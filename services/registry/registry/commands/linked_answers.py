"""Stores what a linked database answered about a resident, and whether the database answers."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.scope import units_of
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.outbox import publish
from contracts.registry import SourceChecked
from registry.commands.attributes import resolve_attributes
from registry.commands.deaths import register_death
from registry.errors import AlreadyDeceased, RecordMerged
from registry.model.attributes import LINKED_ONLY, STATED
from registry.model.linked import LinkedCheck, LinkedSource
from registry.model.provenance import ATTRIBUTE_VALUE, AttributeRecord, as_json
from registry.model.ranking import Origin, expires_at
from registry.model.residents import Resident
from registry.sources import LINKED, Databases, SourceAnswer, SourceResult

ANSWER_LIFETIME = timedelta(days=1)


async def sources_to_query(
    session: ReadSession, resident_id: UUID, fields: Collection[str], linked: Iterable[str]
) -> list[str]:
    """The linked databases that answer for some of these fields and have no valid answer yet."""
    relevant = [name for name in linked if LINKED[name].attributes & set(fields)]
    if not relevant:
        return []
    found = await session.exec(
        select(LinkedCheck.source).where(
            LinkedCheck.resident_id == resident_id, col(LinkedCheck.checked_at) > now() - ANSWER_LIFETIME
        )
    )
    answered = set(found)
    return [name for name in relevant if name not in answered]


async def store_source_answers(
    session: Session, resident: Resident, results: Sequence[SourceResult]
) -> dict[str, list[str]]:
    """Store the answers; the names of the attributes that changed, by source. A failed query stores nothing."""
    changed = {}
    for result in results:
        if result.answer is not None:
            changed[result.source] = await _store_answer(session, resident, result.source, result.answer)
    return changed


async def _store_answer(session: Session, resident: Resident, source: str, answer: SourceAnswer) -> list[str]:
    origin = Origin(source=source, verified=True, observed_at=answer.observed_at)
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    own = {name: value for name, value in answer.values.items() if name in STATED}
    done = await resolve_attributes(session, resident, unit, own, origin, source)
    changed = list(done.changed)
    for name in LINKED_ONLY:
        if name in answer.values and await _store_linked(session, resident.id, name, answer.values[name], origin):
            changed.append(name)
    if answer.values.get("deceased_on"):
        # A day that was registered before stays until an officer corrects it.
        with suppress(AlreadyDeceased, RecordMerged):
            await register_death(session, resident, unit, answer.values["deceased_on"], source)
    await session.execute(
        _CHECKED,
        {"id": resident.id, "source": source, "at": now(), "known": bool(answer.values)},
    )
    return changed


_CHECKED = text(
    "INSERT INTO linked_check (resident_id, source, checked_at, is_known) VALUES (:id, :source, :at, :known)"
    " ON CONFLICT (resident_id, source) DO UPDATE SET checked_at = :at, is_known = :known"
)


async def _store_linked(session: Session, resident_id: UUID, name: str, value: Any, origin: Origin) -> bool:
    """Store an attribute that has no column in the resident's row; whether its value is new."""
    found = await session.exec(
        select(AttributeRecord)
        .where(
            AttributeRecord.resident_id == resident_id, AttributeRecord.name == name, AttributeRecord.source == origin.source,
            col(AttributeRecord.superseded_at).is_(None),
        )
        .with_for_update()
    )  # fmt: skip
    present = found.first()
    if present is not None and present.decrypted() == value:
        present.observed_at, present.expires_at = origin.observed_at, expires_at(name, origin.observed_at)
        session.add(present)
        return False
    if present is not None:
        present.superseded_at = now()
        session.add(present)
        await session.flush()
    record_id = new_id()
    session.add(
        AttributeRecord(
            id=record_id, resident_id=resident_id, name=name, value=encrypt(ATTRIBUTE_VALUE, str(record_id), as_json(value)),
            source=origin.source, verified=True, observed_at=origin.observed_at,
            expires_at=expires_at(name, origin.observed_at),
        )
    )  # fmt: skip
    return True


PROBE_AFTER = timedelta(minutes=10)
PROBE_SECONDS = 15.0


async def probe_sources(database: Database, databases: Databases, seconds: float = PROBE_SECONDS) -> None:
    """Query databases without a recent answer about a number that no card has: so their state is known before a form.

    A probe has more time than a form: a database that is only slower than a form can wait for is not `down`.
    """
    async with database.reading() as session:
        recent = await session.exec(
            select(LinkedSource.name).where(
                LinkedSource.state == "live", col(LinkedSource.last_success_at) > now() - PROBE_AFTER
            )
        )
        live = set(recent)
    silent = [name for name in databases.urls if name not in live or name in databases.suspects()]
    results = await databases.query(silent, PROBE_NUMBER, seconds)
    async with database.transaction() as session:
        await record_source_states(session, results, is_probe=True)


PROBE_NUMBER = "0" * 12
"""A number that no card has."""


async def record_source_states(session: Session, results: Sequence[SourceResult], *, is_probe: bool = False) -> None:
    """Store the states of the databases; a change of state is published for the report.

    A form's timeout changes no state: it may be this machine that is slow. The next probe decides.
    """
    for result in sorted(results, key=lambda result: result.source):
        if result.failure == "resting" or (result.failure == "slow" and not is_probe):
            continue
        live = result.answer is not None
        row = await session.execute(
            _STORE_STATE,
            {"name": result.source, "state": "live" if live else "down", "reason": result.failure, "at": now(),
             "ok": live},
        )  # fmt: skip
        before = row.scalar_one()
        if before != ("live" if live else "down"):
            publish(session, SourceChecked(source=result.source, live=live, at=now()))


# The state before, so that only a change is published; a live source is stored once a minute at most.
_STORE_STATE = text(
    "WITH before AS (SELECT state FROM linked_source WHERE name = :name),"
    " noted AS (INSERT INTO linked_source AS s (name, state, reason, last_success_at, last_failure_at)"
    " VALUES (:name, :state, :reason, CASE WHEN cast(:ok AS boolean) THEN cast(:at AS timestamptz) END,"
    " CASE WHEN cast(:ok AS boolean) THEN NULL ELSE cast(:at AS timestamptz) END)"
    " ON CONFLICT (name) DO UPDATE SET state = :state, reason = :reason,"
    " last_success_at = coalesce(excluded.last_success_at, s.last_success_at),"
    " last_failure_at = coalesce(excluded.last_failure_at, s.last_failure_at)"
    " WHERE s.state <> :state OR coalesce(s.last_success_at, s.last_failure_at) < cast(:at AS timestamptz) - interval '1 minute'"
    " RETURNING 1)"
    " SELECT coalesce((SELECT state FROM before), 'unknown') FROM (SELECT count(*) FROM noted) AS n"
)
