"""Customer codes of residents at electricity and water suppliers: a claim until it is proven or the point confirms it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from chassis.clock import local_date, now
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession, Session
from chassis.storage.locks import lock_name
from payments_qr.errors import TooManyProofs
from payments_qr.model import Bill, Merchant, UtilityAccount
from payments_qr.model.bills import BillProof
from payments_qr.queries.ownership import may_with

RECENT = timedelta(days=366)
MOST_WRONG_PROOFS = 5
"""Wrong proofs of one resident in a day, over all customer codes; amounts of bills could be guessed otherwise."""


async def claim_utility_account(
    session: Session, caller: Caller, resident_id: UUID, merchant: Merchant, customer_code: str, proof: BillProof | None
) -> UtilityAccount:
    """Links a customer code to a resident; linking it again returns the first link.

    Confirmed at once with the period and amount of a recent bill, or by who confirms for the point; otherwise pending. A
    wrong proof is answered like none at all, so that it shows neither whether the code exists nor what is due.
    """
    await lock_name(session, "utility-account", resident_id)
    account = await _find(session, resident_id, merchant.id, customer_code)
    if account is None:
        account = UtilityAccount(
            resident_id=resident_id, merchant_id=merchant.id, customer_code=customer_code, linked_at=now()
        )
        session.add(account)
    if account.confirmed_at is None and await may_with(session, caller, merchant, "utility-account.confirm"):
        account.confirm(caller.account, now())
    if account.confirmed_at is None and proof is not None:
        await _check_proof(session, caller, account, proof)
    return account


async def _find(
    session: ReadSession, resident_id: UUID, merchant_id: UUID, customer_code: str
) -> UtilityAccount | None:
    found = await session.exec(
        select(UtilityAccount).where(
            col(UtilityAccount.resident_id) == resident_id,
            col(UtilityAccount.merchant_id) == merchant_id,
            col(UtilityAccount.customer_code) == customer_code,
        )
    )
    return found.first()


async def _check_proof(session: Session, caller: Caller, account: UtilityAccount, proof: BillProof) -> None:
    moment = now()
    recently = await session.exec(
        select(func.coalesce(func.sum(col(UtilityAccount.wrong_proofs)), 0)).where(
            col(UtilityAccount.resident_id) == account.resident_id,
            col(UtilityAccount.last_proof_at) > moment - timedelta(days=1),
        )
    )
    if recently.one() >= MOST_WRONG_PROOFS:
        raise TooManyProofs(headers={"Retry-After": "86400"})
    if await _proves(session, account, proof):
        account.confirm(caller.account, moment)
        return
    is_new_day = account.last_proof_at is None or account.last_proof_at <= moment - timedelta(days=1)
    account.wrong_proofs = 1 if is_new_day else account.wrong_proofs + 1
    account.last_proof_at = moment


async def _proves(session: ReadSession, account: UtilityAccount, proof: BillProof) -> bool:
    found = await session.exec(
        select(Bill.id).where(
            col(Bill.merchant_id) == account.merchant_id,
            col(Bill.customer_code) == account.customer_code,
            col(Bill.period) == proof.period,
            col(Bill.amount) == proof.amount,
            col(Bill.state) != "cancelled",
            col(Bill.dossier_id).is_(None),
            col(Bill.due_on) >= local_date(now() - RECENT),
        )
    )
    return found.first() is not None
