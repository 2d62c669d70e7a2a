"""Signature lists, and the residents whom a partner may help."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import anyio.to_thread
from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query
from chassis.spreadsheets import XLSX
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    transactional_router,
)
from onboarding.commands.signature_lists import advance_signature_list, draft_signature_list
from onboarding.errors import IllegalTransition
from onboarding.model.people import KnownResident
from onboarding.model.signature_lists import SignatureList
from onboarding.model.steps import Step
from onboarding.printing import ListedPerson, render_workbook
from onboarding.queries.referrals import page_of_referrals
from onboarding.queries.signature_lists import (
    entries_of,
    list_eligible,
    list_lacking,
    load_signature_list,
    page_of_signature_lists,
)
from onboarding.routes.access import purpose_of_ids, record_reads
from onboarding.routes.listing import LISTED
from onboarding.routes.names import NamedResident, named_residents, revealed_residents
from onboarding.schemas.signature_lists import (
    EntryView,
    LackingView,
    ListAction,
    ReferralView,
    SignatureListCreate,
    SignatureListView,
    SignaturePreviewView,
)

router = transactional_router(tags=["signature lists"], dependencies=LISTED)

Officer = Annotated[Caller, allow("officer")]
FULL = ["full_name", "date_of_birth", "personal_id", "phone"]
REASON = "Danh sách cấp chữ ký điện tử đã được phê duyệt"


@router.post("/v1/onboarding/signature-lists", status_code=201, response_model=SignatureListView)
@personal_answer()
async def create_signature_list(
    body: SignatureListCreate, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> JSONResponse:
    """A draft with those of a unit who are ready for a signature and consented to the provider."""
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    listed = await draft_signature_list(session, caller, unit, body.provider)
    await session.flush()
    return created(
        await _view(session, caller, listed, purpose),
        f"/v1/onboarding/signature-lists/{listed.id}",
        version=listed.version,
    )


@router.get("/v1/onboarding/signature-lists")
async def list_signature_lists(
    session: Reading, page: PageQuery, caller: Officer, unit_code: Annotated[str | None, Query(max_length=64)] = None
) -> Listed[SignatureListView]:
    """Lists for digital signatures of the caller's units."""
    found, cursor = await page_of_signature_lists(session, caller, unit_code, page)
    views = [SignatureListView.summary(each, await entries_of(session, each)) for each in found]
    return Listed(items=views, next_cursor=cursor)


@router.get("/v1/onboarding/signature-lists/{list_id}")
async def get_signature_list(
    list_id: UUID, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> SignatureListView:
    """One list with its residents, masked."""
    listed = await load_signature_list(session, caller, list_id)
    return await _view(session, caller, listed, purpose_of(caller, None, purpose))


@router.patch("/v1/onboarding/signature-lists/{list_id}")
async def update_signature_list(
    list_id: UUID, body: ListAction, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> SignatureListView:
    """The next hand: `{"status": "checked"}` and so on; the maker neither checks nor approves."""
    listed = await load_signature_list(session, caller, list_id, for_update=True)
    await advance_signature_list(session, caller, listed, body.named())
    return await _view(session, caller, listed, purpose)


@router.post("/v1/onboarding/signature-lists/{list_id}/actions")
@personal_answer("/v1/onboarding/signature-lists/{list_id}")
async def act_on_signature_list(
    list_id: UUID, body: ListAction, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> SignatureListView:
    """The next hand: `{"action": "check"}` and so on; the maker neither checks nor approves."""
    listed = await load_signature_list(session, caller, list_id, for_update=True)
    await advance_signature_list(session, caller, listed, body.named())
    return await _view(session, caller, listed, purpose)


@router.get(
    "/v1/onboarding/signature-lists/{list_id}/file.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}}, 409: {"description": "Not approved yet"}},
)
async def get_signature_list_file(
    list_id: UUID, request: Request, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> Response:
    """The approved list with full numbers; every row is in the access log of its resident."""
    stated = purpose_of(caller, None, purpose)
    runtime = request.app.state.runtime
    async with runtime.database.reading() as reading:
        listed = await load_signature_list(reading, caller, list_id)
        if listed.status not in ("approved", "sent", "closed"):
            raise IllegalTransition(members={"legal": listed.legal()})
        entries = await entries_of(reading, listed)
        units = await _units(reading, [entry.resident_id for entry, _ in entries])
    people = await revealed_residents(runtime.service_client, caller, list(units), FULL, REASON)
    record_reads(session, caller, people, action="signature-list", purpose=stated, fields=FULL)
    serials = {entry.resident_id: serial or "" for entry, serial in entries}
    rows = [_listed(person, units[each], serials[each]) for each, person in people.items()]
    return await _workbook(listed.unit_code, listed.provider, rows)


@router.get("/v1/onboarding/signature-list", response_model=SignaturePreviewView)
async def preview_signature_list(
    request: Request, session: Transaction, caller: Officer,
    unit_code: Annotated[str, Query(max_length=64)], provider: Annotated[str | None, Query(max_length=64)] = None,
    format: Literal["json", "xlsx"] = "json", purpose: PurposeHeader = None,
) -> Response:  # fmt: skip
    """Who would stand on a list of the unit, masked."""
    stated = purpose_of(caller, None, purpose)
    runtime = request.app.state.runtime
    async with runtime.database.reading() as reading:
        unit = await unit_of_query(reading, caller, unit_code)
        eligible = await list_eligible(reading, unit.code, provider)
        lacking = await list_lacking(reading, unit.code, provider)
    named = await named_residents(runtime.service_client, caller, {each.unit_code for each in eligible})
    shown = [(each, named[each.id]) for each in eligible if each.id in named]
    listed = (resident.id for resident, _ in shown)
    record_reads(session, caller, listed, action="signature-list", purpose=stated, fields=["full_name", "personal_id"])
    if format == "xlsx":
        return await _workbook(
            unit.code, provider or "", [_listed(person, each.unit_code, "") for each, person in shown]
        )
    ids = [resident.id for resident, _ in lacking]
    record_reads(session, caller, ids, action="signature-list", purpose=stated, fields=["digital_signature"])
    items = [EntryView.of(each, person) for each, person in shown]
    view = SignaturePreviewView(
        unit_code=unit.code, provider=provider, items=items, lacking=LackingView.listed(lacking)
    )
    return JSONResponse(view.model_dump(mode="json"))


@router.get("/v1/partners/{partner_id}/referrals")
async def list_referrals(
    partner_id: str, session: Transaction, page: PageQuery, caller: Annotated[Caller, allow("partner")],
    step: Step | None = None, unit_code: Annotated[str | None, Query(max_length=64)] = None,
) -> Listed[ReferralView]:  # fmt: skip
    """Residents who consented to this provider and still need the step; gone at once when they withdraw."""
    if caller.partner_id != partner_id:
        raise NotFound()
    residents, cursor, steps = await page_of_referrals(session, partner_id, step, unit_code, page)
    record_reads(
        session, caller, [each.id for each in residents], action="referral", purpose="onboarding", legal_basis="consent"
    )
    return Listed(items=[ReferralView.of(each, steps[each.id]) for each in residents], next_cursor=cursor)


async def _view(session: Transaction, caller: Caller, listed: SignatureList, purpose: str | None) -> SignatureListView:
    entries = await entries_of(session, listed)
    stated, shown = purpose_of_ids(caller, purpose), [entry.resident_id for entry, _ in entries]
    record_reads(session, caller, shown, action="signature-list", purpose=stated, fields=["digital_signature"])
    view = SignatureListView.of(listed, entries)
    if listed.status != "draft":
        return view
    lacking = await list_lacking(session, listed.unit_code, listed.provider)
    ids = [resident.id for resident, _ in lacking]
    record_reads(session, caller, ids, action="signature-list", purpose=stated, fields=["digital_signature"])
    return view.model_copy(update={"lacking": LackingView.listed(lacking)})


async def _units(session: Reading, residents: Sequence[UUID]) -> dict[UUID, str]:
    found = {each: await session.get(KnownResident, each) for each in residents}
    return {each: resident.unit_code for each, resident in found.items() if resident}


def _listed(person: NamedResident, unit: str, serial: str) -> ListedPerson:
    return ListedPerson(person.full_name, person.born, person.personal_id, person.phone, unit, serial)


async def _workbook(unit_code: str, provider: str, rows: list[ListedPerson]) -> Response:
    title = f"Danh sách cấp chữ ký điện tử cho người dân, đơn vị {unit_code}, nhà cung cấp {provider or '...'}"
    content = await anyio.to_thread.run_sync(render_workbook, title, rows)
    name = f'attachment; filename="chu-ky-dien-tu-{today():%Y%m%d}.xlsx"'
    return Response(content, media_type=XLSX, headers={"Content-Disposition": name})
