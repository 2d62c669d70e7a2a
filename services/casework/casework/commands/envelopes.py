"""Documents of other agencies: taken out of their edXML envelopes, and what became of ours."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from casework.commands.documents import document_changed, keep_file, number_in
from casework.commands.papers import SignedPaper, verified_paper
from casework.edxml import EdxmlDocument, NotAnEnvelope, StatusReply, read_envelope
from casework.errors import InvalidEnvelope
from casework.model.codes import unit_code_of
from casework.model.documents import (
    ANNEX,
    OFFICIAL_LETTER,
    Document,
    DocumentFile,
    ExchangeStatus,
    Issuing,
    Recall,
    Signer,
)
from casework.queries.documents import find_by_edxml_id
from casework.settings import get_settings
from chassis.clock import now
from chassis.errors import FieldError, Forbidden, NotFound
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from chassis.web.vocabulary import code_of
from contracts.casework import DocumentSent

STATUS_CODES = frozenset(int(code) for code in (*ExchangeStatus, *Recall))


async def open_envelope(content: bytes) -> tuple[EdxmlDocument | StatusReply, list[SignedPaper]]:
    """What is inside, its files checked like every paper; ask before the first statement. 422 for anything else."""
    try:
        inside = await asyncio.to_thread(read_envelope, content, limit=get_settings().attachment_limit_bytes)
    except NotAnEnvelope as error:
        raise InvalidEnvelope(errors=[_wrong(error.element)]) from error
    files = inside.attachments if isinstance(inside, EdxmlDocument) else ()
    return inside, [await verified_paper(file.content, file.name) for file in files]


async def receive_edxml_document(
    session: Session, caller: Caller, received: EdxmlDocument, files: Sequence[SignedPaper]
) -> tuple[list[Document], bool]:
    """The document in the inbox of each addressed unit of the caller, once per document id; and whether any of them is new."""
    units = await _addressed(session, caller, received)
    await lock_name(session, "edxml", received.document_id)
    known = {document.recipient_unit_id: document for document in await find_by_edxml_id(session, received.document_id)}
    taken = [known.get(unit.id) or await _take(session, caller, received, files, unit) for unit in units]
    return taken, any(unit.id not in known for unit in units)


async def apply_status_reply(session: Session, caller: Caller, reply: StatusReply) -> Document:
    """Applies the status that the recipient reports for our document; repeats and late replies change nothing. 404 for a
    document that is not ours."""
    if int(reply.status_code) not in STATUS_CODES:
        raise InvalidEnvelope(errors=[_wrong("StatusCode")])
    for document in await find_by_edxml_id(session, reply.answered.document_id, lock=True):
        is_ours = document.sender_unit_id is not None and await covers(session, caller, document.sender_unit_id)
        if is_ours and document.recipient_organ_id == reply.sender.organ_id:
            if document.apply_reported_status(int(reply.status_code)):
                document_changed(session, document)
            return document
    raise NotFound()


async def _addressed(session: Session, caller: Caller, received: EdxmlDocument) -> list[KnownUnit]:
    patterns = [get_settings().organ_id_pattern, *get_settings().organ_id_patterns_read]
    codes = [unit_code_of(pattern, organ.organ_id) for organ in received.recipients for pattern in patterns]
    units = [unit for code in dict.fromkeys(codes) if code and (unit := await find_unit(session, code))]
    own = [unit for unit in units if await covers(session, caller, unit.id)]
    if not units:
        raise InvalidEnvelope(errors=[_wrong("To")])
    if not own:
        raise Forbidden()
    return own


async def _take(
    session: Session, caller: Caller, received: EdxmlDocument, files: Sequence[SignedPaper], unit: KnownUnit
) -> Document:
    moment = now()
    document = Document(
        id=new_id(),
        number=number_in(received.number),
        symbol="/".join(part for part in (received.number, received.notation) if part),
        issued_on=received.promulgated_on,
        kind=code_of("document-kinds", received.type_name) or OFFICIAL_LETTER,
        edxml_id=received.document_id,
        sender_organ_id=received.sender.organ_id,
        recipient_unit_id=unit.id,
        recipient_unit_code=unit.code,
        recipient_kind="unit",
        due_on=received.due_on,
        in_reply_to=await _answered(session, received, unit),
        sent_at=moment,
        sent_by=caller.account,
        changed_at=moment,
        subject=b"",
    )
    document.write(received.subject, received.content)
    document.write_issuing(
        Issuing(
            place=received.place,
            organ_name=received.sender.name,
            signer=Signer(**received.signer._asdict()) if received.signer and received.signer.full_name else None,
            missing_files=received.missing_files,
        )
    )
    _keep_files(session, document, files)
    session.add(document)
    publish(session, DocumentSent(**document.state()))
    return document


def _keep_files(session: Session, document: Document, files: Sequence[SignedPaper]) -> None:
    if files:
        keep_file(document, files[0])
    for further in files[1:]:
        file_id = new_id()
        session.add(
            DocumentFile(
                id=file_id,
                document_id=document.id,
                media_type=further.paper.media_type,
                size=len(further.paper.content),
                sha256=sha256(further.paper.content).digest(),
                content=encrypt(ANNEX, str(file_id), further.paper.content),
                signatures=further.kept_signatures,
            )
        )


async def _answered(session: Session, received: EdxmlDocument, unit: KnownUnit) -> UUID | None:
    """Our document that this one answers, where we know it."""
    ids = [answered.document_id for answered in received.answers]
    query = select(Document.id).where(col(Document.edxml_id).in_(ids), col(Document.sender_unit_id) == unit.id)
    return (await session.exec(query)).first()


def _wrong(element: str) -> FieldError:
    return FieldError(
        f"/{element}",
        "invalid-edxml",
        "Phần tử thiếu hoặc không đọc được.",
        "This element is missing or cannot be read.",
    )
