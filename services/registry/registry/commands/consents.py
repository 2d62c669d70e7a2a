"""Consents of residents: granted and withdrawn."""

from datetime import datetime
from typing import Any

from sqlmodel import select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import ResidentConsentChanged
from registry.errors import TooManyConsents
from registry.model.consents import Consent
from registry.model.residents import Resident

MOST_VALID, MOST_EVER = 100, 1000
"""Consents of one resident: valid at the same time, and altogether."""


async def grant_consent(
    session: Session, caller: Caller, resident: Resident, purpose: str, grantee: str, expires_at: datetime | None,
    evidence: dict[str, Any],
) -> Consent:  # fmt: skip
    """Store the consent of a resident to one purpose of one grantee; the same consent again is the one that is valid."""
    moment = now()
    known = (await session.exec(select(Consent).where(Consent.resident_id == resident.id).limit(MOST_EVER + 1))).all()
    valid = [consent for consent in known if consent.is_valid(moment)]
    for consent in valid:
        if (consent.purpose, consent.grantee, consent.expires_at) == (purpose, grantee, expires_at):
            return consent
    if len(valid) >= MOST_VALID or len(known) >= MOST_EVER:
        raise TooManyConsents()
    consent = Consent(id=new_id(), resident_id=resident.id, purpose=purpose, grantee=grantee,
                      granted_by=caller.account, granted_at=moment, expires_at=expires_at)  # fmt: skip
    consent.encrypt_evidence(evidence)
    session.add(consent)
    await _publish_change(session, resident, consent, given=True)
    return consent


async def withdraw_consent(session: Session, caller: Caller, resident: Resident, consent: Consent) -> None:
    """Withdraw a consent, effective at once; a second time changes nothing."""
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at, consent.withdrawn_by = now(), caller.account
    session.add(consent)
    await _publish_change(session, resident, consent, given=False)


async def _publish_change(session: Session, resident: Resident, consent: Consent, *, given: bool) -> None:
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    publish(session, ResidentConsentChanged(
        resident_id=resident.id, unit_id=unit.id, unit_code=unit.code, consent_id=consent.id,
        partner_id=consent.grantee, purposes=[consent.purpose], given=given, at=now(),
        expires_at=consent.expires_at,
    ))  # fmt: skip
