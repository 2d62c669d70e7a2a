"""The fee merchant of a unit: named by one officer, confirmed by a second one."""

from typing import Annotated

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, require_unit
from chassis.storage.tables import KnownUnit
from chassis.web.routing import DeletionReason, Reading, Transaction, allow, transactional_router
from payments_qr.commands.fee_merchants import name_or_confirm_fee_merchant, withdraw_fee_merchant
from payments_qr.queries.merchants import get_fee_merchants, get_merchant_to_change
from payments_qr.schemas.merchants import FeeMerchantPut, FeeMerchantView

router = transactional_router(tags=["merchants"])
Officer = Annotated[Caller, allow("officer")]
Reader = Annotated[Caller, allow("officer", "auditor", "operator")]


@router.get("/v1/units/{code}/fee-merchant")
async def get_fee_merchant(code: str, session: Reading, caller: Reader) -> FeeMerchantView:
    """The merchant that receives the fees of the unit's dossiers, and a naming that waits for a second officer."""
    return await _view(session, await _get_unit(session, caller, code))


@router.put("/v1/units/{code}/fee-merchant")
async def put_fee_merchant(code: str, body: FeeMerchantPut, session: Transaction, caller: Officer) -> FeeMerchantView:
    """Names an active public_service merchant; a second officer confirms by naming the same one."""
    unit = await _get_unit(session, caller, code)
    merchant = await get_merchant_to_change(session, caller, body.merchant_id, "merchant.edit")
    await name_or_confirm_fee_merchant(session, caller, unit, merchant)
    await session.flush()
    return await _view(session, unit)


@router.delete("/v1/units/{code}/fee-merchant", status_code=204)
async def delete_fee_merchant(code: str, session: Transaction, caller: Officer, reason: DeletionReason = None) -> None:
    """Withdraws the pending naming; without one, ends the naming in force: fees are then paid at the counter."""
    await withdraw_fee_merchant(session, caller, await _get_unit(session, caller, code), reason)


async def _get_unit(session: Reading, caller: Caller, code: str) -> KnownUnit:
    unit = await find_unit(session, code)
    if unit is None:
        raise NotFound()
    await require_unit(session, caller, unit.id, is_known=True)
    return unit


async def _view(session: Reading, unit: KnownUnit) -> FeeMerchantView:
    confirmed, pending = await get_fee_merchants(session, unit.id)
    return FeeMerchantView.of(unit.code, confirmed, pending)
