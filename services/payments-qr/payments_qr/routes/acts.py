"""The acts' log of payments-qr."""

from typing import Annotated, Any
from uuid import UUID

from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.security.scope import scoped, unit_of_query, units_under
from chassis.web.routing import Listed, PageQuery, Reading, allow, page_by_id, transactional_router
from payments_qr.model import Act
from payments_qr.schemas.acts import ActView

router = transactional_router(tags=["payments"])


@router.get("/v1/payment-acts")
async def list_payment_acts(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "auditor", "operator")],
    unit_code: str | None = None,
    merchant_id: UUID | None = None,
    about_id: UUID | None = None,
) -> Listed[ActView]:
    """Who cancelled, wrote off, decided or took back what, why, and what was before: of the caller's units, oldest first."""
    query: Any = scoped(select(Act), caller, col(Act.unit_id))
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
        query = query.where(col(Act.unit_id).in_(units_under(unit_code)))
    if merchant_id is not None:
        query = query.where(col(Act.merchant_id) == merchant_id)
    if about_id is not None:
        query = query.where(col(Act.about_id) == about_id)
    rows, cursor = await page_by_id(session, query, Act.id, page)
    return Listed(items=[ActView.of(row, with_reason=caller.role == "officer") for row in rows], next_cursor=cursor)
