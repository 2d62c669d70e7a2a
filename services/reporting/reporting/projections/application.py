"""How an event changes the projections: the state of its entity, and the difference in what that contributes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.storage.database import Session
from contracts.event import Event
from reporting.projections.entities.people import CountedPerson, CountingProfile, profile_of
from reporting.projections.subscriptions import SUBSCRIPTIONS, subject_of
from reporting.projections.unit_of_work import UnitOfWork, unit_of_work_of

__all__ = ["apply_events"]

PERSON = "person"


async def apply_events(session: Session, events: Sequence[Event]) -> None:
    """Applies a run of events: the states that they change are locked by one statement, in one order."""
    unit_of_work = await unit_of_work_of(session)
    await unit_of_work.lock(session, {subject_of(event) for event in events})
    for event in events:
        if SUBSCRIPTIONS[type(event)].entity is CountedPerson:
            await _apply_to_person(session, unit_of_work, event)
        else:
            await _apply_to_entity(session, unit_of_work, event)


async def _apply_to_entity(session: Session, unit_of_work: UnitOfWork, event: Event) -> None:
    subscription, (kind, id) = SUBSCRIPTIONS[type(event)], subject_of(event)
    entity = await unit_of_work.load(session, kind, id, subscription.entity)
    before = entity.contributions()
    if subscription.apply(entity, event):
        unit_of_work.mark_changed(kind, id)
        after = entity.contributions()
        unit_of_work.replace(before, after)
        if not before and not after and getattr(entity, "unit_id", None):
            unit_of_work.touch(UUID(entity.unit_id))


async def _apply_to_person(session: Session, unit_of_work: UnitOfWork, event: Event) -> None:
    """Residents count together with the records merged into theirs: a change counts for the last survivor."""
    subscription, (_, id) = SUBSCRIPTIONS[type(event)], subject_of(event)
    person = await unit_of_work.load(session, PERSON, id, CountedPerson)
    old_survivor = person.survivor_id
    head = id if old_survivor is None else await _head(session, unit_of_work, id)
    before = await _profile(session, unit_of_work, head)
    if not subscription.apply(person, event):
        return
    unit_of_work.mark_changed(PERSON, id)
    if person.survivor_id == old_survivor:
        unit_of_work.replace_person(before, await _profile(session, unit_of_work, head))
        return
    new_head = await _head(session, unit_of_work, id)
    before_there = await _profile(session, unit_of_work, new_head) if new_head not in (head, id) else None
    await _link(session, unit_of_work, id, old_survivor, person.survivor_id)
    unit_of_work.replace_person(before, await _profile(session, unit_of_work, head))
    if new_head != head:
        unit_of_work.replace_person(before_there, await _profile(session, unit_of_work, new_head))


async def _link(session: Session, unit_of_work: UnitOfWork, id: str, old: str | None, new: str | None) -> None:
    if old is not None:
        former = await unit_of_work.load(session, PERSON, old, CountedPerson)
        former.duplicates = [each for each in former.duplicates if each != id]
        unit_of_work.mark_changed(PERSON, old)
    if new is not None:
        survivor = await unit_of_work.load(session, PERSON, new, CountedPerson)
        survivor.duplicates = sorted({*survivor.duplicates, id})
        unit_of_work.mark_changed(PERSON, new)


async def _head(session: Session, unit_of_work: UnitOfWork, id: str) -> str:
    """The record that counts for this one: the last survivor."""
    seen = {id}
    while survivor := (await unit_of_work.load(session, PERSON, id, CountedPerson)).survivor_id:
        if survivor in seen:
            return min(seen)
        seen.add(survivor)
        id = survivor
    return id


async def _profile(session: Session, unit_of_work: UnitOfWork, head: str) -> CountingProfile | None:
    person = await unit_of_work.load(session, PERSON, head, CountedPerson)
    if not person.duplicates:
        return profile_of(person)
    return profile_of(person, await _duplicates(session, unit_of_work, person, {head}))


async def _duplicates(
    session: Session, unit_of_work: UnitOfWork, person: CountedPerson, seen: set[str]
) -> list[CountedPerson]:
    found: list[CountedPerson] = []
    for id in person.duplicates:
        if id not in seen:
            seen.add(id)
            duplicate = await unit_of_work.load(session, PERSON, id, CountedPerson)
            found += [duplicate, *await _duplicates(session, unit_of_work, duplicate, seen)]
    return found
