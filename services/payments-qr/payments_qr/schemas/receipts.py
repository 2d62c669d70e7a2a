"""The receipt of a payment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.clock import HO_CHI_MINH, now
from payments_qr.model import Bill, Merchant, Payment
from payments_qr.printing.receipts import ReceiptSheet

_STATUS = {
    "settled": "Đã thanh toán",
    "reversed": "Đã hoàn lại toàn bộ",
    "unmatched": "Đang đối chiếu",
    "possible_duplicate": "Có thể trùng, đang đối chiếu",
}


class ReceiptView(BaseModel):
    """The receipt of a payment, for its payer and its merchant. It names no person."""

    payment_id: UUID
    """The payment; also the number of the receipt."""
    status: Literal["settled", "reversed", "unmatched", "possible_duplicate"]
    """State of the payment."""
    amount: int
    """What was paid, in VND."""
    refunded_amount: int
    """What was given back of it, in VND."""
    merchant_id: UUID
    """Who received it."""
    merchant_name: str
    """Name of the merchant (đơn vị thu)."""
    customer_code: str | None
    """The customer's code on the bill (mã khách hàng), or the dossier's code for a fee."""
    period: str | None
    """Month of the bill, `YYYY-MM` (kỳ hóa đơn); of several bills the oldest."""
    periods: list[str]
    """The months of all bills that it pays, the oldest first."""
    bill_id: UUID | None
    """The bill that it pays."""
    dossier_id: UUID | None
    """The dossier whose fee it pays."""
    settled_at: datetime
    """When it was paid."""
    partner_id: str
    """The bank or wallet that reported it."""
    partner_reference: str
    """Its number there (mã giao dịch)."""

    @classmethod
    def of(cls, payment: Payment, merchant: Merchant, bills: Sequence[Bill]) -> Self:
        bill = bills[0] if bills else None
        periods = [one.period for one in bills if one.dossier_id is None]
        return cls.model_validate(
            payment.model_dump(include=set(cls.model_fields))
            | {
                "payment_id": payment.id,
                "merchant_id": merchant.id,
                "merchant_name": merchant.name,
                "customer_code": bill.customer_code if bill else None,
                "period": periods[0] if periods else None,
                "periods": periods,
                "dossier_id": bill.dossier_id if bill else None,
            }
        )

    def sheet(self) -> ReceiptSheet:
        """The receipt to be printed, in Vietnamese."""
        code = "Mã hồ sơ" if self.dossier_id else "Mã khách hàng"
        rows = [
            ("Trạng thái", _STATUS[self.status]),
            ("Đơn vị thu", self.merchant_name),
            (code, self.customer_code or ""),
            ("Kỳ hóa đơn", ", ".join(f"{period[5:7]}/{period[:4]}" for period in self.periods)),
            ("Thời gian", f"{self.settled_at.astimezone(HO_CHI_MINH):%d/%m/%Y %H:%M:%S}"),
            ("Kênh thanh toán", self.partner_id),
            ("Mã giao dịch", self.partner_reference),
        ]
        return ReceiptSheet(
            number=str(self.payment_id),
            amount=_grouped(self.amount),
            refunded=_grouped(self.refunded_amount) if self.refunded_amount else "",
            left=_grouped(self.amount - self.refunded_amount),
            printed_at=f"{now().astimezone(HO_CHI_MINH):%d/%m/%Y %H:%M}",
            rows=[row for row in rows if row[1]],
        )


def _grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
