"""Bills of electricity and water, and the fees of dossiers, each with a code of its own."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierFeeRequested
from contracts.payments_qr import FeeUncollectable
from payments_qr.commands.qr_codes import Terms, add_code, write_code
from payments_qr.errors import BillExists, MerchantNotActive
from payments_qr.model import Bill, Merchant, QrCode, UtilityAccount
from payments_qr.model.bills import DAYS_PAYABLE_AFTER_DUE
from payments_qr.model.reference_codes import new_reference
from payments_qr.queries.merchants import find_fee_merchant
from payments_qr.schemas.bills import BillCreate, UtilityAccountCreate


async def create_bill(session: Session, merchant: Merchant, body: BillCreate) -> Bill:
    """A bill of a customer for a period, with the code that pays exactly this bill."""
    if not merchant.standing.may_issue_codes:
        raise MerchantNotActive()
    if await find_bill(session, merchant.id, body.customer_code, body.period) is not None:
        raise BillExists()
    bill = new_bill(merchant, body.customer_code, body.period, body.amount, body.due_on)
    await save_with_code(session, merchant, bill)
    return bill


def new_bill(
    merchant: Merchant, customer_code: str, period: str, amount: int, due_on: date, dossier_id: UUID | None = None
) -> Bill:
    """The entity of a bill."""
    moment = now()
    return Bill(
        merchant_id=merchant.id, customer_code=customer_code, period=period, amount=amount, due_on=due_on,
        dossier_id=dossier_id, issued_at=moment, changed_at=moment,
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
    """Saves a bill with a new code, announced together."""
    session.add(bill)
    await session.flush()
    code = code_of_bill(merchant, bill)
    bill.qr_code_id = code.id
    await add_code(session, merchant, code, bill)
    return code


def code_of_bill(merchant: Merchant, bill: Bill) -> QrCode:
    """The dynamic code of a bill; it can be paid for a while after it is due."""
    purpose = None if bill.dossier_id else f"T{bill.period[5:7]}-{bill.period[:4]}"
    terms = Terms("dynamic", bill.amount, new_reference(), purpose, expires_at=_last_moment(bill.due_on))
    return write_code(merchant, terms, bill)


def _last_moment(due_on: date) -> datetime:
    last_day = due_on + timedelta(days=DAYS_PAYABLE_AFTER_DUE)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=HO_CHI_MINH)


async def request_fee(session: Session, fact: DossierFeeRequested) -> None:
    """The fee of a dossier becomes a bill of the unit's public-service merchant; without one it is paid at the counter."""
    known = await session.exec(select(Bill.id).where(col(Bill.dossier_id) == fact.dossier_id))
    if known.first() is not None:
        return
    merchant = await find_fee_merchant(session, fact.unit_id)
    if merchant is None:
        publish(
            session,
            FeeUncollectable(
                dossier_id=fact.dossier_id, unit_id=fact.unit_id, unit_code=fact.unit_code, at=now(),
                reason="no-public-service-merchant",
            ),
        )  # fmt: skip
        return
    period = f"{fact.due_on:%Y-%m}"
    bill = new_bill(merchant, fact.dossier_code, period, fact.amount, fact.due_on, fact.dossier_id)
    await save_with_code(session, merchant, bill)


async def link_utility_account(
    session: Session, resident_id: UUID, merchant_id: UUID, body: UtilityAccountCreate
) -> UtilityAccount:
    """Links a customer code to a resident; linking it again gives the first link."""
    found = await session.exec(
        select(UtilityAccount).where(
            col(UtilityAccount.resident_id) == resident_id,
            col(UtilityAccount.merchant_id) == merchant_id,
            col(UtilityAccount.customer_code) == body.customer_code,
        )
    )
    link = found.first()
    if link is None:
        link = UtilityAccount(
            resident_id=resident_id, merchant_id=merchant_id, customer_code=body.customer_code, linked_at=now()
        )
        session.add(link)
    return link
