"""Internal events about people, for tests."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.clock import local_date, now
from chassis.ids import new_id
from contracts.casework import DossierChanged, DossierSupplementRequested
from contracts.onboarding import SessionScheduled, TaskChanged
from contracts.payments_qr import BillIssued, BillPaid, BillReminded
from contracts.registry import Lineage, ResidentRegistered, UnitChanged

PROVINCE, COMMUNE, VILLAGE = new_id(), new_id(), new_id()
CODES = {PROVINCE: ("38", "province"), COMMUNE: ("15724", "commune"), VILLAGE: ("15727-01", "village")}


def units() -> list[UnitChanged]:
    """A province with a commune with a village."""
    path, parent, found = "", None, []
    for unit_id, (code, level) in CODES.items():
        path = f"{path}/{code}" if path else code
        place = Lineage(path=path, parent_id=parent, valid_from=None, valid_to=None)
        found.append(
            UnitChanged(
                unit_id=unit_id, code=code, name=code, level=level, kind=level, valid_from=None, valid_to=None, lineage=[place]
            )
        )  # fmt: skip
        parent = unit_id
    return found


def resident(kind: Any = ResidentRegistered, **fields: Any) -> Any:
    """A resident of the village as the registry publishes it."""
    return kind(
        **{
            "resident_id": new_id(), "version": 1, "unit_id": VILLAGE, "unit_code": "15727-01", "at": now(),
            "birth_month": "1980-01", "sex": "female", "residence_status": "permanent",
        }
        | fields
    )  # fmt: skip


def supplement(resident_id: UUID, **fields: Any) -> DossierSupplementRequested:
    """The office asks for a supplement."""
    return DossierSupplementRequested(
        **{
            "dossier_id": new_id(), "version": 3, "dossier_code": "H56.1", "unit_id": COMMUNE, "unit_code": "15724",
            "procedure_code": "2.000635", "status": "supplement_requested", "national_status": 5, "at": now(),
            "resident_id": resident_id,
        }
        | fields
    )  # fmt: skip


def moved_on(asked: DossierSupplementRequested, status: str = "accepted") -> DossierChanged:
    """The dossier of a notice moves on."""
    return DossierChanged(
        dossier_id=asked.dossier_id, version=asked.version + 1, unit_id=COMMUNE, unit_code="15724", status=status,
        procedure_code="2.000635", national_status=2, channel=2, origin="here", at=now(), resident_id=asked.resident_id,
    )  # fmt: skip


def bill(kind: type[BillIssued] | type[BillReminded] = BillIssued, *payers: UUID, **fields: Any) -> Any:
    """A bill of electricity."""
    return kind(
        **{
            "merchant_id": new_id(), "bill_id": new_id(), "unit_id": COMMUNE, "unit_code": "15724", "at": now(),
            "category": "electricity", "period": "2026-11", "amount": 150_000, "remaining": 150_000,
            "due_on": local_date(now()) + timedelta(days=3), "resident_ids": list(payers),
        }
        | fields
    )  # fmt: skip


def paid(issued: Any) -> BillPaid:
    """The bill is paid; the bank's clock is an hour behind."""
    return BillPaid(
        merchant_id=issued.merchant_id, bill_id=issued.bill_id, payment_id=new_id(), unit_id=COMMUNE, unit_code="15724",
        amount=issued.amount, paid_at=now() - timedelta(hours=1),
    )  # fmt: skip


def session(starts_in: timedelta, **fields: Any) -> SessionScheduled:
    """A session in the village."""
    return SessionScheduled(
        **{
            "campaign_id": new_id(), "session_id": new_id(), "version": 1, "unit_id": VILLAGE, "unit_code": "15727-01",
            "kind": "guidance", "starts_at": now() + starts_in, "status": "planned", "at": now(),
        }
        | fields
    )  # fmt: skip


def task(**fields: Any) -> TaskChanged:
    """A task of the commune's office of culture, due today."""
    today = local_date(now())
    return TaskChanged(
        **{
            "campaign_id": new_id(), "task_id": new_id(), "unit_id": COMMUNE, "unit_code": "15724", "body": "culture",
            "owner": None, "due_on": today, "reminded_on": [today], "status": "open", "at": now(),
        }
        | fields
    )  # fmt: skip
