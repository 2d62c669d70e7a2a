"""What follows new keys in payments-qr: merchants, codes and payments (see `chassis.security.key_rotation`)."""

from collections.abc import Sequence

from chassis.security.key_rotation import Rotation
from chassis.storage.database import Session
from payments_qr.model import Merchant, Payment, QrCode


async def _merchants(session: Session, merchants: Sequence[Merchant]) -> None:
    for merchant in merchants:
        merchant.put_account(merchant.bin, merchant.opened_account_no(), merchant.opened_account_name())
        tax_code = merchant.opened_tax_code()
        if tax_code is not None:
            merchant.put_tax_code(tax_code)


async def _codes(session: Session, codes: Sequence[QrCode]) -> None:
    for code in codes:
        code.put_payload(code.opened_payload())


async def _payments(session: Session, payments: Sequence[Payment]) -> None:
    for payment in payments:
        memo = payment.opened_memo()
        if memo is not None:
            payment.keep_memo(memo)


ROTATIONS = (
    Rotation("merchant", Merchant, _merchants, follows="both"),
    Rotation("qr_code", QrCode, _codes, follows="both"),
    Rotation("payment", Payment, _payments, follows="both"),
)
