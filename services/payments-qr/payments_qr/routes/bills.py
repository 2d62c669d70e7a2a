"""Bills, and the customer codes that residents link."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse

from chassis.clock import now
from chassis.errors import Forbidden, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    DeletionReason,
    Listed,
    PageQuery,
    PurposeHeader,
    Transaction,
    allow,
    created,
    etag,
    transactional_router,
)
from payments_qr.commands.bills import cancel_bill, issue_bill
from payments_qr.commands.utility_accounts import claim_utility_account
from payments_qr.commands.write_offs import reopen, write_off
from payments_qr.model import Bill, Merchant, UtilityAccount
from payments_qr.model.fields import CustomerCode, Period
from payments_qr.queries.bills import (
    get_visible_bill,
    list_claims,
    list_linked_accounts,
    list_payers,
    list_visible_bills,
)
from payments_qr.queries.merchants import get_merchant_for, get_merchant_to_change
from payments_qr.queries.ownership import is_in_training
from payments_qr.queries.payments import list_movements
from payments_qr.queries.people import get_resident_of
from payments_qr.schemas.bills import (
    AccountStatus,
    BillCreate,
    BillDecision,
    BillStatus,
    BillView,
    UtilityAccountCreate,
    UtilityAccountView,
)
from payments_qr.schemas.payments import MovementView

router = transactional_router(tags=["bills"])
BillReader = Annotated[Caller, allow("officer", "resident", "organization", "partner", level=1, acting="payments")]
BillIssuer = Annotated[Caller, allow("officer", "resident", "organization", level=1, acting="payments")]
Payer = Annotated[Caller, allow("resident", "officer", level=1, acting="payments")]


@router.post("/v1/bills", status_code=201, response_model=BillView)
@personal_answer()
async def create_bill(body: BillCreate, session: Transaction, caller: BillIssuer) -> JSONResponse:
    """Issues a bill of a customer for a period, with a code that pays exactly this bill."""
    merchant = await get_merchant_to_change(session, caller, body.merchant_id, "bill.issue")
    bill = await issue_bill(session, merchant, body.terms())
    return created(BillView.of(bill), f"/v1/bills/{bill.id}", version=bill.version)


@router.get("/v1/bills")
async def list_bills(
    session: Transaction,
    page: PageQuery,
    caller: BillReader,
    purpose: PurposeHeader = None,
    resident_id: UUID | None = None,
    merchant_id: UUID | None = None,
    unit_code: str | None = None,
    customer_code: CustomerCode | None = None,
    period: Period | None = None,
    status: BillStatus | None = None,
) -> Listed[BillView]:
    """Bills: a resident's own, a merchant's, or those of an officer's units; a named resident's need a purpose."""
    if caller.role == "resident" and resident_id is not None and not caller.is_resident(resident_id):
        raise Forbidden()
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    if caller.role == "officer" and resident_id is not None:
        await _log_read(session, caller, resident_id, purpose, "bills")
    rows, cursor = await list_visible_bills(
        session, caller, page, resident_id=resident_id, merchant_id=merchant_id, unit_code=unit_code,
        customer_code=customer_code, period=period, status=status,
    )  # fmt: skip
    if resident_id is None:
        await _log_payers(session, caller, rows, purpose)
    return Listed(items=[BillView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/bills/{bill_id}")
async def get_bill(
    bill_id: UUID, session: Transaction, caller: BillReader, response: Response, purpose: PurposeHeader = None
) -> BillView:
    """A bill; an officer states a purpose where it is known whose bill it is."""
    bill = await get_visible_bill(session, caller, bill_id)
    await _log_payers(session, caller, [bill], purpose)
    response.headers["ETag"] = etag(bill.version)
    return BillView.of(bill)


@router.delete("/v1/bills/{bill_id}", status_code=204)
async def delete_bill(bill_id: UUID, session: Transaction, caller: BillIssuer, reason: DeletionReason = None) -> None:
    """Cancels an unpaid bill and revokes its code."""
    bill = await get_visible_bill(session, caller, bill_id)
    merchant = await get_merchant_to_change(session, caller, bill.merchant_id, "bill.issue")
    await cancel_bill(session, caller, merchant, bill, reason)


@router.post("/v1/bills/{bill_id}/write-off")
@personal_answer("/v1/bills/{bill_id}")
async def write_off_bill(bill_id: UUID, body: BillDecision, session: Transaction, caller: BillIssuer) -> BillView:
    """Writes off what is still due of a bill, with a reason: a separate movement, and its code can no longer be paid."""
    bill = await get_visible_bill(session, caller, bill_id)
    merchant = await get_merchant_to_change(session, caller, bill.merchant_id, "bill.issue")
    await write_off(session, caller, merchant, bill, body.reason)
    return BillView.of(bill)


@router.post("/v1/bills/{bill_id}/reopen")
@personal_answer("/v1/bills/{bill_id}")
async def reopen_bill(bill_id: UUID, body: BillDecision, session: Transaction, caller: BillIssuer) -> BillView:
    """Takes a write-off back, with a reason: the bill is due again."""
    bill = await get_visible_bill(session, caller, bill_id)
    merchant = await get_merchant_to_change(session, caller, bill.merchant_id, "bill.issue")
    await reopen(session, caller, merchant, bill, body.reason)
    return BillView.of(bill)


@router.get("/v1/bills/{bill_id}/movements")
async def list_bill_movements(
    bill_id: UUID, session: Transaction, caller: BillReader, purpose: PurposeHeader = None
) -> Listed[MovementView]:
    """Every movement of a bill: payments, refunds, write-offs. Its amounts are their sums."""
    bill = await get_visible_bill(session, caller, bill_id)
    await _log_payers(session, caller, [bill], purpose)
    rows = await list_movements(session, bill_id=bill.id)
    return Listed(items=[MovementView.of(row) for row in rows])


@router.post("/v1/residents/{resident_id}/utility-accounts", status_code=201, response_model=UtilityAccountView)
@personal_answer()
async def create_utility_account(
    resident_id: UUID, body: UtilityAccountCreate, session: Transaction, caller: Payer
) -> JSONResponse:
    """Links a customer code to a resident: `confirmed` with a recent bill's period and amount, else `pending` until the
    supplier's point confirms."""
    await _require_resident(session, caller, resident_id)
    merchant = await session.get(Merchant, body.merchant_id)
    if merchant is None or not await _is_reachable(session, caller, merchant):
        raise NotFound()
    account = await claim_utility_account(session, caller, resident_id, merchant, body.customer_code, body.proof())
    return created(UtilityAccountView.of(account), f"/v1/residents/{resident_id}/utility-accounts/{account.id}")


@router.get("/v1/residents/{resident_id}/utility-accounts")
async def list_utility_accounts(
    resident_id: UUID, session: Transaction, caller: Payer, purpose: PurposeHeader = None
) -> Listed[UtilityAccountView]:
    """The customer codes that a resident has linked."""
    await _require_resident(session, caller, resident_id)
    await _log_read(session, caller, resident_id, purpose, "utility_accounts")
    accounts = await list_linked_accounts(session, resident_id)
    return Listed(items=[UtilityAccountView.of(account) for account in accounts])


@router.get("/v1/residents/{resident_id}/utility-accounts/{link_id}")
async def get_utility_account(
    resident_id: UUID, link_id: UUID, session: Transaction, caller: Payer, purpose: PurposeHeader = None
) -> UtilityAccountView:
    """One customer code of a resident."""
    account = await _get_account(session, caller, resident_id, link_id)
    await _log_read(session, caller, resident_id, purpose, "utility_accounts")
    return UtilityAccountView.of(account)


@router.delete("/v1/residents/{resident_id}/utility-accounts/{link_id}", status_code=204)
async def delete_utility_account(resident_id: UUID, link_id: UUID, session: Transaction, caller: Payer) -> None:
    """Unlinks a customer code from a resident."""
    await session.delete(await _get_account(session, caller, resident_id, link_id))


@router.get("/v1/merchants/{merchant_id}/utility-accounts")
async def list_claimed_customer_codes(
    merchant_id: UUID,
    session: Transaction,
    page: PageQuery,
    caller: BillIssuer,
    purpose: PurposeHeader = None,
    status: AccountStatus | None = None,
) -> Listed[UtilityAccountView]:
    """The customer codes that residents linked at a supplier, for its point to confirm; with a purpose."""
    merchant = await get_merchant_for(session, caller, merchant_id, "utility-account.confirm")
    stated = purpose_of(caller, None, purpose)
    rows, cursor = await list_claims(session, merchant.id, page, status=status)
    for resident_id in sorted({row.resident_id for row in rows}):
        _record_read(session, caller, resident_id, stated, "utility_accounts")
    return Listed(items=[UtilityAccountView.of(row) for row in rows], next_cursor=cursor)


@router.post("/v1/merchants/{merchant_id}/utility-accounts/{link_id}/confirm")
@personal_answer()
async def confirm_utility_account(
    merchant_id: UUID, link_id: UUID, session: Transaction, caller: BillIssuer, purpose: PurposeHeader = None
) -> UtilityAccountView:
    """Confirms a customer code for the supplier's point; with a purpose."""
    merchant = await get_merchant_for(session, caller, merchant_id, "utility-account.confirm")
    stated = purpose_of(caller, None, purpose)
    account = await session.get(UtilityAccount, link_id, with_for_update=True)
    if account is None or account.merchant_id != merchant.id:
        raise NotFound()
    account.confirm(caller.account, now())
    _record_read(session, caller, account.resident_id, stated, "utility_accounts")
    return UtilityAccountView.of(account)


async def _is_reachable(session: Transaction, caller: Caller, merchant: Merchant) -> bool:
    """Training accounts link customer codes of training units only; all other accounts none of them."""
    return await is_in_training(session, merchant) == bool(caller.training_units)


async def _get_account(session: Transaction, caller: Caller, resident_id: UUID, link_id: UUID) -> UtilityAccount:
    await _require_resident(session, caller, resident_id)
    account = await session.get(UtilityAccount, link_id)
    if account is None or account.resident_id != resident_id:
        raise NotFound()
    return account


async def _require_resident(session: Transaction, caller: Caller, resident_id: UUID) -> None:
    """Allows the resident, and officers of the resident's unit."""
    if caller.is_resident(resident_id):
        return
    if caller.role != "officer":
        raise NotFound()
    await get_resident_of(session, caller, resident_id)


async def _log_read(session: Transaction, caller: Caller, resident_id: UUID, purpose: str | None, what: str) -> None:
    stated = purpose_of(caller, resident_id, purpose)
    if not caller.is_resident(resident_id):
        await _require_resident(session, caller, resident_id)
        _record_read(session, caller, resident_id, stated, what)


async def _log_payers(session: Transaction, caller: Caller, bills: Sequence[Bill], purpose: str | None) -> None:
    """An officer's read of bills is in the access logs of the residents whose bills are known to be theirs."""
    payers = await list_payers(session, bills) if caller.role == "officer" else set()
    if payers:
        stated = purpose_of(caller, None, purpose)
        for resident_id in sorted(payers):
            _record_read(session, caller, resident_id, stated, "bills")


def _record_read(session: Transaction, caller: Caller, resident_id: UUID, purpose: str | None, what: str) -> None:
    record_access(session, "payments-qr", caller, resident_id, action="read", purpose=purpose, fields=[what])
