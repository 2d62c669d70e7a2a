"""Keys change while the service serves: merchants and codes follow the newest keys, batch by batch.

Everything new is written under the newest key at once and everything old can still be read and found; when the rows of
`key_rotation` for the newest keys are finished, the old keys may go.
"""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from chassis.clock import now
from chassis.observability.log import logger
from chassis.security.encryption import DEVELOPMENT_KEYS, Keys, index_key_ids
from chassis.settings import get_settings
from chassis.storage.database import Database, Session
from payments_qr.model import KeyRotation, Merchant, Payment, QrCode

BATCH = 200


async def rotate_keys(database: Database) -> None:
    """Brings every sealed value and index under the newest keys; nothing to do costs one look per table."""
    newest = Keys.parse(get_settings().pii_keys or DEVELOPMENT_KEYS).newest
    keys = f"{newest}|{index_key_ids()[0]}"
    for table, write_again in _TABLES:
        while True:
            async with database.transaction() as session:
                if await _is_finished_after_a_batch(session, table, write_again, keys):
                    break


async def _is_finished_after_a_batch(
    session: Session, table: Any, write_again: Callable[[Any], None], keys: str
) -> bool:
    name = table.__tablename__
    rotation = await session.get(KeyRotation, (name, keys), with_for_update=True)
    if rotation is None:
        rotation = KeyRotation(name=name, keys=keys)
        session.add(rotation)
    if rotation.finished_at is not None:
        return True
    query: Any = select(table).order_by(col(table.id)).limit(BATCH).with_for_update()
    if rotation.after_id is not None:
        query = query.where(col(table.id) > rotation.after_id)
    rows = list(await session.exec(query))
    for row in rows:
        write_again(row)
    if len(rows) == BATCH:
        rotation.after_id = rows[-1].id
        return False
    rotation.finished_at = now()
    logger.info("key rotation finished", table=name)
    return True


def _merchant(merchant: Merchant) -> None:
    merchant.put_account(merchant.bin, merchant.opened_account_no(), merchant.opened_account_name())
    tax_code = merchant.opened_tax_code()
    if tax_code is not None:
        merchant.put_tax_code(tax_code)


def _code(code: QrCode) -> None:
    code.put_payload(code.opened_payload())


def _payment(payment: Payment) -> None:
    memo = payment.opened_memo()
    if memo is not None:
        payment.keep_memo(memo)


_TABLES: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (Merchant, _merchant),
    (QrCode, _code),
    (Payment, _payment),
)
