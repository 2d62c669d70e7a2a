"""Whether what must never change has stayed as it was, and how far a change of keys is."""

from sqlmodel import col, select

from chassis.security.access_log import find_broken_seal
from chassis.storage.database import ReadSession
from chassis.storage.tables import KeyProgress
from registry.schemas.integrity import RotationView, SealsView


async def verify_seals(session: ReadSession) -> SealsView:
    """Walk the chain of seals over the access log from its beginning."""
    broken = await find_broken_seal(session)
    return SealsView(intact=broken is None, first_broken_seal=broken)


async def list_rotations(session: ReadSession) -> list[RotationView]:
    """What has been brought under which key."""
    rows = await session.exec(select(KeyProgress).order_by(col(KeyProgress.started_at), col(KeyProgress.name)))
    return [RotationView.model_validate(row.model_dump()) for row in rows]
