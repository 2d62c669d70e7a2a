"""Bodies about linked databases."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import Language
from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf
from registry.model.linked import Refresh
from registry.queries.linked import KnownSource
from registry.schemas.checked import ShortText


class SourceView(BaseModel):
    """A linked database: `live`, `down`, `unknown` (not queried yet) or `not_linked` (no address given)."""

    name: str
    title: str
    state: Annotated[str, OneOf("live", "down", "unknown", "not_linked")]
    reason: str | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    facts: list[str]

    @classmethod
    def of(cls, known: KnownSource, language: Language) -> Self:
        """The view of a database in a language."""
        linked, last = known.linked, known.last
        return cls(
            name=linked.name, title=linked.vi if language == "vi" else linked.en,
            state=(last.state if last else "unknown") if known.is_linked else "not_linked",
            reason=last.reason if last else None, last_success_at=last.last_success_at if last else None,
            last_failure_at=last.last_failure_at if last else None, facts=sorted(linked.attributes),
        )  # fmt: skip


class RefreshBody(RequestBody):
    """Which linked databases to query; all of them by default."""

    sources: Annotated[list[ShortText] | None, Field(max_length=10)] = None


class RefreshedSource(BaseModel):
    """The answer of one database: the attributes that changed, or why it did not answer."""

    source: str
    state: Annotated[str, OneOf("live", "down")]
    reason: str | None
    changed: list[str]


class RefreshedView(BaseModel):
    """The result of a refresh of one resident."""

    resident_id: UUID
    sources: list[RefreshedSource]


class RefreshCreate(RequestBody):
    """Refresh all residents of a unit."""

    unit_code: ShortText
    sources: Annotated[list[ShortText] | None, Field(max_length=10)] = None


class RefreshView(BaseModel):
    """The progress of a refresh of a unit."""

    id: UUID
    status: Annotated[str, OneOf("queued", "running", "completed", "failed")]
    sources: list[str]
    done: int
    changed: int
    failed: int
    requested_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, refresh: Refresh) -> Self:
        """The view of a refresh."""
        return cls.model_validate(refresh.model_dump())
