"""Merchants as payments-qr tells of them: their owners are counted when they attend a training."""

from chassis.storage.database import Session
from contracts.payments_qr import MerchantState
from onboarding.model.sessions import KnownMerchantOwner


async def on_merchant_told(session: Session, fact: MerchantState) -> None:
    """Keeps who owns a merchant; nobody any more where it is closed or was rejected."""
    known = await session.get(KnownMerchantOwner, fact.merchant_id)
    if known and known.version >= fact.version:
        return
    is_open = fact.status in ("submitted", "active", "suspended")
    owner = (fact.owner_resident_id or fact.owner_organization_id) if is_open else None
    await session.merge(KnownMerchantOwner(merchant_id=fact.merchant_id, owner_id=owner, version=fact.version))
