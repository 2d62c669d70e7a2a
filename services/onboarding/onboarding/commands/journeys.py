"""Journeys of residents: locks and loads them, adds evidence, recomputes the steps and publishes what changed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now, today
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.onboarding import StepCompleted, StepRevoked, StepUpdated
from onboarding.model.journey import Evidence, JourneyStep, KnownAttributes, journey
from onboarding.model.journeys import STORED, AddedEvidence, OpenJourney
from onboarding.model.people import KnownResident
from onboarding.model.steps import catalogue
from onboarding.queries.journeys import find_roots, get_journey, load_journeys


async def open_journeys(session: Session, resident_ids: Iterable[UUID]) -> dict[UUID, OpenJourney]:
    """The journeys of these residents by the ids asked for, locked in sorted order so that two callers never deadlock."""
    asked = set(resident_ids)
    survivors = await find_roots(session, asked)
    residents = await _lock(session, asked | set(survivors.values()))
    owners = {each.id: survivors.get(each.id, each.id) for each in residents.values()}
    open_ones = {owner: OpenJourney(residents[owner]) for owner in owners.values() if owner in residents}
    await load_journeys(session, open_ones)
    return {each: open_ones[owners[each]] for each in asked if each in owners and owners[each] in open_ones}


async def open_journey(session: Session, resident_id: UUID) -> OpenJourney | None:
    """One journey, locked; None for a resident whom no event has named yet."""
    resident = await session.get(KnownResident, resident_id, with_for_update=True, populate_existing=True)
    if resident and resident.merged_into:
        return (await open_journeys(session, [resident_id])).get(resident_id)
    return await get_journey(session, resident) if resident else None


async def insert_residents(session: Session, residents: Sequence[KnownResident]) -> set[UUID]:
    """Inserts those who are not known yet, with the steps that follow from it, in one statement; their ids."""
    if not residents:
        return set()
    rows = [_row(each) for each in residents]
    found = await session.execute(_INSERT, {"rows": json.dumps(rows, default=str), "at": now()})
    return set(found.scalars())


def add_evidence(
    opened: OpenJourney, evidence: Evidence, *, by: str | None = None, subject_id: UUID | None = None
) -> bool:
    """Adds evidence; False when it was added before."""
    if evidence.id in opened.evidences:
        return False
    opened.added.append(AddedEvidence(subject_id or opened.resident.id, evidence, by))
    opened.evidences[evidence.id] = evidence
    return True


def recompute(session: Session, opened: OpenJourney, *, takes_back: bool = False) -> bool:
    """Recomputes where the resident stands and publishes what reports count; False when nothing is different.

    `takes_back`: evidence was removed, so that what no longer holds never held; reports count from its first day anew.
    Nothing is written before `store_journeys`.
    """
    is_changed = False
    for after in opened.states():
        before = opened.steps.get(after.step)
        if before == after:
            continue
        is_changed = True
        opened.steps[after.step] = after
        opened.changed.add(after.step)
        if after.counted() != (before.counted() if before else None):
            since = _first_day(before) if takes_back and before else None
            _publish_step(session, opened, after, since or after.changed_at or now())
    return is_changed


async def store_journeys(session: Session, journeys: Iterable[OpenJourney]) -> None:
    """Writes what was added and what changed in these journeys: three statements, however many they are."""
    each_once = {id(each): each for each in journeys}.values()
    if added := [one for each in each_once for one in each.added]:
        await session.execute(_ADD, _evidence_columns(added))
    if changed := [(each, step) for each in each_once for step in each.changed]:
        await session.execute(_STORE, _step_columns(changed) | {"at": now()})
    if published := [each for each in each_once if each.published_version != each.resident.journey_version]:
        versions = {
            "ids": [each.resident.id for each in published],
            "versions": [each.published_version for each in published],
        }
        await session.execute(_COUNT_UP, versions)
    for each in each_once:
        set_committed_value(each.resident, "journey_version", each.published_version)
        each.added.clear()
        each.changed.clear()


def _first_day(state: JourneyStep) -> datetime | None:
    return min((each for each in (state.completed_at, state.changed_at) if each), default=None)


def _publish_step(session: Session, opened: OpenJourney, state: JourneyStep, at: datetime) -> None:
    resident = opened.resident
    opened.published_version += 1
    event_type = {"completed": StepCompleted, "revoked": StepRevoked}.get(state.status, StepUpdated)
    publish(
        session,
        event_type(
            resident_id=resident.id,
            version=opened.published_version,
            unit_id=resident.unit_id,
            unit_code=resident.unit_code,
            step=state.step,
            status=state.status,
            at=at,
            completed_at=state.completed_at,
            route=state.route,
            evidence_kind=state.evidence_kind,
            provider=state.provider,
            marks=list(state.marks),
        ),
    )


async def _lock(session: Session, ids: set[UUID]) -> dict[UUID, KnownResident]:
    found = await session.exec(_LOCK, params={"ids": list(ids)})
    return {each.id: each for each in found}


_LOCK = (
    select(KnownResident)
    .where(col(KnownResident.id) == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(col(KnownResident.id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _evidence_columns(added: Sequence[AddedEvidence]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: [getattr(one.evidence, name) for one in added] for name in _EVIDENCE}
    return columns | {"subjects": [one.subject_id for one in added], "by": [one.by for one in added], "at": now()}


def _step_columns(changed: Sequence[tuple[OpenJourney, str]]) -> dict[str, Any]:
    rows = [each.steps[step] for each, step in changed]
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in STORED}
    return columns | {
        "residents": [each.resident.id for each, _ in changed],
        # An array of arrays must be rectangular; names have no commas.
        "missing": [",".join(row.missing) for row in rows],
        "marks": [",".join(row.marks) for row in rows],
    }


_EVIDENCE = {
    "id": "text", "step": "text", "effect": "text", "occurred_at": "timestamptz", "kind": "text", "holding": "text",
    "provider": "text", "reference": "text", "account_kind": "text", "level": "int", "valid_until": "timestamptz",
    "had_bank_account": "bool", "charged": "bigint", "assisted": "bool",
}  # fmt: skip
_STEP = {
    "step": "text", "status": "text", "missing": "text", "route": "text", "completed_at": "timestamptz",
    "changed_at": "timestamptz", "level": "int", "marks": "text", "evidence_id": "text", "evidence_kind": "text",
    "provider": "text", "expires_at": "timestamptz",
}  # fmt: skip


def _unnest(columns: dict[str, str]) -> str:
    return ", ".join(f"cast(:{name} AS {kind}[])" for name, kind in columns.items())


def _selected(name: str) -> str:
    return f"string_to_array({name}, ',')" if name in ("missing", "marks") else name


_ADD = text(
    f"INSERT INTO step_evidence (subject_id, {', '.join(_EVIDENCE)}, recorded_by, recorded_at)"
    f" SELECT *, cast(:at AS timestamptz) FROM unnest(cast(:subjects AS uuid[]), {_unnest(_EVIDENCE)}, cast(:by AS text[]))"
)
_STORE = text(
    f"INSERT INTO resident_step (resident_id, {', '.join(_STEP)}, stored_at) SELECT resident_id,"
    f" {', '.join(map(_selected, _STEP))}, cast(:at AS timestamptz)"
    f" FROM unnest(cast(:residents AS uuid[]), {_unnest(_STEP)}) AS given (resident_id, {', '.join(_STEP)})"
    " ON CONFLICT (resident_id, step) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_STEP, "stored_at") if name != "step")
)
_COUNT_UP = text(
    "UPDATE known_resident AS resident SET journey_version = given.version"
    " FROM unnest(cast(:ids AS uuid[]), cast(:versions AS int[])) AS given (id, version) WHERE resident.id = given.id"
)


def _row(resident: KnownResident) -> dict[str, Any]:
    return resident.model_dump(mode="json") | {"steps": _first_steps(_without_detail(resident.attributes), today())}


def _without_detail(attributes: KnownAttributes) -> KnownAttributes:
    """The same for the rules: the month of birth of adults and the version make no difference."""
    is_adult = all(
        rule.is_of_age(attributes.birth_month, today()) for step in catalogue().steps for rule in step.conditions
    )
    return replace(attributes, version=0, birth_month=None if is_adult else attributes.birth_month)


@lru_cache(maxsize=4096)
def _first_steps(attributes: KnownAttributes, on: date) -> list[dict[str, Any]]:
    """The six steps of a resident with these attributes and no evidence; they change with the day's rules only."""
    states = journey(attributes, [], datetime.combine(on, time(12), HO_CHI_MINH))
    return [{name: getattr(each, name) for name in ("step", "status", "missing", "route")} for each in states]


_INSERT = text(
    "WITH sent AS (SELECT value FROM jsonb_array_elements(cast(:rows AS jsonb))),"
    " inserted AS (INSERT INTO known_resident SELECT given.* FROM sent,"
    " jsonb_populate_record(NULL::known_resident, sent.value) AS given ON CONFLICT DO NOTHING RETURNING id),"
    " stepped AS (INSERT INTO resident_step (resident_id, step, status, missing, route, marks, stored_at)"
    " SELECT inserted.id, first.step, first.status, ARRAY(SELECT jsonb_array_elements_text(first.missing)), first.route, '{}',"
    " cast(:at AS timestamptz)"
    " FROM inserted JOIN sent ON cast(sent.value->>'id' AS uuid) = inserted.id,"
    " jsonb_to_recordset(sent.value->'steps') AS first(step text, status text, missing jsonb, route text))"
    " SELECT id FROM inserted"
)
