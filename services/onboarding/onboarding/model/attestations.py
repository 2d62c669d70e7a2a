"""A partner's fact, as registry resolved it, read as evidence for a step."""

from contracts.registry import Attestation
from onboarding.model.journey import EKYC, Effect, Evidence

_READINGS: dict[str, tuple[str, Effect]] = {
    "vneid.issued": ("vneid", Effect.STARTED),
    "vneid.activated": ("vneid", Effect.HELD),
    "portal_account.created": ("portal_account", Effect.HELD),
    "payment_account.opened": ("payment_account", Effect.HELD),
    "payment_account.activated": ("payment_account", Effect.HELD),
    "payment_account.closed": ("payment_account", Effect.ENDED),
    "ekyc.passed": (EKYC, Effect.HELD),
    "digital_signature.issued": ("digital_signature", Effect.HELD),
    "digital_signature.revoked": ("digital_signature", Effect.ENDED),
}

MOST_CHARGED = 10**15


def evidence_of(attestation: Attestation, *, had_bank_account: bool = False) -> Evidence | None:
    """The evidence in a partner's fact; None where it concerns no step (a verified SIM is a condition, kept by registry)."""
    reading = _READINGS.get(attestation.event)
    if attestation.event == "app.installed" and attestation.app:
        reading = (attestation.app, Effect.HELD)
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
