"""Bodies about residents. Fields that no operation needs by name come from the table of attributes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, create_model, field_validator

from chassis.security.identity import Caller
from chassis.web.bodies import NOT_NULL, RequestBody
from chassis.web.vocabulary import OneOf
from registry.identifiers import IdentifierError, Sex, check_document
from registry.lists.cells import Precision, ResidenceStatus
from registry.model.attributes import ATTRIBUTES, STORED, Attribute, Kind, masked
from registry.model.provenance import AttributeRecord
from registry.model.ranking import expires_at
from registry.queries.prefill import Prefill
from registry.queries.residents import KnownValue, NumberOwner, PlacedResident, value_in
from registry.schemas.checked import (
    BirthDate,
    BlankIsNone,
    LongText,
    PastDay,
    PersonalId,
    PersonName,
    Phone,
    ShortText,
    SocialInsuranceNo,
    refusal,
)

IdDocument = Literal["can_cuoc", "cccd", "cmnd", "none"]
Life = Literal["alive", "deceased", "merged"]
M = TypeVar("M", bound=BaseModel)

TYPES: Mapping[Kind, Any] = {
    "personal_id": PersonalId, "id_document": IdDocument, "person_name": PersonName, "birth_date": BirthDate,
    "birth_precision": Precision, "sex": Sex, "unit": ShortText, "residence_status": ResidenceStatus,
    "household": ShortText, "phone": Phone, "social_insurance_no": SocialInsuranceNo, "yes_no": bool, "text": LongText,
}  # fmt: skip
"""The type of a value in request bodies."""
_VIEW_TYPES: Mapping[Kind, Any] = {
    "birth_date": date, "yes_no": bool, "id_document": Annotated[str, OneOf(IdDocument)], "sex": Annotated[str, OneOf(Sex)],
    "birth_precision": Annotated[str, OneOf(Precision)], "residence_status": Annotated[str, OneOf(ResidenceStatus)],
}  # fmt: skip
"""The type of a value in views where it is not text."""


def _with_attributes(field_of: Callable[[Attribute], tuple[Any, Any]]) -> Callable[[type[M]], type[M]]:
    """A decorator that adds a field for every attribute of the resident's row that the model does not have yet."""

    def complete(model: type[M]) -> type[M]:
        missing = [ATTRIBUTES[name] for name in STORED if name not in model.model_fields]
        fields: dict[str, Any] = {attribute.name: field_of(attribute) for attribute in missing}
        return create_model(
            model.__name__, __base__=model, __module__=model.__module__, __doc__=model.__doc__, **fields
        )

    return complete


def _stated_field(attribute: Attribute) -> tuple[Any, Any]:
    """A field of a request: None when it is left out."""
    type_ = TYPES[attribute.kind]
    return (type_ | None if type_ is bool else Annotated[type_ | None, BlankIsNone], None)


def _changed_field(attribute: Attribute) -> tuple[Any, Any]:
    """A field of a change, None when it is left out; only optional attributes may be emptied by an explicit null."""
    type_, _ = _stated_field(attribute)
    return (type_ if attribute.optional else Annotated[type_, NOT_NULL], None)


def _shown_field(attribute: Attribute) -> tuple[Any, Any]:
    type_ = _VIEW_TYPES.get(attribute.kind, str)
    return (type_ | None if attribute.optional else type_, ...)


def require_matching_document(value: IdDocument, info: ValidationInfo) -> IdDocument:
    """Refuses an identity document that cannot bear a number of this length."""
    if number := info.data.get("personal_id"):
        try:
            check_document(number, value)
        except IdentifierError as error:
            raise refusal(error.finding) from None
    return value


@_with_attributes(_stated_field)
class ResidentCreate(RequestBody):
    """A resident to register."""

    personal_id: PersonalId
    id_document: IdDocument
    full_name: PersonName
    date_of_birth: BirthDate
    birth_precision: Precision = "day"
    sex: Sex
    unit_code: ShortText
    residence_status: ResidenceStatus = "permanent"
    phone_owner_verified: bool = False

    _fits_the_number = field_validator("id_document")(require_matching_document)


@_with_attributes(_changed_field)
class ResidentPatch(RequestBody):
    """Fields to change; a field that is left out stays, null empties one that may be empty."""

    personal_id: Annotated[PersonalId | None, NOT_NULL] = None
    id_document: Annotated[IdDocument | None, NOT_NULL] = None
    deceased_on: PastDay | None = None
    reason: Annotated[LongText | None, BlankIsNone] = None

    _fits_the_number = field_validator("id_document")(require_matching_document)


class WarningView(BaseModel):
    """Something odd that was accepted all the same."""

    pointer: str
    code: str
    message: str


@_with_attributes(_shown_field)
class ResidentView(BaseModel):
    """A resident; `personal_id` and `social_insurance_no` are always masked."""

    id: UUID
    status: Annotated[str, OneOf(Life)]
    deceased_on: date | None
    merged_into: UUID | None
    registered_at: datetime
    changed_at: datetime
    warnings: list[WarningView] = []
    pending_corrections: list[str] = []

    @classmethod
    def of(cls, placed: PlacedResident, caller: Caller, *, in_list: bool = False) -> Self:
        """The view for a caller: a phone in full only for one resident, and not for volunteers and partners."""
        resident, hides_phone = placed.resident, in_list or caller.role in ("volunteer", "partner")
        shown = {name: value_in(placed, name) for name in STORED}
        values = {
            name: value if name == "phone" and not hides_phone else masked(name, value) for name, value in shown.items()
        }
        return cls(
            id=resident.id, status=resident.life, deceased_on=resident.deceased_on, merged_into=resident.merged_into,
            registered_at=resident.registered_at, changed_at=resident.changed_at, **values,
        )  # fmt: skip


class LookupBody(RequestBody):
    """A personal number to look up."""

    personal_id: PersonalId


class LookupsBody(RequestBody):
    """Numbers to look up, as they are written; an impossible number has no owner."""

    personal_ids: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=1000)]


class LookedUp(BaseModel):
    """The owner of a number, by id and unit alone; all null where there is none."""

    personal_id: str
    id: UUID | None = None
    unit_id: UUID | None = None
    unit_code: str | None = None
    status: Annotated[str, OneOf(Life)] | None = None

    @classmethod
    def of(cls, owner: NumberOwner) -> Self:
        """The view of an owner."""
        return cls.model_validate(owner, from_attributes=True)


class LookupsView(BaseModel):
    """One item for each number, in the order of the request."""

    items: list[LookedUp]


class RevealBody(RequestBody):
    """Full values, and why they are needed."""

    fields: Annotated[list[ShortText], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=3, max_length=300)]


class RevealView(BaseModel):
    """Full values of the attributes in the request, null where there is none."""

    resident_id: UUID
    fields: dict[str, Any]


class AttributeView(BaseModel):
    """An attribute with its source; numbers are masked."""

    name: str
    value: Any
    source: str
    verified: bool
    observed_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, known: KnownValue) -> Self:
        """The view of a winning value."""
        origin = known.origin
        return cls(
            name=known.name, value=masked(known.name, known.value), source=origin.source, verified=origin.verified,
            observed_at=origin.observed_at, expires_at=expires_at(known.name, origin.observed_at),
        )  # fmt: skip

    @classmethod
    def of_record(cls, record: AttributeRecord) -> Self:
        """The view of a linked database's value."""
        return cls.model_validate(record.model_dump(exclude={"value"}) | {"value": record.decrypted()})


class AttributeHistoryView(AttributeView):
    """A value that an attribute had, or that another source gives."""

    superseded_at: datetime | None

    @classmethod
    def of_record(cls, record: AttributeRecord, *, in_full: bool = False) -> Self:
        """The view of a record, numbers masked unless `in_full`."""
        value = record.decrypted()
        shown = value if in_full else masked(record.name, value)
        return cls.model_validate(record.model_dump(exclude={"value"}) | {"value": shown})


class PrefillBody(RequestBody):
    """Which fields a form needs, and what for."""

    fields: Annotated[list[ShortText], Field(min_length=1, max_length=100)]
    purpose: str | None = None
    reason: Annotated[str | None, NOT_NULL, Field(min_length=3, max_length=300)] = None
    """Why an officer needs numbers in full (lý do); kept in the access log, as with a reveal. Without it they are masked."""


class PrefilledField(BaseModel):
    """A value for a form, with its source and how fresh it is."""

    value: Any
    source: str | None
    verified: bool
    observed_at: datetime | None
    state: Literal["fresh", "stale", "missing"]


class PrefillView(BaseModel):
    """What the registry can fill in, and the share of fields that need no declaration."""

    fields: dict[str, PrefilledField]
    missing: list[str]
    once_only_ratio: float
    degraded_sources: list[str]

    @classmethod
    def of(cls, prefill: Prefill, *, in_full: bool) -> Self:
        """The view of a prefill, numbers masked unless `in_full`; a phone is shown as in `ResidentView`."""
        view = cls.model_validate(prefill, from_attributes=True)
        for name, filled in view.fields.items():
            if not in_full and name != "phone":
                filled.value = masked(name, filled.value)
        return view
