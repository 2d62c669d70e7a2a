"""What follows new keys in payments-qr: merchants, codes and payments (see `chassis.security.key_rotation`)."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chassis.observability.log import logger
from chassis.security.encryption import DecryptionFailed
from chassis.security.key_rotation import Rotation
from chassis.storage.database import Session
from payments_qr.model import Merchant, Payment, QrCode

Entity = TypeVar("Entity", Merchant, QrCode, Payment)


def _each(kind: type[Entity], rewrite: Callable[[Entity], None]) -> Any:
    """Rewrites row by row: one whose key was removed is lost already, the others are not."""

    async def rewrite_all(session: Session, rows: Sequence[Entity]) -> None:
        for row in rows:
            try:
                rewrite(row)
            except DecryptionFailed:
                logger.warning("value cannot be decrypted", table=kind.__tablename__, row=str(row.id))

    return rewrite_all


def _merchant(merchant: Merchant) -> None:
    account = merchant.bin, merchant.opened_account_no(), merchant.opened_account_name()
    tax_code = merchant.opened_tax_code()
    merchant.put_account(*account)
    if tax_code is not None:
        merchant.put_tax_code(tax_code)


def _code(code: QrCode) -> None:
    code.put_payload(code.opened_payload())


def _payment(payment: Payment) -> None:
    memo = payment.opened_memo()
    if memo is not None:
        payment.keep_memo(memo)


def _rotation(kind: type[Entity], rewrite: Callable[[Entity], None], *encrypted: str) -> Rotation:
    return Rotation(str(kind.__tablename__), kind, _each(kind, rewrite), follows="both", encrypted=frozenset(encrypted))


ROTATIONS = (
    _rotation(Merchant, _merchant, "account_no", "account_name", "tax_code"),
    _rotation(QrCode, _code, "payload"),
    _rotation(Payment, _payment, "memo"),
)
