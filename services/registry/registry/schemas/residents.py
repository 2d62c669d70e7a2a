"""Bodies about residents."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from registry.identifiers import IdentifierError, Sex, check_document
from registry.lists.cells import Precision, ResidenceStatus
from registry.schemas.checked import (
    BirthDate,
    BlankIsNone,
    LongText,
    PersonalId,
    PersonName,
    Phone,
    ShortText,
    SocialInsuranceNo,
    not_null,
    refusal,
)

IdDocument = Literal["can_cuoc", "cccd", "cmnd", "none"]


def fits_the_number(value: IdDocument, info: ValidationInfo) -> IdDocument:
    """A document that a number of this length may stand on."""
    if number := info.data.get("personal_id"):
        try:
            check_document(number, value)
        except IdentifierError as error:
            raise refusal(error.finding) from None
    return value


class ResidentCreate(BaseModel):
    """Somebody to register."""

    personal_id: PersonalId
    id_document: IdDocument
    full_name: PersonName
    date_of_birth: BirthDate
    birth_precision: Precision = "day"
    sex: Sex
    unit_code: ShortText
    residence_status: ResidenceStatus = "permanent"
    address_line: Annotated[LongText | None, BlankIsNone] = None
    household_code: Annotated[ShortText | None, BlankIsNone] = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    phone_owner_verified: bool = False
    social_insurance_no: Annotated[SocialInsuranceNo | None, BlankIsNone] = None
    has_smartphone: bool | None = None
    has_bank_account: bool | None = None
    social_protection: bool | None = None

    _fits_the_number = field_validator("id_document")(fits_the_number)


class ResidentPatch(BaseModel):
    """What to change; a field that is left out stays, null empties one that may be empty."""

    personal_id: PersonalId | None = None
    id_document: IdDocument | None = None
    full_name: PersonName | None = None
    date_of_birth: BirthDate | None = None
    birth_precision: Precision | None = None
    sex: Sex | None = None
    unit_code: ShortText | None = None
    residence_status: ResidenceStatus | None = None
    address_line: Annotated[LongText | None, BlankIsNone] = None
    household_code: Annotated[ShortText | None, BlankIsNone] = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    phone_owner_verified: bool | None = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, BlankIsNone] = None
    has_smartphone: bool | None = None
    has_bank_account: bool | None = None
    social_protection: bool | None = None
    deceased_on: BirthDate | None = None

    _never_null = field_validator(
        "personal_id", "id_document", "full_name", "date_of_birth", "birth_precision", "sex", "unit_code",
        "residence_status", "phone_owner_verified", mode="before",
    )(not_null)  # fmt: skip
    _fits_the_number = field_validator("id_document")(fits_the_number)


class WarningView(BaseModel):
    """Something odd that was accepted all the same."""

    pointer: str
    code: str
    message: str


class ResidentView(BaseModel):
    """A resident; `personal_id` and `social_insurance_no` are always masked."""

    id: UUID
    personal_id: str
    id_document: str
    full_name: str
    date_of_birth: date
    birth_precision: str
    sex: str
    unit_code: str
    residence_status: str
    address_line: str | None
    household_code: str | None
    phone: str | None
    phone_owner_verified: bool
    social_insurance_no: str | None
    has_smartphone: bool | None
    has_bank_account: bool | None
    social_protection: bool | None
    status: str
    deceased_on: date | None
    merged_into: UUID | None
    registered_at: datetime
    changed_at: datetime
    warnings: list[WarningView] = []
    pending_corrections: list[str] = []


class LookupBody(BaseModel):
    """Who has this number?"""

    personal_id: PersonalId


class LookupsBody(BaseModel):
    """Who has these numbers? As they are written; a number that nobody can have is nobody's."""

    personal_ids: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=1000)]


class LookedUp(BaseModel):
    """Whose a number is, by id and unit alone; all null where it is nobody's."""

    personal_id: str
    id: UUID | None = None
    unit_id: UUID | None = None
    unit_code: str | None = None
    status: str | None = None


class LookupsView(BaseModel):
    """One item for each number, in the order asked."""

    items: list[LookedUp]


class RevealBody(BaseModel):
    """Full values, and why they are needed."""

    fields: Annotated[list[ShortText], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=3, max_length=300)]


class RevealView(BaseModel):
    """Full values of the facts asked for, null where there is none."""

    resident_id: UUID
    fields: dict[str, Any]


class FactView(BaseModel):
    """A fact with its source; numbers are masked."""

    name: str
    value: Any
    source: str
    verified: bool
    observed_at: datetime
    expires_at: datetime | None


class FactHistoryView(FactView):
    """A value that a fact once had, or that another source gives."""

    superseded_at: datetime | None


class PrefillBody(BaseModel):
    """Which fields a form needs, and what for."""

    fields: Annotated[list[ShortText], Field(min_length=1, max_length=100)]
    purpose: str | None = None


class PrefilledField(BaseModel):
    """A value for a form, with its source and how fresh it is."""

    value: Any
    source: str | None
    verified: bool
    observed_at: datetime | None
    state: Literal["fresh", "stale", "missing"]


class PrefillView(BaseModel):
    """What the registry can fill in, and the share that nobody has to declare again."""

    fields: dict[str, PrefilledField]
    missing: list[str]
    once_only_ratio: float
    degraded_sources: list[str]
