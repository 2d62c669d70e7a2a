"""Builders of the tests' small world."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts.registry import Attestation, ResidentAttested, ResidentRegistered, UnitChanged

PURPOSE = {"X-Purpose": "onboarding"}
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


class Village:
    """Makes residents' events in one unit."""

    def __init__(self, unit: UnitChanged) -> None:
        self.unit = unit

    def resident(self, *, version: int = 1, resident_id: UUID | None = None, **more: Any) -> ResidentRegistered:
        everything = dict.fromkeys(
            ("has_smartphone", "citizen_id_card", "personal_id_card", "social_insurance_no", "owner_verified_phone"),
            True,
        )
        return ResidentRegistered(
            **{
                "resident_id": resident_id or new_id(), "version": version, "unit_id": self.unit.unit_id,
                "unit_code": self.unit.code, "at": NOW, "birth_month": "1980-05", "sex": "female",
                "residence_status": "permanent", **everything, **more,
            }
        )  # fmt: skip

    def attested(
        self, resident_id: UUID, event: str, *, day: int = 1, webhook: str = "", **more: Any
    ) -> ResidentAttested:
        sent = {"partner_id": "demo-bank", "webhook_id": webhook or f"msg-{new_id()}", **more}
        had_bank_account = bool(sent.pop("had_bank_account", False))
        attestation = Attestation(event=event, occurred_at=datetime(2026, 1, day, tzinfo=UTC), **sent)
        return ResidentAttested(
            resident_id=resident_id, unit_id=self.unit.unit_id, unit_code=self.unit.code, attestation=attestation,
            has_bank_account=had_bank_account, has_smartphone=True,
        )  # fmt: skip


def declared(status: str = "completed", kind: str = "volunteer", **evidence: Any) -> dict[str, Any]:
    """The body of a declaration."""
    return {"status": status, "occurred_at": "2026-02-01T08:00:00+07:00", "evidence": {"kind": kind, **evidence}}
