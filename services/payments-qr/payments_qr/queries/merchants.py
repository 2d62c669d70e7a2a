"""Reads of merchants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from chassis.clock import today
from chassis.errors import NotFound
from chassis.folding import fold
from chassis.security.encryption import blind_indexes
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under, valid_on
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from chassis.web.routing import Page, page_by_id
from payments_qr.model import FeeMerchant, Merchant
from payments_qr.model.authority import PUBLIC_SERVICE, Action, CategoryAction, of_category
from payments_qr.model.merchants import account_indexes
from payments_qr.queries.ownership import TRAINING_UNITS, managed_by, owned_by, require
from payments_qr.uploads.stalls import normalised_tax_code


async def get_visible_merchant(session: ReadSession, caller: Caller, merchant_id: UUID) -> Merchant:
    """A merchant that the caller may see: officers by unit, owners, the provider, operators; 404 for others."""
    return await get_merchant_for(session, caller, merchant_id, "merchant.read")


async def get_merchant_for(session: ReadSession, caller: Caller, merchant_id: UUID, action: Action) -> Merchant:
    """A merchant for an action; 404 where the caller may not see it, 403 where they may do no more than that."""
    merchant = await session.get(Merchant, merchant_id)
    if merchant is None:
        raise NotFound()
    await require(session, caller, merchant, action)
    return merchant


async def get_merchant_to_change(
    session: ReadSession, caller: Caller, merchant_id: UUID, action: CategoryAction
) -> Merchant:
    """The same, locked, by the permissions of its category."""
    merchant = await lock_merchant(session, merchant_id)
    if merchant is None:
        raise NotFound()
    await require(session, caller, merchant, of_category(action, merchant.category))
    return merchant


async def lock_merchant(session: ReadSession, merchant_id: UUID) -> Merchant | None:
    """A merchant locked against other changes; payments that refer to it do not wait."""
    return await session.get(Merchant, merchant_id, with_for_update={"key_share": True}, populate_existing=True)


async def list_visible_merchants(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None,
    category: str | None,
    status: str | None,
    market: str | None,
    q: str | None = None,
) -> tuple[list[Merchant], str | None]:
    """The merchants that the caller may see, oldest first."""
    query = await _visible(session, caller)
    if unit_code is not None:
        query = query.where(col(Merchant.unit_id).in_(units_under(unit_code)))
    for column, value in ((Merchant.category, category), (Merchant.status, status), (Merchant.market, market)):
        if value is not None:
            query = query.where(col(column) == value)
    if q is not None and q.strip():
        query = query.where(_is_called(q))
    return await page_by_id(session, query, Merchant.id, page)


def _is_called(q: str) -> Any:
    """Part of the name, with or without accents, or the whole tax code of an organization.

    A personal number (12 digits) is never searched for in a URL.
    """
    by_name = col(Merchant.name_folded).contains(fold(q.strip()), autoescape=True)
    tax_code = normalised_tax_code(q)
    if tax_code is None or len(tax_code) == 12:
        return by_name
    return or_(by_name, col(Merchant.tax_code_index).in_(blind_indexes("tax_code", tax_code)))


async def _visible(session: ReadSession, caller: Caller) -> Any:
    query: Any = select(Merchant)
    if caller.role == "partner":
        return query.where(col(Merchant.provider) == caller.partner_id, col(Merchant.unit_id).not_in(TRAINING_UNITS))
    if caller.role not in ("resident", "organization"):
        return scoped(query, caller, col(Merchant.unit_id))
    return query.where(or_(await owned_by(session, caller, with_claims=True), await managed_by(session, caller)))


async def ids_of_owned(session: ReadSession, caller: Caller, merchants: Sequence[Merchant]) -> set[UUID]:
    """Those of some merchants that the caller owns or registered as their own; none for officers and partners."""
    if caller.role not in ("resident", "organization"):
        return set()
    ids = [merchant.id for merchant in merchants]
    owned = await owned_by(session, caller, with_claims=True)
    return set(await session.exec(select(Merchant.id).where(col(Merchant.id).in_(ids), owned)))


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
    """The active merchant that two officers named for a unit's fees: the unit's own, else that of the nearest unit above."""
    places = await session.exec(
        select(KnownLineage.path).where(col(KnownLineage.unit_id) == unit_id, valid_on(KnownLineage, today()))
    )
    path = places.first()
    codes = [] if path is None else path.split("/")
    found = await session.exec(
        select(Merchant, KnownUnit.code)
        .join(FeeMerchant, col(FeeMerchant.merchant_id) == col(Merchant.id))
        .join(KnownUnit, col(KnownUnit.id) == col(FeeMerchant.unit_id))
        .where(
            col(FeeMerchant.confirmed_at).is_not(None),
            col(FeeMerchant.ended_at).is_(None),
            col(Merchant.category) == PUBLIC_SERVICE,
            col(Merchant.status) == "active",
            col(KnownUnit.code).in_(codes),
            valid_on(KnownUnit, today()),
        )
    )
    nearest = max(found, key=lambda one: codes.index(one[1]), default=None)
    return None if nearest is None else nearest[0]


async def get_fee_merchants(session: ReadSession, unit_id: UUID) -> tuple[FeeMerchant | None, FeeMerchant | None]:
    """The naming in force and the pending one of a unit."""
    found = await session.exec(
        select(FeeMerchant).where(col(FeeMerchant.unit_id) == unit_id, col(FeeMerchant.ended_at).is_(None))
    )
    namings = found.all()
    return (
        next((one for one in namings if not one.is_pending), None),
        next((one for one in namings if one.is_pending), None),
    )
