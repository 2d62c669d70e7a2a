"""Consents as registry tells: who may be named to which provider."""

from chassis.storage.database import Session
from contracts.registry import ResidentConsentChanged
from onboarding.model.people import Consent


async def on_consent_changed(session: Session, fact: ResidentConsentChanged) -> None:
    """Keeps the newest word about a consent; a withdrawn one counts no more."""
    if fact.partner_id is None:
        return
    known = await session.get(Consent, fact.consent_id)
    if known and known.at > fact.at:
        return
    await session.merge(
        Consent(
            id=fact.consent_id,
            resident_id=fact.resident_id,
            partner_id=fact.partner_id,
            given=fact.given,
            at=fact.at,
            expires_at=fact.expires_at,
        )
    )
