"""Documents between residents or organizations and agencies: sent with a number, received, dealt with."""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from casework.commands.papers import SignedPaper
from casework.errors import IllegalAction
from casework.model.codes import organ_id_of
from casework.model.documents import (
    FILE,
    BrokenChain,
    Document,
    DocumentSerial,
    ExchangeStatus,
    Issuing,
    NewDocument,
    Recall,
    abbreviation_of,
)
from casework.queries.documents import get_document
from casework.queries.people import commune_of, full_name, get_organization, get_resident
from casework.settings import get_settings
from chassis.clock import now, today
from chassis.errors import Forbidden
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.security.training_guard import TrainingOnly
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.casework import DocumentChanged, DocumentSent

ELECTRONIC = "ĐT"
OFFICE = "UBND"


async def send_document(session: Session, caller: Caller, new: NewDocument, file: SignedPaper | None) -> Document:
    """Numbers a document in its sender's register and puts it into its recipient's box."""
    document_id, moment = new_id(), now()
    sender = await _sending_unit(session, caller, new) if caller.role == "officer" else None
    recipient = await _receiving_unit(session, new)
    if sender is None and recipient is None:
        raise Forbidden()  # people write to agencies, never to one another or past their own
    _require_training_only(caller, new, [unit for unit in (sender, recipient) if unit is not None])
    if new.in_reply_to is not None:
        await get_document(session, caller, new.in_reply_to)
    number = await _next_number(
        session, f"sent|{sender.id if sender else caller.resident_id or caller.organization_id}"
    )
    document = Document(
        id=document_id,
        number=number,
        symbol=f"{number:02d}/{notation_of(new.kind) if sender else ELECTRONIC}",
        issued_on=today(),
        due_on=new.due_on,
        recipient_organ_id=new.organ_id,
        kind=new.kind,
        sender_unit_id=sender.id if sender else None,
        sender_unit_code=sender.code if sender else None,
        sender_id=None if sender else caller.resident_id or caller.organization_id,
        recipient_unit_id=recipient.id if recipient else None,
        recipient_unit_code=recipient.code if recipient else None,
        recipient_id=await _recipient(session, caller, new),
        recipient_kind=new.recipient_kind,
        in_reply_to=new.in_reply_to,
        sent_at=moment,
        sent_by=caller.account,
        changed_at=moment,
        subject=b"",
    )
    if sender is not None and (recipient is not None or new.organ_id is not None):
        organ_id = organ_id_of(get_settings().organ_id_pattern, sender.code)
        document.edxml_id = f"{organ_id},{document.issued_on:%Y/%m/%d},{document.symbol}"
    document.write(new.subject, new.body)
    if sender is not None:
        document.write_issuing(Issuing(place=new.place or sender.name, organ_name=full_name(sender), signer=new.signer))
    if file is not None:
        keep_file(document, file)
    session.add(document)
    publish(session, DocumentSent(**document.state()))
    return document


def notation_of(kind: str) -> str:
    """What stands behind the number: `KH-UBND` of a plan, `UBND` of an official letter (Decree 30/2020/NĐ-CP)."""
    abbreviation = abbreviation_of(kind)
    return f"{abbreviation}-{OFFICE}" if abbreviation else OFFICE


def _require_training_only(caller: Caller, new: NewDocument, units: Sequence[KnownUnit]) -> None:
    """What a training account sends stays in its training units: nothing for agencies outside, no envelope for them."""
    leaves = new.organ_id is not None or not {unit.code for unit in units} <= set(caller.training_units)
    if caller.training_units and leaves:
        raise TrainingOnly()


def keep_file(document: Document, file: SignedPaper) -> None:
    """Stores the (first) file in the document, encrypted."""
    paper = file.paper
    document.media_type, document.sha256 = paper.media_type, sha256(paper.content).digest()
    document.content = encrypt(FILE, str(document.id), paper.content)
    document.signatures = file.kept_signatures


def number_in(text: str) -> int:
    """The number that a document's code begins with, 0 where there is none that fits."""
    digits = re.match(r"[0-9]{1,9}", text)
    return int(digits[0]) if digits else 0


async def receive_document(session: Session, caller: Caller, document: Document) -> None:
    """Confirms that it has arrived; an agency gives it a number in its register of arrivals. Twice changes nothing."""
    if document.received_at is not None:
        return
    step_document(session, document, ExchangeStatus.RECEIVED)
    document.received_at, document.received_by = document.changed_at, caller.account
    if document.recipient_unit_id is not None:
        document.arrival_number = await _next_number(session, f"inbox|{document.recipient_unit_id}")


def step_document(session: Session, document: Document, to: ExchangeStatus) -> None:
    """One step of the status chain; 409 naming what is legal."""
    _do(session, document, lambda: document.advance(to))


def ask_document_back(session: Session, document: Document) -> None:
    """The sender wants it back; 409 once it is dealt with."""
    _do(session, document, document.ask_back)


def answer_recall(session: Session, document: Document, answer: Recall) -> None:
    """The recipient agrees or refuses; 409 when there is no recall."""
    _do(session, document, lambda: document.answer_recall(answer))


def _do(session: Session, document: Document, step: Callable[[], None]) -> None:
    try:
        step()
    except BrokenChain as broken:
        raise IllegalAction(members={"legal": [status.name.lower() for status in broken.legal]}) from broken
    document_changed(session, document)


def document_changed(session: Session, document: Document) -> None:
    """Increments the version and publishes the change."""
    document.version += 1
    document.changed_at = now()
    publish(session, DocumentChanged(**document.state()))


async def _sending_unit(session: Session, caller: Caller, new: NewDocument) -> KnownUnit:
    code = new.from_unit_code or caller.unit_code
    if code is None:
        raise Forbidden()
    unit = await unit_of_body(session, code, "/from_unit_code")
    await require_unit(session, caller, unit.id, is_known=True)
    return unit


async def _receiving_unit(session: Session, new: NewDocument) -> KnownUnit | None:
    if new.unit_code is None:
        return None
    named = await unit_of_body(session, new.unit_code)
    return await commune_of(session, named.id)


async def _recipient(session: Session, caller: Caller, new: NewDocument) -> UUID | None:
    """An agency writes to the people of its units."""
    if new.resident_id is not None:
        resident = await get_resident(session, new.resident_id)
        await require_unit(session, caller, resident.unit_id, is_known=True)
        return resident.id
    if new.organization_id is not None:
        organization = await get_organization(session, new.organization_id)
        await require_unit(session, caller, organization.unit_id, is_known=True)
        return organization.id
    return None


async def _next_number(session: Session, book: str) -> int:
    table = DocumentSerial.__table__  # type: ignore[attr-defined]  # SQLModel tables carry it
    row = insert(table).values(book=book, year=today().year, last=1)
    counted = await session.execute(
        row.on_conflict_do_update(index_elements=["book", "year"], set_={"last": table.c.last + 1}).returning(
            table.c.last
        )
    )
    return int(counted.scalar_one())
