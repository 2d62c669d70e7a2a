"""Events of merchants: their owners are counted when they attend a training."""

from chassis.storage.database import Session
from contracts.payments_qr import MerchantState
from onboarding.model.sessions import KnownMerchantOwner


async def on_merchant_changed(session: Session, event: MerchantState) -> None:
    """Keeps the owner of a merchant; none where it is closed or was rejected."""
    known = await session.get(KnownMerchantOwner, event.merchant_id)
    if known and known.version >= event.version:
        return
    is_open = event.status in ("submitted", "active", "suspended")
    owner = (event.owner_resident_id or event.owner_organization_id) if is_open else None
    await session.merge(KnownMerchantOwner(merchant_id=event.merchant_id, owner_id=owner, version=event.version))
