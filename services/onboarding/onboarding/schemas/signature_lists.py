"""Request bodies and views of signature lists and referrals."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.model.signature_lists import SignatureEntry, SignatureList
from onboarding.schemas.campaigns import UnitCode


class SignatureListCreate(BaseModel):
    unit_code: UnitCode
    provider: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class ListedView(BaseModel):
    """A resident on a list, by id."""

    resident_id: UUID
    certificate_serial: str | None


class SignatureListView(BaseModel):
    """A list and what can be done with it next."""

    id: UUID
    unit_code: str
    provider: str
    status: str
    legal: list[str]
    made_by: str
    checked_by: str | None
    approved_by: str | None
    created_at: datetime
    changed_at: datetime
    count: int
    issued: int
    items: list[ListedView]

    @classmethod
    def of(cls, listed: SignatureList, entries: list[tuple[SignatureEntry, str | None]]) -> "SignatureListView":
        return cls(
            **listed.model_dump(exclude={"unit_id", "version"}),
            legal=listed.legal(),
            count=len(entries),
            issued=sum(serial is not None for _, serial in entries),
            items=[ListedView(resident_id=entry.resident_id, certificate_serial=serial) for entry, serial in entries],
        )


class EntryView(BaseModel):
    """A resident who would stand on a list; numbers are masked."""

    resident_id: UUID
    unit_code: str
    full_name: str
    personal_id: str

    @classmethod
    def of(cls, resident: KnownResident, person: Any) -> "EntryView":
        return cls(
            resident_id=resident.id,
            unit_code=resident.unit_code,
            full_name=person.full_name,
            personal_id=person.personal_id,
        )


class PreviewView(BaseModel):
    unit_code: str
    provider: str | None
    items: list[EntryView]


class ReferralView(BaseModel):
    """A resident who consented to the partner, by id, with the steps that are open."""

    resident_id: UUID
    unit_code: str
    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, resident: KnownResident, steps: list[ResidentStep]) -> "ReferralView":
        return cls(
            resident_id=resident.id,
            unit_code=resident.unit_code,
            steps=[
                {"step": each.step, "status": each.status, "missing": each.missing, "route": each.route}
                for each in steps
            ],
        )
