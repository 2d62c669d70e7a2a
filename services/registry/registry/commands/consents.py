"""Consents of residents: granted and withdrawn."""

from datetime import datetime
from typing import Any

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import ResidentConsentChanged
from registry.model.consents import Consent
from registry.model.residents import Resident


async def grant_consent(
    session: Session, caller: Caller, resident: Resident, purpose: str, grantee: str, expires_at: datetime | None,
    evidence: dict[str, Any],
) -> Consent:  # fmt: skip
    """Store the consent of a resident to one purpose of one grantee."""
    consent = Consent(id=new_id(), resident_id=resident.id, purpose=purpose, grantee=grantee, evidence=evidence,
                      granted_by=caller.account, granted_at=now(), expires_at=expires_at)  # fmt: skip
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
