"""Documents between residents or organizations and agencies."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from casework.commands.documents import receive_document, send_document, step_document
from casework.commands.papers import verified_paper
from casework.model.documents import CHAIN, FILE, Document, ExchangeStatus
from casework.queries.documents import Box, get_document, is_recipient, list_documents
from casework.schemas.documents import DocumentCreate, DocumentLine, DocumentView, ExchangeStep
from chassis.access import purpose_of, record_access
from chassis.database import Session
from chassis.errors import Forbidden, NotFound
from chassis.http import Listed, PageQuery, PurposeHeader, Reading, Routes, Transaction, allow, created, etag
from chassis.identity import Caller
from chassis.sealing import unseal

router = Routes(tags=["documents"])

Anybody = Annotated[Caller, allow("resident", "organization", "officer")]


@router.post("/v1/documents", status_code=201)
async def create_document(body: DocumentCreate, session: Transaction, *, caller: Anybody) -> DocumentView:
    """Sends a document; it gets a number in the sender's register."""
    content = body.decoded()
    file = await verified_paper(content) if content is not None else None
    document = await send_document(session, caller, body, file)
    view = DocumentView.model_validate(_view(document))
    answer: JSONResponse = created(view, f"/v1/documents/{document.id}", version=document.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/documents")
async def list_box(
    session: Reading, page: PageQuery, box: Annotated[Box, Query()] = "inbox", *, caller: Anybody
) -> Listed[DocumentLine]:
    """The caller's inbox, or what the caller (or the caller's office) sent."""
    rows, cursor = await list_documents(session, caller, page, box)
    return Listed(items=[DocumentLine.model_validate(_line(row)) for row in rows], next_cursor=cursor)


@router.get("/v1/documents/{document_id}")
async def read_document(
    document_id: UUID, session: Transaction, response: Response, purpose: PurposeHeader = None, *, caller: Anybody
) -> DocumentView:
    """A document whole; an officer's reading of a resident's letter needs a purpose and is logged."""
    document = await get_document(session, caller, document_id)
    _log(session, caller, document, purpose)
    response.headers["ETag"] = etag(document.version)
    return DocumentView.model_validate(_view(document))


@router.get("/v1/documents/{document_id}/file", response_class=Response)
async def download_file(
    document_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: Anybody
) -> Response:
    """The document's file."""
    document = await get_document(session, caller, document_id)
    if document.content is None:
        raise NotFound()
    _log(session, caller, document, purpose)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(unseal(FILE, str(document.id), document.content), media_type=document.media_type, headers=headers)


@router.post("/v1/documents/{document_id}/receipt")
async def confirm_receipt(document_id: UUID, session: Transaction, *, caller: Anybody) -> DocumentView:
    """Confirms that the document has arrived; twice changes nothing."""
    document = await get_document(session, caller, document_id, lock=True)
    if not await is_recipient(session, caller, document):
        raise Forbidden()
    await receive_document(session, caller, document)
    return DocumentView.model_validate(_view(document))


@router.post("/v1/documents/{document_id}/status")
async def step(document_id: UUID, body: ExchangeStep, session: Transaction, *, caller: Anybody) -> DocumentView:
    """Goes one step along the status chain of document exchange; an illegal one answers 409."""
    document = await get_document(session, caller, document_id, lock=True)
    if not await is_recipient(session, caller, document):
        raise Forbidden()
    if body.status == "received":
        await receive_document(session, caller, document)
    else:
        step_document(document, ExchangeStatus[body.status.upper()])
    return DocumentView.model_validate(_view(document))


def _log(session: Session, caller: Caller, document: Document, purpose: str | None) -> None:
    resident_id = document.sender_id or (document.recipient_id if document.recipient_kind == "resident" else None)
    if caller.role != "officer" or resident_id is None:
        return
    said = purpose_of(caller, resident_id, purpose)
    record_access(
        session, "casework", caller, resident_id, action="read document", purpose=said, fields=["subject", "body"]
    )


def _view(document: Document) -> dict[str, object]:
    legal = [status.name.lower() for status in sorted(CHAIN[ExchangeStatus(document.status)])]
    return _line(document) | {
        "body": document.read_body(),
        "sha256": document.sha256.hex() if document.sha256 else None,
        "signatures": document.signatures,
        "legal_statuses": legal,
    }


def _line(document: Document) -> dict[str, object]:
    status = ExchangeStatus(document.status)
    return {
        "id": document.id,
        "number": document.number,
        "symbol": document.symbol,
        "issued_on": document.issued_on,
        "kind": document.kind,
        "subject": document.read_subject(),
        "sender_unit_code": document.sender_unit_code,
        "sender_id": document.sender_id,
        "recipient_unit_code": document.recipient_unit_code,
        "recipient_id": document.recipient_id,
        "status": status.name.lower(),
        "status_code": f"{status:02d}",
        "sent_at": document.sent_at,
        "received_at": document.received_at,
        "arrival_number": document.arrival_number,
        "has_file": document.media_type is not None,
        "in_reply_to": document.in_reply_to,
    }
