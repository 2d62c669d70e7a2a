"""Events of partners: their licences decide whose cyber-protection application counts."""

from chassis.storage.database import Session
from contracts.gateway import PartnerChanged
from onboarding.model.people import KnownPartner


async def on_partner_changed(session: Session, event: PartnerChanged) -> None:
    """Keeps the newest state of a partner."""
    known = await session.get(KnownPartner, event.partner_id)
    if known and known.version >= event.version:
        return
    await session.merge(
        KnownPartner(
            id=event.partner_id,
            version=event.version,
            name=event.name,
            active=event.active,
            licences=[each.model_dump(mode="json") for each in event.licences],
            agreements=[each.model_dump(mode="json") for each in event.agreements],
        )
    )
