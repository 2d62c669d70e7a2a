"""Deaths are registered, corrected and taken back."""

from datetime import date, datetime

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import ResidentDeceased, ResidentUpdated
from registry.commands.attributes import keep_history
from registry.commands.duplicates import queue_duplicate_check
from registry.commands.identity_links import publish_links_of
from registry.commands.representations import publish_representations_of
from registry.errors import AlreadyDeceased, RecordMerged
from registry.model.provenance import AttributeRecord
from registry.model.ranking import Origin, origin_of
from registry.model.residents import Resident

DECEASED_ON = "deceased_on"
"""The name under which earlier days of death are kept in the history of attributes."""


async def register_death(
    session: Session,
    resident: Resident,
    unit: KnownUnit,
    deceased_on: date,
    source: str = "civil_status",
    *,
    at: datetime | None = None,
) -> None:
    """Register the death; a repeated event changes nothing, another day is refused, a day taken back stays taken back.

    `at` is when it was registered: a registration after the day was taken back is a new one.
    """
    if resident.life == "deceased":
        if resident.deceased_on != deceased_on:
            raise AlreadyDeceased()
        return
    if await _was_taken_back(session, resident, deceased_on, since=at):
        return
    await _store(session, resident, unit, deceased_on, origin_of(source, now()))


async def correct_death(
    session: Session, resident: Resident, unit: KnownUnit, deceased_on: date | None, *, at: datetime | None = None
) -> None:
    """An officer corrects the day of death, or takes the death back (None). The day before is kept as history.

    A death that is taken back is published as `resident.updated` with `life` "alive", another day as `resident.deceased`.
    """
    if resident.life == "merged":
        raise RecordMerged()
    if resident.deceased_on == deceased_on:
        return
    if resident.deceased_on is not None:
        origin = resident.origin(DECEASED_ON)
        keep_history(session, resident.id, DECEASED_ON, resident.deceased_on, origin, at or now())
    await _store(session, resident, unit, deceased_on, origin_of("officer", now()))


async def _store(
    session: Session, resident: Resident, unit: KnownUnit, deceased_on: date | None, origin: Origin
) -> None:
    if resident.life == "merged":
        raise RecordMerged()
    resident.life, resident.deceased_on = "alive" if deceased_on is None else "deceased", deceased_on
    resident.provenance = {**resident.provenance, DECEASED_ON: origin.model_dump(mode="json")}
    resident.touch(now())
    session.add(resident)
    await session.flush()
    await queue_duplicate_check(session, [resident.id])
    snapshot = resident.snapshot(unit.code)
    if deceased_on is None:
        publish(session, ResidentUpdated.model_validate(snapshot))
    else:
        publish(session, ResidentDeceased.model_validate(snapshot | {DECEASED_ON: deceased_on}))
    await publish_links_of(session, [resident])
    await publish_representations_of(session, [resident])


async def _was_taken_back(session: Session, resident: Resident, deceased_on: date, *, since: datetime | None) -> bool:
    """Whether an officer took back a death on this day (since an instant): a database that has it repeats it."""
    found = await session.exec(
        select(AttributeRecord).where(
            AttributeRecord.resident_id == resident.id,
            AttributeRecord.name == DECEASED_ON,
            col(AttributeRecord.superseded_at).is_not(None),
        )
    )
    return any(
        record.decrypted() == deceased_on.isoformat()
        for record in found
        if since is None or (record.superseded_at is not None and record.superseded_at >= since)
    )
