"""With a new key in front of `PII_KEYS` everything new is sealed under it at once; this brings the old values over.

When nothing is left under the old key it may be taken away. The marks of anonymous feedback cannot be made anew, for nobody
knows whose they are: keep the old key in `PII_INDEX_KEYS` until that feedback is closed.
"""

from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from casework.model.documents import ANNEX, BODY, FILE, SUBJECT, Document, DocumentFile
from casework.model.dossiers import (
    FORM,
    NOTE,
    PAPER,
    PAPER_NAME,
    RESULT,
    Attachment,
    Dossier,
    DossierResult,
    DossierStep,
)
from casework.model.feedback import ANSWER, FEEDBACK_NOTE, PHOTO, TEXT, Feedback, FeedbackPhoto, FeedbackStep
from chassis.security.encryption import DEVELOPMENT_KEYS, CipherContext, Keys, decrypt, encrypt
from chassis.settings import get_settings
from chassis.storage.database import Database, Session

BATCH = 50


class Sealed(NamedTuple):
    """A column of sealed values."""

    table: Any
    column: str
    place: CipherContext


SEALED = (
    Sealed(Dossier, "form", FORM),
    Sealed(DossierStep, "note", NOTE),
    Sealed(Attachment, "name", PAPER_NAME),
    Sealed(Attachment, "content", PAPER),
    Sealed(DossierResult, "content", RESULT),
    Sealed(Feedback, "text", TEXT),
    Sealed(Feedback, "answer", ANSWER),
    Sealed(FeedbackStep, "note", FEEDBACK_NOTE),
    Sealed(FeedbackPhoto, "content", PHOTO),
    Sealed(Document, "subject", SUBJECT),
    Sealed(Document, "body", BODY),
    Sealed(Document, "content", FILE),
    Sealed(DocumentFile, "content", ANNEX),
)


async def rotate_keys(database: Database) -> int:
    """Brings every sealed value under the newest key, batch by batch; how many. Costs nothing while there is one key."""
    keys = Keys.parse(get_settings().pii_keys or DEVELOPMENT_KEYS)
    if len(keys.by_id) < 2:
        return 0
    return sum([await _reseal(database, sealed, keys.newest) for sealed in SEALED])


async def _reseal(database: Database, sealed: Sealed, newest: str) -> int:
    done = 0
    while True:
        async with database.transaction() as session:
            batch = await _reseal_batch(session, sealed, newest)
        done += batch
        if batch < BATCH:
            return done


async def _reseal_batch(session: Session, sealed: Sealed, newest: str) -> int:
    column = getattr(sealed.table, sealed.column)
    head = bytes([len(newest.encode())]) + newest.encode()
    old = func.substring(column, 1, len(head)) != head
    query = select(sealed.table).where(col(column).is_not(None), old).limit(BATCH).with_for_update(skip_locked=True)
    rows = (await session.exec(query)).all()
    for row in rows:
        key = str(row.id)
        setattr(row, sealed.column, encrypt(sealed.place, key, decrypt(sealed.place, key, getattr(row, sealed.column))))
    return len(rows)
