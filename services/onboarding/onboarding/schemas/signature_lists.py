"""Request bodies and views of signature lists and referrals."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf
from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.model.signature_lists import NEXT, ListStatus, SignatureEntry, SignatureList
from onboarding.schemas.campaigns import UnitCode


class SignatureListCreate(RequestBody):
    unit_code: UnitCode
    provider: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class ListAction(RequestBody):
    """Either the action, or the state that it leads to."""

    action: Literal["check", "approve", "send", "close", "return"] | None = None
    status: Literal["draft", "checked", "approved", "sent", "closed"] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.action is None) is (self.status is None):
            raise PydanticCustomError("action-or-status", "Give action or status", {"vi": "Nêu action hoặc status."})
        return self

    def named(self) -> str:
        leading = {after: action for action, (_, after) in NEXT.items()}
        return self.action or leading[str(self.status)]


class ListedView(BaseModel):
    """A resident on a list, by id."""

    resident_id: UUID
    certificate_serial: str | None


class LackingView(BaseModel):
    """A resident who consented to the provider and cannot stand on the list yet, by id."""

    resident_id: UUID
    """The resident."""
    unit_code: str
    """The unit (thôn, tổ dân phố) of the resident."""
    missing: list[str]
    """Conditions that do not hold, for instance `ekyc`."""

    @classmethod
    def listed(cls, lacking: list[tuple[KnownResident, list[str]]]) -> "list[LackingView]":
        return [cls(resident_id=each.id, unit_code=each.unit_code, missing=missing) for each, missing in lacking]


class SignatureListView(BaseModel):
    """A list and what can be done with it next; among many lists `items` is empty."""

    id: UUID
    unit_code: str
    provider: str
    status: Annotated[str, OneOf(ListStatus)]
    legal: list[str]
    made_by: str
    checked_by: str | None
    approved_by: str | None
    created_at: datetime
    changed_at: datetime
    count: int
    issued: int
    items: list[ListedView]
    lacking: list[LackingView] = []
    """While the list is a draft: who consented and lacks a condition, so that they can be helped first."""

    @classmethod
    def of(cls, listed: SignatureList, entries: list[tuple[SignatureEntry, str | None]]) -> "SignatureListView":
        return cls(
            **listed.model_dump(exclude={"unit_id", "version"}),
            legal=listed.legal(),
            count=len(entries),
            issued=sum(serial is not None for _, serial in entries),
            items=[ListedView(resident_id=entry.resident_id, certificate_serial=serial) for entry, serial in entries],
        )

    @classmethod
    def summary(cls, listed: SignatureList, entries: list[tuple[SignatureEntry, str | None]]) -> "SignatureListView":
        """As one of many lists: how many residents, without naming them."""
        return cls.of(listed, entries).model_copy(update={"items": []})


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


class SignaturePreviewView(BaseModel):
    unit_code: str
    provider: str | None
    items: list[EntryView]
    lacking: list[LackingView] = []
    """Who consented and lacks a condition, by id."""


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
