"""Merchants, their codes and posters."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import Forbidden, NotFound
from chassis.security.access_log import record_access
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    language_of,
    require_match,
    transactional_router,
)
from payments_qr.banks import find_bank
from payments_qr.commands.activations import activate_all, list_to_activate
from payments_qr.commands.merchants import change_merchant, register_merchant
from payments_qr.commands.qr_codes import issue_code
from payments_qr.errors import MerchantNotActive, NothingToPrint
from payments_qr.model import Merchant, QrCode
from payments_qr.model.fields import Category
from payments_qr.model.masking import mask_account
from payments_qr.printing.posters import Paper, Poster, masked_account, posters_pdf
from payments_qr.queries.merchants import (
    get_merchant_for,
    get_merchant_to_change,
    get_visible_merchant,
    ids_of_owned,
    list_shared_accounts,
    list_visible_merchants,
    lock_merchant,
)
from payments_qr.queries.ownership import manages_a_market, may_with, relation_to
from payments_qr.queries.payments import list_owners
from payments_qr.queries.qr_codes import list_codes, list_printable_codes, list_printable_of_unit
from payments_qr.schemas.activations import ActivationCreate, ActivationItem, ActivationReport
from payments_qr.schemas.merchants import AccountDuplicates, MerchantCreate, MerchantPatch, MerchantView
from payments_qr.schemas.qr_codes import Kind, QrCodeCreate, QrCodeView

router = transactional_router(tags=["merchants"])
MerchantReader = Annotated[
    Caller, allow("officer", "resident", "organization", "partner", "operator", level=1, acting="payments")
]
CodeReader = Annotated[Caller, allow("officer", "resident", "organization", "partner", level=1, acting="payments")]
MerchantEditor = Annotated[Caller, allow("officer", "resident", "organization", level=1, acting="payments")]
MerchantStatus = Literal["submitted", "active", "rejected", "suspended", "closed"]


@router.post("/v1/merchants", status_code=201, response_model=MerchantView)
@personal_answer()
async def create_merchant(body: MerchantCreate, session: Transaction, caller: MerchantEditor) -> JSONResponse:
    """Registers a merchant: it waits for its provider or a second officer."""
    merchant = await register_merchant(session, caller, body.details(), body.unit_code)
    view = MerchantView.of(merchant, to_owner=caller.role != "officer")
    return created(view, f"/v1/merchants/{merchant.id}", version=merchant.version)


@router.get("/v1/merchants")
async def list_merchants(
    session: Reading,
    page: PageQuery,
    caller: MerchantReader,
    unit_code: str | None = None,
    category: Category | None = None,
    status: MerchantStatus | None = None,
    market: str | None = None,
    q: Annotated[str | None, Query(min_length=2, max_length=120, description="Part of the name, or a tax code")] = None,
) -> Listed[MerchantView]:
    """The merchants that the caller may see; `q` finds with or without accents."""
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await list_visible_merchants(
        session, caller, page, unit_code=unit_code, category=category, status=status, market=market, q=q
    )
    mine = await ids_of_owned(session, caller, rows)
    return Listed(items=[MerchantView.of(row, to_owner=row.id in mine) for row in rows], next_cursor=cursor)


@router.get(
    "/v1/merchants/posters.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_market_posters(
    session: Transaction,
    caller: Annotated[Caller, allow("officer", "resident", level=1, acting="payments")],
    unit_code: str,
    market: str | None = None,
    paper: Paper = "a5",
) -> Response:
    """One sheet per stall of a unit or a market, ready to print: active merchants with a static or external code.

    A sheet names the account holder, so that payers compare the name; the print is in the owner's access log. The
    manager of a market prints its sheets."""
    if caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    elif not await manages_a_market(session, caller):
        raise Forbidden()
    found = await list_printable_of_unit(session, caller, unit_code, market)
    await _log_print(session, caller, {merchant.id for merchant, _ in found})
    return await _pdf([_poster(merchant, code) for merchant, code in found], paper, "posters.pdf")


@router.get("/v1/merchants/duplicates")
async def list_merchant_duplicates(
    session: Reading, caller: Annotated[Caller, allow("officer")], unit_code: str
) -> Listed[AccountDuplicates]:
    """Merchants of a unit with one settlement account: one owner with several stalls, or an error."""
    await unit_of_query(session, caller, unit_code)
    groups = []
    for bin, ids in await list_shared_accounts(session, caller, unit_code):
        one = await session.get_one(Merchant, ids[0])
        groups.append(AccountDuplicates(bin=bin, account_no=mask_account(one.opened_account_no()), merchant_ids=ids))
    return Listed(items=groups)


@router.post("/v1/merchants/activations")
async def activate_merchants(
    body: ActivationCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> ActivationReport:
    """Activates a market's list: a second officer for every stall, who is not its maker; each is answered by itself."""
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    ids = await list_to_activate(session, caller, body.unit_code, body.market, body.merchant_ids)
    done = await activate_all(session, caller, ids, issue_codes=body.issue_codes)
    language = language_of(accept_language)
    return ActivationReport(
        activated=sum(one.result == "activated" for one in done),
        refused=sum(one.result == "refused" for one in done),
        items=[ActivationItem.of(one, language) for one in done],
    )


@router.get("/v1/merchants/{merchant_id}")
async def get_merchant(merchant_id: UUID, session: Reading, caller: MerchantReader, response: Response) -> MerchantView:
    """A merchant."""
    merchant = await get_visible_merchant(session, caller, merchant_id)
    response.headers["ETag"] = etag(merchant.version)
    return MerchantView.of(merchant, to_owner=await _is_owner(session, caller, merchant))


@router.patch("/v1/merchants/{merchant_id}")
async def update_merchant(
    merchant_id: UUID,
    body: MerchantPatch,
    session: Transaction,
    caller: MerchantEditor,
    response: Response,
    if_match: IfMatch = None,
) -> MerchantView:
    """Edits a merchant; `status` is the office's decision: a second officer activates, any officer suspends."""
    merchant = await lock_merchant(session, merchant_id)
    if merchant is None or not await may_with(session, caller, merchant, "merchant.read"):
        raise NotFound()
    require_match(if_match, merchant.version)
    await change_merchant(session, caller, merchant, body.changes())
    response.headers["ETag"] = etag(merchant.version)
    return MerchantView.of(merchant, to_owner=await _is_owner(session, caller, merchant))


@router.post("/v1/merchants/{merchant_id}/qr-codes", status_code=201, response_model=QrCodeView)
@personal_answer()
async def create_qr_code(
    merchant_id: UUID, body: QrCodeCreate, session: Transaction, caller: MerchantEditor
) -> JSONResponse:
    """Issues a code for the settlement account, or imports one of a bank."""
    merchant = await get_merchant_to_change(session, caller, merchant_id, "code.issue")
    code = await issue_code(session, merchant, body.terms(), body.payload)
    return created(QrCodeView.of(code, merchant), f"/v1/qr-codes/{code.id}", version=code.version)


@router.get("/v1/merchants/{merchant_id}/qr-codes")
async def list_qr_codes(
    merchant_id: UUID, session: Reading, page: PageQuery, caller: CodeReader, kind: Kind | None = None
) -> Listed[QrCodeView]:
    """A merchant's codes."""
    merchant = await get_merchant_for(session, caller, merchant_id, "code.read")
    rows, cursor = await list_codes(session, merchant.id, page, kind=kind)
    return Listed(items=[QrCodeView.of(row, merchant) for row in rows], next_cursor=cursor)


@router.get(
    "/v1/merchants/{merchant_id}/poster.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, 409: {"description": "The merchant is not active"}},
)
async def print_merchant_poster(
    merchant_id: UUID,
    session: Transaction,
    caller: MerchantEditor,
    paper: Annotated[Paper, Query(description="Size of a sheet")] = "a5",
) -> Response:
    """The merchant's posters, one sheet for each counter's code."""
    merchant = await get_merchant_for(session, caller, merchant_id, "code.read")
    if not merchant.is_active:
        raise MerchantNotActive()
    codes = await list_printable_codes(session, merchant.id)
    await _log_print(session, caller, {merchant.id})
    return await _pdf([_poster(merchant, code) for code in codes], paper, "poster.pdf")


async def _log_print(session: Session, caller: Caller, merchant_ids: set[UUID]) -> None:
    """A print of the account holders' names by others, in the access logs of the residents who own the merchants."""
    if caller.role in ("officer", "resident") and merchant_ids:
        others = set(await list_owners(session, merchant_ids)) - {caller.resident_id}
        for owner in others:
            record_access(
                session, "payments-qr", caller, owner, action="read", purpose="payment", fields=["account_name"]
            )


async def _is_owner(session: Reading, caller: Caller, merchant: Merchant) -> bool:
    return await relation_to(session, caller, merchant) in ("own", "claimed")


def _poster(merchant: Merchant, code: QrCode) -> Poster:
    bank = find_bank(merchant.bin, today())
    return Poster(
        payload=code.opened_payload(),
        merchant_name=merchant.name,
        name_in_code=merchant.name_in_code,
        bank_name=bank.short_name if bank else merchant.bin,
        masked_account=masked_account(merchant.opened_account_no()),
        place=merchant.market or "",
        counter=code.counter or merchant.counter or "",
        holder=merchant.opened_account_name() or "",
        asks_customer_code=merchant.category in ("electricity", "water"),
    )


async def _pdf(posters: list[Poster], paper: Paper, name: str) -> Response:
    if not posters:
        raise NothingToPrint()
    # Typesetting a market takes a second of CPU time: a thread keeps the event loop free.
    pdf = await asyncio.to_thread(posters_pdf, posters, paper)
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
