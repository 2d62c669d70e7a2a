"""Bodies about proposals to register a person."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.web.bodies import RequestBody
from registry.identifiers import Sex
from registry.model.attributes import masked
from registry.model.registrations import Registration, RegistrationStatus
from registry.schemas.checked import BlankIsNone, LongText, Phone, ShortText


class RegistrationCreate(RequestBody):
    """Where the person lives, and what the provider does not state. Number, name and birth date come from the sign-in."""

    unit_code: ShortText
    """The commune, ward or village (xã, phường, thôn)."""
    sex: Sex | None = None
    """Giới tính; left out, it follows from the number or the population database."""
    residence_status: Literal["permanent", "temporary"] = "permanent"
    """Thường trú or tạm trú."""
    address_line: Annotated[LongText | None, BlankIsNone] = None
    """House number and street (số nhà, đường, xóm)."""
    household_code: Annotated[ShortText | None, BlankIsNone] = None
    """Số hộ khẩu, if it is known."""
    phone: Annotated[Phone | None, BlankIsNone] = None
    """Số điện thoại."""
    has_smartphone: bool | None = None
    """Whether the person has a smartphone."""


class RegistrationDecision(RequestBody):
    """The decision of an officer, with what the officer puts right."""

    decision: Literal["accept", "refuse"]
    """Whether the person is registered."""
    note: Annotated[LongText | None, BlankIsNone] = None
    """A reason, shown to the person."""
    unit_code: Annotated[ShortText | None, BlankIsNone] = None
    """The village, where the proposal names only the commune."""
    sex: Sex | None = None
    """Giới tính, where nothing states it."""
    household_code: Annotated[ShortText | None, BlankIsNone] = None
    """Số hộ khẩu."""


class ProposedField(BaseModel):
    """A proposed attribute."""

    value: Any
    """The value; numbers are masked."""
    source: Literal["provider", "population", "person"]
    """Who states it: the identity provider, the national population database, or the person."""


class RegistrationView(BaseModel):
    """A proposal and what became of it."""

    id: UUID
    """The proposal; once it is accepted, the resident's id too."""
    status: RegistrationStatus
    """`proposed` until an officer decides."""
    unit_code: str
    """The unit whose officers decide."""
    proposed_at: datetime
    """When it was proposed."""
    decided_at: datetime | None
    """When it was decided."""
    note: str | None
    """The officer's note."""
    resident_id: UUID | None
    """The resident; null until it is accepted."""
    fields: dict[str, ProposedField]
    """The proposed attributes by name."""

    @classmethod
    def of(cls, registration: Registration, unit_code: str) -> Self:
        """The view of a proposal."""
        fields = {
            name: ProposedField(value=masked(name, each["value"]), source=each["source"])
            for name, each in registration.decrypted_details().items()
        }
        return cls.model_validate(
            registration.model_dump(include={"id", "status", "proposed_at", "decided_at"})
            | {"unit_code": unit_code, "note": registration.decrypted_note(), "fields": fields}
            | {"resident_id": registration.id if registration.status == "accepted" else None}
        )
