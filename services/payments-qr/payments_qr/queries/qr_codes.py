"""Reads of QR codes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from payments_qr.model import Bill, KnownDossier, Merchant, QrCode, UtilityAccount
from payments_qr.model.qr_codes import payload_indexes
from payments_qr.model.reference_codes import references_in
from payments_qr.queries.ownership import managed_by, may_with
from payments_qr.queries.people import ids_of_resident


async def get_visible_code(session: ReadSession, caller: Caller, qr_code_id: UUID) -> tuple[QrCode, Merchant]:
    """A code and its merchant, for callers who may see the merchant or pay the bill of the code."""
    code = await session.get(QrCode, qr_code_id)
    if code is None:
        raise NotFound()
    merchant = await session.get_one(Merchant, code.merchant_id)
    if await may_with(session, caller, merchant, "code.read") or await is_payer(session, caller, code.bill_id):
        return code, merchant
    raise NotFound()


async def is_payer(session: ReadSession, caller: Caller, bill_id: UUID | None) -> bool:
    """Whether the caller pays the bill: by a linked customer code, or as applicant of the dossier."""
    bill = await session.get(Bill, bill_id) if bill_id else None
    if bill is None or caller.role not in ("resident", "organization"):
        return False
    if bill.dossier_id is not None:
        dossier = await session.get(KnownDossier, bill.dossier_id)
        return dossier is not None and await _is_applicant(session, caller, dossier)
    if caller.resident_id is None:
        return False
    linked = await session.exec(
        select(UtilityAccount.id).where(
            col(UtilityAccount.resident_id).in_(await ids_of_resident(session, caller.resident_id)),
            col(UtilityAccount.merchant_id) == bill.merchant_id,
            col(UtilityAccount.customer_code) == bill.customer_code,
            col(UtilityAccount.confirmed_at).is_not(None),
        )
    )
    return linked.first() is not None


async def _is_applicant(session: ReadSession, caller: Caller, dossier: KnownDossier) -> bool:
    if caller.organization_id is not None:
        return dossier.organization_id == caller.organization_id
    return caller.resident_id is not None and dossier.resident_id in await ids_of_resident(session, caller.resident_id)


async def list_codes(
    session: ReadSession, merchant_id: UUID, page: Page, *, kind: str | None
) -> tuple[list[QrCode], str | None]:
    """A merchant's codes, oldest first."""
    query: Any = select(QrCode).where(col(QrCode.merchant_id) == merchant_id)
    if kind is not None:
        query = query.where(col(QrCode.kind) == kind)
    return await page_by_id(session, query, QrCode.id, page)


async def list_printable_codes(session: ReadSession, merchant_id: UUID) -> Sequence[QrCode]:
    """The codes to print for a stall: static ones, and external ones that pay into the settlement account."""
    found = await session.exec(
        select(QrCode)
        .where(
            col(QrCode.merchant_id) == merchant_id,
            col(QrCode.state) == "active",
            col(QrCode.kind).in_(("static", "external")),
            col(QrCode.account_matches),
        )
        .order_by(col(QrCode.id))
    )
    return found.all()


async def list_printable_of_unit(
    session: ReadSession, caller: Caller, unit_code: str, market: str | None
) -> list[tuple[Merchant, QrCode]]:
    """Every active merchant of a unit (or of one market there) with each code that can be printed; at most 2,000."""
    query: Any = (
        select(Merchant, QrCode)
        .join(QrCode, col(QrCode.merchant_id) == col(Merchant.id))
        .where(
            col(Merchant.status) == "active",
            col(QrCode.state) == "active",
            col(QrCode.kind).in_(("static", "external")),
            col(QrCode.account_matches),
            col(Merchant.unit_id).in_(units_under(unit_code)),
        )
        .order_by(col(Merchant.market), col(Merchant.id), col(QrCode.id))
        .limit(2_000)
    )
    if market is not None:
        query = query.where(col(Merchant.market) == market)
    if caller.role == "officer":
        query = scoped(query, caller, col(Merchant.unit_id))
    else:
        query = query.where(await managed_by(session, caller))
    return [(merchant, code) for merchant, code in await session.exec(query)]


async def list_codes_with_payload(session: ReadSession, payload: str) -> list[tuple[QrCode, Merchant]]:
    """The codes of this platform with a payload (its checksum aside), with their merchants."""
    found = await session.exec(
        select(QrCode, Merchant)
        .join(Merchant, col(Merchant.id) == col(QrCode.merchant_id))
        .where(col(QrCode.payload_index).in_(payload_indexes(payload)))
    )
    return list(found)


async def list_codes_of_reference(session: ReadSession, partner_id: str, reference: str) -> Sequence[QrCode]:
    """The codes of a provider's merchants that a reference, or a memo with it, may mean."""
    found = await session.exec(
        select(QrCode)
        .join(Merchant, col(Merchant.id) == col(QrCode.merchant_id))
        .where(col(QrCode.reference_key).in_(references_in(reference)), col(Merchant.provider) == partner_id)
    )
    return found.all()
