"""Internal operations on dead letters: list, replay, discard. The gateway publishes them for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.tables import DeadLetter
from chassis.web.routing import Listed, PageQuery, Reading, allow, page_by_id, transactional_router

router = transactional_router(include_in_schema=False)


class DeadLetterView(BaseModel):
    """A dead letter without its contents: its source and the reason."""

    id: UUID
    topic: str
    key: str
    type: str
    event_id: UUID
    state: str
    reason: str
    died_at: datetime


@router.get("/internal/dead-letters")
async def list_dead_letters(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("operator", "service")]
) -> Listed[DeadLetterView]:
    query = select(DeadLetter).where(col(DeadLetter.state).in_(["dead", "waiting"]))
    rows, cursor = await page_by_id(session, query, DeadLetter.id, page)
    return Listed(items=[DeadLetterView.model_validate(row.model_dump()) for row in rows], next_cursor=cursor)


@router.post("/internal/dead-letters/{dead_letter_id}/replay")
async def replay_dead_letter(
    dead_letter_id: UUID, request: Request, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, int]:
    replayed = await request.app.state.runtime.consumer.replay(dead_letter_id)
    if replayed is None:
        raise NotFound()
    return {"replayed": replayed}


@router.delete("/internal/dead-letters/{dead_letter_id}")
async def discard_dead_letter(
    dead_letter_id: UUID, request: Request, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, int]:
    replayed = await request.app.state.runtime.consumer.discard(dead_letter_id)
    if replayed is None:
        raise NotFound()
    return {"replayed": replayed}
