"""What linked databases say is taken over: as facts of their rank, with the state of each database."""

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
from registry.commands.declaring import as_json, declare_facts
from registry.commands.residents import register_death
from registry.errors import AlreadyDeceased
from registry.model.facts import FACT_VALUE, LINKED_FACTS, FactRecord, Origin, expires_at
from registry.model.linked import LinkedCheck, LinkedSource
from registry.model.residents import DECLARABLE, Resident
from registry.queries.prefill import value_of
from registry.sources import LINKED, Answer, Databases, Outcome

BELIEVED_FOR = timedelta(days=1)


async def sources_to_ask(
    session: ReadSession, resident_id: UUID, fields: Collection[str], linked: Iterable[str]
) -> list[str]:
    """The linked databases that know some of these fields and have not said so lately."""
    relevant = [name for name in linked if LINKED[name].facts & set(fields)]
    if not relevant:
        return []
    found = await session.exec(
        select(LinkedCheck.source).where(
            LinkedCheck.resident_id == resident_id, col(LinkedCheck.checked_at) > now() - BELIEVED_FOR
        )
    )
    lately = set(found)
    return [name for name in relevant if name not in lately]


async def take_over_answers(session: Session, resident: Resident, outcomes: Sequence[Outcome]) -> dict[str, list[str]]:
    """Store what was answered; which facts changed, by source. An answer out of its schema has left nothing."""
    changed = {}
    for outcome in outcomes:
        if outcome.answer is not None:
            changed[outcome.source] = await _take_over(session, resident, outcome.source, outcome.answer)
    return changed


async def _take_over(session: Session, resident: Resident, source: str, answer: Answer) -> list[str]:
    origin = Origin(source=source, verified=True, observed_at=answer.observed_at)
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    own = {name: value for name, value in answer.values.items() if name in DECLARABLE}
    done = await declare_facts(session, resident, unit, own, origin, source)
    changed = list(done.changed)
    for name in LINKED_FACTS:
        if name in answer.values and await _store_linked(session, resident.id, name, answer.values[name], origin):
            changed.append(name)
    if answer.values.get("deceased_on"):
        # A day that was registered before stands until somebody corrects it.
        with suppress(AlreadyDeceased):
            await register_death(session, resident, unit, answer.values["deceased_on"])
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
    """Keep a fact that has no place in the resident's row; whether its value is new."""
    found = await session.exec(
        select(FactRecord)
        .where(
            FactRecord.resident_id == resident_id, FactRecord.name == name, FactRecord.source == origin.source,
            col(FactRecord.superseded_at).is_(None),
        )
        .with_for_update()
    )  # fmt: skip
    present = found.first()
    if present is not None and value_of(present) == value:
        present.observed_at, present.expires_at = origin.observed_at, expires_at(name, origin.observed_at)
        session.add(present)
        return False
    if present is not None:
        present.superseded_at = now()
        session.add(present)
        await session.flush()
    record_id = new_id()
    session.add(
        FactRecord(
            id=record_id, resident_id=resident_id, name=name, value=encrypt(FACT_VALUE, str(record_id), as_json(value)),
            source=origin.source, verified=True, observed_at=origin.observed_at,
            expires_at=expires_at(name, origin.observed_at),
        )
    )  # fmt: skip
    return True


async def look_after_sources(database: Database, databases: Databases, seconds: float) -> None:
    """Ask the databases that nobody has heard of for a while about nobody: so their state is known before a form needs it."""
    async with database.reading() as session:
        heard = await session.exec(
            select(LinkedSource.name).where(
                LinkedSource.state == "live", col(LinkedSource.last_success_at) > now() - HEARD_OF_WITHIN
            )
        )
        lately = set(heard)
    silent = [name for name in databases.urls if name not in lately]
    outcomes = await databases.ask(silent, NOBODY, seconds)
    async with database.transaction() as session:
        await note_states(session, outcomes)


HEARD_OF_WITHIN = timedelta(minutes=10)
NOBODY = "0" * 12
"""A number that no card bears."""


async def note_states(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Remember how the databases are; a change of state is announced for the report."""
    for outcome in sorted(outcomes, key=lambda outcome: outcome.source):
        if outcome.failure == "resting":
            continue
        live = outcome.answer is not None
        row = await session.execute(
            _NOTE,
            {"name": outcome.source, "state": "live" if live else "down", "reason": outcome.failure, "at": now(),
             "ok": live},
        )  # fmt: skip
        before = row.scalar_one()
        if before != ("live" if live else "down"):
            publish(session, SourceChecked(source=outcome.source, live=live, at=now()))


# The state before, so that only a change is announced; a live source is noted once a minute at most.
_NOTE = text(
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
