"""Marks by which encrypted texts are found: written with the texts, and for rows of earlier releases in the background."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from casework.model.documents import Document
from casework.model.dossiers import Dossier
from casework.model.feedback import Feedback
from chassis.observability.log import logger
from chassis.security.encryption import DecryptionFailed
from chassis.security.key_rotation import Rotation
from chassis.storage.database import Session

BATCH = 100
MARKED: tuple[type[Dossier] | type[Feedback] | type[Document], ...] = (Dossier, Feedback, Document)


async def mark_old_texts(session: Session) -> int:
    """Marks rows that an earlier release stored; how many."""
    marked = 0
    for model in MARKED:
        query = select(model).where(col(model.search_marks).is_(None)).order_by(col(model.id)).limit(BATCH)
        rows = (await session.exec(query.with_for_update(skip_locked=True))).all()
        await _mark(session, rows)
        marked += len(rows)
    return marked


async def _mark(session: Session, rows: Sequence[Any]) -> None:
    for row in rows:
        try:
            row.mark()
        except DecryptionFailed:
            # Its key was removed earlier: this text is lost, the others are marked.
            logger.warning("text cannot be decrypted", table=row.__tablename__, row=str(row.id))
            row.search_marks = row.search_marks or []


MARKS_FOLLOW_KEYS = tuple(
    Rotation(f"{model.__tablename__}.marks", model, _mark, follows="index", batch=BATCH) for model in MARKED
)
"""The marks under a new index key (see `chassis.security.key_rotation`)."""
