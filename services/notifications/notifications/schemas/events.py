"""Views of public events and of their types."""

import json
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from notifications.model.event_types import TYPES, EventType, Reader
from notifications.model.events import PublicEvent
from notifications.model.samples import sample_of

READER_NAMES = {Reader.APP: "app", Reader.PARTNER: "partner", Reader.PROVIDER: "provider"}


class EventView(BaseModel):
    """A public event, as it is sent to subscriptions and as it stands in the feed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The same id as `webhook-id` of every attempt to every subscription."""
    type: str
    """A type of `GET /v1/event-types`."""
    timestamp: str
    """When it happened."""
    data: dict[str, Any]
    """By the schema of the type: ids, codes, states, amounts and times."""

    @classmethod
    def of(cls, event: PublicEvent) -> "EventView":
        """The view of a recorded event."""
        return cls(id=event.id, **json.loads(event.body))


class EventPage(BaseModel):
    """A part of the feed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[EventView]
    """In the order in which the events became known here; of one subject in the order in which they happened."""
    next_cursor: str | None
    """What `after` takes next. Null where nothing is newer: keep the cursor that you have and ask again later."""


class EventTypeView(BaseModel):
    """A type of public events."""

    model_config = ConfigDict(use_attribute_docstrings=True, populate_by_name=True)

    type: str
    """Its name."""
    title: str
    """What happened, in Vietnamese."""
    title_en: str
    """What happened, in English."""
    seen_by: list[Literal["app", "partner", "provider"]]
    """`app`: the province's app; `partner`: the partner that it concerns; `provider`: the provider of the merchant."""
    json_schema: dict[str, Any]
    """JSON Schema of `data`."""
    sample: dict[str, Any]
    """A body as it is sent."""

    @classmethod
    def of(cls, type_: EventType) -> "EventTypeView":
        """The view of a line of the table."""
        return cls(
            type=type_.name,
            title=type_.title,
            title_en=type_.title_en,
            seen_by=[READER_NAMES[reader] for reader in Reader if reader in type_.readers],
            json_schema=type_.data.model_json_schema(mode="serialization"),
            sample=sample_of(type_.name),
        )


EVENT_TYPES = [EventTypeView.of(type_) for type_ in TYPES]
