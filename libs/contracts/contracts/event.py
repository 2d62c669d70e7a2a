"""The base of every event, and all events by their type."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

__all__ = ["EVENT_TYPES", "Event", "Id", "Instant", "date", "datetime", "event_class"]

Id = UUID
Instant = AwareDatetime


class Event(BaseModel):
    """Something that happened, published as one CloudEvent (Kafka binding, binary mode).

    `topic` is its topic, `type` its CloudEvents type (`vn.bakhong.<aggregate>.<past tense>.v1`), `key_field` the field
    whose value is the message key: events of one key arrive in the order in which they were published.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str] = ""
    type: ClassVar[str] = ""
    key_field: ClassVar[str] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            if cls.type in EVENT_TYPES:
                raise TypeError(f"two events have the type {cls.type}")
            EVENT_TYPES[cls.type] = cls

    @property
    def key(self) -> str:
        """The Kafka message key: the id of the aggregate."""
        return str(getattr(self, self.key_field))


EVENT_TYPES: dict[str, type[Event]] = {}


def event_class(type_: str) -> type[Event] | None:
    """The class that reads events of this type; None for a type that this version does not know."""
    return EVENT_TYPES.get(type_)


def _short(value: str) -> str:
    if not 1 <= len(value) <= 64:
        raise ValueError("a code has 1 to 64 characters")
    return value


Code = Annotated[str, AfterValidator(_short)]
