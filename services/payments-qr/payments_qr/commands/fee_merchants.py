"""Naming of the merchant that receives a unit's fees: by one officer of the unit, confirmed by a second one."""

from datetime import datetime

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.security.identity import Caller
from chassis.security.scope import valid_on
from chassis.storage.database import ReadSession, Session
from chassis.storage.locks import lock_name
from chassis.storage.tables import KnownLineage, KnownUnit
from payments_qr.commands.acts import note_act
from payments_qr.errors import NotAFeeMerchant
from payments_qr.model import FeeMerchant, Merchant
from payments_qr.model.authority import PUBLIC_SERVICE
from payments_qr.queries.merchants import get_fee_merchants


async def name_or_confirm_fee_merchant(session: Session, caller: Caller, unit: KnownUnit, merchant: Merchant) -> None:
    """Names the merchant, or confirms it where another officer has named the same one. The merchant is locked.

    The same officer again changes nothing. Naming the merchant in force withdraws a pending naming of another one.
    """
    if not (merchant.is_active and merchant.category == PUBLIC_SERVICE and await _serves(session, merchant, unit)):
        raise NotAFeeMerchant()
    await lock_name(session, "fee-merchant", unit.id)
    current, pending = await get_fee_merchants(session, unit.id)
    moment = now()
    if pending is not None and pending.merchant_id == merchant.id:
        if pending.named_by != caller.account:
            await _confirm(session, caller, current, pending, moment)
        return
    if pending is not None:
        pending.end(caller.account, moment, "replaced")
        await session.flush()
    if current is None or current.merchant_id != merchant.id:
        session.add(
            FeeMerchant(unit_id=unit.id, merchant_id=merchant.id, named_by=caller.account, named_at=moment)
        )  # fmt: skip


async def _confirm(
    session: Session, caller: Caller, current: FeeMerchant | None, pending: FeeMerchant, moment: datetime
) -> None:
    if current is not None:
        current.end(caller.account, moment, "replaced")
        await session.flush()  # one naming in force at a time, also for the unique index
    pending.confirmed_by, pending.confirmed_at = caller.account, moment


async def withdraw_fee_merchant(session: Session, caller: Caller, unit: KnownUnit, reason: str | None = None) -> None:
    """Withdraws the pending naming; without one, ends the naming in force: fees are then paid at the counter."""
    await lock_name(session, "fee-merchant", unit.id)
    current, pending = await get_fee_merchants(session, unit.id)
    ended = pending or current
    if ended is not None:
        before = {"merchant_id": str(ended.merchant_id), "named_by": ended.named_by, "confirmed_by": ended.confirmed_by}
        note_act(
            session, caller, "fee_merchant.withdrawn", ("unit", unit.id), merchant_id=ended.merchant_id,
            unit_id=unit.id, reason=reason, before=before,
        )  # fmt: skip
        ended.end(caller.account, now(), "withdrawn")


async def end_namings(session: Session, merchant: Merchant, by: str, at: datetime, reason: str) -> None:
    """Ends every naming of a merchant, because it is no longer the receiver that two officers agreed on."""
    found = await session.exec(
        select(FeeMerchant)
        .where(col(FeeMerchant.merchant_id) == merchant.id, col(FeeMerchant.ended_at).is_(None))
        .order_by(col(FeeMerchant.id))
        .with_for_update()
    )
    for naming in found:
        naming.end(by, at, reason)


async def _serves(session: ReadSession, merchant: Merchant, unit: KnownUnit) -> bool:
    """Whether the merchant belongs to the unit or to one above it today."""
    places = await session.exec(
        select(KnownLineage.path).where(col(KnownLineage.unit_id) == unit.id, valid_on(KnownLineage, today()))
    )
    path = places.first()
    unit_of_merchant = await session.get(KnownUnit, merchant.unit_id)
    return path is not None and unit_of_merchant is not None and unit_of_merchant.code in path.split("/")
