"""What happens to all codes of a merchant at once."""

from datetime import datetime

from sqlmodel import col, select

from chassis.storage.database import Session
from payments_qr.model import Merchant, QrCode


async def revoke_codes(session: Session, merchant: Merchant, at: datetime) -> None:
    """No open code of this merchant may be paid any more."""
    found = await session.exec(
        select(QrCode)
        .where(col(QrCode.merchant_id) == merchant.id, col(QrCode.state) == "active")
        .order_by(col(QrCode.id))
        .with_for_update()
    )
    for code in found:
        code.turn("revoked", at)
    merchant.has_qr = False
