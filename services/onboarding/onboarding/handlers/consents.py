"""Events of consents: which resident may be named to which provider."""

from chassis.storage.database import Session
from contracts.registry import ResidentConsentChanged
from onboarding.model.people import Consent


async def on_consent_changed(session: Session, event: ResidentConsentChanged) -> None:
    """Keeps the newest state of a consent; a withdrawn one counts no more."""
    if event.partner_id is None:
        return
    known = await session.get(Consent, event.consent_id)
    if known and known.at > event.at:
        return
    await session.merge(
        Consent(
            id=event.consent_id,
            resident_id=event.resident_id,
            partner_id=event.partner_id,
            given=event.given,
            at=event.at,
            expires_at=event.expires_at,
        )
    )
