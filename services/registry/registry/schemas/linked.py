"""Bodies about linked databases."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from registry.schemas.checked import ShortText


class SourceView(BaseModel):
    """A linked database: `live`, `down`, `unknown` (not asked yet) or `not_linked` (no address given)."""

    name: str
    title: str
    state: str
    reason: str | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    facts: list[str]


class RefreshBody(BaseModel):
    """Which linked databases to ask again; all of them by default."""

    sources: Annotated[list[ShortText] | None, Field(max_length=10)] = None


class RefreshedSource(BaseModel):
    """What one database answered: the facts that changed, or why it did not answer."""

    source: str
    state: str
    reason: str | None
    changed: list[str]


class RefreshedView(BaseModel):
    """The outcome of asking again about one resident."""

    resident_id: UUID
    sources: list[RefreshedSource]


class RefreshCreate(BaseModel):
    """Ask again about everybody of a unit."""

    unit_code: ShortText
    sources: Annotated[list[ShortText] | None, Field(max_length=10)] = None


class RefreshView(BaseModel):
    """How far a refresh of a unit is."""

    id: UUID
    status: str
    sources: list[str]
    done: int
    changed: int
    failed: int
    requested_at: datetime
    finished_at: datetime | None
