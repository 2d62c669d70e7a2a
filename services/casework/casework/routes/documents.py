"""Documents between residents or organizations and agencies."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Query, Response, UploadFile
from fastapi.responses import JSONResponse

from casework.commands.documents import (
    answer_recall,
    ask_document_back,
    receive_document,
    send_document,
    step_document,
)
from casework.commands.envelopes import apply_status_reply, open_envelope, receive_edxml_document
from casework.commands.papers import verified_paper
from casework.edxml import StatusReply, write_document, write_status
from casework.model.documents import ANNEX, FILE, Document, ExchangeStatus, Recall, kind_title
from casework.queries import documents as queries
from casework.queries.documents import Box, is_recipient, is_sender
from casework.routes.papers import SAFE_DOWNLOAD, read_upload
from casework.schemas.documents import DocumentCreate, DocumentLine, DocumentView, ExchangeStep, FileView
from casework.settings import get_settings
from chassis.errors import Forbidden, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.encryption import decrypt
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession, Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    transactional_router,
)

router = transactional_router(tags=["documents"])

AnyCaller = Annotated[Caller, allow("resident", "organization", "officer", level=1, acting="documents")]
Officer = Annotated[Caller, allow("officer")]
RECALL_ANSWERS = {"recall_agreed": Recall.AGREED, "recall_refused": Recall.REFUSED}


@router.post("/v1/documents", status_code=201)
@personal_answer()
async def create_document(body: DocumentCreate, session: Transaction, *, caller: AnyCaller) -> DocumentView:
    """Sends a document; it gets a number in the sender's register."""
    content = body.decoded()
    name = body.file_name or "" if caller.role == "officer" else None
    file = await verified_paper(content, name) if content is not None else None
    document = await send_document(session, caller, body.to_document(), file)
    await session.flush()
    view = await _whole(session, document, shows_content=True)
    answer: JSONResponse = created(view, f"/v1/documents/{document.id}", version=document.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/documents")
async def list_documents(
    session: Transaction,
    page: PageQuery,
    box: Annotated[Box, Query()] = "inbox",
    q: Annotated[
        str | None, Query(max_length=100, description="A part of the symbol, or words of subject or text")
    ] = None,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> Listed[DocumentLine]:
    """The caller's inbox, or what the caller (or the caller's office) sent. Subjects of people's documents are shown to
    officers who name a purpose, and the reading is in the access log."""
    rows, cursor = await queries.list_documents(session, caller, page, box, q)
    people = {row.id: await queries.person_of(session, row) for row in rows} if caller.role == "officer" else {}
    if purpose is not None:
        for person in sorted({person for person in people.values() if person is not None}):
            _record_access(session, caller, person, purpose, ["subject"])
    lines = [_line(row, shows_content=purpose is not None or people.get(row.id) is None) for row in rows]
    return Listed(items=[DocumentLine.model_validate(line) for line in lines], next_cursor=cursor)


@router.post("/v1/documents/edxml", status_code=201)
@personal_answer()
async def receive_edxml_envelope(
    session: Transaction,
    response: Response,
    file: Annotated[UploadFile, File(description="An edXML envelope: a document, or a status reply to one of ours")],
    *,
    caller: Officer,
) -> Listed[DocumentView]:
    """Takes what another agency sent: a document for the caller's units (201, or 200 when it is here already), or what
    became of one of ours (200)."""
    content = await read_upload(file, get_settings().envelope_limit_bytes)
    inside, files = await open_envelope(content)
    if isinstance(inside, StatusReply):
        documents, is_new = [await apply_status_reply(session, caller, inside)], False
    else:
        documents, is_new = await receive_edxml_document(session, caller, inside, files)
    await session.flush()
    response.status_code = 201 if is_new else 200
    return Listed(
        items=[await _whole(session, document, shows_content=True) for document in documents], next_cursor=None
    )


@router.get(
    "/v1/documents/{document_id}/edxml",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}},
)
async def get_edxml_envelope(document_id: UUID, session: Reading, *, caller: Officer) -> Response:
    """The document in its edXML envelope, for the axis that carries it to the other agency."""
    document = await queries.get_document(session, caller, document_id)
    content = write_document(await queries.get_edxml_document(session, document))
    return Response(content, media_type="application/xml", headers=SAFE_DOWNLOAD)


@router.get(
    "/v1/documents/{document_id}/edxml-status",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}},
)
async def get_edxml_status(document_id: UUID, session: Reading, *, caller: Officer) -> Response:
    """The status reply for the document's sender."""
    document = await queries.get_document(session, caller, document_id)
    content = write_status(await queries.get_status_reply(session, document))
    return Response(content, media_type="application/xml", headers=SAFE_DOWNLOAD)


@router.get("/v1/documents/{document_id}")
async def get_document(
    document_id: UUID, session: Transaction, response: Response, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> DocumentView:
    """One document; an officer's reading of a resident's document needs a purpose and is logged."""
    document = await queries.get_document(session, caller, document_id)
    await _read_content(session, caller, document, purpose)
    response.headers["ETag"] = etag(document.version)
    return await _whole(session, document, shows_content=True)


@router.get(
    "/v1/documents/{document_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
async def download_document_file(
    document_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """The document's file."""
    document = await queries.get_document(session, caller, document_id)
    if document.content is None:
        raise NotFound()
    await _read_content(session, caller, document, purpose)
    content = decrypt(FILE, str(document.id), document.content)
    return Response(content, media_type=document.media_type, headers=SAFE_DOWNLOAD)


@router.get(
    "/v1/documents/{document_id}/files/{file_id}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
async def download_document_annex(
    document_id: UUID, file_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """A further file of the document."""
    document = await queries.get_document(session, caller, document_id)
    await _read_content(session, caller, document, purpose)
    file = await queries.get_file(session, document, file_id)
    return Response(decrypt(ANNEX, str(file.id), file.content), media_type=file.media_type, headers=SAFE_DOWNLOAD)


@router.post("/v1/documents/{document_id}/receipt")
@personal_answer("/v1/documents/{document_id}")
async def confirm_document_receipt(
    document_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> DocumentView:
    """Confirms that the document has arrived; twice changes nothing. The answer has the content when a purpose is named."""
    document = await queries.get_document(session, caller, document_id, lock=True)
    if not await is_recipient(session, caller, document):
        raise Forbidden()
    await receive_document(session, caller, document)
    return await _whole_for(session, caller, document, purpose)


@router.post("/v1/documents/{document_id}/status")
@personal_answer("/v1/documents/{document_id}")
async def update_document_status(
    document_id: UUID,
    body: ExchangeStep,
    session: Transaction,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> DocumentView:
    """Goes one step along the status chain of document exchange; an illegal one answers 409. The answer has the content
    when a purpose is named."""
    document = await queries.get_document(session, caller, document_id, lock=True)
    is_senders = body.status == "recall_requested"
    if not await (is_sender if is_senders else is_recipient)(session, caller, document):
        raise Forbidden()
    if is_senders:
        ask_document_back(session, document)
    elif body.status in RECALL_ANSWERS:
        answer_recall(session, document, RECALL_ANSWERS[body.status])
    elif body.status == "received":
        await receive_document(session, caller, document)
    else:
        step_document(session, document, ExchangeStatus[body.status.upper()])
    document.write_status_note(body.note)
    return await _whole_for(session, caller, document, purpose)


async def _read_content(session: Session, caller: Caller, document: Document, purpose: str | None) -> None:
    """The access row of an officer's reading of what a person wrote or receives; 428 without a purpose."""
    person = await queries.person_of(session, document) if caller.role == "officer" else None
    if person is not None:
        _record_access(session, caller, person, purpose, ["subject", "body"])


def _record_access(session: Session, caller: Caller, person: UUID, purpose: str | None, fields: list[str]) -> None:
    checked = purpose_of(caller, person, purpose)
    record_access(session, "casework", caller, person, action="read document", purpose=checked, fields=fields)


async def _whole_for(session: Session, caller: Caller, document: Document, purpose: str | None) -> DocumentView:
    """After a step: the content only for one's own document, or with a purpose and its access row."""
    is_silent = purpose is None and caller.role == "officer" and await queries.person_of(session, document) is not None
    if not is_silent:
        await _read_content(session, caller, document, purpose)
    return await _whole(session, document, shows_content=not is_silent)


async def _whole(session: ReadSession, document: Document, *, shows_content: bool) -> DocumentView:
    further = [
        FileView.model_validate(
            file.model_dump(include={"id", "media_type", "size", "signatures"}) | {"sha256": file.sha256.hex()}
        )
        for file in await queries.list_files(session, document.id)
    ]
    issuing = document.read_issuing()
    return DocumentView.model_validate(
        _line(document, shows_content=shows_content)
        | {
            "body": document.read_body() if shows_content else None,
            "place": issuing.place,
            "sender_name": issuing.organ_name,
            "signer": issuing.signer,
            "missing_files": list(issuing.missing_files),
            "status_note": document.read_status_note() if shows_content else None,
            "sha256": document.sha256.hex() if document.sha256 else None,
            "signatures": document.signatures,
            "further_files": further,
            "legal_statuses": [status.name.lower() for status in sorted(document.legal())],
        }
    )


def _line(document: Document, *, shows_content: bool) -> dict[str, object]:
    return {
        "id": document.id,
        "number": document.number,
        "symbol": document.symbol,
        "issued_on": document.issued_on,
        "kind": document.kind,
        "kind_title": kind_title(document.kind),
        "subject": document.read_subject() if shows_content else "",
        "sender_unit_code": document.sender_unit_code,
        "sender_id": document.sender_id,
        "recipient_unit_code": document.recipient_unit_code,
        "recipient_id": document.recipient_id,
        "status": document.status_name,
        "status_code": f"{document.code:02d}",
        "sent_at": document.sent_at,
        "received_at": document.received_at,
        "arrival_number": document.arrival_number,
        "has_file": document.media_type is not None,
        "in_reply_to": document.in_reply_to,
        "edxml_id": document.edxml_id,
        "sender_organ_id": document.sender_organ_id,
        "recipient_organ_id": document.recipient_organ_id,
        "due_on": document.due_on,
    }
