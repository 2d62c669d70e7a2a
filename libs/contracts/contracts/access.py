"""Reads of residents' data: published by every service, collected by registry for the resident."""

from typing import ClassVar

from contracts import topics
from contracts.event import Event, Id, Instant


class AccessRecorded(Event):
    """Data of a resident were read or listed. `actor` is an opaque account, `fields` are names of fields."""

    topic: ClassVar[str] = topics.ACCESS
    type: ClassVar[str] = "vn.bakhong.access.recorded.v1"
    key_field: ClassVar[str] = "resident_id"

    access_id: Id
    resident_id: Id
    service: str
    at: Instant
    actor: str
    role: str
    action: str
    purpose: str | None
    fields: list[str]
    legal_basis: str | None = None
    unit_code: str | None = None
    body: str | None = None
    """The body of the actor's account, such as `police`."""


class AccessSealed(Event):
    """A service sealed its access rows up to `last_id` into its hash chain; a later rewrite would not fit `seal`."""

    topic: ClassVar[str] = topics.ACCESS
    type: ClassVar[str] = "vn.bakhong.access.sealed.v1"
    key_field: ClassVar[str] = "service"

    service: str
    first_id: int
    last_id: int
    rows: int
    seal: str
    at: Instant
