"""Partners as the gateway tells of them: their licences decide whose cyber-protection application counts."""

from chassis.storage.database import Session
from contracts.gateway import PartnerChanged
from onboarding.model.people import KnownPartner


async def on_partner_changed(session: Session, fact: PartnerChanged) -> None:
    """Keeps the newest state of a partner."""
    known = await session.get(KnownPartner, fact.partner_id)
    if known and known.version >= fact.version:
        return
    await session.merge(
        KnownPartner(
            id=fact.partner_id,
            version=fact.version,
            name=fact.name,
            active=fact.active,
            licences=[each.model_dump(mode="json") for each in fact.licences],
            agreements=[each.model_dump(mode="json") for each in fact.agreements],
        )
    )
