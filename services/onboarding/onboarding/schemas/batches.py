"""Items of offline work, each validated separately: an invalid item is refused, the others still apply."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.errors import InvalidBody, Language
from chassis.web.bodies import Instant, RequestBody
from chassis.web.problems import field_errors
from onboarding.model.observations import Observation, ObservedName
from onboarding.model.offline import MOST_ITEMS, BatchItemResult, OfflineItem, PaidVisit
from onboarding.model.steps import Step
from onboarding.model.visits import Visit, VisitOutcome
from onboarding.schemas.journeys import StepDeclared, not_in_the_future

ClientId = Annotated[str, Field(min_length=1, max_length=100)]


class Batch(RequestBody):
    """Work done offline, at most 500 items; sending it again changes nothing."""

    items: list[dict[str, Any]] = Field(max_length=MOST_ITEMS)


class StepItem(StepDeclared):
    kind: Literal["step"] = "step"
    client_id: ClientId
    resident_id: UUID
    step: Step

    def item(self) -> OfflineItem:
        return OfflineItem(self.client_id, self.resident_id, self.declaration(self.step, self.client_id))


class VisitItem(RequestBody):
    kind: Literal["visit"]
    client_id: ClientId
    resident_id: UUID
    occurred_at: Instant
    outcome: VisitOutcome

    _happened = field_validator("occurred_at")(not_in_the_future)

    def item(self) -> OfflineItem:
        return OfflineItem(self.client_id, self.resident_id, PaidVisit(self.outcome, self.occurred_at))


class AttributeItem(RequestBody):
    """A new smartphone, bank account or number: `fact` and `value`, or the attribute's name with its value."""

    kind: Literal["fact"]
    client_id: ClientId
    resident_id: UUID
    occurred_at: Instant
    fact: ObservedName
    value: bool | str
    phone_owner_verified: bool = False

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
    def _value_fits(self) -> "AttributeItem":
        if isinstance(self.value, bool) is (self.fact == "phone"):
            raise PydanticCustomError("value-does-not-fit", "The value does not fit", {"vi": "Giá trị không hợp."})
        return self

    def item(self) -> OfflineItem:
        is_phone = self.fact == "phone"
        seen = Observation(
            name=self.fact,
            occurred_at=self.occurred_at,
            value=None if is_phone else bool(self.value),
            phone=str(self.value) if is_phone else None,
            owner_verified=is_phone and self.phone_owner_verified,
        )
        return OfflineItem(self.client_id, self.resident_id, seen)


class ItemAnswer(BaseModel):
    client_id: str | None
    result: Literal["applied", "unchanged", "refused"]
    problem: dict[str, Any] | None = None

    @classmethod
    def of(cls, answered: BatchItemResult, language: Language, instance: str) -> "ItemAnswer":
        problem = answered.problem.render(language, instance) if answered.problem else None
        return cls(client_id=answered.client_id, result=answered.result, problem=problem)


class BatchAnswer(BaseModel):
    items: list[ItemAnswer]


def read_item(sent: dict[str, Any]) -> OfflineItem | BatchItemResult:
    """The item, or the refusal of one that cannot be read."""
    kind = str(sent.get("kind") or "step")
    try:
        read: StepItem | VisitItem | AttributeItem = _ITEM[kind].validate_python({**sent, "kind": kind})
        return read.item()
    except KeyError:
        return _unreadable(sent, InvalidBody())
    except ValidationError as error:
        return _unreadable(sent, InvalidBody(errors=field_errors(error.errors())))


def _unreadable(sent: dict[str, Any], problem: InvalidBody) -> BatchItemResult:
    client_id = sent.get("client_id")
    return BatchItemResult(client_id if isinstance(client_id, str) else None, "refused", problem)


_NAMES: tuple[ObservedName, ...] = ("has_smartphone", "has_bank_account", "phone")
_ITEM: dict[str, TypeAdapter[Any]] = {
    "step": TypeAdapter(StepItem),
    "visit": TypeAdapter(VisitItem),
    "fact": TypeAdapter(AttributeItem),
}


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
