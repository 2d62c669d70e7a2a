"""Handlers of the events that the registry subscribes to."""

import base64
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.security.encryption import CipherContext, decrypt_text
from chassis.security.scope import units_of
from chassis.storage.database import Session
from contracts.access import AccessRecorded
from contracts.casework import DeathRegistered, DeathRevoked
from contracts.gateway import PartnerEventReceived
from contracts.onboarding import ResidentFactObserved, ResidentGuided, StepCompleted, TrainingOpened
from registry.commands.attestations import recognise
from registry.commands.attributes import propose_value
from registry.commands.bulk import note_use
from registry.commands.deaths import correct_death, register_death
from registry.commands.residents import amend_resident
from registry.commands.training import open_training
from registry.errors import AlreadyDeceased
from registry.identifiers import IdentifierError, parse_phone
from registry.model.access import AccessActor, AccessElsewhere
from registry.model.ranking import Origin
from registry.model.residents import Resident

OBSERVED_PHONE = CipherContext("onboarding", "fact_observed", "phone")


@batch_handler
async def on_partner_events_received(session: Session, events: Sequence[PartnerEventReceived]) -> None:
    """Recognise the subjects of partners' events."""
    await recognise(session, events)


async def on_death_registered(session: Session, event: DeathRegistered) -> None:
    """A dossier registered the death; that of a merged record is the survivor's."""
    resident = await _survivor(session, event.resident_id)
    if resident is None:
        return
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    try:
        await register_death(session, resident, unit, event.deceased_on, "officer", at=event.at)
    except AlreadyDeceased:
        # The first registered day stays until an officer corrects it.
        return


async def on_death_revoked(session: Session, event: DeathRevoked) -> None:
    """The approval of a dossier was taken back, and with it the death; a day that an officer corrected since then stays."""
    resident = await _survivor(session, event.resident_id)
    if resident is None or resident.deceased_on != event.deceased_on:
        return
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    await correct_death(session, resident, unit, None, at=event.at)


async def _survivor(session: Session, resident_id: UUID) -> Resident | None:
    resident = await session.get(Resident, resident_id, with_for_update=True)
    while resident is not None and resident.merged_into is not None:
        resident = await session.get(Resident, resident.merged_into, with_for_update=True)
    return resident


async def on_resident_fact_observed(session: Session, event: ResidentFactObserved) -> None:
    """A volunteer recorded a new smartphone, bank account or phone number.

    A volunteer's number beside one that is verified as the resident's own is a request, on which an officer decides.
    """
    resident = await session.get(Resident, event.resident_id, with_for_update=True)
    if resident is None:
        return
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    values: dict[str, Any] = {event.name: event.value}
    if event.name == "phone":
        if event.sealed is None:
            return
        phone = _observed_phone(event.resident_id, event.sealed)
        if phone is None:
            return
        if event.observer == "volunteer" and resident.phone_owner_verified and resident.value("phone") != phone:
            await propose_value(session, resident, "phone", phone, "volunteer", "onboarding")
            return
        values = {"phone": phone, "phone_owner_verified": event.owner_verified}
    origin = Origin(source="volunteer", verified=True, observed_at=event.at)
    await amend_resident(session, resident, unit, values, origin, "onboarding")


def _observed_phone(resident_id: UUID, sealed: str) -> str | None:
    """The number in E.164; None for what events of earlier releases carry and is no number."""
    try:
        return parse_phone(decrypt_text(OBSERVED_PHONE, str(resident_id), base64.b64decode(sealed)))
    except IdentifierError:
        return None


@batch_handler
async def on_residents_served(session: Session, events: Sequence[StepCompleted | ResidentGuided]) -> None:
    """Onboarding holds a step or a visit of these residents: an undone import keeps their records."""
    await note_use(session, [event.resident_id for event in events])


async def on_training_opened(session: Session, event: TrainingOpened) -> None:
    """Make the synthetic people of a training unit."""
    await open_training(session, event)


@batch_handler
async def on_access_recorded(session: Session, events: Sequence[AccessRecorded]) -> None:
    """Store reads in other services for the residents' access logs, and who made each read, for auditors."""
    actors = [event.model_dump(include=set(AccessActor.model_fields)) for event in events]
    await session.execute(insert(AccessActor).on_conflict_do_nothing(), actors)
    elsewhere = [event for event in events if event.service != "registry"]
    if elsewhere:
        await session.execute(insert(AccessElsewhere).on_conflict_do_nothing(), [_row(event) for event in elsewhere])


def _row(event: AccessRecorded) -> dict[str, Any]:
    return event.model_dump(include=set(AccessElsewhere.model_fields))


HANDLERS: EventHandlers = {
    PartnerEventReceived: on_partner_events_received,
    DeathRegistered: on_death_registered,
    DeathRevoked: on_death_revoked,
    ResidentFactObserved: on_resident_fact_observed,
    StepCompleted: on_residents_served,
    ResidentGuided: on_residents_served,
    TrainingOpened: on_training_opened,
    AccessRecorded: on_access_recorded,
}
