"""The receipt slip (Giấy tiếp nhận hồ sơ và hẹn trả kết quả) as a PDF with QR codes."""

from casework.slip.receipt import Component, Slip, render_slip

__all__ = ["Component", "Slip", "render_slip"]
