"""The electronic receipt of a fee (biên lai điện tử, Decree 123/2020/NĐ-CP): what was paid, for what, when."""

from pathlib import Path
from typing import Literal, NamedTuple

from casework.slip.typeset import typeset

TEMPLATE = Path(__file__).with_name("fee_receipt.typ")


class FeeReceipt(NamedTuple):
    """What the receipt prints; times and amounts are already texts in Vietnamese."""

    unit_name: str
    superior_name: str
    number: str
    code: str
    payer: str
    address: str
    content: str
    amount: str
    paid_at: str
    method: str
    is_to_refund: bool


def render_fee_receipt(receipt: FeeReceipt, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """The receipt as PDF, or as a PNG picture of its page; call it off the event loop."""
    return typeset(TEMPLATE, receipt._asdict(), form)
