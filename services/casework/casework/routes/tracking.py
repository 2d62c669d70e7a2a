"""Tracking without signing in: code and the last four digits of the telephone."""

from typing import Annotated

from fastapi import Query, Request, Response

from casework.queries.dossiers import find_tracked
from casework.routes.views import tracked
from casework.schemas.dossiers import Tracked
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.web.problems import rendered
from chassis.web.routing import Transaction, public, transactional_router

router = transactional_router(tags=["dossiers"])


@router.get("/v1/dossiers/track", response_model=Tracked)
async def track_dossier(
    request: Request,
    session: Transaction,
    code: Annotated[str, Query(max_length=64)],
    phone_last4: Annotated[str, Query(max_length=4)],
    *,
    caller: Annotated[Caller | None, public()],
) -> Tracked | Response:
    """Where a dossier stands; 404 when code and telephone do not fit together, and guessing is limited."""
    dossier = await find_tracked(session, code, phone_last4)
    if dossier is None:
        # Answered, not raised: the wrong guess must be counted, and a refusal would roll it back.
        return rendered(NotFound(), request)
    return tracked(dossier)
