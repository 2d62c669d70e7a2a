"""Blind indexes of payloads that were stored before there was one, or by a release that does not write it."""

from uuid import UUID

from sqlmodel import col, select

from chassis.observability.log import logger
from chassis.security.encryption import DecryptionFailed
from chassis.storage.database import Database
from payments_qr.model import QrCode

BATCH = 500


async def index_payloads(database: Database) -> None:
    """Indexes the codes without an index; without any it costs one look at a partial index.

    A payload that cannot be decrypted stays without one, and stops no other.
    """
    after = UUID(int=0)
    while True:
        async with database.transaction() as session:
            query = select(QrCode).where(col(QrCode.payload_index).is_(None), col(QrCode.id) > after)
            query = query.order_by(col(QrCode.id)).limit(BATCH)
            codes = list(await session.exec(query.with_for_update(skip_locked=True)))
            for code in codes:
                try:
                    code.put_payload(code.opened_payload())
                except DecryptionFailed:
                    logger.warning("payload cannot be decrypted", qr_code_id=str(code.id))
        if len(codes) < BATCH:
            return
        after = codes[-1].id
