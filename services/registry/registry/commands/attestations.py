"""Recognition: partners' events find their resident or organization, or wait until it is registered."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import blind_index, encrypt
from chassis.security.partner_events import decrypt_partner_data
from chassis.security.scope import find_unit, units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.gateway import PartnerEventReceived
from contracts.registry import Attestation, OrganizationAttested, ResidentAttested
from registry.commands.attributes import resolve_attributes
from registry.commands.bulk import note_use
from registry.commands.identifier_locks import IdentifierOwner, Subject, lock_subjects_once, subject
from registry.identifiers import IdentifierError, parse_personal_id, parse_phone, parse_tax_code
from registry.model.organizations import Organization
from registry.model.ranking import Origin
from registry.model.residents import Resident
from registry.model.unmatched import UNMATCHED_DATA, UnmatchedEvent, data_of
from registry.queries.residents import list_phone_holders

SERVICE = "registry"

ATTESTING = frozenset((
    "payment_account.opened", "payment_account.activated", "payment_account.closed", "sim.ownership_verified",
    "ekyc.passed", "digital_signature.issued", "digital_signature.revoked", "vneid.issued", "vneid.activated",
    "portal_account.created", "app.installed",
))  # fmt: skip
"""Events about people and organizations; those about merchants, payments and dossiers are for other services."""

Unknown = "unknown"
Ambiguous = "ambiguous"


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """A partner's event with its data decrypted, received now or earlier."""

    delivery_id: UUID
    partner_id: str
    webhook_id: str
    event: str
    occurred_at: Any
    received_at: Any
    data: Mapping[str, Any]
    licences: Sequence[str] = ()
    partner_unit_codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The resident or organization of a subject, or why there is none."""

    resident: Resident | None = None
    organization: Organization | None = None
    reason: str = Unknown


@dataclass(frozen=True, slots=True)
class _Recognition:
    """An event, the number by which it names its subject, and other numbers to lock."""

    event: PartnerEvent
    subject: Subject
    others: Sequence[Subject]


async def recognise(session: Session, received: Sequence[PartnerEventReceived]) -> None:
    """Find the subjects of partners' events and publish them, in the order of the events; store those without a match.

    All indexes of the batch are locked at once, in order, and all residents are read at once.
    """
    recognitions = [recognition for event in received if (recognition := _recognition(session, event))]
    owners = await lock_subjects_once(session, [who for r in recognitions for who in (r.subject, *r.others)])
    held = await _read_residents(session, owners.values())
    attested = []
    for recognition in recognitions:
        found = [owners[index] for index in recognition.subject.indexes]
        match = await _match(session, recognition.subject, found)
        attested += [match.resident.id] if match.resident else []
        if match.resident or match.organization:
            await attest(session, recognition.event, match)
        else:
            await _store_unmatched(session, recognition.event, recognition.subject, match.reason)
    await note_use(session, attested)
    del held


def _recognition(session: Session, received: PartnerEventReceived) -> _Recognition | None:
    """The recognition that an event needs; None for one that is not about people, or is rejected at once."""
    if received.event not in ATTESTING:
        return None
    event = _decrypted(received)
    if _is_unlicensed(event):
        publish(session, _delivery_processed(event, "rejected", "unlicensed-provider"))
        return None
    try:
        return _Recognition(event, subject_of(event.data), _phone_of_sim(event))
    except IdentifierError as error:
        publish(session, _delivery_processed(event, "rejected", error.finding.code))
        return None


async def _read_residents(session: Session, owners: Iterable[IdentifierOwner]) -> list[object]:
    """Read and lock residents, and read their units, by one statement each.

    The session finds them again by id while there is a reference to them: the caller keeps the result.
    """
    ids = sorted({owner.resident_id for owner in owners if owner.resident_id})
    if not ids:
        return []
    query = select(Resident).where(col(Resident.id).in_(ids)).order_by(col(Resident.id)).with_for_update()
    residents = (await session.exec(query)).all()
    units = await units_of(session, list({resident.unit_id for resident in residents}))
    return [*residents, *units.values()]


def _decrypted(received: PartnerEventReceived) -> PartnerEvent:
    data = json.loads(decrypt_partner_data(received))
    return PartnerEvent(received.delivery_id, received.partner_id, received.webhook_id, received.event,
                        received.occurred_at, received.received_at, data, received.licences,
                        received.unit_codes)  # fmt: skip


def _is_unlicensed(event: PartnerEvent) -> bool:
    return event.data.get("app") == "cyber_protection" and "cyber_protection" not in event.licences


def subject_of(data: Mapping[str, Any]) -> Subject:
    """The number by which an event names its person or organization; raises `IdentifierError`."""
    organization, resident = data.get("organization"), data.get("resident") or {}
    if organization:
        return subject("tax_code", parse_tax_code(str(organization.get("tax_code", ""))))
    if resident.get("personal_id"):
        return subject("personal_id", parse_personal_id(str(resident["personal_id"])))
    return subject("phone", parse_phone(str(resident.get("phone", ""))))


def _phone_of_sim(event: PartnerEvent) -> list[Subject]:
    if event.event != "sim.ownership_verified":
        return []
    return [subject("phone", parse_phone(str(event.data.get("phone", ""))))]


async def _match(session: Session, wanted: Subject, owners: Sequence[Any]) -> Match:
    if wanted.kind == "phone":
        return await _match_phone(session, wanted)
    for owner in owners:
        if owner.resident_id:
            return Match(resident=await session.get(Resident, owner.resident_id))
        if owner.organization_id:
            return Match(organization=await session.get(Organization, owner.organization_id))
    return Match()


async def _match_phone(session: Session, wanted: Subject) -> Match:
    """A phone matches the one resident whose ownership is verified; between several holders an officer decides."""
    holders = await list_phone_holders(session, wanted.indexes)
    owners = [holder for holder in holders if holder.phone_owner_verified]
    if len(owners) == 1:
        return Match(resident=owners[0])
    return Match(reason=Ambiguous if holders else Unknown)


async def attest(session: Session, event: PartnerEvent, match: Match) -> None:
    """Publish what a partner attests about a person or organization, and that the delivery was processed."""
    about = match.resident or match.organization
    assert about is not None
    # From the session: a batch of events about one village reads the unit once.
    unit = await session.get_one(KnownUnit, about.unit_id)
    attestation = _attestation(event)
    if match.organization:
        publish(session, OrganizationAttested(organization_id=about.id, unit_id=unit.id, unit_code=unit.code,
                                               attestation=attestation))  # fmt: skip
    elif match.resident:
        resident = match.resident
        publish(session, ResidentAttested(
            resident_id=resident.id, unit_id=unit.id, unit_code=unit.code, attestation=attestation,
            has_bank_account=bool(resident.has_bank_account), has_smartphone=bool(resident.has_smartphone),
        ))  # fmt: skip
        if event.event == "sim.ownership_verified":
            await _assign_phone(session, resident, event)
    publish(session, _delivery_processed(event, "applied"))


def _attestation(event: PartnerEvent) -> Attestation:
    data = event.data
    account = data.get("account_ref")
    return Attestation.model_validate({
        "event": event.event, "partner_id": event.partner_id, "webhook_id": event.webhook_id,
        "occurred_at": event.occurred_at,
        "account_kind": data.get("kind") if event.event.startswith("payment_account") else None,
        "account_index": blind_index("account", f"{event.partner_id}|{data.get('kind')}|{account}").hex() if account else None,
        "level": data.get("level"), "app": data.get("app"), "certificate_serial": data.get("certificate_serial"),
        "fee_charged": data.get("fee_charged"),
    })  # fmt: skip


async def _assign_phone(session: Session, resident: Resident, event: PartnerEvent) -> None:
    """A telecom verified the owner of a SIM: the phone is this resident's, and no longer verified for other holders."""
    phone = parse_phone(str(event.data["phone"]))
    origin = Origin(source="partner", verified=True, observed_at=event.occurred_at)
    for holder in await list_phone_holders(session, subject("phone", phone).indexes):
        if holder.id != resident.id and holder.phone_owner_verified:
            unit = await session.get_one(KnownUnit, holder.unit_id)
            await resolve_attributes(session, holder, unit, {"phone_owner_verified": False}, origin, event.partner_id)
    unit = await session.get_one(KnownUnit, resident.unit_id)
    values = {"phone": phone, "phone_owner_verified": True}
    await resolve_attributes(session, resident, unit, values, origin, event.partner_id)
    await apply_unmatched_by_phone(session, resident)


async def _store_unmatched(session: Session, event: PartnerEvent, wanted: Subject, reason: str) -> None:
    hint = event.data.get("unit_code")
    unit = await find_unit(session, str(hint)) if hint else None
    unmatched_id = new_id()
    stored = await session.execute(_STORE, {
        "id": unmatched_id, "delivery_id": event.delivery_id, "partner_id": event.partner_id,
        "webhook_id": event.webhook_id, "event": event.event, "occurred_at": event.occurred_at,
        "received_at": event.received_at, "reason": reason, "subject_kind": wanted.kind, "subject_index": wanted.newest,
        "sealed": encrypt(UNMATCHED_DATA, str(event.delivery_id), json.dumps(dict(event.data))),
        "unit_id": unit.id if unit else None, "partner_unit_codes": list(event.partner_unit_codes),
    })  # fmt: skip
    if stored.first() is None:
        # Processed again after an officer had resolved it: the decision stays.
        publish(session, _delivery_processed(event, "unchanged"))
        return
    publish(session, DeliveryUnmatched.model_validate({
        "delivery_id": event.delivery_id, "partner_id": event.partner_id, "service": SERVICE, "reason": reason,
        "at": now(), "webhook_id": event.webhook_id, "event": event.event,
    }))  # fmt: skip


_STORE = text(
    "INSERT INTO unmatched_event (id, delivery_id, partner_id, webhook_id, event, occurred_at, received_at, reason,"
    " subject_kind, subject_index, sealed, unit_id, partner_unit_codes)"
    " VALUES (:id, :delivery_id, :partner_id, :webhook_id, :event, :occurred_at, :received_at, :reason, :subject_kind,"
    " :subject_index, :sealed, :unit_id, cast(:partner_unit_codes AS text[]))"
    " ON CONFLICT (delivery_id) DO UPDATE SET reason = excluded.reason WHERE unmatched_event.resolved_at IS NULL"
    " RETURNING id"
)


async def apply_unmatched_by_phone(session: Session, resident: Resident) -> None:
    """Apply the events that waited for this resident's phone, if its ownership is verified."""
    if resident.phone is not None and resident.phone_owner_verified:
        await apply_unmatched_of(session, subject("phone", resident.value("phone")).indexes)


async def apply_unmatched_of(session: Session, indexes: Sequence[bytes]) -> int:
    """Apply the events that waited for these indexes, which the caller has locked; how many found their subject."""
    if not indexes:
        return 0
    found = await session.execute(_WAITING, {"indexes": list(indexes)})
    applied = 0
    for waiting in found.scalars().all():
        owner = await lock_owner(session, waiting)
        match = await _match(session, owner[0], owner[1])
        if match.resident or match.organization:
            await apply_unmatched(session, waiting, match, "system")
            applied += 1
    return applied


_WAITING = select(UnmatchedEvent).from_statement(
    text(
        "SELECT * FROM unmatched_event WHERE subject_index = ANY(cast(:indexes AS bytea[])) AND resolved_at IS NULL"
        " ORDER BY occurred_at, webhook_id"
    )
)


async def lock_owner(session: Session, waiting: UnmatchedEvent) -> tuple[Subject, list[Any]]:
    """The subject of a waiting event, locked, and the owners of its indexes."""
    wanted = subject_of(data_of(waiting))
    owners = await lock_subjects_once(session, [wanted])
    return wanted, [owners[index] for index in wanted.indexes]


async def apply_unmatched(session: Session, waiting: UnmatchedEvent, match: Match, by: str) -> None:
    """Apply a waiting event to the subject that was found."""
    waiting.resolved_at, waiting.resolved_by = now(), by
    waiting.resident_id = match.resident.id if match.resident else None
    waiting.organization_id = match.organization.id if match.organization else None
    session.add(waiting)
    await session.flush()
    event = PartnerEvent(waiting.delivery_id, waiting.partner_id, waiting.webhook_id, waiting.event,
                         waiting.occurred_at, waiting.received_at, data_of(waiting))  # fmt: skip
    await attest(session, event, match)


def _delivery_processed(event: PartnerEvent, outcome: str, reason: str | None = None) -> DeliveryProcessed:
    return DeliveryProcessed.model_validate({
        "delivery_id": event.delivery_id, "partner_id": event.partner_id, "service": SERVICE, "outcome": outcome,
        "at": now(), "reason": reason, "webhook_id": event.webhook_id, "event": event.event,
    })  # fmt: skip
