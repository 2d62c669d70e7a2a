"""Registration and changes of merchants, decisions of the office and of providers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import Forbidden, InvalidBody
from chassis.security.identity import Caller
from chassis.security.scope import covers, require_unit, unit_of_body, unknown_unit
from chassis.security.training_guard import TRAINING, TrainingOnly
from chassis.storage.database import ReadSession, Session
from chassis.storage.locks import lock_name
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.payments_qr import (
    MerchantActivated,
    MerchantRegistered,
    MerchantState,
    MerchantSuspended,
    MerchantUpdated,
)
from payments_qr.commands.acts import note_act
from payments_qr.commands.fee_merchants import end_namings
from payments_qr.commands.payments import judge_waiting_payments
from payments_qr.commands.qr_codes import revoke_codes
from payments_qr.errors import (
    MakerIsChecker,
    MerchantClosed,
    MerchantExists,
    SuspendedByProvider,
    unwritable,
)
from payments_qr.model import KnownOrganization, KnownResident, Merchant
from payments_qr.model import lifecycle as rules
from payments_qr.model.acts import Subject
from payments_qr.model.authority import PUBLIC_SERVICE, Action, Relation, may, of_category
from payments_qr.model.lifecycle import Lifecycle, ProviderStatus, TransitionRefused
from payments_qr.model.merchants import account_index
from payments_qr.model.registration import MerchantChanges, MerchantDetails, MerchantOwner
from payments_qr.qr_payload import PayloadFault, folded, shortened
from payments_qr.queries.merchants import list_merchants_of_account, lock_merchant
from payments_qr.queries.ownership import is_in_training, require
from payments_qr.queries.partners import require_partner
from payments_qr.queries.people import get_known

LONGEST_NAME_IN_CODE = 25


async def register_merchant(session: Session, caller: Caller, details: MerchantDetails, unit_code: str) -> Merchant:
    """Submits a merchant for verification. Residents and organizations register their own, officers those of their units."""
    _refuse_without_permission(caller, details)
    await _require_owner(session, caller, details.owner)
    await require_partner(session, details.provider, "/provider")
    unit = await unit_of_body(session, unit_code)
    if caller.role == "officer":
        await require_unit(session, caller, unit.id, is_known=True)
    elif unit.kind == TRAINING:
        raise InvalidBody(errors=[unknown_unit("/unit_code")])
    await refuse_duplicate(session, details, unit, caller)
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
        provider=details.provider,
        bin=details.settlement.bin,
        account_no=b"",
        account_index=b"",
        account_name=b"",
        maker=maker,
        makers=[maker],
        registered_at=moment,
        changed_at=moment,
    )
    merchant.put_name(details.name)
    merchant.put_account(details.settlement.bin, details.settlement.account_no, details.settlement.account_name)
    merchant.put_owner(details.owner.resident_id, details.owner.organization_id, details.owner.tax_code)
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


def _refuse_without_permission(caller: Caller, details: MerchantDetails) -> None:
    """Officers register for anyone (their units are checked apart); residents and organizations in their own name."""
    owner = details.owner
    own = (owner.resident_id, owner.organization_id, owner.tax_code) in (
        (caller.resident_id if caller.role == "resident" else None, None, None),
        (None, caller.organization_id if caller.role == "organization" else None, None),
    )
    relation: Relation | None = "in_unit" if caller.role == "officer" else "claimed" if own else None
    if not may(of_category("merchant.register", details.category), caller.role, relation):
        raise Forbidden()


async def _require_owner(session: ReadSession, caller: Caller, owner: MerchantOwner) -> None:
    """The owner exists; a training account names only people of its training unit."""
    known: KnownResident | KnownOrganization | None = None
    if owner.resident_id is not None:
        known = await get_known(session, KnownResident, owner.resident_id)
    if owner.organization_id is not None:
        known = await get_known(session, KnownOrganization, owner.organization_id)
    if known is not None and caller.training_units and not await covers(session, caller, known.unit_id):
        raise TrainingOnly()


async def refuse_duplicate(
    session: Session, details: MerchantDetails, unit: KnownUnit, caller: Caller | None = None
) -> None:
    """Name, account, counter and unit identify a stall; several stalls may share one account. Takes the account's lock."""
    account = details.settlement
    await lock_name(session, "account", account_index(account.bin, account.account_no).hex())
    for other in await list_merchants_of_account(session, account.bin, account.account_no):
        same_name = folded(other.name).lower() == folded(details.name).lower()
        if same_name and other.unit_id == unit.id and other.counter == details.counter:
            may_know = caller is not None and caller.role == "officer" and await covers(session, caller, other.unit_id)
            raise MerchantExists(members={"id": str(other.id)} if may_know else {})


async def change_merchant(session: Session, caller: Caller, merchant: Merchant, changes: MerchantChanges) -> None:
    """Edits a merchant and applies a decision. The caller has locked the merchant."""
    for action in required_actions(merchant, changes):
        await require(session, caller, merchant, action)
    if merchant.is_closed and (changes.status != "active" or changes.has_details):
        raise MerchantClosed()
    moment, before = now(), merchant.status
    is_changed = await _edit(session, caller, merchant, changes, moment)
    if changes.status is not None:
        is_changed |= merchant.set_lifecycle(_decided(merchant, changes, caller, moment), moment)
        merchant.reason = changes.reason or (None if changes.status == "active" else merchant.reason)
    if is_changed:
        if merchant.status != before:
            about: tuple[Subject, UUID] = ("merchant", merchant.id)
            note_act(
                session, caller, "merchant.changed", about, merchant_id=merchant.id, unit_id=merchant.unit_id,
                reason=changes.reason, before={"status": before},
            )  # fmt: skip
        await _complete_change(session, merchant, before, moment)


def required_actions(merchant: Merchant, changes: MerchantChanges) -> Iterator[Action]:
    """The permissions that a change needs."""
    edit = of_category("merchant.edit", merchant.category)
    if merchant.category == PUBLIC_SERVICE or changes.has_details or changes.status is None:
        yield edit
    if changes.category is not None:
        yield of_category("merchant.edit", changes.category)
    if changes.owner is not None or changes.unit_code is not None:
        yield "merchant.transfer"
    if changes.status == "active":
        yield "merchant.reopen" if merchant.is_closed else "merchant.verify"
    elif changes.status is not None:
        yield _ACTION_OF_STATUS[changes.status]


_ACTION_OF_STATUS: dict[str, Action] = {
    "rejected": "merchant.reject",
    "suspended": "merchant.suspend",
    "closed": "merchant.close",
}


async def _edit(
    session: Session, caller: Caller, merchant: Merchant, changes: MerchantChanges, moment: datetime
) -> bool:
    """Applies the details; a change of what payers rely on makes the merchant submitted again. Returns whether any changed."""
    before = merchant.details()
    _edit_plain_fields(merchant, changes)
    if changes.provider is not None and changes.provider != before["provider"]:
        await require_partner(session, changes.provider, "/provider")
    await _edit_unit_and_owner(session, caller, merchant, changes)
    is_other_account = merchant.put_changed_account(changes.settlement)
    changed = {name for name, value in merchant.details().items() if value != before[name]}
    if changed & RELIED_ON or is_other_account:
        merchant.set_lifecycle(rules.to_be_verified_again(merchant.lifecycle, moment, caller.account), moment)
        merchant.maker = caller.account
    if "owner" in changed:
        merchant.owner_confirmed_at = None
    if changed & RECEIVER or is_other_account:
        await end_namings(session, merchant, caller.account, moment, "merchant-changed")
    if is_other_account:
        await revoke_codes(session, merchant, moment)
    return bool(changed) or is_other_account


RECEIVER = frozenset({"category", "unit_id", "owner", "provider"})
"""Who receives the money, the account aside: a fee merchant with another one is named and confirmed anew."""
RELIED_ON = RECEIVER | {"name", "name_in_code"}
"""What payers and the office rely on: verified again after a change."""


def _edit_plain_fields(merchant: Merchant, changes: MerchantChanges) -> None:
    for field in changes.model_fields_set & {"category", "market", "counter", "provider"}:
        setattr(merchant, field, getattr(changes, field))
    if changes.name is not None:
        merchant.put_name(changes.name)
    if changes.name_in_code is not None:
        merchant.name_in_code = _name_in_code(changes.name_in_code, merchant.name)
    elif changes.name is not None:
        merchant.name_in_code = _name_in_code(None, merchant.name)


async def _edit_unit_and_owner(session: Session, caller: Caller, merchant: Merchant, changes: MerchantChanges) -> None:
    if changes.unit_code is not None:
        unit = await unit_of_body(session, changes.unit_code)
        await require_unit(session, caller, unit.id, is_known=True)
        merchant.unit_id, merchant.unit_code = unit.id, unit.code
    if changes.owner is not None:
        await _require_owner(session, caller, changes.owner)
        merchant.put_owner(changes.owner.resident_id, changes.owner.organization_id, changes.owner.tax_code)


def _decided(merchant: Merchant, changes: MerchantChanges, caller: Caller, moment: datetime) -> Lifecycle:
    lifecycle = merchant.lifecycle
    try:
        if changes.status == "active":
            approved = rules.approved_by_officer(lifecycle, moment, caller.account)
            if approved.verification == "active" != lifecycle.verification:
                merchant.checker = caller.account
            return approved
        if changes.status == "rejected":
            return rules.rejected_by_officer(lifecycle, moment, caller.account)
        return rules.blocked(lifecycle) if changes.status == "suspended" else rules.closed(lifecycle, caller.account)
    except TransitionRefused as refusal:
        raise _PROBLEM_OF[refusal.reason]() from refusal


_PROBLEM_OF = {
    "maker-is-checker": MakerIsChecker,
    "merchant-closed": MerchantClosed,
    "suspended-by-provider": SuspendedByProvider,
}


async def apply_provider_status(
    session: Session,
    merchant_id: UUID,
    partner_id: str,
    provider_status: ProviderStatus,
    decided_at: datetime,
    decided_by: str,
    reason: str | None,
    account_name: str | None = None,
) -> str | None:
    """Applies a provider's decision on its merchant; returns the reason of a refusal, or None. An older one changes nothing.

    `account_name` is the account holder's name as the provider has it: what payers see, and what the poster prints.
    """
    merchant = await lock_merchant(session, merchant_id)
    if merchant is None or await is_in_training(session, merchant):
        return "unknown-merchant"
    if merchant.provider != partner_id:
        return "not-the-provider"
    before = merchant.status
    after = rules.with_provider_status(merchant.lifecycle, provider_status, decided_at, decided_by)
    if merchant.set_lifecycle(after, decided_at):
        merchant.reason = reason
        if provider_status == "verified" and account_name is not None:
            merchant.put_account(merchant.bin, merchant.opened_account_no(), account_name)
        await _complete_change(session, merchant, before, now())
    return None


async def _complete_change(session: Session, merchant: Merchant, before: str, moment: datetime) -> None:
    """Publishes a change; payments that waited for the merchant to be active are judged."""
    merchant.touch(moment)
    kind = _EVENT_OF_STATUS.get(merchant.status, MerchantUpdated) if merchant.status != before else MerchantUpdated
    publish(session, merchant.state_event(kind))
    if merchant.is_active and before != "active":
        await session.flush()
        await judge_waiting_payments(session, merchant)


_EVENT_OF_STATUS: dict[str, type[MerchantState]] = {"active": MerchantActivated, "suspended": MerchantSuspended}


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
    wanted = folded(name).lower()
    return next((merchant for merchant in found if folded(merchant.name).lower() == wanted), None)
