"""Reads of merchants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from chassis.clock import today
from chassis.errors import Forbidden, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under, valid_on
from chassis.security.training_guard import TRAINING
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from chassis.web.routing import Page, page_by_id
from payments_qr.model import KnownOrganization, Merchant
from payments_qr.model.merchants import account_indexes
from payments_qr.queries.people import ids_of_resident, owns


async def get_visible_merchant(
    session: ReadSession, caller: Caller, merchant_id: UUID, *, lock: bool = False
) -> Merchant:
    """A merchant that the caller may see: officers by unit, owners, the provider, operators; 404 for others."""
    merchant = await session.get(Merchant, merchant_id, with_for_update=lock or None)
    if merchant is None or not await may_see(session, caller, merchant):
        raise NotFound()
    return merchant


async def get_merchant_to_change(session: ReadSession, caller: Caller, merchant_id: UUID) -> Merchant:
    """A merchant for its owner or an officer of its unit, locked; 403 for the provider."""
    merchant = await get_visible_merchant(session, caller, merchant_id, lock=True)
    if caller.role in ("partner", "operator", "auditor"):
        raise Forbidden()
    return merchant


async def may_see(session: ReadSession, caller: Caller, merchant: Merchant) -> bool:
    """Whether this merchant exists for the caller."""
    if caller.role == "partner":
        training = await session.exec(_TRAINING_UNITS.where(col(KnownUnit.id) == merchant.unit_id))
        return merchant.provider == caller.partner_id and training.first() is None
    if caller.role in ("resident", "organization"):
        return await owns(session, caller, merchant)
    return await covers(session, caller, merchant.unit_id)


_TRAINING_UNITS = select(KnownUnit.id).where(col(KnownUnit.kind) == TRAINING)
"""Training units: no provider sees a merchant there."""


async def list_visible_merchants(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None,
    category: str | None,
    status: str | None,
    market: str | None,
) -> tuple[list[Merchant], str | None]:
    """The merchants that the caller may see, oldest first."""
    query = await _visible(session, caller)
    if unit_code is not None:
        query = query.where(col(Merchant.unit_id).in_(units_under(unit_code)))
    for column, value in ((Merchant.category, category), (Merchant.status, status), (Merchant.market, market)):
        if value is not None:
            query = query.where(col(column) == value)
    return await page_by_id(session, query, Merchant.id, page)


async def _visible(session: ReadSession, caller: Caller) -> Any:
    query: Any = select(Merchant)
    if caller.role == "partner":
        return query.where(col(Merchant.provider) == caller.partner_id, col(Merchant.unit_id).not_in(_TRAINING_UNITS))
    if caller.role not in ("resident", "organization"):
        return scoped(query, caller, col(Merchant.unit_id))
    mine: list[Any] = [col(Merchant.owner_organization_id) == caller.organization_id] if caller.organization_id else []
    if caller.resident_id:
        mine.append(col(Merchant.owner_resident_id).in_(await ids_of_resident(session, caller.resident_id)))
        represented = select(KnownOrganization.id).where(KnownOrganization.representative_id == caller.resident_id)
        mine.append(col(Merchant.owner_organization_id).in_(represented))
    return query.where(or_(*mine))


async def list_merchants_of_account(session: ReadSession, bin: str, account_no: str) -> Sequence[Merchant]:
    """The merchants of a settlement account that are not closed."""
    found = await session.exec(
        select(Merchant).where(
            col(Merchant.bin) == bin,
            col(Merchant.account_index).in_(account_indexes(bin, account_no)),
            col(Merchant.is_closed).is_(False),
        )
    )
    return found.all()


async def list_shared_accounts(session: ReadSession, caller: Caller, unit_code: str) -> list[tuple[str, list[UUID]]]:
    """BIN and merchants of every settlement account that several open merchants of a unit share."""
    query = (
        select(col(Merchant.bin), func.array_agg(col(Merchant.id)))
        .where(col(Merchant.is_closed).is_(False), col(Merchant.unit_id).in_(units_under(unit_code)))
        .group_by(col(Merchant.bin), col(Merchant.account_index))
        .having(func.count() > 1)
        .limit(500)
    )
    rows = await session.exec(scoped(query, caller, col(Merchant.unit_id)))
    return [(bin, sorted(ids)) for bin, ids in rows]


async def find_fee_merchant(session: ReadSession, unit_id: UUID) -> Merchant | None:
    """The active public-service merchant that serves a unit today: its own, else that of the nearest unit above."""
    places = await session.exec(
        select(KnownLineage.path).where(col(KnownLineage.unit_id) == unit_id, valid_on(KnownLineage, today()))
    )
    path = places.first()
    codes = [] if path is None else path.split("/")
    found = await session.exec(
        select(Merchant, KnownUnit.code)
        .join(KnownUnit, col(KnownUnit.id) == col(Merchant.unit_id))
        .where(
            col(Merchant.category) == "public_service",
            col(Merchant.status) == "active",
            col(KnownUnit.code).in_(codes),
            valid_on(KnownUnit, today()),
        )
        .order_by(col(Merchant.id).desc())
    )
    nearest = max(found, key=lambda one: codes.index(one[1]), default=None)
    return None if nearest is None else nearest[0]
