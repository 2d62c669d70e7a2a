"""Naming of market managers: by one officer of the unit, confirmed by a second one, ended by any."""

from uuid import UUID

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from payments_qr.commands.acts import note_act
from payments_qr.errors import MakerIsChecker, NotResolved
from payments_qr.model import KnownResident, MarketManager
from payments_qr.model.acts import Subject
from payments_qr.queries.people import get_known


async def name_manager(
    session: Session, caller: Caller, unit: KnownUnit, market: str, resident_id: UUID
) -> MarketManager:
    """Names a resident; it opens nothing until a second officer confirms it."""
    await get_known(session, KnownResident, resident_id)
    naming = MarketManager(
        unit_id=unit.id, unit_code=unit.code, market=market, resident_id=resident_id, named_by=caller.account,
        named_at=now(),
    )  # fmt: skip
    session.add(naming)
    return naming


def confirm_manager(caller: Caller, naming: MarketManager) -> None:
    """Confirms a naming, once, by another officer than the one who named."""
    if naming.status == "ended":
        raise NotResolved()
    if naming.named_by == caller.account:
        raise MakerIsChecker()
    if naming.status == "pending":
        naming.confirmed_by, naming.confirmed_at = caller.account, now()


def end_manager(session: Session, caller: Caller, naming: MarketManager, reason: str | None = None) -> None:
    """Ends a naming; ending it again changes nothing."""
    if naming.ended_at is None:
        before = {"market": naming.market, "named_by": naming.named_by, "confirmed_by": naming.confirmed_by}
        about: tuple[Subject, UUID] = ("market_manager", naming.id)
        note_act(session, caller, "market_manager.ended", about, unit_id=naming.unit_id, reason=reason, before=before)
        naming.ended_by, naming.ended_at = caller.account, now()
