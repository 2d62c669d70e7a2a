"""Issuing codes, and taking in those that banks and telecoms made."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import MerchantUpdated, QrIssued
from payments_qr.banks import find_bank
from payments_qr.errors import MerchantNotActive, ReferenceExists, invalid_qr, unwritable
from payments_qr.model import Bill, Merchant, QrCode
from payments_qr.model.merchants import CITY, MCC_OF, account_indexes
from payments_qr.model.reference_codes import LONGEST, new_reference, reference_key
from payments_qr.qr_payload import (
    DecodedQr,
    QrContent,
    UnreadablePayload,
    UnwritableContent,
    decode,
    encode,
    folded,
)
from payments_qr.schemas.qr_codes import QrCodeCreate

_POINTERS = {
    "/account_no": "/settlement/account_no",
    "/bin": "/settlement/bin",
    "/merchant_name": "/name_in_code",
    "/terminal_label": "/counter",
}


async def issue_code(session: Session, merchant: Merchant, body: QrCodeCreate) -> QrCode:
    """A code for the merchant's settlement account. The merchant is locked, so a block at the same time wins or waits."""
    if not merchant.standing.may_issue_codes:
        raise MerchantNotActive()
    _refuse_misfits(body)
    if body.kind == "external":
        return await take_in_code(session, merchant, body.payload or "", counter=body.counter)
    reference = body.reference
    if reference is None and body.kind == "dynamic":
        reference = new_reference()
    if reference is not None:
        await _refuse_used_reference(session, merchant, reference)
    terms = Terms(body.kind, body.amount, reference, body.purpose, body.counter, body.expires_at)
    code = write_code(merchant, terms)
    await add_code(session, merchant, code)
    return code


def _refuse_misfits(body: QrCodeCreate) -> None:
    wrong = []
    if body.kind == "external" and not body.payload:
        wrong.append(_field("/payload", "required", "Cần nội dung mã QR.", "The payload is required."))
    if body.kind == "dynamic" and body.amount is None:
        text = "Mã một lần phải có số tiền.", "A dynamic code needs an amount."
        wrong.append(_field("/amount", "required", *text))
    if body.reference is not None and not len(reference_key(body.reference)) >= 3:
        text = "Mã tham chiếu cần ít nhất 3 chữ hoặc số.", "A reference needs 3 letters or digits at least."
        wrong.append(_field("/reference", "too-short", *text))
    if wrong:
        raise InvalidBody(errors=wrong)


def _field(pointer: str, code: str, vi: str, en: str) -> FieldError:
    return FieldError(pointer, code, vi, en)


async def _refuse_used_reference(session: Session, merchant: Merchant, reference: str) -> None:
    key = reference_key(reference)
    used = await session.exec(
        select(QrCode.id).where(col(QrCode.merchant_id) == merchant.id, col(QrCode.reference_key) == key)
    )
    if used.first() is not None:
        raise ReferenceExists()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a code is to say beside its merchant; `amount` is whole VND."""

    kind: str
    amount: int | None = None
    reference: str | None = None
    purpose: str | None = None
    counter: str | None = None
    expires_at: datetime | None = None


def write_code(merchant: Merchant, terms: Terms, bill: Bill | None = None) -> QrCode:
    """The code as an entity; refuses what does not fit, field by field, and shortens nothing."""
    memo, moment = _memo(terms.reference, terms.purpose), now()
    code = QrCode(
        merchant_id=merchant.id, kind=terms.kind, counter=terms.counter, amount=terms.amount,
        reference=terms.reference, reference_key=reference_key(terms.reference) if terms.reference else None,
        purpose=memo, payload=b"", bill_id=bill.id if bill else None, expires_at=terms.expires_at, issued_at=moment,
        changed_at=moment,
    )  # fmt: skip
    code.put_payload(_payload(merchant, terms, memo, bill))
    return code


def _payload(merchant: Merchant, terms: Terms, memo: str | None, bill: Bill | None) -> str:
    content = QrContent(
        initiation="static" if terms.kind == "static" else "dynamic",
        bin=merchant.bin,
        account_no=merchant.opened_account_no(),
        amount=terms.amount,
        mcc=MCC_OF[merchant.category],
        merchant_name=merchant.name_in_code,
        merchant_city=CITY,
        reference=terms.reference,
        terminal_label=terms.counter,
        customer_label=bill.customer_code if bill and not bill.dossier_id else None,
        purpose=memo,
    )
    try:
        return encode(content, lambda bin: find_bank(bin, today()) is not None)
    except UnwritableContent as refused:
        raise unwritable(refused.faults, _POINTERS) from refused


def _memo(reference: str | None, purpose: str | None) -> str | None:
    """What bank applications show and carry: the reference comes first, the purpose only where both fit.

    A memo without the reference could not be matched with its payment, so the reference has the 25 characters.
    """
    carried = re.sub(r"[^A-Za-z0-9 .\-_]", "", folded(reference or ""))
    if not carried:
        return purpose
    both = f"{carried} {folded(purpose or '')}".strip()
    return both if len(both) <= LONGEST else carried


async def add_code(session: Session, merchant: Merchant, code: QrCode, bill: Bill | None = None) -> None:
    """Saves and announces a code; the first lasting one makes the merchant one that has a code."""
    session.add(code)
    await session.flush()
    if code.kind != "dynamic" and not merchant.has_qr:
        merchant.has_qr = True
        merchant.touch(code.issued_at)
        publish(session, merchant.fact(MerchantUpdated))
    publish(session, issued_fact(merchant, code, bill))


def issued_fact(merchant: Merchant, code: QrCode, bill: Bill | None) -> QrIssued:
    """What others may know of a code."""
    said: dict[str, Any] = {
        "merchant_id": merchant.id,
        "qr_code_id": code.id,
        "unit_id": merchant.unit_id,
        "unit_code": merchant.unit_code,
        "category": merchant.category,
        "kind": code.kind,
        "at": code.issued_at,
        "amount": code.amount,
        "bill_id": code.bill_id,
        "dossier_id": bill.dossier_id if bill else None,
        "expires_at": code.expires_at,
    }
    return QrIssued(**said)


async def take_in_code(session: Session, merchant: Merchant, payload: str, counter: str | None = None) -> QrCode:
    """A code that a bank or telecom made: read strictly, its account compared with the settlement account.

    The same code again is the code that is already here.
    """
    try:
        decoded = decode(payload)
    except UnreadablePayload as refused:
        raise invalid_qr(refused.faults) from refused
    known = await session.exec(
        select(QrCode).where(
            col(QrCode.merchant_id) == merchant.id, col(QrCode.kind) == "external", col(QrCode.state) == "active"
        )
    )
    same = next((code for code in known if code.opened_payload() == decoded.payload), None)
    if same is not None:
        return same
    code = _external(merchant, decoded, counter)
    if code.reference is not None:
        await _refuse_used_reference(session, merchant, code.reference)
    await add_code(session, merchant, code)
    return code


def _external(merchant: Merchant, decoded: DecodedQr, counter: str | None) -> QrCode:
    moment = now()
    reference = decoded.reference or decoded.bill_number
    key = reference_key(reference) if reference else ""
    code = QrCode(
        merchant_id=merchant.id, kind="external", counter=counter, amount=decoded.amount,
        reference=reference if len(key) >= 3 else None, reference_key=key if len(key) >= 3 else None,
        purpose=decoded.purpose, payload=b"", account_matches=_pays_into(merchant, decoded),
        issued_at=moment, changed_at=moment,
    )  # fmt: skip
    code.put_payload(decoded.payload)
    return code


def _pays_into(merchant: Merchant, decoded: DecodedQr) -> bool:
    """Whether the code pays into the settlement account; codes of other networks name no account to compare."""
    if decoded.bin is None or decoded.account_no is None:
        return True
    return decoded.bin == merchant.bin and merchant.account_index in account_indexes(decoded.bin, decoded.account_no)
