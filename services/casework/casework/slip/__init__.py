"""The slips of the one-stop rules (receipt, supplement, refusal, apology, transfer) and the receipt of a fee, as PDF."""

from casework.slip.fee_receipt import FeeReceipt, render_fee_receipt
from casework.slip.notice import (
    HandOver,
    Letterhead,
    Notice,
    NoticeKind,
    TransferSlip,
    render_notice,
    render_transfer_slip,
)
from casework.slip.receipt import Component, Slip, render_slip

__all__ = [
    "Component",
    "FeeReceipt",
    "HandOver",
    "Letterhead",
    "Notice",
    "NoticeKind",
    "Slip",
    "TransferSlip",
    "render_fee_receipt",
    "render_notice",
    "render_slip",
    "render_transfer_slip",
]
