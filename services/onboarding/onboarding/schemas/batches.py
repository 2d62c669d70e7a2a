"""Items of offline work, each validated separately: an invalid item is refused, the others still apply."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from chassis.errors import FieldError, InvalidBody, Language
from chassis.web.bodies import Instant, RequestBody
from chassis.web.problems import field_errors
from onboarding.model.observations import Observation, ObservedName
from onboarding.model.offline import (
    MOST_ITEMS,
    AttendanceEntry,
    BatchItem,
    BatchItemResult,
    OfflineItem,
    OrganizationItem,
    PaidVisit,
)
from onboarding.model.steps import Step
from onboarding.model.visits import Visit, VisitOutcome
from onboarding.schemas.journeys import StepDeclared, not_in_the_future
from onboarding.schemas.sessions import AttendeeBody
from tabular.values import parse_phone
from tabular.values.dialling import PHONE_INVALID, to_e164

ClientId = Annotated[str, Field(min_length=1, max_length=100)]
_RESIDENT = "019aa000-0000-7000-8000-000000000001"
_AT = "2026-11-21T19:30:00+07:00"


class StepItem(StepDeclared):
    """A step of a resident, or (`organization_id`, step `province_app`) of an organization."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "step", "client_id": "may-7-0001", "resident_id": _RESIDENT, "step": "province_app",
                 "status": "completed", "occurred_at": _AT, "evidence": {"kind": "volunteer"}},
            ]
        },
    )  # fmt: skip

    kind: Literal["step"] = "step"
    """The kind of the item; left out, it is `step`."""
    client_id: ClientId
    """The device's own id of the item; the same item sent again changes nothing."""
    resident_id: UUID | None = None
    """The resident; either this or `organization_id`."""
    organization_id: UUID | None = None
    """The organization; its one step is `province_app`."""
    step: Step
    """The step (bước)."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.resident_id is None) is (self.organization_id is None):
            raise PydanticCustomError("exactly-one", "Name exactly one", {"vi": "Nêu đúng một người hoặc đơn vị."})
        if self.organization_id and self.step != "province_app":
            raise PydanticCustomError(
                "not-a-step-of-organizations", "Organizations have the step province_app only",
                {"vi": "Đơn vị chỉ có bước province_app."},
            )  # fmt: skip
        return self

    def item(self) -> BatchItem:
        declared = self.declaration(self.step, self.client_id)
        if self.organization_id:
            return OrganizationItem(self.client_id, self.organization_id, declared)
        assert self.resident_id
        return OfflineItem(self.client_id, self.resident_id, declared)


class VisitItem(RequestBody):
    """A visit (lượt đến nhà) and what came of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "visit", "client_id": "may-7-0003", "resident_id": _RESIDENT, "occurred_at": _AT,
                 "outcome": "not_home"},
            ]
        },
    )  # fmt: skip

    kind: Literal["visit"]
    """The kind of the item."""
    client_id: ClientId
    """The device's own id of the item."""
    resident_id: UUID
    """The resident who was visited."""
    occurred_at: Instant
    """When the visit took place."""
    outcome: VisitOutcome
    """What came of it."""

    _happened = field_validator("occurred_at")(not_in_the_future)

    def item(self) -> BatchItem:
        return OfflineItem(self.client_id, self.resident_id, PaidVisit(self.outcome, self.occurred_at))


class AttributeItem(RequestBody):
    """A new smartphone, bank account or number: `fact` and `value`, or the attribute's name with its value."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "fact", "client_id": "may-7-0002", "resident_id": _RESIDENT, "occurred_at": _AT,
                 "fact": "phone", "value": "0912 345 678", "phone_owner_verified": True},
            ]
        },
    )  # fmt: skip

    kind: Literal["fact"]
    """The kind of the item."""
    client_id: ClientId
    """The device's own id of the item."""
    resident_id: UUID
    """The resident."""
    occurred_at: Instant
    """When it was seen."""
    fact: ObservedName
    """What was seen."""
    value: bool | str
    """Yes or no, or the phone number as it is written ("0912 345 678")."""
    phone_owner_verified: bool = False
    """Whether the SIM is registered in the resident's name (SIM chính chủ)."""

    _happened = field_validator("occurred_at")(not_in_the_future)

    @model_validator(mode="before")
    @classmethod
    def _named_by_its_field(cls, sent: Any) -> Any:
        if not isinstance(sent, dict) or "fact" in sent:
            return sent
        named = sent.get("name") or next((each for each in _NAMES if each in sent), None)
        rest = {name: value for name, value in sent.items() if name not in ("name", named)}
        return {"value": sent.get(named), **rest, "fact": named}

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        if isinstance(self.value, bool) is (self.fact == "phone"):
            raise PydanticCustomError("value-does-not-fit", "The value does not fit", {"vi": "Giá trị không hợp."})
        if self.fact == "phone":
            self._phone()
        return self

    def item(self) -> BatchItem:
        is_phone = self.fact == "phone"
        seen = Observation(
            name=self.fact,
            occurred_at=self.occurred_at,
            value=None if is_phone else bool(self.value),
            phone=self._phone() if is_phone else None,
            owner_verified=is_phone and self.phone_owner_verified,
            client_id=self.client_id,
        )
        return OfflineItem(self.client_id, self.resident_id, seen)

    def _phone(self) -> str:
        """The number in E.164; refused where the text is no number ("không có", "0123")."""
        phone = parse_phone(str(self.value)[:MOST_OF_A_PHONE], to_e164).value
        if phone is None:
            raise PydanticCustomError("phone-invalid", "Not a valid phone number", {"vi": PHONE_INVALID.vi + "."})
        return phone


MOST_OF_A_PHONE = 100
"""Characters of a written phone number that are read."""


class AttendeeItem(AttendeeBody):
    """A person who came to a session: a resident, an organization, or a member of a team."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "attendance", "client_id": "may-7-0004", "session_id": "019aa000-0000-7000-8000-000000000009",
                 "resident_id": _RESIDENT},
            ]
        },
    )  # fmt: skip

    kind: Literal["attendance"]
    """The kind of the item."""
    client_id: ClientId
    """The device's own id of the item."""
    session_id: UUID
    """The session."""

    def item(self) -> BatchItem:
        return AttendanceEntry(self.client_id, self.session_id, self.attendee())


AnyItem = Annotated[StepItem | AttributeItem | VisitItem | AttendeeItem, Field(discriminator="kind")]


class _ShownAsItem:
    """Items are documented by their kind, and read one by one: a wrong one must not refuse its neighbours."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(TypeAdapter(AnyItem).core_schema)


SentItem = Annotated[dict[str, Any], _ShownAsItem()]


class Batch(RequestBody):
    """Work done offline, at most 500 items; sending it again changes nothing."""

    items: list[SentItem] = Field(max_length=MOST_ITEMS)
    """The items in the order in which they were done; each is answered on its own."""


class ItemAnswer(BaseModel):
    """What became of an item."""

    client_id: str | None
    """The device's id of the item; null where the item had none that can be read."""
    result: Literal["applied", "unchanged", "refused"]
    """`unchanged`: it was sent before, or its content is known."""
    is_proposal: bool = False
    """A number beside one that is verified as the resident's own: an officer decides on it."""
    problem: dict[str, Any] | None = None
    """Why the item was refused, as a problem (RFC 9457)."""

    @classmethod
    def of(cls, answered: BatchItemResult, language: Language, instance: str) -> "ItemAnswer":
        problem = answered.problem.render(language, instance) if answered.problem else None
        return cls(
            client_id=answered.client_id, result=answered.result, is_proposal=answered.is_proposal, problem=problem
        )


class BatchAnswer(BaseModel):
    items: list[ItemAnswer]


def read_item(sent: dict[str, Any]) -> BatchItem | BatchItemResult:
    """The item, or the refusal of one that cannot be read."""
    kind = str(sent.get("kind") or "step")
    try:
        read: StepItem | VisitItem | AttributeItem | AttendeeItem = _ITEM[kind].validate_python({**sent, "kind": kind})
        return read.item()
    except KeyError:
        return _unreadable(sent, InvalidBody(errors=[_UNKNOWN_KIND]))
    except ValidationError as error:
        wrong = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        return _unreadable(sent, InvalidBody(errors=field_errors(wrong)))


def _unreadable(sent: dict[str, Any], problem: InvalidBody) -> BatchItemResult:
    client_id = sent.get("client_id")
    return BatchItemResult(client_id if isinstance(client_id, str) else None, "refused", problem)


_NAMES: tuple[ObservedName, ...] = ("has_smartphone", "has_bank_account", "phone")
_ITEM: dict[str, TypeAdapter[Any]] = {
    "step": TypeAdapter(StepItem),
    "visit": TypeAdapter(VisitItem),
    "fact": TypeAdapter(AttributeItem),
    "attendance": TypeAdapter(AttendeeItem),
}
_KINDS = ", ".join(_ITEM)
_UNKNOWN_KIND = FieldError("/kind", "literal-error", f"Phải là một trong: {_KINDS}.", f"Must be one of: {_KINDS}.")


class VisitView(BaseModel):
    """One visit; whom it was paid to is an id, never a name."""

    id: str
    resident_id: UUID
    outcome: VisitOutcome
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, visit: Visit) -> "VisitView":
        return cls(
            id=visit.id, resident_id=visit.resident_id, outcome=visit.outcome, occurred_at=visit.occurred_at,
            recorded_at=visit.recorded_at,
        )  # fmt: skip
