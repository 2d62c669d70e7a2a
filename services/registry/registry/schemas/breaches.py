"""Bodies about breaches of personal data."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chassis.clock import now
from chassis.web.bodies import RequestBody
from chassis.web.past import PastInstant
from registry.model.breaches import DataBreach
from registry.schemas.checked import ShortText, Visible

Account = Annotated[str, Visible, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]


class BreachCreate(RequestBody):
    """A breach to enter: which kinds of data, how many people, whether people may be harmed."""

    detected_at: PastInstant
    kinds: Annotated[list[ShortText], Field(min_length=1, max_length=50)]
    residents: Annotated[int | None, Field(ge=0, le=200_000_000)] = None
    may_harm: bool
    account: Account


class NotificationBody(RequestBody):
    """The notification of the authority: when, and its number."""

    notified_at: PastInstant
    reference: ShortText


class BreachView(BaseModel):
    """An entry of the register and its time limit; `notify_by` is null where the law asks for no notification."""

    id: UUID
    detected_at: datetime
    kinds: list[str]
    residents: int | None
    account: str
    notify_by: datetime | None
    notified_at: datetime | None
    reference: str | None
    is_overdue: bool
    recorded_at: datetime

    @classmethod
    def of(cls, breach: DataBreach) -> Self:
        """The view of an entry."""
        ended = breach.notified_at or now()
        is_overdue = breach.notify_by is not None and ended > breach.notify_by
        return cls.model_validate(
            breach.model_dump() | {"account": breach.decrypted_account(), "is_overdue": is_overdue}
        )
