"""Operations of the register of breaches of personal data."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import JSONResponse
from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import NotFound, require_order
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.web.routing import (
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    page_by_id,
    transactional_router,
)
from registry.errors import AlreadyDecided
from registry.model.breaches import BREACH_ACCOUNT, TIME_TO_NOTIFY, DataBreach
from registry.schemas.breaches import BreachCreate, BreachView, NotificationBody

router = transactional_router(tags=["breaches"])


@router.post("/v1/data-breaches", status_code=201, response_model=BreachView)
async def create_data_breach(
    body: BreachCreate, session: Transaction, caller: Annotated[Caller, allow("operator", "officer")]
) -> JSONResponse:
    """Enter a breach; the 72 hours run from its detection."""
    breach_id = new_id()
    breach = DataBreach(
        id=breach_id, detected_at=body.detected_at, kinds=body.kinds, residents=body.residents,
        account=encrypt(BREACH_ACCOUNT, str(breach_id), body.account),
        notify_by=body.detected_at + TIME_TO_NOTIFY if body.may_harm else None,
        recorded_by=caller.account, recorded_at=now(),
    )  # fmt: skip
    session.add(breach)
    return created(BreachView.of(breach), f"/v1/data-breaches/{breach_id}")


@router.get("/v1/data-breaches")
async def list_data_breaches(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("operator", "auditor")]
) -> Listed[BreachView]:
    """The register, oldest first."""
    rows, cursor = await page_by_id(session, select(DataBreach), col(DataBreach.id), page)
    return Listed(items=[BreachView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/data-breaches/{breach_id}")
async def get_data_breach(
    breach_id: UUID, session: Reading, caller: Annotated[Caller, allow("operator", "auditor")]
) -> BreachView:
    """One breach of the register."""
    breach = await session.get(DataBreach, breach_id)
    if breach is None:
        raise NotFound()
    return BreachView.of(breach)


@router.post("/v1/data-breaches/{breach_id}/notification")
async def record_breach_notification(
    breach_id: UUID, body: NotificationBody, session: Transaction, caller: Annotated[Caller, allow("operator")]
) -> BreachView:
    """Record the notification of the authority, which ends the time limit; accepted once."""
    breach = await session.get(DataBreach, breach_id, with_for_update=True)
    if breach is None:
        raise NotFound()
    if breach.notified_at is not None:
        raise AlreadyDecided()
    require_order(breach.detected_at, body.notified_at, "/notified_at")
    breach.notified_at, breach.reference = body.notified_at, body.reference
    session.add(breach)
    return BreachView.of(breach)
