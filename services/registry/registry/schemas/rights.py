"""Bodies about people's rights over their own data."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, BaseModel, Field

from registry.schemas.checked import ShortText


class AccessView(BaseModel):
    """Somebody saw data of the resident; `fields` are names of fields."""

    at: datetime
    actor: str
    role: str
    action: str
    purpose: str | None
    fields: list[str]
    legal_basis: str | None
    service: str
    unit_code: str | None


class ConsentCreate(BaseModel):
    """One purpose and one grantee; with the evidence that the law asks for, never by default."""

    purpose: ShortText
    grantee: Annotated[ShortText, Field(validation_alias=AliasChoices("grantee", "partner_id", "provider"))]
    expires_at: AwareDatetime | None = None
    evidence: dict[str, Any] | None = None


class ConsentView(BaseModel):
    """A consent and whether it stands now."""

    id: UUID
    purpose: str
    grantee: str
    evidence: dict[str, Any]
    granted_at: datetime
    expires_at: datetime | None
    withdrawn_at: datetime | None
    status: Literal["valid", "expired", "withdrawn"]


class CorrectionCreate(BaseModel):
    """A fact is wrong, or data should be erased, or their use is objected to."""

    kind: Literal["correction", "erasure", "objection"] = "correction"
    field: Annotated[str | None, Field(validation_alias=AliasChoices("field", "name"))] = None
    value: Any = None
    reason: Annotated[str | None, Field(max_length=500)] = None


class CorrectionView(BaseModel):
    """A request with its legal clocks; a number is masked."""

    id: UUID
    resident_id: UUID
    kind: str
    field: str
    value: Any
    source: str
    state: str
    reason: str | None
    requested_at: datetime
    acknowledge_by: date
    due_on: date
    decided_at: datetime | None
    decision_note: str | None


class DecisionBody(BaseModel):
    """What an officer decides."""

    decision: Literal["accept", "refuse"]
    note: Annotated[str | None, Field(max_length=500)] = None


class MergeBody(BaseModel):
    """The other record of the same person."""

    duplicate_id: UUID


class CandidatePair(BaseModel):
    """Two records that may be one person, and why."""

    resident_ids: list[UUID]
    full_names: list[str]
    unit_codes: list[str]
    reasons: list[str]
    score: int
