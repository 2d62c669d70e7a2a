"""Tracking without signing in: by the code and the phone's last four digits, or by the key of the slip."""

from typing import Annotated

from fastapi import Query, Request, Response

from casework.queries.dossiers import find_tracked, find_tracked_by_key
from casework.routes.views import tracked
from casework.schemas.dossiers import Tracked
from chassis.errors import FieldError, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.web.problems import rendered
from chassis.web.routing import Transaction, public, transactional_router

_PHONE_NEEDED = FieldError("/phone_last4", "required", "Bắt buộc phải có.", "This is required.")

router = transactional_router(tags=["dossiers"])


@router.get("/v1/dossiers/track", response_model=Tracked)
async def track_dossier(
    request: Request,
    session: Transaction,
    code: Annotated[str, Query(max_length=64)],
    phone_last4: Annotated[str | None, Query(max_length=4)] = None,
    key: Annotated[str | None, Query(max_length=64, description="What the slip's QR code carries")] = None,
    *,
    caller: Annotated[Caller | None, public()],
) -> Tracked | Response:
    """Where a dossier stands; 404 when code and phone do not fit together, and guessing is limited. The key of the slip's QR
    code serves instead of the phone and is not limited."""
    if key is not None:
        dossier = await find_tracked_by_key(session, code, key)
    elif phone_last4 is not None:
        address = request.headers.get("x-forwarded-for", "")  # set by the gateway, which drops what clients send
        dossier = await find_tracked(session, code, phone_last4, asked_from=address)
    else:
        raise InvalidQuery(errors=[_PHONE_NEEDED])
    if dossier is None:
        # Answered, not raised: the wrong guess must be counted, and a refusal would roll it back.
        return rendered(NotFound(), request)
    return tracked(dossier)
