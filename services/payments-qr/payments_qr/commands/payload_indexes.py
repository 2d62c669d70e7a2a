"""Blind indexes of payloads that were stored before there was one, or by a release that does not write it."""

from sqlmodel import col, select

from chassis.storage.database import Database
from payments_qr.model import QrCode

BATCH = 500


async def index_payloads(database: Database) -> None:
    """Indexes the codes without an index; without any it costs one look at a partial index."""
    while True:
        async with database.transaction() as session:
            query = select(QrCode).where(col(QrCode.payload_index).is_(None)).order_by(col(QrCode.id)).limit(BATCH)
            codes = list(await session.exec(query.with_for_update(skip_locked=True)))
            for code in codes:
                code.put_payload(code.opened_payload())
        if len(codes) < BATCH:
            return
