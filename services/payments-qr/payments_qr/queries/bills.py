"""Reads of bills."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, tuple_, union_all
from sqlmodel import and_, col, or_, select

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from payments_qr.model import Bill, KnownDossier, Merchant, UtilityAccount
from payments_qr.queries.ownership import TRAINING_UNITS, may_with, owned_by
from payments_qr.queries.people import ids_of_resident
from payments_qr.queries.qr_codes import is_payer


async def get_visible_bill(session: ReadSession, caller: Caller, bill_id: UUID) -> Bill:
    """A bill for its payer, its merchant, or an officer of the merchant's unit."""
    bill = await session.get(Bill, bill_id)
    if bill is None:
        raise NotFound()
    merchant = await session.get_one(Merchant, bill.merchant_id)
    if not (await may_with(session, caller, merchant, "bill.read") or await is_payer(session, caller, bill_id)):
        raise NotFound()
    return bill


async def list_visible_bills(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    resident_id: UUID | None,
    merchant_id: UUID | None,
    unit_code: str | None,
    customer_code: str | None,
    period: str | None,
    status: str | None,
) -> tuple[list[Bill], str | None]:
    """Bills, oldest first: a resident's own ones, or those of the merchants that the caller may see."""
    query: Any = select(Bill).join(Merchant, col(Merchant.id) == col(Bill.merchant_id))
    query = await _visible(session, query, caller, resident_id)
    if merchant_id is not None:
        query = query.where(col(Bill.merchant_id) == merchant_id)
    if unit_code is not None:
        query = query.where(col(Merchant.unit_id).in_(units_under(unit_code)))
    if customer_code is not None:
        query = query.where(col(Bill.customer_code) == customer_code)
    if period is not None:
        query = query.where(col(Bill.period) == period)
    return await page_by_id(session, _with_status(query, status), Bill.id, page)


async def _visible(session: ReadSession, query: Any, caller: Caller, resident_id: UUID | None) -> Any:
    if caller.role == "organization":
        own_dossiers = select(KnownDossier.id).where(KnownDossier.organization_id == caller.organization_id)
        return query.where(or_(await owned_by(session, caller), col(Bill.dossier_id).in_(own_dossiers)))
    if caller.role == "partner":
        return query.where(col(Merchant.provider) == caller.partner_id, col(Merchant.unit_id).not_in(TRAINING_UNITS))
    payer = caller.resident_id if caller.role == "resident" else resident_id
    if payer is None:
        return scoped(query, caller, col(Merchant.unit_id))
    ids = await ids_of_resident(session, payer)
    own_dossiers = select(KnownDossier.id).where(col(KnownDossier.resident_id).in_(ids))
    mine: list[Any] = [_linked_to(ids), col(Bill.dossier_id).in_(own_dossiers)]
    if caller.role == "resident":
        mine.append(await owned_by(session, caller))
    return query.where(or_(*mine))


async def bills_to_pay(session: ReadSession, caller: Caller) -> Any:
    """The ids of the bills that a resident or organization pays: by a confirmed customer code, or as applicant."""
    if caller.role == "organization":
        dossiers = select(KnownDossier.id).where(KnownDossier.organization_id == caller.organization_id)
        return select(Bill.id).where(col(Bill.dossier_id).in_(dossiers))
    ids = await ids_of_resident(session, caller.resident_id) if caller.resident_id else []
    dossiers = select(KnownDossier.id).where(col(KnownDossier.resident_id).in_(ids))
    linked = (
        select(Bill.id)
        .join(
            UtilityAccount,
            and_(
                col(UtilityAccount.merchant_id) == col(Bill.merchant_id),
                col(UtilityAccount.customer_code) == col(Bill.customer_code),
            ),
        )
        .where(col(UtilityAccount.resident_id).in_(ids), col(UtilityAccount.confirmed_at).is_not(None))
    )
    return union_all(linked, select(Bill.id).where(col(Bill.dossier_id).in_(dossiers)))


def _linked_to(ids: Sequence[UUID]) -> Any:
    return exists().where(
        and_(
            col(UtilityAccount.resident_id).in_(ids),
            col(UtilityAccount.merchant_id) == col(Bill.merchant_id),
            col(UtilityAccount.customer_code) == col(Bill.customer_code),
            col(UtilityAccount.confirmed_at).is_not(None),
        )
    )


def _with_status(query: Any, status: str | None) -> Any:
    if status is None:
        return query
    if status == "overdue":
        return query.where(col(Bill.state) == "unpaid", col(Bill.due_on) < today())
    query = query.where(col(Bill.state) == status)
    return query.where(col(Bill.due_on) >= today()) if status == "unpaid" else query


async def list_bills_to_lock(session: ReadSession, ids: Sequence[UUID]) -> Sequence[Bill]:
    """Bills by id, the oldest first."""
    found = await session.exec(select(Bill).where(col(Bill.id).in_(ids)).order_by(col(Bill.due_on), col(Bill.id)))
    return found.all()


async def periods_of(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The periods of utility bills, by bill."""
    query = select(Bill.id, Bill.period).where(col(Bill.id).in_(ids), col(Bill.dossier_id).is_(None))
    return dict((await session.exec(query)).all())


async def list_linked_accounts(session: ReadSession, resident_id: UUID) -> Sequence[UtilityAccount]:
    """The customer codes that a resident has linked."""
    ids = await ids_of_resident(session, resident_id)
    found = await session.exec(
        select(UtilityAccount).where(col(UtilityAccount.resident_id).in_(ids)).order_by(col(UtilityAccount.id))
    )
    return found.all()


async def list_claims(session: ReadSession, merchant_id: UUID, page: Page, *, status: str | None) -> Any:
    """The customer codes that residents linked at a merchant, oldest first."""
    query: Any = select(UtilityAccount).where(col(UtilityAccount.merchant_id) == merchant_id)
    if status is not None:
        is_pending = col(UtilityAccount.confirmed_at).is_(None)
        query = query.where(is_pending if status == "pending" else ~is_pending)
    return await page_by_id(session, query, UtilityAccount.id, page)


async def payers_of(session: ReadSession, bills: Sequence[Bill]) -> dict[UUID, list[UUID]]:
    """The residents whose bills these are, by bill: by confirmed customer codes, or as applicants of a dossier."""
    accounts = await session.exec(
        select(UtilityAccount.merchant_id, UtilityAccount.customer_code, UtilityAccount.resident_id).where(
            tuple_(col(UtilityAccount.merchant_id), col(UtilityAccount.customer_code)).in_(
                {(bill.merchant_id, bill.customer_code) for bill in bills if bill.dossier_id is None}
            ),
            col(UtilityAccount.confirmed_at).is_not(None),
        )
    )
    linked: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for merchant_id, customer_code, resident_id in accounts:
        linked[merchant_id, customer_code].append(resident_id)
    dossiers = await session.exec(
        select(KnownDossier.id, KnownDossier.resident_id).where(
            col(KnownDossier.id).in_({bill.dossier_id for bill in bills if bill.dossier_id}),
            col(KnownDossier.resident_id).is_not(None),
        )
    )
    applicants = {dossier_id: [resident_id] for dossier_id, resident_id in dossiers if resident_id}
    return {
        bill.id: applicants.get(bill.dossier_id, [])
        if bill.dossier_id
        else sorted(linked[bill.merchant_id, bill.customer_code])
        for bill in bills
    }


async def list_payers(session: ReadSession, bills: Sequence[Bill]) -> set[UUID]:
    """The residents whose bills these are."""
    return {payer for payers in (await payers_of(session, bills)).values() for payer in payers} if bills else set()
