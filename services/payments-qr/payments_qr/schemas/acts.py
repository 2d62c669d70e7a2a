"""Views of the acts' log."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.security.identity import Role
from chassis.web.vocabulary import OneOf
from payments_qr.model import Act
from payments_qr.model.acts import ActName, Subject


class ActView(BaseModel):
    """An act (thao tác): a decision of a person, or what took one back."""

    id: UUID
    """Its id."""
    at: datetime
    """When."""
    actor: str
    """The account that acted."""
    role: Annotated[str, OneOf(Role)]
    """Its role."""
    act: ActName
    """What was done."""
    about: Subject
    """The kind of the object."""
    about_id: UUID
    """The object."""
    merchant_id: UUID | None
    """The merchant that it concerns."""
    reason: str | None
    """Why, in the officer's words; for officers only, because it may name people."""
    before: dict[str, Any]
    """States, amounts and days as they were before."""

    @classmethod
    def of(cls, act: Act, *, with_reason: bool) -> Self:
        return cls.model_validate(act.model_dump() | ({} if with_reason else {"reason": None}))
