"""An attestation of a partner, as registry resolved it, read as evidence for a step."""

from contracts.registry import Attestation
from onboarding.model.journey import EKYC, Evidence, EvidenceEffect

_READINGS: dict[str, tuple[str, EvidenceEffect]] = {
    "vneid.issued": ("vneid", EvidenceEffect.STARTED),
    "vneid.activated": ("vneid", EvidenceEffect.HELD),
    "portal_account.created": ("portal_account", EvidenceEffect.HELD),
    "payment_account.opened": ("payment_account", EvidenceEffect.HELD),
    "payment_account.activated": ("payment_account", EvidenceEffect.HELD),
    "payment_account.closed": ("payment_account", EvidenceEffect.ENDED),
    "ekyc.passed": (EKYC, EvidenceEffect.HELD),
    "digital_signature.issued": ("digital_signature", EvidenceEffect.HELD),
    "digital_signature.revoked": ("digital_signature", EvidenceEffect.ENDED),
}

MOST_CHARGED = 10**15


def evidence_of(attestation: Attestation, *, had_bank_account: bool = False) -> Evidence | None:
    """The evidence in an attestation; None where it concerns no step (a verified SIM is a condition, kept by registry)."""
    reading = _READINGS.get(attestation.event)
    if attestation.event == "app.installed" and attestation.app:
        reading = (attestation.app, EvidenceEffect.HELD)
    if reading is None:
        return None
    step, effect = reading
    return Evidence(
        # Ties of time are decided by the webhook's id, so it comes first.
        id=f"{attestation.webhook_id}@{attestation.partner_id}",
        step=step,
        effect=effect,
        occurred_at=attestation.occurred_at,
        kind="partner",
        holding=attestation.account_index or attestation.certificate_serial or "",
        provider=attestation.partner_id,
        reference=attestation.certificate_serial,
        account_kind=attestation.account_kind,
        level=attestation.level,
        had_bank_account=had_bank_account,
        charged=min(attestation.fee_charged or 0, MOST_CHARGED) or None,
    )
