"""Public events: their types, and the feed."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.errors import FieldError, InvalidQuery
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import MAX_PAGE, Listed, Page, Reading, allow, cursor_at, public, transactional_router
from notifications.model.event_types import BY_NAME
from notifications.queries import events as queries
from notifications.schemas.events import EVENT_TYPES, EventPage, EventTypeView, EventView

router = transactional_router(tags=["events"])

PartnerCaller = Annotated[Caller, allow("partner")]
Types = Annotated[
    list[str] | None,
    Query(description="Only these types; several are separated by commas, or the parameter is repeated"),
]
After = Annotated[str | None, Query(description="`next_cursor` of the page before, or the id of the last event seen")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="At most so many items")]


@router.get("/v1/event-types")
async def list_event_types(caller: Annotated[Caller | None, public()]) -> Listed[EventTypeView]:
    """Every type of event that partners can subscribe to, with its JSON Schema and a sample."""
    return Listed(items=EVENT_TYPES)


@router.get("/v1/events")
async def list_events(
    session: Reading, after: After = None, types: Types = None, limit: Limit = 50, *, caller: PartnerCaller
) -> EventPage:
    """The events that the partner may see, of the last 30 days, oldest first: the same as are sent to subscriptions."""
    assert caller.partner_id
    events = await queries.list_events(
        session, caller.partner_id, after=await _position(session, after), types=known_types(types), limit=limit
    )
    return EventPage(
        items=[EventView.of(event) for event in events], next_cursor=cursor_at(events[-1].position) if events else None
    )


def known_types(types: list[str] | None) -> list[str]:
    """The types of a query parameter, comma-separated or repeated; 400 for one that does not exist."""
    wanted = [name for part in types or () for name in part.split(",") if name]
    if unknown := [name for name in wanted if name not in BY_NAME]:
        raise InvalidQuery(
            errors=[
                FieldError(
                    "/types", "unknown-code", f"Không có loại sự kiện {name}.", f"There is no event type {name}."
                )
                for name in unknown
            ]
        )
    return wanted


def _position_of_cursor(after: str) -> int:
    try:
        start = Page(limit=1, cursor=after).after_key(int)
    except InvalidQuery as refused:
        raise InvalidQuery(errors=[replace(error, pointer="/after") for error in refused.errors]) from refused
    return start[0] if start else 0


async def _position(session: ReadSession, after: str | None) -> int:
    if after is None:
        return 0
    try:
        event_id = UUID(after)
    except ValueError:
        return _position_of_cursor(after)
    position = await queries.position_of(session, event_id)
    if position is None:
        error = FieldError(
            "/after",
            "not-kept",
            "Không còn giữ sự kiện này.",
            "This event is not kept (any more): read from the start.",
        )
        raise InvalidQuery(errors=[error])
    return position
