"""Receipts of payments, for payers to keep."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files

import typst


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """What a receipt shows: amounts as people read them ("185.000"), `rows` of label and value. It names no payer."""

    number: str
    amount: str
    refunded: str
    left: str
    printed_at: str
    rows: Sequence[tuple[str, str]]


def receipt_pdf(receipt: ReceiptSheet) -> bytes:
    """The receipt as a PDF of one A5 page."""
    template = (files(__package__) / "receipt.typ").read_bytes()
    compiler = typst.Compiler(template, ignore_system_fonts=True)
    made = compiler.compile(format="pdf", sys_inputs={"receipt": json.dumps(asdict(receipt))})
    assert isinstance(made, bytes)
    return made
