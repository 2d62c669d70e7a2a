"""Tracking without signing in: by the code and the phone's last four digits, or by the key of the slip's QR code."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse

from casework.errors import TooManyGuesses
from casework.model.dossiers import Dossier
from casework.model.fees import FeeStatus
from casework.model.lifecycle import Status
from casework.pages import HEADERS, Asked, TrackedDossier, render_tracking
from casework.procedures import load_catalogue
from casework.queries.dossiers import find_tracked, find_tracked_by_key
from casework.queries.slips import place_of
from casework.routes.views import tracked
from casework.schemas.dossiers import Tracked
from casework.settings import get_settings
from chassis.clock import now
from chassis.errors import FieldError, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.web.problems import rendered
from chassis.web.routing import Transaction, public, transactional_router

_PHONE_NEEDED = FieldError("/phone_last4", "required", "Bắt buộc phải có.", "This is required.")
NOTHING_FOUND = "Không tìm thấy hồ sơ: mã hồ sơ và bốn số cuối của số điện thoại không khớp nhau."
TOO_MANY = "Tra cứu sai quá nhiều lần. Xin thử lại sau một giờ, hoặc quét mã QR trên giấy tiếp nhận."

router = transactional_router(tags=["dossiers"])

Anyone = Annotated[Caller | None, public()]
LastDigits = Annotated[str | None, Query(max_length=4)]
Key = Annotated[str | None, Query(max_length=64, description="What the slip's QR code carries")]


@router.get("/v1/dossiers/track", response_model=Tracked)
async def track_dossier(
    request: Request,
    session: Transaction,
    code: Annotated[str, Query(max_length=64)],
    phone_last4: LastDigits = None,
    key: Key = None,
    *,
    caller: Anyone,
) -> Tracked | Response:
    """Where a dossier stands; 404 when code and phone do not fit together, and guessing is limited. The key of the slip's QR
    code serves instead of the phone and is not limited. With `Accept: text/html` the answer is the page at `/track`."""
    if _wants_page(request):
        return await _page(request, session, code, phone_last4, key)
    if key is None and phone_last4 is None:
        raise InvalidQuery(errors=[_PHONE_NEEDED])
    dossier = await _find(request, session, code, phone_last4, key)
    if dossier is None:
        # Answered, not raised: the wrong guess must be counted, and a refusal would roll it back.
        return rendered(NotFound(), request)
    return tracked(dossier)


@router.get("/track", response_class=HTMLResponse, include_in_schema=False)
async def show_tracking_page(
    request: Request,
    session: Transaction,
    code: Annotated[str | None, Query(max_length=64)] = None,
    phone_last4: LastDigits = None,
    key: Key = None,
    *,
    caller: Anyone,
) -> Response:
    """The page behind the QR code of the slips; without a code, the form."""
    return await _page(request, session, code, phone_last4, key)


def _wants_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "application/json" not in accepted


async def _page(request: Request, session: Session, code: str | None, last4: str | None, key: str | None) -> Response:
    if not code or (key is None and not last4):
        return _html(render_tracking(None, Asked(code or "")))
    try:
        dossier = await _find(request, session, code.strip(), last4, key)
    except TooManyGuesses as limited:
        return _html(render_tracking(None, Asked(code, TOO_MANY)), 429, limited.headers)
    if dossier is None:
        return _html(render_tracking(None, Asked(code, NOTHING_FOUND)), 404)
    return _html(render_tracking(await _shown(session, dossier)))


async def _find(request: Request, session: Session, code: str, last4: str | None, key: str | None) -> Dossier | None:
    if key is not None:
        return await find_tracked_by_key(session, code, key)
    address = request.headers.get("x-forwarded-for", "")  # set by the gateway, which drops what clients send
    return await find_tracked(session, code, last4 or "", asked_from=address)


async def _shown(session: Session, dossier: Dossier) -> TrackedDossier:
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    return TrackedDossier(
        code=dossier.code or "",
        procedure=procedure.name.vi,
        unit=f"Ủy ban nhân dân {await place_of(session, dossier)}",
        status=Status(dossier.status),
        submitted_at=dossier.submitted_at,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        finished_at=dossier.finished_at,
        is_overdue=dossier.is_overdue(now()),
        extensions=dossier.extensions,
        fee_amount=dossier.fee_amount,
        fee_status=FeeStatus(dossier.fee_status),
    )


def _html(page: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    cached = {"Cache-Control": "private, max-age=30" if status == 200 else "no-store"}
    return HTMLResponse(page, status, {**HEADERS, **cached, **(headers or {})})
