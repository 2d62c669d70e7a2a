"""Documents as their senders and recipients may see them."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from casework.model.documents import Document
from casework.queries.people import own
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.http import Page, page_by_id
from chassis.identity import Caller
from chassis.scope import covers, scoped

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


async def is_sender(session: ReadSession, caller: Caller, document: Document) -> bool:
    """Whether the caller, or the caller's office, sent it."""
    return await _is(session, caller, document.sender_id, document.sender_unit_id)


async def is_recipient(session: ReadSession, caller: Caller, document: Document) -> bool:
    """Whether it is for the caller, or for the caller's office."""
    return await _is(session, caller, document.recipient_id, document.recipient_unit_id)


async def list_documents(
    session: ReadSession, caller: Caller, page: Page, box: Box
) -> tuple[list[Document], str | None]:
    """What came in, or what went out, without the files."""
    query = select(Document).options(defer(Document.content), defer(Document.body))  # type: ignore[arg-type]  # SQLModel attributes
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
