"""Papers, results and the receipt slip of a dossier."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Response, UploadFile
from fastapi.responses import JSONResponse

from casework.commands.applicants import rules_of
from casework.commands.papers import attach_paper, detach_paper, issue_result, verified_paper
from casework.commands.submission import missing_papers
from casework.errors import DossierNotEditable
from casework.model.dossier_papers import PAPER, RESULT
from casework.model.lifecycle import Actor
from casework.queries import dossiers as queries
from casework.queries import notices, slips
from casework.routes.dossiers import AnyCaller, record_reading
from casework.routes.views import paper, result
from casework.schemas.dossiers import PaperView, ResultView
from casework.settings import get_settings
from casework.slip import NoticeKind, render_fee_receipt, render_notice, render_slip, render_transfer_slip
from casework.uploads import ALLOWED
from chassis.errors import Forbidden, NotFound, TooLarge
from chassis.security.encryption import decrypt
from chassis.security.identity import Caller
from chassis.web.routing import Listed, PurposeHeader, Reading, Transaction, allow, created, transactional_router

router = transactional_router(tags=["dossiers"])

SAFE_DOWNLOAD = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@router.post("/v1/dossiers/{dossier_id}/attachments", status_code=201)
async def create_attachment(
    dossier_id: UUID,
    session: Transaction,
    file: Annotated[UploadFile, File()],
    document: Annotated[
        str | None, Form(description="Which of the procedure's documents; else the first missing")
    ] = None,
    *,
    caller: AnyCaller,
) -> PaperView:
    """Adds a PDF, JPEG or PNG (detected from its content); it is kept encrypted, and the signatures inside a PDF are checked."""
    accepted = await verified_paper(await read_upload(file))
    dossier, *_ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    row = await attach_paper(session, caller, dossier, accepted, name=file.filename or "", document=document)
    answer: JSONResponse = created(paper(row), f"/v1/dossiers/{dossier_id}/attachments/{row.id}")
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location


@router.get("/v1/dossiers/{dossier_id}/attachments")
async def list_attachments(dossier_id: UUID, session: Reading, *, caller: AnyCaller) -> Listed[PaperView]:
    """The papers of a dossier, without their contents."""
    dossier, *_ = await queries.get_dossier(session, caller, dossier_id)
    return Listed(items=[paper(row) for row in await queries.list_papers(session, dossier.id)])


@router.get(
    "/v1/dossiers/{dossier_id}/attachments/{attachment_id}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
async def download_attachment(
    dossier_id: UUID, attachment_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """The paper itself."""
    opened = await queries.get_dossier(session, caller, dossier_id)
    dossier = opened.dossier
    await record_reading(session, caller, opened, "read paper", purpose)
    row = await queries.get_paper(session, dossier, attachment_id)
    return _download(decrypt(PAPER, str(row.id), row.content), row.media_type, row.id)


@router.delete("/v1/dossiers/{dossier_id}/attachments/{attachment_id}", status_code=204)
async def delete_attachment(dossier_id: UUID, attachment_id: UUID, session: Transaction, *, caller: AnyCaller) -> None:
    """Takes a paper back while the dossier can still be edited."""
    dossier, *_ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    await detach_paper(session, dossier, await queries.get_paper(session, dossier, attachment_id))


@router.post("/v1/dossiers/{dossier_id}/results", status_code=201)
async def create_result(
    dossier_id: UUID,
    session: Transaction,
    file: Annotated[UploadFile, File()],
    is_draft: Annotated[bool, Form(description="A draft that the applicant is asked to confirm")] = False,
    *,
    caller: Annotated[Caller, allow("officer")],
) -> ResultView:
    """Adds the electronic result, or its draft; the hash proves later that it is unchanged."""
    accepted = await verified_paper(await read_upload(file))
    dossier, actor, _ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    if actor is not Actor.OFFICER:
        raise Forbidden()  # the desk of another unit hands in; it decides nothing
    row = await issue_result(session, caller, dossier, accepted, is_draft=is_draft)
    answer: JSONResponse = created(result(row), f"/v1/dossiers/{dossier_id}/results/{row.id}")
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location


@router.get("/v1/dossiers/{dossier_id}/results")
async def list_results(dossier_id: UUID, session: Reading, *, caller: AnyCaller) -> Listed[ResultView]:
    """The electronic results of a dossier, drafts among them, with their hashes."""
    dossier, *_ = await queries.get_dossier(session, caller, dossier_id)
    return Listed(items=[result(row) for row in await queries.list_results(session, dossier.id)])


@router.get(
    "/v1/dossiers/{dossier_id}/results/{result_id}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
async def download_result(
    dossier_id: UUID, result_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """The result itself."""
    opened = await queries.get_dossier(session, caller, dossier_id)
    dossier = opened.dossier
    await record_reading(session, caller, opened, "read result", purpose)
    row = await queries.get_result(session, dossier, result_id)
    if not queries.shows_result(opened, row):
        raise NotFound()
    return _download(decrypt(RESULT, str(row.id), row.content), row.media_type, row.id)


@router.get(
    "/v1/dossiers/{dossier_id}/slip.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def get_slip(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """The receipt slip with the date of return; before valid receipt, the confirmation that it was filed."""
    opened = await queries.get_dossier(session, caller, dossier_id)
    dossier = opened.dossier
    if dossier.origin == "portal":
        raise NotFound()
    if dossier.submitted_at is None:
        raise DossierNotEditable()
    await record_reading(session, caller, opened, "print slip", purpose)
    pdf = await asyncio.to_thread(render_slip, await slips.get_slip(session, dossier, sees_subject=opened.sees_subject))
    return Response(pdf, media_type="application/pdf", headers=SAFE_DOWNLOAD)


@router.get(
    "/v1/dossiers/{dossier_id}/receipt.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def get_fee_receipt(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """The electronic receipt of the fee; 404 while nothing is paid here."""
    opened = await queries.get_dossier(session, caller, dossier_id)
    dossier = opened.dossier
    if dossier.receipt_number is None:
        raise NotFound()
    await record_reading(session, caller, opened, "print receipt", purpose)
    pdf = await asyncio.to_thread(render_fee_receipt, await slips.get_fee_receipt(session, dossier))
    return Response(pdf, media_type="application/pdf", headers=SAFE_DOWNLOAD)


@router.get("/v1/dossiers/{dossier_id}/supplement-slip.pdf", response_class=Response)
async def get_supplement_slip(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """Slip 02: what has to be supplemented and why; 404 while nothing was asked for."""
    opened = await _opened_for_print(session, caller, dossier_id, purpose)
    lacking = await missing_papers(session, opened.dossier, rules_of(opened.dossier))
    return await _notice(session, opened, "supplement", missing=lacking)


@router.get("/v1/dossiers/{dossier_id}/refusal-slip.pdf", response_class=Response)
async def get_refusal_slip(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """Slip 03: why the dossier was not received; after receipt, the notice that it was stopped. 404 otherwise."""
    return await _notice(session, await _opened_for_print(session, caller, dossier_id, purpose), "refusal", "stop")


@router.get("/v1/dossiers/{dossier_id}/apology-slip.pdf", response_class=Response)
async def get_apology_slip(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """Slip 04: the apology with the reason and the new date of return; 404 while the promise was not moved."""
    return await _notice(session, await _opened_for_print(session, caller, dossier_id, purpose), "apology")


@router.get("/v1/dossiers/{dossier_id}/transfer-slip.pdf", response_class=Response)
async def get_transfer_slip(
    dossier_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """Slip 05: the ways of the dossier between the place of receipt and the unit that decides; 404 for one that stayed."""
    opened = await _opened_for_print(session, caller, dossier_id, purpose)
    slip = await notices.get_transfer_slip(session, opened.dossier)
    return _printed(await asyncio.to_thread(render_transfer_slip, slip))


async def _opened_for_print(
    session: Transaction, caller: Caller, dossier_id: UUID, purpose: str | None
) -> queries.OpenedDossier:
    opened = await queries.get_dossier(session, caller, dossier_id)
    if opened.dossier.origin == "portal":
        raise NotFound()
    await record_reading(session, caller, opened, "print slip", purpose)
    return opened


async def _notice(
    session: Transaction, opened: queries.OpenedDossier, *kinds: NoticeKind, missing: Sequence[str] = ()
) -> Response:
    notice = await notices.get_notice(
        session, opened.dossier, *kinds, sees_subject=opened.sees_subject, missing=missing
    )
    return _printed(await asyncio.to_thread(render_notice, notice))


def _printed(pdf: bytes) -> Response:
    return Response(pdf, media_type="application/pdf", headers=SAFE_DOWNLOAD)


async def read_upload(file: UploadFile, limit: int | None = None) -> bytes:
    """The file's bytes; never more than the limit (that of attachments) is read."""
    limit = limit or get_settings().attachment_limit_bytes
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise TooLarge()
    return content


def _download(content: bytes, media_type: str, name: UUID) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}{ALLOWED[media_type]}"'}
    return Response(content, media_type=media_type, headers=SAFE_DOWNLOAD | disposition)
