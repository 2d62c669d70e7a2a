"""Settlement files of partners and their comparison with the record."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import File, Form, UploadFile
from fastapi.responses import JSONResponse

from chassis.errors import Forbidden, TooLarge
from chassis.security.identity import Caller
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, created, transactional_router
from payments_qr.commands.settlements import import_settlement, resolve_line
from payments_qr.model import Settlement
from payments_qr.queries.settlements import (
    get_visible_settlement,
    list_lines,
    list_open_lines,
    list_visible_settlements,
)
from payments_qr.schemas.payments import LineResolution, SettlementLineView, SettlementReport, SettlementView
from payments_qr.settings import MAX_UPLOAD_BYTES

router = transactional_router(tags=["settlements"])
SettlementReader = Annotated[Caller, allow("operator", "officer", "partner")]
State = Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]


@router.post("/v1/settlements", status_code=201, response_model=SettlementReport)
async def create_settlement(
    file: Annotated[UploadFile, File()],
    partner_id: Annotated[str, Form(max_length=63)],
    business_date: Annotated[date, Form()],
    session: Transaction,
    caller: SettlementReader,
) -> JSONResponse:
    """Compares a partner's file with the record. Count and sum are checked before any row is applied; the same file
    again returns the same settlement."""
    if caller.role == "partner" and caller.partner_id != partner_id:
        raise Forbidden()
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()
    settlement, _ = await import_settlement(session, caller, partner_id, business_date, file.file)
    return created(await _report(session, settlement), f"/v1/settlements/{settlement.id}")


@router.get("/v1/settlements")
async def list_settlements(
    session: Reading, page: PageQuery, caller: SettlementReader, partner_id: str | None = None
) -> Listed[SettlementView]:
    """Settlements, oldest first."""
    rows, cursor = await list_visible_settlements(session, caller, page, partner_id=partner_id)
    return Listed(items=[SettlementView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/settlements/{settlement_id}")
async def get_settlement(settlement_id: UUID, session: Reading, caller: SettlementReader) -> SettlementReport:
    """A settlement with the lines that did not match."""
    return await _report(session, await get_visible_settlement(session, caller, settlement_id))


@router.get("/v1/settlements/{settlement_id}/lines")
async def list_settlement_lines(
    settlement_id: UUID, session: Reading, page: PageQuery, caller: SettlementReader, state: State | None = None
) -> Listed[SettlementLineView]:
    """Every line, in the order of the file."""
    settlement = await get_visible_settlement(session, caller, settlement_id)
    rows, cursor = await list_lines(session, settlement.id, page, state=state)
    return Listed(items=[SettlementLineView.of(row) for row in rows], next_cursor=cursor)


@router.post("/v1/settlements/{settlement_id}/lines/{line_id}/resolve")
async def resolve_settlement_line(
    settlement_id: UUID,
    line_id: UUID,
    body: LineResolution,
    session: Transaction,
    caller: Annotated[Caller, allow("operator", "officer")],
) -> SettlementLineView:
    """Records a decision on a line that did not match, with account, time and note."""
    settlement = await get_visible_settlement(session, caller, settlement_id)
    return SettlementLineView.of(await resolve_line(session, caller, settlement, line_id, body.resolution, body.note))


async def _report(session: Reading, settlement: Settlement) -> SettlementReport:
    lines = await list_open_lines(session, settlement.id)
    figures = SettlementView.of(settlement).model_dump()
    return SettlementReport.model_validate(figures | {"lines": [SettlementLineView.of(line) for line in lines]})
