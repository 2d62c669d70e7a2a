"""The receipt slip (Giấy tiếp nhận hồ sơ và hẹn trả kết quả) with QR codes and the receipt of a fee, as PDF."""

from casework.slip.fee_receipt import FeeReceipt, render_fee_receipt
from casework.slip.receipt import Component, Slip, render_slip

__all__ = ["Component", "FeeReceipt", "Slip", "render_fee_receipt", "render_slip"]
