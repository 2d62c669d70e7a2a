"""Bills of electricity and water, and the fees of dossiers, each with its code."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierFeeRequested
from contracts.payments_qr import FeeUncollectable
from payments_qr.commands.qr_codes import add_code, write_code
from payments_qr.errors import BillExists, MerchantNotActive
from payments_qr.model import Bill, Merchant, QrCode, UtilityAccount
from payments_qr.model.bills import DAYS_PAYABLE_AFTER_DUE, BillTerms
from payments_qr.model.qr_codes import CodeTerms
from payments_qr.model.reference_codes import new_reference
from payments_qr.queries.merchants import find_fee_merchant


async def issue_bill(session: Session, merchant: Merchant, terms: BillTerms) -> Bill:
    """A bill of a customer for a period, with the code that pays exactly this bill."""
    if not merchant.lifecycle.may_issue_codes:
        raise MerchantNotActive()
    if await find_bill(session, merchant.id, terms.customer_code, terms.period) is not None:
        raise BillExists()
    bill = new_bill(merchant, terms)
    await save_with_code(session, merchant, bill)
    return bill


def new_bill(merchant: Merchant, terms: BillTerms, dossier_id: UUID | None = None) -> Bill:
    """The entity of a bill, not saved."""
    moment = now()
    return Bill(
        merchant_id=merchant.id, customer_code=terms.customer_code, period=terms.period, amount=terms.amount,
        due_on=terms.due_on, dossier_id=dossier_id, issued_at=moment, changed_at=moment,
    )  # fmt: skip


async def find_bill(session: Session, merchant_id: UUID, customer_code: str, period: str) -> Bill | None:
    """The bill of a customer for a period."""
    found = await session.exec(
        select(Bill).where(
            col(Bill.merchant_id) == merchant_id, col(Bill.customer_code) == customer_code, col(Bill.period) == period
        )
    )
    return found.first()


async def save_with_code(session: Session, merchant: Merchant, bill: Bill) -> QrCode:
    """Saves a bill with a new code and publishes the code."""
    session.add(bill)
    await session.flush()
    code = code_of_bill(merchant, bill)
    bill.qr_code_id = code.id
    await add_code(session, merchant, code, bill)
    return code


def code_of_bill(merchant: Merchant, bill: Bill) -> QrCode:
    """The dynamic code of a bill, valid until `DAYS_PAYABLE_AFTER_DUE` after the due date."""
    purpose = None if bill.dossier_id else f"T{bill.period[5:7]}-{bill.period[:4]}"
    terms = CodeTerms(
        "dynamic", amount=bill.amount, reference=new_reference(), purpose=purpose, expires_at=_last_moment(bill.due_on)
    )
    return write_code(merchant, terms, bill)


def _last_moment(due_on: date) -> datetime:
    last_day = due_on + timedelta(days=DAYS_PAYABLE_AFTER_DUE)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=HO_CHI_MINH)


async def request_fee(session: Session, request: DossierFeeRequested) -> None:
    """The fee of a dossier becomes a bill of the unit's public-service merchant; without one it is paid at the counter."""
    known = await session.exec(select(Bill.id).where(col(Bill.dossier_id) == request.dossier_id))
    if known.first() is not None:
        return
    merchant = await find_fee_merchant(session, request.unit_id)
    if merchant is None:
        publish(
            session,
            FeeUncollectable(
                dossier_id=request.dossier_id, unit_id=request.unit_id, unit_code=request.unit_code, at=now(),
                reason="no-public-service-merchant",
            ),
        )  # fmt: skip
        return
    terms = BillTerms(request.dossier_code, f"{request.due_on:%Y-%m}", request.amount, request.due_on)
    bill = new_bill(merchant, terms, request.dossier_id)
    await save_with_code(session, merchant, bill)


async def link_utility_account(
    session: Session, resident_id: UUID, merchant_id: UUID, customer_code: str
) -> UtilityAccount:
    """Links a customer code to a resident; linking it again returns the first link."""
    found = await session.exec(
        select(UtilityAccount).where(
            col(UtilityAccount.resident_id) == resident_id,
            col(UtilityAccount.merchant_id) == merchant_id,
            col(UtilityAccount.customer_code) == customer_code,
        )
    )
    link = found.first()
    if link is None:
        link = UtilityAccount(
            resident_id=resident_id, merchant_id=merchant_id, customer_code=customer_code, linked_at=now()
        )
        session.add(link)
    return link
