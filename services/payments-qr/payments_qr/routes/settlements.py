"""Settlement files of partners and their comparison with the record.

A settlement belongs to its partner: operators and the partner upload, read and resolve it. Officers see the lines of
merchants in their units, with a purpose; training accounts see none.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import File, Form, Header, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AfterValidator

from chassis.errors import Forbidden, Language, TooLarge
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.training_guard import TrainingOnly
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.past import PastDay
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Transaction,
    allow,
    created,
    language_of,
    transactional_router,
)
from payments_qr.commands.settlements import import_settlement, reopen_line, resolve_line
from payments_qr.model import Settlement, SettlementLine
from payments_qr.model.fields import plausible_day
from payments_qr.queries.partners import require_partner
from payments_qr.queries.payments import list_owners
from payments_qr.queries.settlements import (
    get_settlement_to_resolve,
    get_visible_settlement,
    list_lines,
    list_merchants_of_lines,
    list_open_lines,
    list_visible_settlements,
    our_sums,
)
from payments_qr.schemas.payments import (
    LineResolution,
    Reopening,
    SettlementLineView,
    SettlementReport,
    SettlementView,
)
from payments_qr.settings import MAX_UPLOAD_BYTES

router = transactional_router(tags=["settlements"])
SettlementReader = Annotated[Caller, allow("operator", "officer", "partner")]
SettlementOwner = Annotated[Caller, allow("operator", "partner")]
AcceptLanguage = Annotated[str | None, Header(include_in_schema=False)]
IgnoredColumns = Annotated[
    list[str] | None, Form(max_length=50, description="Headings of columns that are not needed for the comparison")
]
BusinessDate = Annotated[PastDay, AfterValidator(plausible_day), Form()]
State = Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]


@router.post("/v1/settlements", status_code=201, response_model=SettlementReport)
@personal_answer()
async def create_settlement(
    file: Annotated[UploadFile, File()],
    partner_id: Annotated[str, Form(max_length=63)],
    business_date: BusinessDate,
    session: Transaction,
    caller: SettlementOwner,
    ignored_columns: IgnoredColumns = None,
    accept_language: AcceptLanguage = None,
) -> JSONResponse:
    """Compares a partner's file with the record. Count and sum are checked before any row is applied; the same file
    again returns the same settlement."""
    _refuse_training(caller)
    if caller.role == "partner" and caller.partner_id != partner_id:
        raise Forbidden()
    await require_partner(session, partner_id, "/partner_id")
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()
    settlement, _ = await import_settlement(
        session, caller, partner_id, business_date, file.file, ignored_columns or ()
    )
    report = await _report(session, caller, settlement, None, language_of(accept_language))
    return created(report, f"/v1/settlements/{settlement.id}")


@router.get("/v1/settlements")
async def list_settlements(
    session: Transaction,
    page: PageQuery,
    caller: SettlementReader,
    partner_id: str | None = None,
    accept_language: AcceptLanguage = None,
) -> Listed[SettlementView]:
    """Settlements, oldest first. For officers: those with lines of merchants in their units, with the figures of these."""
    _refuse_training(caller)
    rows, cursor = await list_visible_settlements(session, caller, page, partner_id=partner_id)
    sums, language = await our_sums(session, caller, rows), language_of(accept_language)
    return Listed(items=[SettlementView.of(row, sums.get(row.id, 0), language) for row in rows], next_cursor=cursor)


@router.get("/v1/settlements/{settlement_id}")
async def get_settlement(
    settlement_id: UUID,
    session: Transaction,
    caller: SettlementReader,
    purpose: PurposeHeader = None,
    accept_language: AcceptLanguage = None,
) -> SettlementReport:
    """A settlement with the lines that did not match; officers state a purpose."""
    _refuse_training(caller)
    settlement = await get_visible_settlement(session, caller, settlement_id)
    return await _report(session, caller, settlement, purpose, language_of(accept_language))


@router.get("/v1/settlements/{settlement_id}/lines")
async def list_settlement_lines(
    settlement_id: UUID,
    session: Transaction,
    page: PageQuery,
    caller: SettlementReader,
    purpose: PurposeHeader = None,
    state: State | None = None,
) -> Listed[SettlementLineView]:
    """Every line, in the order of the file; officers state a purpose and see the lines of merchants in their units."""
    _refuse_training(caller)
    settlement = await get_visible_settlement(session, caller, settlement_id)
    rows, cursor = await list_lines(session, caller, settlement.id, page, state=state)
    await _log_reads(session, caller, rows, purpose)
    return Listed(items=[SettlementLineView.of(row) for row in rows], next_cursor=cursor)


@router.post("/v1/settlements/{settlement_id}/lines/{line_id}/resolve")
async def resolve_settlement_line(
    settlement_id: UUID, line_id: UUID, body: LineResolution, session: Transaction, caller: SettlementOwner
) -> SettlementLineView:
    """Records a decision on a line that did not match, with account, time and note."""
    _refuse_training(caller)
    settlement = await get_settlement_to_resolve(session, caller, settlement_id)
    return SettlementLineView.of(await resolve_line(session, caller, settlement, line_id, body.resolution, body.note))


@router.post("/v1/settlements/{settlement_id}/lines/{line_id}/reopen")
async def reopen_settlement_line(
    settlement_id: UUID, line_id: UUID, body: Reopening, session: Transaction, caller: SettlementOwner
) -> SettlementLineView:
    """Takes the decision on a line back, with a reason."""
    _refuse_training(caller)
    settlement = await get_settlement_to_resolve(session, caller, settlement_id)
    return SettlementLineView.of(await reopen_line(session, caller, settlement, line_id, body.reason))


async def _report(
    session: Session, caller: Caller, settlement: Settlement, purpose: str | None, language: Language
) -> SettlementReport:
    lines = await list_open_lines(session, caller, settlement.id)
    await _log_reads(session, caller, lines, purpose)
    sums = await our_sums(session, caller, [settlement])
    figures = SettlementView.of(settlement, sums.get(settlement.id, 0), language).model_dump()
    return SettlementReport.model_validate(figures | {"lines": [SettlementLineView.of(line) for line in lines]})


async def _log_reads(session: Session, caller: Caller, lines: list[SettlementLine], purpose: str | None) -> None:
    """An officer's read needs a purpose and is in the access logs of the residents who own the merchants."""
    if caller.role != "officer":
        return
    stated = purpose_of(caller, None, purpose)
    for owner in await list_owners(session, await list_merchants_of_lines(session, lines)):
        record_access(session, "payments-qr", caller, owner, action="read", purpose=stated, fields=["payments"])


def _refuse_training(caller: Caller) -> None:
    if caller.training_units:
        raise TrainingOnly()
