"""What the registry hears, and what it does about it."""

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.security.encryption import CipherContext, decrypt_text
from chassis.security.scope import units_of
from chassis.storage.database import Session
from contracts.access import AccessRecorded
from contracts.casework import DeathRegistered
from contracts.gateway import PartnerEventReceived
from contracts.onboarding import ResidentFactObserved, TrainingOpened
from registry.commands.attestations import recognise
from registry.commands.residents import amend_resident, register_death
from registry.commands.training import open_practice
from registry.errors import AlreadyDeceased
from registry.model.access import AccessElsewhere
from registry.model.facts import Origin
from registry.model.residents import Resident

OBSERVED_PHONE = CipherContext("onboarding", "fact_observed", "phone")


@batch_handler
async def on_partner_events_received(session: Session, facts: Sequence[PartnerEventReceived]) -> None:
    await recognise(session, facts)


async def on_death_registered(session: Session, fact: DeathRegistered) -> None:
    """A dossier registered the death: no more declarations needed."""
    resident = await session.get(Resident, fact.resident_id, with_for_update=True)
    if resident is None:
        return
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    try:
        await register_death(session, resident, unit, fact.deceased_on)
    except AlreadyDeceased:
        # The first registered day stands until somebody corrects it.
        return


async def on_resident_fact_observed(session: Session, fact: ResidentFactObserved) -> None:
    """Somebody saw a new smartphone or wrote down a number in the village."""
    resident = await session.get(Resident, fact.resident_id, with_for_update=True)
    if resident is None:
        return
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    values: dict[str, Any] = {fact.name: fact.value}
    if fact.name == "phone":
        if fact.sealed is None:
            return
        phone = decrypt_text(OBSERVED_PHONE, str(fact.resident_id), base64.b64decode(fact.sealed))
        values = {"phone": phone, "phone_owner_verified": fact.owner_verified}
    origin = Origin(source="volunteer", verified=True, observed_at=fact.at)
    await amend_resident(session, resident, unit, values, origin, "onboarding")


async def on_training_opened(session: Session, fact: TrainingOpened) -> None:
    """Trainees practise with made-up people."""
    await open_practice(session, fact)


@batch_handler
async def on_access_recorded(session: Session, facts: Sequence[AccessRecorded]) -> None:
    """Other services showed somebody's data; the residents will see it here."""
    elsewhere = [fact for fact in facts if fact.service != "registry"]
    if elsewhere:
        await session.execute(insert(AccessElsewhere).on_conflict_do_nothing(), [_row(fact) for fact in elsewhere])


def _row(fact: AccessRecorded) -> dict[str, Any]:
    return fact.model_dump(include=set(AccessElsewhere.model_fields))


HANDLERS: EventHandlers = {
    PartnerEventReceived: on_partner_events_received,
    DeathRegistered: on_death_registered,
    ResidentFactObserved: on_resident_fact_observed,
    TrainingOpened: on_training_opened,
    AccessRecorded: on_access_recorded,
}
