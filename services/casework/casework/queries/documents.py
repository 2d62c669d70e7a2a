"""Documents as their senders and recipients may see them."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import col, select

from casework.edxml import (
    AnsweredDocument,
    DocumentSigner,
    EdxmlDocument,
    EnvelopeFile,
    Organ,
    StatusReply,
    TraceHeader,
)
from casework.errors import NotBetweenAgencies
from casework.model.codes import organ_id_of
from casework.model.documents import ANNEX, DOCUMENT_WORD, FILE, Document, DocumentFile, kind_title
from casework.model.people import KnownOrganization
from casework.model.search import has_words
from casework.queries.people import full_name, own
from casework.settings import get_settings
from casework.uploads import ANNEXES
from chassis.errors import NotFound
from chassis.security.encryption import decrypt
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_of
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id

Box = Literal["inbox", "sent"]


async def get_document(session: ReadSession, caller: Caller, document_id: UUID, *, lock: bool = False) -> Document:
    """The document if the caller is its sender or recipient; else NotFound."""
    query = select(Document).where(Document.id == document_id)
    document = (await session.exec(query.with_for_update() if lock else query)).first()
    if document is None or not (
        await is_sender(session, caller, document) or await is_recipient(session, caller, document)
    ):
        raise NotFound()
    return document


async def find_by_edxml_id(session: ReadSession, edxml_id: str, *, lock: bool = False) -> Sequence[Document]:
    """Every document that travels under this id here: one for each unit it is addressed to."""
    query = select(Document).where(Document.edxml_id == edxml_id).order_by(col(Document.id))
    return (await session.exec(query.with_for_update() if lock else query)).all()


async def list_files(session: ReadSession, document_id: UUID) -> Sequence[DocumentFile]:
    """The further files of a document without their contents."""
    query = select(DocumentFile).where(DocumentFile.document_id == document_id).order_by(col(DocumentFile.id))
    return (await session.exec(query.options(defer(DocumentFile.content)))).all()  # type: ignore[arg-type]  # SQLModel attribute


async def get_file(session: ReadSession, document: Document, file_id: UUID) -> DocumentFile:
    """One further file with its content."""
    file = await session.get(DocumentFile, file_id)
    if file is None or file.document_id != document.id:
        raise NotFound()
    return file


async def get_edxml_document(session: ReadSession, document: Document) -> EdxmlDocument:
    """The document as other agencies receive it."""
    names = await organ_names(session, document)
    answered = await session.get(Document, document.in_reply_to) if document.in_reply_to else None
    number, _, notation = document.symbol.partition("/")
    issuing = document.read_issuing()
    return EdxmlDocument(
        document_id=document.edxml_id or "",
        sender=names[0],
        recipients=(names[1],),
        number=number,
        notation=notation,
        promulgated_on=document.issued_on,
        subject=document.read_subject(),
        place=issuing.place,
        type_name=kind_title(document.kind),
        signer=DocumentSigner(**issuing.signer.model_dump()) if issuing.signer else None,
        content=document.read_body() or "",
        due_on=document.due_on,
        answers=(AnsweredDocument(names[1].organ_id, answered.edxml_id, answered.symbol),)
        if answered and answered.edxml_id
        else (),
        traces=(TraceHeader(names[0].organ_id, document.sent_at),),
        attachments=tuple(await _attached(session, document)),
    )


async def get_status_reply(session: ReadSession, document: Document) -> StatusReply:
    """The status reply for its sender."""
    sender, recipient = await organ_names(session, document)
    return StatusReply(
        answered=AnsweredDocument(sender.organ_id, document.edxml_id or "", document.symbol, document.issued_on),
        sender=recipient,
        status_code=f"{document.code:02d}",
        at=document.changed_at,
        description=document.read_status_note() or document.code.name.lower(),
    )


async def organ_names(session: ReadSession, document: Document) -> tuple[Organ, Organ]:
    """Sender and recipient by their identifiers; 409 where one of them is no agency."""
    if document.edxml_id is None:
        raise NotBetweenAgencies()
    return (
        await _organ(session, document.sender_unit_id, document.sender_organ_id),
        await _organ(session, document.recipient_unit_id, document.recipient_organ_id),
    )


async def _organ(session: ReadSession, unit_id: UUID | None, organ_id: str | None) -> Organ:
    unit = (await units_of(session, [unit_id])).get(unit_id) if unit_id else None
    if unit is None:
        return Organ(organ_id or "")
    return Organ(organ_id_of(get_settings().organ_id_pattern, unit.code), full_name(unit))


async def _attached(session: ReadSession, document: Document) -> list[EnvelopeFile]:
    files = [(document.media_type, decrypt(FILE, str(document.id), document.content))] if document.content else []
    for line in await list_files(session, document.id):
        file = await get_file(session, document, line.id)
        await session.refresh(file, ["content"])
        files.append((file.media_type, decrypt(ANNEX, str(file.id), file.content)))
    return [
        EnvelopeFile(f"{number:02d}{ANNEXES[media_type or '']}", content, media_type or "")
        for number, (media_type, content) in enumerate(files, 1)
    ]


async def person_of(session: ReadSession, document: Document) -> UUID | None:
    """The resident who wrote the document or receives it; of an organization, its representative. None between agencies."""
    person_id = document.sender_id or document.recipient_id
    if person_id is None:
        return None
    organization = await session.get(KnownOrganization, person_id)
    return person_id if organization is None else organization.representative_id


async def is_sender(session: ReadSession, caller: Caller, document: Document) -> bool:
    """Whether the caller, or the caller's office, sent it."""
    return await _is(session, caller, document.sender_id, document.sender_unit_id)


async def is_recipient(session: ReadSession, caller: Caller, document: Document) -> bool:
    """Whether it is for the caller, or for the caller's office."""
    return await _is(session, caller, document.recipient_id, document.recipient_unit_id)


async def list_documents(
    session: ReadSession, caller: Caller, page: Page, box: Box, q: str | None = None
) -> tuple[list[Document], str | None]:
    """What came in, or what went out, without the files; `q` is a part of the symbol, or words of subject or text."""
    query = select(Document).options(defer(Document.content), defer(Document.body))  # type: ignore[arg-type]  # SQLModel attributes
    if q and q.strip():
        has_symbol = func.strpos(func.upper(col(Document.symbol)), q.strip().upper()) > 0
        query = query.where(has_symbol | has_words(col(Document.search_marks), DOCUMENT_WORD, q))
    return await page_by_id(session, _in_box(query, caller, box), Document.id, page)


def _in_box(query: Any, caller: Caller, box: Box) -> Any:
    person, unit = (
        (col(Document.recipient_id), col(Document.recipient_unit_id))
        if box == "inbox"
        else (col(Document.sender_id), col(Document.sender_unit_id))
    )
    if caller.role == "officer":
        return scoped(query, caller, unit)
    return query.where(own(person, caller.resident_id or caller.organization_id))


async def _is(session: ReadSession, caller: Caller, person_id: UUID | None, unit_id: UUID | None) -> bool:
    if caller.role == "officer":
        return unit_id is not None and await covers(session, caller, unit_id)
    return person_id is not None and person_id == (caller.resident_id or caller.organization_id)
