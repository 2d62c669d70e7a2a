"""Queries of partners and deliveries."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from gateway.model import Agreement, Delivery, DeliveryOutcome, Licence, Partner, PartnerSecret

Term = TypeVar("Term", Agreement, Licence)


async def get_partner(session: ReadSession, caller: Caller, partner_id: str) -> Partner:
    """The partner; a partner finds itself only."""
    if caller.role == "partner" and caller.partner_id != partner_id:
        raise NotFound
    partner = await session.get(Partner, partner_id)
    if partner is None:
        raise NotFound
    return partner


async def list_partners(session: ReadSession, caller: Caller, page: Page) -> tuple[list[Partner], str | None]:
    """Partners by id; a partner sees itself only."""
    query = select(Partner).order_by(col(Partner.id)).limit(page.limit + 1)
    if caller.role == "partner":
        query = query.where(col(Partner.id) == caller.partner_id)
    if after := page.after():
        query = query.where(col(Partner.id) > str(after[0]))
    rows = list(await session.exec(query))
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].id) if len(rows) > page.limit else None


async def list_licences(session: ReadSession, partner_ids: Sequence[str]) -> dict[str, list[Licence]]:
    """Licences by partner, oldest first."""
    found: dict[str, list[Licence]] = defaultdict(list)
    query = select(Licence).where(col(Licence.partner_id).in_(partner_ids)).order_by(col(Licence.id))
    for licence in await session.exec(query):
        found[licence.partner_id].append(licence)
    return found


async def list_secrets(session: ReadSession, partner_id: str) -> list[PartnerSecret]:
    """Secrets without their text, oldest first."""
    query = select(PartnerSecret).where(col(PartnerSecret.partner_id) == partner_id).order_by(col(PartnerSecret.id))
    return list(await session.exec(query))


async def list_agreements(session: ReadSession, partner_id: str) -> list[Agreement]:
    """Agreements, oldest first."""
    query = select(Agreement).where(col(Agreement.partner_id) == partner_id).order_by(col(Agreement.id))
    return list(await session.exec(query))


async def get_term(session: ReadSession, kind: type[Term], partner_id: str, term_id: UUID) -> Term:
    """One agreement or licence of a partner; 404 for another partner's."""
    term = await session.get(kind, term_id)
    if term is None or term.partner_id != partner_id:
        raise NotFound
    return term


async def get_delivery(session: ReadSession, partner_id: str, delivery_id: UUID) -> Delivery:
    """One delivery of a partner."""
    delivery = await session.get(Delivery, delivery_id)
    if delivery is None or delivery.partner_id != partner_id:
        raise NotFound
    return delivery


async def list_deliveries(
    session: ReadSession,
    partner_id: str,
    page: Page,
    *,
    status: str | None = None,
    event: str | None = None,
    webhook_id: str | None = None,
) -> tuple[list[Delivery], str | None]:
    """Deliveries of a partner, newest first."""
    query = select(Delivery).where(col(Delivery.partner_id) == partner_id).order_by(col(Delivery.id).desc())
    for column, wanted in ((Delivery.status, status), (Delivery.event, event), (Delivery.webhook_id, webhook_id)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if after := page.after_id():
        query = query.where(col(Delivery.id) < after)
    rows = list(await session.exec(query.limit(page.limit + 1)))
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].id) if len(rows) > page.limit else None


async def list_outcomes(session: ReadSession, delivery_ids: Sequence[UUID]) -> dict[UUID, list[DeliveryOutcome]]:
    """The outcomes of deliveries, oldest first."""
    found: dict[UUID, list[DeliveryOutcome]] = defaultdict(list)
    query = select(DeliveryOutcome).where(col(DeliveryOutcome.delivery_id).in_(delivery_ids))
    for outcome in await session.exec(query.order_by(col(DeliveryOutcome.at))):
        found[outcome.delivery_id].append(outcome)
    return found
