"""Issuing QR codes, importing external ones, and revoking all codes of a merchant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import MerchantUpdated, QrIssued
from payments_qr.banks import find_bank
from payments_qr.commands.acts import note_act
from payments_qr.errors import CodeNotOpen, CodeOfBill, MerchantNotActive, ReferenceExists, invalid_qr, unwritable
from payments_qr.model import Bill, Merchant, QrCode
from payments_qr.model.merchants import MCC_OF, account_indexes
from payments_qr.model.qr_codes import CodeTerms
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
from province import get_pack

_POINTERS = {
    "/account_no": "/settlement/account_no",
    "/bin": "/settlement/bin",
    "/merchant_name": "/name_in_code",
    "/terminal_label": "/counter",
}


async def issue_code(session: Session, merchant: Merchant, terms: CodeTerms, payload: str | None = None) -> QrCode:
    """Issues a code for the settlement account, or imports an external `payload`. The caller has locked the merchant,
    so that a concurrent block comes before or after."""
    if not merchant.lifecycle.may_issue_codes:
        raise MerchantNotActive()
    _refuse_invalid_terms(terms, payload)
    if terms.kind == "external":
        return await import_code(session, merchant, payload or "", counter=terms.counter)
    if terms.reference is None and terms.kind == "dynamic":
        terms = replace(terms, reference=new_reference())
    if terms.reference is not None:
        await _refuse_used_reference(session, merchant, terms.reference)
    code = write_code(merchant, terms)
    await add_code(session, merchant, code)
    return code


def _refuse_invalid_terms(terms: CodeTerms, payload: str | None) -> None:
    wrong = []
    if terms.kind == "external" and not payload:
        wrong.append(_field("/payload", "required", "Cần nội dung mã QR.", "The payload is required."))
    if terms.kind == "dynamic" and terms.amount is None:
        text = "Mã một lần phải có số tiền.", "A dynamic code needs an amount."
        wrong.append(_field("/amount", "required", *text))
    if terms.reference is not None and len(reference_key(terms.reference)) < 3:
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


def write_code(merchant: Merchant, terms: CodeTerms, bill: Bill | None = None) -> QrCode:
    """The entity of a code; content that does not fit is refused field by field, never shortened."""
    memo, moment = _memo(terms.reference, terms.purpose), now()
    code = QrCode(
        merchant_id=merchant.id, kind=terms.kind, counter=terms.counter, amount=terms.amount,
        reference=terms.reference, reference_key=reference_key(terms.reference) if terms.reference else None,
        purpose=memo, payload=b"", bill_id=bill.id if bill else None, expires_at=terms.expires_at, issued_at=moment,
        changed_at=moment,
    )  # fmt: skip
    code.put_payload(_payload(merchant, terms, memo, bill))
    return code


def _payload(merchant: Merchant, terms: CodeTerms, memo: str | None, bill: Bill | None) -> str:
    content = QrContent(
        initiation="static" if terms.kind == "static" else "dynamic",
        bin=merchant.bin,
        account_no=merchant.opened_account_no(),
        amount=terms.amount,
        mcc=MCC_OF[merchant.category],
        merchant_name=merchant.name_in_code,
        merchant_city=get_pack().name_in_codes,
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
    """The memo that bank applications show and transmit: the reference, then the purpose where both fit.

    A payment without the reference could not be matched, so the reference has precedence in the 25 characters.
    """
    carried = re.sub(r"[^A-Za-z0-9 .\-_]", "", folded(reference or ""))
    if not carried:
        return purpose
    both = f"{carried} {folded(purpose or '')}".strip()
    return both if len(both) <= LONGEST else carried


async def add_code(session: Session, merchant: Merchant, code: QrCode, bill: Bill | None = None) -> None:
    """Saves and publishes a code; the first static or external code sets `has_qr` of the merchant."""
    session.add(code)
    await session.flush()
    if code.kind != "dynamic" and not merchant.has_qr:
        merchant.has_qr = True
        merchant.touch(code.issued_at)
        publish(session, merchant.state_event(MerchantUpdated))
    publish(session, qr_issued_event(merchant, code, bill))


def qr_issued_event(merchant: Merchant, code: QrCode, bill: Bill | None) -> QrIssued:
    """The event of a new code."""
    fields: dict[str, Any] = {
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
    return QrIssued(**fields)


async def import_code(session: Session, merchant: Merchant, payload: str, counter: str | None = None) -> QrCode:
    """Imports a code of a bank or telecom: decoded strictly, its account compared with the settlement account.

    The same payload again returns the known code.
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


async def revoke_code(
    session: Session, caller: Caller, merchant: Merchant, code_id: UUID, reason: str | None = None
) -> None:
    """Revokes one open code. The caller has locked the merchant; without another code to print it has none (`has_qr`)."""
    code = await session.get_one(QrCode, code_id, with_for_update=True, populate_existing=True)
    if code.bill_id is not None:
        raise CodeOfBill()
    if code.state != "active":
        raise CodeNotOpen()
    note_act(
        session, caller, "code.revoked", ("qr_code", code.id), merchant_id=merchant.id, unit_id=merchant.unit_id,
        reason=reason, before={"status": code.state, "kind": code.kind, "counter": code.counter},
    )  # fmt: skip
    code.turn("revoked", now())
    await session.flush()
    if merchant.has_qr and not await list_open_codes(session, merchant.id):
        merchant.has_qr = False
        merchant.touch(now())
        publish(session, merchant.state_event(MerchantUpdated))


async def list_open_codes(session: Session, merchant_id: UUID) -> Sequence[UUID]:
    """The codes of a counter that can be paid; those of single payments do not count."""
    found = await session.exec(
        select(QrCode.id).where(
            col(QrCode.merchant_id) == merchant_id, col(QrCode.state) == "active", col(QrCode.kind) != "dynamic"
        )
    )
    return found.all()


async def revoke_codes(session: Session, merchant: Merchant, at: datetime) -> None:
    """Revokes every open code of the merchant."""
    found = await session.exec(
        select(QrCode)
        .where(col(QrCode.merchant_id) == merchant.id, col(QrCode.state) == "active")
        .order_by(col(QrCode.id))
        .with_for_update()
    )
    for code in found:
        code.turn("revoked", at)
    merchant.has_qr = False
