"""Registering merchants, deciding on them, and what their providers say."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import Forbidden
from chassis.security.identity import Caller
from chassis.security.scope import covers, require_unit, unit_of_body
from chassis.storage.database import ReadSession, Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.payments_qr import (
    MerchantActivated,
    MerchantRegistered,
    MerchantState,
    MerchantSuspended,
    MerchantUpdated,
)
from payments_qr.commands.codes_of_merchants import revoke_codes
from payments_qr.errors import MakerIsChecker, MerchantClosed, MerchantExists, unwritable
from payments_qr.model import KnownOrganization, KnownResident, Merchant
from payments_qr.model import standing as rules
from payments_qr.model.standing import MayNot, Standing, Word
from payments_qr.qr_payload import Fault, folded, shortened
from payments_qr.queries.merchants import list_merchants_of_account
from payments_qr.queries.people import get_known
from payments_qr.schemas.merchants import MerchantCreate, MerchantPatch, Owner

LONGEST_NAME_IN_CODE = 25


async def register_merchant(session: Session, caller: Caller, body: MerchantCreate) -> Merchant:
    """Submits a merchant for verification. Residents and organizations register their own, officers those of their units."""
    _refuse_other_owners(caller, body.owner)
    await _require_owner(session, body.owner)
    unit = await unit_of_body(session, body.unit_code)
    if caller.role == "officer":
        await require_unit(session, caller, unit.id, is_known=True)
    await _refuse_same_again(session, body, unit, caller)
    merchant = new_merchant(body, unit, maker=caller.account)
    session.add(merchant)
    publish(session, merchant.fact(MerchantRegistered))
    return merchant


def new_merchant(body: MerchantCreate, unit: KnownUnit, maker: str) -> Merchant:
    """The entity of a body, without an id anywhere else."""
    moment = now()
    merchant = Merchant(
        name=body.name,
        name_in_code=_name_in_code(body.name_in_code, body.name),
        category=body.category,
        unit_id=unit.id,
        unit_code=unit.code,
        market=body.market,
        counter=body.counter,
        owner_resident_id=body.owner.resident_id,
        owner_organization_id=body.owner.organization_id,
        provider=body.provider,
        bin=body.settlement.bin,
        account_no=b"",
        account_index=b"",
        account_name=b"",
        maker=maker,
        registered_at=moment,
        changed_at=moment,
    )
    merchant.put_account(body.settlement.bin, body.settlement.account_no, body.settlement.account_name)
    if body.owner.tax_code is not None:
        merchant.put_tax_code(body.owner.tax_code)
    return merchant


def _name_in_code(wanted: str | None, name: str) -> str:
    """A name that a merchant chose is taken as it is or refused; without one, a short form of the full name."""
    if wanted is None:
        return shortened(name, LONGEST_NAME_IN_CODE).upper()
    plain = folded(wanted)
    if not plain.isascii() or len(plain) > LONGEST_NAME_IN_CODE:
        suggestion = shortened(wanted, LONGEST_NAME_IN_CODE)
        details: dict[str, Any] = {"length": len(plain), "limit": LONGEST_NAME_IN_CODE, "suggestion": suggestion}
        raise unwritable([Fault("/name_in_code", "too-long", details=details)], {})
    return plain


def _refuse_other_owners(caller: Caller, owner: Owner) -> None:
    if caller.role == "resident" and owner.resident_id != caller.resident_id:
        raise Forbidden()
    if caller.role == "organization" and owner.organization_id != caller.organization_id:
        raise Forbidden()


async def _require_owner(session: ReadSession, owner: Owner) -> None:
    if owner.resident_id is not None:
        await get_known(session, KnownResident, owner.resident_id)
    if owner.organization_id is not None:
        await get_known(session, KnownOrganization, owner.organization_id)


async def _refuse_same_again(session: ReadSession, body: MerchantCreate, unit: KnownUnit, caller: Caller) -> None:
    """The same name with the same account in the same unit is the same stall; one account at two stalls is not."""
    for other in await list_merchants_of_account(session, body.settlement.bin, body.settlement.account_no):
        same_name = folded(other.name).lower() == folded(body.name).lower()
        if same_name and other.unit_id == unit.id and other.counter == body.counter:
            may_know = caller.role == "officer" and await covers(session, caller, other.unit_id)
            raise MerchantExists(members={"id": str(other.id)} if may_know else {})


async def change_merchant(session: Session, caller: Caller, merchant: Merchant, body: MerchantPatch) -> None:
    """Edits a merchant, and carries out the office's decision. The merchant is locked by the caller."""
    if merchant.is_closed:
        raise MerchantClosed()
    if body.status is not None and caller.role != "officer" and body.status != "closed":
        raise Forbidden()
    moment, before = now(), merchant.status
    changed = _edit(merchant, body)
    if body.settlement is not None and _is_other_account(merchant, body):
        merchant.put_account(body.settlement.bin, body.settlement.account_no, body.settlement.account_name)
        merchant.take_standing(rules.to_be_verified_again(merchant.standing, moment))
        merchant.maker = caller.account
        await revoke_codes(session, merchant, moment)
        changed = True
    if body.status is not None:
        changed |= merchant.take_standing(_decided(merchant, body, caller, moment))
        merchant.reason = body.reason or (None if body.status == "active" else merchant.reason)
    if merchant.is_closed:
        await revoke_codes(session, merchant, moment)
    if changed:
        _tell(session, merchant, before, moment)


def _edit(merchant: Merchant, body: MerchantPatch) -> bool:
    before = merchant.model_dump(include={"name", "name_in_code", "category", "market", "counter"})
    for field in ("name", "category", "market", "counter"):
        if getattr(body, field) is not None:
            setattr(merchant, field, getattr(body, field))
    if body.name_in_code is not None:
        merchant.name_in_code = _name_in_code(body.name_in_code, merchant.name)
    elif body.name is not None:
        merchant.name_in_code = _name_in_code(None, merchant.name)
    return merchant.model_dump(include=set(before)) != before


def _is_other_account(merchant: Merchant, body: MerchantPatch) -> bool:
    account = body.settlement
    assert account is not None
    return (account.bin, account.account_no, account.account_name) != (
        merchant.bin,
        merchant.opened_account_no(),
        merchant.opened_account_name(),
    )


def _decided(merchant: Merchant, body: MerchantPatch, caller: Caller, moment: datetime) -> Standing:
    try:
        standing = merchant.standing
        if body.status == "active":
            if standing.status == "active":
                return standing
            merchant.checker = caller.account
            return rules.approved_by_officer(standing, moment, merchant.maker, caller.account)
        if body.status == "rejected":
            return rules.rejected_by_officer(standing, moment, caller.account)
        return rules.blocked(standing) if body.status == "suspended" else rules.closed(standing)
    except MayNot as refusal:
        raise MakerIsChecker() if refusal.reason == "maker-is-checker" else MerchantClosed() from refusal


async def hear_provider(
    session: Session,
    merchant_id: UUID,
    partner_id: str,
    word: Word,
    said_at: datetime,
    said_by: str,
    reason: str | None,
) -> str | None:
    """What a provider says of its merchant; the reason why it was refused, or None. An older word changes nothing."""
    merchant = await session.get(Merchant, merchant_id, with_for_update=True)
    if merchant is None:
        return "unknown-merchant"
    if merchant.provider != partner_id:
        return "not-the-provider"
    before = merchant.status
    if merchant.take_standing(rules.told_by_provider(merchant.standing, word, said_at, said_by)):
        merchant.reason = reason
        _tell(session, merchant, before, now())
    return None


_SAID: dict[str, type[MerchantState]] = {"active": MerchantActivated, "suspended": MerchantSuspended}


def _tell(session: Session, merchant: Merchant, before: str, moment: datetime) -> None:
    merchant.touch(moment)
    kind = _SAID.get(merchant.status, MerchantUpdated) if merchant.status != before else MerchantUpdated
    publish(session, merchant.fact(kind))


async def find_merchant_of_owner(
    session: ReadSession, provider: str, tax_code_indexes: list[bytes], name: str
) -> Merchant | None:
    """A provider's open merchant of an owner and name; one owner may have several stalls."""
    found = await session.exec(
        select(Merchant).where(
            col(Merchant.tax_code_index).in_(tax_code_indexes),
            col(Merchant.provider) == provider,
            col(Merchant.is_closed).is_(False),
        )
    )
    same: Callable[[Merchant], bool] = lambda merchant: folded(merchant.name).lower() == folded(name).lower()  # noqa: E731
    return next(filter(same, found), None)
