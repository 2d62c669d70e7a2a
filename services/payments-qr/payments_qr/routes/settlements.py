"""Settlement files of partners and what they show."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import File, Form, UploadFile
from fastapi.responses import JSONResponse

from chassis.errors import Forbidden, TooLarge
from chassis.security.identity import Caller
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, created, transactional_router
from payments_qr.commands.settlements import resolve_line, take_settlement
from payments_qr.model import Settlement
from payments_qr.queries.settlements import get_settlement, list_lines, list_open_lines, list_settlements
from payments_qr.routes.views import line_view, settlement_view
from payments_qr.schemas.payments import ResolveLine, SettlementLineView, SettlementReport, SettlementView
from payments_qr.settings import MAX_UPLOAD_BYTES

router = transactional_router(tags=["settlements"])
Settling = Annotated[Caller, allow("operator", "officer", "partner")]
State = Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]


@router.post("/v1/settlements", status_code=201, response_model=SettlementReport)
async def settle(
    file: Annotated[UploadFile, File()],
    partner_id: Annotated[str, Form(max_length=63)],
    business_date: Annotated[date, Form()],
    session: Transaction,
    caller: Settling,
) -> JSONResponse:
    """Compares a partner's file with our record. Count and sum are checked before a row applies; the same file again
    is the same settlement."""
    if caller.role == "partner" and caller.partner_id != partner_id:
        raise Forbidden()
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()
    settlement, _ = await take_settlement(session, caller, partner_id, business_date, file.file)
    return created(await _report(session, settlement), f"/v1/settlements/{settlement.id}")


@router.get("/v1/settlements")
async def list_page(
    session: Reading, page: PageQuery, caller: Settling, partner_id: str | None = None
) -> Listed[SettlementView]:
    """Settlements, oldest first."""
    rows, cursor = await list_settlements(session, caller, page, partner_id=partner_id)
    return Listed(items=[settlement_view(row) for row in rows], next_cursor=cursor)


@router.get("/v1/settlements/{settlement_id}")
async def show(settlement_id: UUID, session: Reading, caller: Settling) -> SettlementReport:
    """A settlement with the lines that need a look."""
    return await _report(session, await get_settlement(session, caller, settlement_id))


@router.get("/v1/settlements/{settlement_id}/lines")
async def list_all_lines(
    settlement_id: UUID, session: Reading, page: PageQuery, caller: Settling, state: State | None = None
) -> Listed[SettlementLineView]:
    """Every line, in the order of the file."""
    settlement = await get_settlement(session, caller, settlement_id)
    rows, cursor = await list_lines(session, settlement.id, page, state=state)
    return Listed(items=[line_view(row) for row in rows], next_cursor=cursor)


@router.post("/v1/settlements/{settlement_id}/lines/{line_id}/resolve")
async def resolve(
    settlement_id: UUID,
    line_id: UUID,
    body: ResolveLine,
    session: Transaction,
    caller: Annotated[Caller, allow("operator", "officer")],
) -> SettlementLineView:
    """A person's word on a line that did not match; who, when and why stay with it."""
    settlement = await get_settlement(session, caller, settlement_id)
    return line_view(await resolve_line(session, caller, settlement, line_id, body.resolution, body.note))


async def _report(session: Reading, settlement: Settlement) -> SettlementReport:
    lines = await list_open_lines(session, settlement.id)
    figures = settlement_view(settlement).model_dump()
    return SettlementReport.model_validate(figures | {"lines": [line_view(line) for line in lines]})
