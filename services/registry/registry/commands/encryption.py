"""Encrypting what the release before stored in the clear, batch by batch, while the service serves.

Both releases run side by side during an update, so the job looks again after it has finished.
"""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from chassis.observability.log import logger
from chassis.storage.database import Database
from registry.model.attributes import ATTRIBUTES
from registry.model.consents import Consent
from registry.model.provenance import Correction
from registry.model.residents import Resident

BATCH = 500


async def encrypt_plain_values(database: Database) -> int:
    """Encrypt every plain value that is left; how many rows changed."""
    done = 0
    for model, is_plain, rewrite in _PLAIN:
        while changed := await _encrypt_batch(database, model, is_plain, rewrite):
            done += changed
    if done:
        logger.info("plain values encrypted", rows=done)
    return done


async def _encrypt_batch(database: Database, model: Any, is_plain: Any, rewrite: Callable[[Any], None]) -> int:
    async with database.transaction() as session:
        query = select(model).where(is_plain).order_by(col(model.id)).limit(BATCH).with_for_update(skip_locked=True)
        rows = (await session.exec(query)).all()
        for row in rows:
            rewrite(row)
            session.add(row)
        return len(rows)


def _encrypt_resident(resident: Resident) -> None:
    for name, attribute in ATTRIBUTES.items():
        if attribute.plain_column and getattr(resident, attribute.plain_column) is not None:
            resident.put(name, resident.value(name))


def _encrypt_correction(correction: Correction) -> None:
    correction.encrypt_texts(reason=correction.decrypted_reason(), note=correction.decrypted_note())


def _encrypt_consent(consent: Consent) -> None:
    consent.encrypt_evidence(consent.decrypted_evidence())


_PLAIN: tuple[tuple[Any, Any, Callable[[Any], None]], ...] = (
    (Resident, col(Resident.address_line).is_not(None), _encrypt_resident),
    (Correction, col(Correction.reason).is_not(None) | col(Correction.decision_note).is_not(None), _encrypt_correction),
    (Consent, col(Consent.evidence_encrypted).is_(None), _encrypt_consent),
)
