"""Internal events become public ones.

Positions rise in the order of commits: a transaction takes one lock before it draws its first position and keeps it until it
has committed. So a reader that continues after the highest position it has seen misses nothing, however late another
transaction commits.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.ids import new_id
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from contracts.casework import DossierState
from contracts.event import Event
from contracts.payments_qr import MerchantState
from notifications.model.event_data import EventData
from notifications.model.event_types import BY_EVENT, EventType, Reader, Source
from notifications.model.partners import KnownDossier, KnownMerchant


@dataclass(frozen=True)
class NewEvent:
    """A public event that is not recorded yet; `partners` are those that may see it beside the app."""

    type: str
    subject: str
    once: str
    occurred_at: datetime
    data: EventData
    for_apps: bool = False
    partners: frozenset[str] = frozenset()
    resident_id: UUID | None = None
    organization_id: UUID | None = None

    def body(self) -> str:
        """What is sent, in the same bytes for every attempt."""
        data = self.data.model_dump(mode="json")
        return json.dumps(
            {"type": self.type, "timestamp": self.occurred_at.astimezone(HO_CHI_MINH).isoformat(), "data": data},
            ensure_ascii=False,
            separators=(",", ":"),
        )


async def publish_internal(session: Session, events: Sequence[Event]) -> None:
    """Records the public events that follow from internal ones, in their order, and what is known of merchants."""
    merchants, dossiers = await _merchants_of(session, events), await _dossiers_of(session, events)
    new: list[NewEvent] = []
    for event in events:
        has_moved = isinstance(event, DossierState) and _has_moved(session, dossiers, event)
        new += _follows_from(event, merchants, has_moved=has_moved)
    await record_events(session, new)


async def record_events(session: Session, events: Sequence[NewEvent]) -> list[int]:
    """Records public events under the lock of the order; returns the positions of those that were not recorded before."""
    if not events:
        return []
    await lock_name(session, "public events")
    moment = now()
    recorded = await session.execute(
        _INSERT,
        {
            "id": [new_id() for _ in events],
            "type": [one.type for one in events],
            "subject": [one.subject for one in events],
            "once": [one.once for one in events],
            "for_apps": [one.for_apps for one in events],
            "resident_id": [one.resident_id for one in events],
            "organization_id": [one.organization_id for one in events],
            "occurred_at": [one.occurred_at for one in events],
            "body": [one.body() for one in events],
            "recorded_at": moment,
        },
    )
    positions = {row.once: row.position for row in recorded}
    readers = [(partner, positions[one.once]) for one in events if one.once in positions for partner in one.partners]
    if readers:
        partners, places = zip(*dict.fromkeys(readers), strict=True)
        await session.execute(_INSERT_READERS, {"partners": list(partners), "positions": list(places)})
    return sorted(positions.values())


_INSERT = text(
    "INSERT INTO public_event (id, type, subject, once, for_apps, resident_id, organization_id, occurred_at, body,"
    " recorded_at)"
    " SELECT id, type, subject, once, for_apps, resident_id, organization_id, occurred_at, body, :recorded_at"
    " FROM unnest(cast(:id AS uuid[]), cast(:type AS text[]), cast(:subject AS text[]), cast(:once AS text[]),"
    " cast(:for_apps AS boolean[]), cast(:resident_id AS uuid[]), cast(:organization_id AS uuid[]),"
    " cast(:occurred_at AS timestamptz[]), cast(:body AS text[])) WITH ORDINALITY AS new (id, type, subject, once,"
    " for_apps, resident_id, organization_id, occurred_at, body, number)"
    " ORDER BY number ON CONFLICT (once) DO NOTHING RETURNING position, once"
)
_INSERT_READERS = text(
    "INSERT INTO event_reader (partner_id, position)"
    " SELECT * FROM unnest(cast(:partners AS text[]), cast(:positions AS bigint[])) ON CONFLICT DO NOTHING"
)


def _follows_from(event: Event, merchants: dict[UUID, KnownMerchant], *, has_moved: bool) -> Iterable[NewEvent]:
    merchant = merchants.get(getattr(event, "merchant_id", None) or UUID(int=0))
    for type_, source in BY_EVENT.get(type(event), ()):
        if source.when(event) and (has_moved or not source.is_move):
            yield _new_event(type_, source, event, merchant)


def _new_event(type_: EventType, source: Source, event: Any, merchant: KnownMerchant | None) -> NewEvent:
    partners = set()
    if Reader.PARTNER in type_.readers and getattr(event, "partner_id", None):
        partners.add(event.partner_id)
    if Reader.PROVIDER in type_.readers and merchant is not None:
        partners.add(merchant.provider)
    resident_id, organization_id = _whose(event, merchant)
    return NewEvent(
        type=type_.name,
        subject=str(getattr(event, source.subject)),
        once="|".join([type_.name, *(str(getattr(event, name)) for name in source.once)]),
        occurred_at=getattr(event, source.at),
        data=type_.data.model_validate(event),
        for_apps=Reader.APP in type_.readers,
        partners=frozenset(partners),
        resident_id=resident_id,
        organization_id=organization_id,
    )


def _whose(event: Any, merchant: KnownMerchant | None) -> tuple[UUID | None, UUID | None]:
    """The resident and the organization that the event concerns; of a merchant its owner."""
    resident_id, organization_id = getattr(event, "resident_id", None), getattr(event, "organization_id", None)
    if merchant is not None and resident_id is None and organization_id is None:
        return merchant.owner_resident_id, merchant.owner_organization_id
    return resident_id, organization_id


async def _merchants_of(session: Session, events: Sequence[Event]) -> dict[UUID, KnownMerchant]:
    """The merchants of these events by their ids, as they stand after the events of merchants among them."""
    ids = {merchant_id for event in events if (merchant_id := getattr(event, "merchant_id", None))}
    if not ids:
        return {}
    found = await session.exec(select(KnownMerchant).where(col(KnownMerchant.id).in_(ids)))
    known = {merchant.id: merchant for merchant in found}
    for event in events:
        if isinstance(event, MerchantState):
            _remember(session, known, event)
    return known


def _remember(session: Session, known: dict[UUID, KnownMerchant], event: MerchantState) -> None:
    merchant = known.get(event.merchant_id)
    if merchant is not None and merchant.version >= event.version:
        return
    if merchant is None:
        merchant = known[event.merchant_id] = KnownMerchant(id=event.merchant_id, version=0, provider=event.provider)
        session.add(merchant)
    merchant.version, merchant.provider = event.version, event.provider
    merchant.owner_resident_id = event.owner_resident_id
    merchant.owner_organization_id = event.owner_organization_id


async def _dossiers_of(session: Session, events: Sequence[Event]) -> dict[UUID, KnownDossier]:
    ids = {event.dossier_id for event in events if isinstance(event, DossierState)}
    if not ids:
        return {}
    found = await session.exec(select(KnownDossier).where(col(KnownDossier.id).in_(ids)))
    return {dossier.id: dossier for dossier in found}


def _has_moved(session: Session, known: dict[UUID, KnownDossier], event: DossierState) -> bool:
    """Whether the event shows another status than the dossier's event before; stores it."""
    dossier = known.get(event.dossier_id)
    if dossier is None:
        dossier = known[event.dossier_id] = KnownDossier(id=event.dossier_id, version=event.version, status="")
        session.add(dossier)
    elif dossier.version >= event.version:
        return False
    has_moved = dossier.status != event.status
    dossier.version, dossier.status = event.version, event.status
    return has_moved
