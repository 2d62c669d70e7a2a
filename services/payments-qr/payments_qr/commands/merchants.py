"""Registration and changes of merchants, decisions of the office and of providers."""

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
from payments_qr.commands.qr_codes import revoke_codes
from payments_qr.errors import MakerIsChecker, MerchantClosed, MerchantExists, unwritable
from payments_qr.model import KnownOrganization, KnownResident, Merchant
from payments_qr.model import lifecycle as rules
from payments_qr.model.lifecycle import Lifecycle, ProviderStatus, TransitionRefused
from payments_qr.model.registration import MerchantChanges, MerchantDetails, MerchantOwner, SettlementAccount
from payments_qr.qr_payload import PayloadFault, folded, shortened
from payments_qr.queries.merchants import list_merchants_of_account
from payments_qr.queries.people import get_known

LONGEST_NAME_IN_CODE = 25


async def register_merchant(session: Session, caller: Caller, details: MerchantDetails, unit_code: str) -> Merchant:
    """Submits a merchant for verification. Residents and organizations register their own, officers those of their units."""
    _refuse_other_owners(caller, details.owner)
    await _require_owner(session, details.owner)
    unit = await unit_of_body(session, unit_code)
    if caller.role == "officer":
        await require_unit(session, caller, unit.id, is_known=True)
    await _refuse_duplicate(session, details, unit, caller)
    merchant = new_merchant(details, unit, maker=caller.account)
    session.add(merchant)
    publish(session, merchant.state_event(MerchantRegistered))
    return merchant


def new_merchant(details: MerchantDetails, unit: KnownUnit, maker: str) -> Merchant:
    """The entity of a submitted merchant, not saved."""
    moment = now()
    merchant = Merchant(
        name=details.name,
        name_in_code=_name_in_code(details.name_in_code, details.name),
        category=details.category,
        unit_id=unit.id,
        unit_code=unit.code,
        market=details.market,
        counter=details.counter,
        owner_resident_id=details.owner.resident_id,
        owner_organization_id=details.owner.organization_id,
        provider=details.provider,
        bin=details.settlement.bin,
        account_no=b"",
        account_index=b"",
        account_name=b"",
        maker=maker,
        registered_at=moment,
        changed_at=moment,
    )
    merchant.put_account(details.settlement.bin, details.settlement.account_no, details.settlement.account_name)
    if details.owner.tax_code is not None:
        merchant.put_tax_code(details.owner.tax_code)
    return merchant


def _name_in_code(wanted: str | None, name: str) -> str:
    """The chosen name as it is (or refused); without one, a short form of the full name."""
    if wanted is None:
        return shortened(name, LONGEST_NAME_IN_CODE).upper()
    plain = folded(wanted)
    if not plain.isascii() or len(plain) > LONGEST_NAME_IN_CODE:
        suggestion = shortened(wanted, LONGEST_NAME_IN_CODE)
        details: dict[str, Any] = {"length": len(plain), "limit": LONGEST_NAME_IN_CODE, "suggestion": suggestion}
        raise unwritable([PayloadFault("/name_in_code", "too-long", details=details)], {})
    return plain


def _refuse_other_owners(caller: Caller, owner: MerchantOwner) -> None:
    if caller.role == "resident" and owner.resident_id != caller.resident_id:
        raise Forbidden()
    if caller.role == "organization" and owner.organization_id != caller.organization_id:
        raise Forbidden()


async def _require_owner(session: ReadSession, owner: MerchantOwner) -> None:
    if owner.resident_id is not None:
        await get_known(session, KnownResident, owner.resident_id)
    if owner.organization_id is not None:
        await get_known(session, KnownOrganization, owner.organization_id)


async def _refuse_duplicate(session: ReadSession, details: MerchantDetails, unit: KnownUnit, caller: Caller) -> None:
    """Name, account, counter and unit identify a stall; several stalls may share one account."""
    for other in await list_merchants_of_account(session, details.settlement.bin, details.settlement.account_no):
        same_name = folded(other.name).lower() == folded(details.name).lower()
        if same_name and other.unit_id == unit.id and other.counter == details.counter:
            may_know = caller.role == "officer" and await covers(session, caller, other.unit_id)
            raise MerchantExists(members={"id": str(other.id)} if may_know else {})


async def change_merchant(session: Session, caller: Caller, merchant: Merchant, changes: MerchantChanges) -> None:
    """Edits a merchant and applies the office's decision. The caller has locked the merchant."""
    if merchant.is_closed:
        raise MerchantClosed()
    if changes.status is not None and caller.role != "officer" and changes.status != "closed":
        raise Forbidden()
    moment, before = now(), merchant.status
    changed = _edit(merchant, changes)
    if changes.settlement is not None and _is_other_account(merchant, changes.settlement):
        merchant.put_account(changes.settlement.bin, changes.settlement.account_no, changes.settlement.account_name)
        merchant.set_lifecycle(rules.to_be_verified_again(merchant.lifecycle, moment))
        merchant.maker = caller.account
        await revoke_codes(session, merchant, moment)
        changed = True
    if changes.status is not None:
        changed |= merchant.set_lifecycle(_decided(merchant, changes, caller, moment))
        merchant.reason = changes.reason or (None if changes.status == "active" else merchant.reason)
    if merchant.is_closed:
        await revoke_codes(session, merchant, moment)
    if changed:
        _publish_change(session, merchant, before, moment)


def _edit(merchant: Merchant, changes: MerchantChanges) -> bool:
    before = merchant.model_dump(include={"name", "name_in_code", "category", "market", "counter"})
    for field in ("name", "category", "market", "counter"):
        if getattr(changes, field) is not None:
            setattr(merchant, field, getattr(changes, field))
    if changes.name_in_code is not None:
        merchant.name_in_code = _name_in_code(changes.name_in_code, merchant.name)
    elif changes.name is not None:
        merchant.name_in_code = _name_in_code(None, merchant.name)
    return merchant.model_dump(include=set(before)) != before


def _is_other_account(merchant: Merchant, account: SettlementAccount) -> bool:
    return (account.bin, account.account_no, account.account_name) != (
        merchant.bin,
        merchant.opened_account_no(),
        merchant.opened_account_name(),
    )


def _decided(merchant: Merchant, changes: MerchantChanges, caller: Caller, moment: datetime) -> Lifecycle:
    try:
        lifecycle = merchant.lifecycle
        if changes.status == "active":
            if lifecycle.status == "active":
                return lifecycle
            merchant.checker = caller.account
            return rules.approved_by_officer(lifecycle, moment, merchant.maker, caller.account)
        if changes.status == "rejected":
            return rules.rejected_by_officer(lifecycle, moment, caller.account)
        return rules.blocked(lifecycle) if changes.status == "suspended" else rules.closed(lifecycle)
    except TransitionRefused as refusal:
        raise MakerIsChecker() if refusal.reason == "maker-is-checker" else MerchantClosed() from refusal


async def apply_provider_status(
    session: Session,
    merchant_id: UUID,
    partner_id: str,
    provider_status: ProviderStatus,
    decided_at: datetime,
    decided_by: str,
    reason: str | None,
) -> str | None:
    """Applies a provider's decision on its merchant; returns the reason of a refusal, or None. An older one changes nothing."""
    merchant = await session.get(Merchant, merchant_id, with_for_update=True)
    if merchant is None:
        return "unknown-merchant"
    if merchant.provider != partner_id:
        return "not-the-provider"
    before = merchant.status
    if merchant.set_lifecycle(rules.with_provider_status(merchant.lifecycle, provider_status, decided_at, decided_by)):
        merchant.reason = reason
        _publish_change(session, merchant, before, now())
    return None


_EVENT_OF_STATUS: dict[str, type[MerchantState]] = {"active": MerchantActivated, "suspended": MerchantSuspended}


def _publish_change(session: Session, merchant: Merchant, before: str, moment: datetime) -> None:
    merchant.touch(moment)
    kind = _EVENT_OF_STATUS.get(merchant.status, MerchantUpdated) if merchant.status != before else MerchantUpdated
    publish(session, merchant.state_event(kind))


async def find_merchant_of_owner(
    session: ReadSession, provider: str, tax_code_indexes: list[bytes], name: str
) -> Merchant | None:
    """The open merchant of an owner at a provider with this name; one owner may have several stalls."""
    found = await session.exec(
        select(Merchant).where(
            col(Merchant.tax_code_index).in_(tax_code_indexes),
            col(Merchant.provider) == provider,
            col(Merchant.is_closed).is_(False),
        )
    )
    same: Callable[[Merchant], bool] = lambda merchant: folded(merchant.name).lower() == folded(name).lower()  # noqa: E731
    return next(filter(same, found), None)
