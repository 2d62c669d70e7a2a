"""What partners say, as they say it: their data checked, carried out, and answered with an outcome and a reason."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from chassis.clock import today
from chassis.security.encryption import blind_indexes
from chassis.security.scope import find_unit
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.gateway import PartnerEventReceived
from contracts.payments_qr import MerchantRegistered
from payments_qr.banks import find_bank
from payments_qr.commands.ledger import ReportedPayment, ReportedReversal
from payments_qr.commands.merchants import find_merchant_of_owner, hear_provider, new_merchant
from payments_qr.commands.payments import Recorded
from payments_qr.commands.qr_codes import take_in_code
from payments_qr.errors import InvalidQr, ReferenceExists
from payments_qr.model import Merchant
from payments_qr.model.standing import Word
from payments_qr.qr_payload import UnreadablePayload, decode
from payments_qr.queries.merchants import list_merchants_of_account
from payments_qr.schemas.fields import Category, Name, TaxCode
from payments_qr.schemas.merchants import MerchantCreate

Result = tuple[Literal["applied", "unchanged", "rejected"], str | None]
Money = Annotated[int, Field(strict=True, ge=1, lt=10**13)]
Reference = Annotated[str, Field(min_length=1, max_length=128)]


class MerchantWord(BaseModel):
    merchant_id: UUID
    reason: str | None = Field(default=None, max_length=2048)


class SettledWord(BaseModel):
    partner_reference: Reference
    amount: Money
    currency: Literal["VND"] = "VND"
    settled_at: AwareDatetime
    merchant_id: UUID | None = None
    reference: str | None = Field(default=None, max_length=512)
    bin: str | None = Field(default=None, max_length=6)
    account_no: str | None = Field(default=None, max_length=19)


class ReversedWord(BaseModel):
    partner_reference: Reference
    original_reference: Reference
    amount: Money
    reversed_at: AwareDatetime


class OwnerWord(BaseModel):
    tax_code: TaxCode | None = None
    personal_id: TaxCode | None = None

    @property
    def number(self) -> str | None:
        return self.tax_code or self.personal_id


class QrIssuedWord(BaseModel):
    """`{merchant_id}` or `{owner, name, category, unit_code}`, and the payload."""

    payload: str = Field(max_length=20_000)
    merchant_id: UUID | None = None
    owner: OwnerWord | None = None
    name: Name | None = None
    category: Category | None = None
    unit_code: str | None = None

    @model_validator(mode="after")
    def _names_a_merchant(self) -> Self:
        described = self.owner is not None and self.owner.number and self.name and self.category and self.unit_code
        if self.merchant_id is None and not described:
            raise ValueError("neither merchant_id nor a described merchant")
        return self


async def hear_merchant_word(session: Session, fact: PartnerEventReceived, word: Word, data: Any) -> Result:
    """`merchant.verified`, `merchant.rejected`, `merchant.suspended`."""
    said = MerchantWord.model_validate(data)
    refused = await hear_provider(
        session, said.merchant_id, fact.partner_id, word, fact.occurred_at, fact.webhook_id, said.reason
    )
    return ("rejected", refused) if refused else ("applied", None)


def read_report(fact: PartnerEventReceived, data: Any) -> ReportedPayment | ReportedReversal:
    """`qr.payment_settled` or `qr.payment_reversed`; raises ValidationError for data that are neither."""
    if fact.event == "qr.payment_reversed":
        back = ReversedWord.model_validate(data)
        return ReportedReversal(
            fact.partner_id, back.partner_reference, back.original_reference, back.amount, back.reversed_at
        )
    said = SettledWord.model_validate(data)
    return ReportedPayment(
        partner_id=fact.partner_id, partner_reference=said.partner_reference, amount=said.amount,
        settled_at=said.settled_at, merchant_id=said.merchant_id, reference=said.reference, bin=said.bin,
        account_no=said.account_no,
    )  # fmt: skip


def result_of(report: ReportedPayment | ReportedReversal, recorded: Recorded) -> Result:
    """What the partner is told. Another amount under the same reference is refused and the first stays."""
    payment, is_new = recorded
    if isinstance(report, ReportedReversal) or payment is None:
        return ("applied" if is_new else "unchanged"), None
    if payment.amount != report.amount:
        return "rejected", "amount-differs"
    return ("applied" if is_new else "unchanged"), payment.outcome.replace("_", "-")


async def hear_issued_code(session: Session, fact: PartnerEventReceived, data: Any) -> Result:
    """`merchant.qr_issued`: a code for a merchant that is known, or for one that this partner brings along."""
    said = QrIssuedWord.model_validate(data)
    try:
        decoded = decode(said.payload)
    except UnreadablePayload as refused:
        return "rejected", f"invalid-qr:{refused.faults[0].code}"
    merchant, refused_because = await _merchant_of(session, fact, said, decoded.bin, decoded.account_no)
    if merchant is None:
        return "rejected", refused_because
    if merchant.is_closed:
        return "rejected", "merchant-closed"
    try:
        code = await take_in_code(session, merchant, said.payload)
    except (InvalidQr, ReferenceExists) as problem:
        return "rejected", problem.slug
    return "applied", None if code.account_matches else "other-account"


async def _merchant_of(
    session: Session, fact: PartnerEventReceived, said: QrIssuedWord, bin: str | None, account_no: str | None
) -> tuple[Merchant | None, str | None]:
    if said.merchant_id is not None:
        merchant = await session.get(Merchant, said.merchant_id, with_for_update=True)
        if merchant is None:
            return None, "unknown-merchant"
        return (merchant, None) if merchant.provider == fact.partner_id else (None, "not-the-provider")
    assert said.owner is not None
    assert said.name is not None
    indexes = blind_indexes("tax_code", said.owner.number or "")
    known = await find_merchant_of_owner(session, fact.partner_id, indexes, said.name)
    if known is not None:
        return known, None
    if bin is None or account_no is None:
        return None, "no-settlement-account"
    return await _bring_merchant(session, fact, said, bin, account_no)


async def _bring_merchant(
    session: Session, fact: PartnerEventReceived, said: QrIssuedWord, bin: str, account_no: str
) -> tuple[Merchant | None, str | None]:
    """A merchant that its bank has verified itself: it gave it the account and the code."""
    unit = await find_unit(session, said.unit_code or "")
    if unit is None:
        return None, "unknown-unit"
    if find_bank(bin, today()) is None:
        return None, "unknown-bin"
    same = [one for one in await list_merchants_of_account(session, bin, account_no) if one.provider == fact.partner_id]
    if same:
        return same[0], None
    assert said.owner is not None
    body = MerchantCreate.model_validate(
        {
            "name": said.name,
            "category": said.category,
            "unit_code": unit.code,
            "owner": {"tax_code": said.owner.number},
            "provider": fact.partner_id,
            "settlement": {"bin": bin, "account_no": account_no, "account_name": said.name},
        }
    )
    merchant = new_merchant(body, unit, maker=f"partner:{fact.partner_id}")
    session.add(merchant)
    await session.flush()
    publish(session, merchant.fact(MerchantRegistered))
    await hear_provider(
        session, merchant.id, fact.partner_id, "verified", fact.occurred_at, fact.webhook_id, reason=None
    )
    return merchant, None
