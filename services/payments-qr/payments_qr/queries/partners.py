"""Whether a provider is a partner of the platform."""

from chassis.errors import FieldError, InvalidBody, NotYetKnown
from chassis.storage.database import ReadSession
from chassis.storage.replication import wait_until_replicated
from payments_qr.model import KnownPartner


async def require_partner(session: ReadSession, partner_id: str, pointer: str) -> None:
    """422 `unknown-partner` for a provider that is no active partner; waits a moment for one that was just added."""
    try:
        partner = await wait_until_replicated(lambda: session.get(KnownPartner, partner_id))
    except NotYetKnown:
        partner = None
    if partner is None or not partner.is_active:
        text = "Không có đối tác này, hoặc đối tác đã dừng.", "There is no such partner, or it is retired."
        raise InvalidBody(errors=[FieldError(pointer, "unknown-partner", *text)])
