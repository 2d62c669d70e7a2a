"""The receipt slip is a PDF whose QR codes have the right content."""

import io

import zxingcpp
from PIL import Image

from casework.slip import Component, Slip, render_slip
from casework.slip.receipt import preview_slip

SLIP = Slip(
    unit_name="Ủy ban nhân dân xã Đồng Tiến",
    superior_name="Ủy ban nhân dân tỉnh Thanh Hóa",
    code="H56.15724-261123-0001",
    applicant="Nguyễn Thị Thử Nghiệm",
    address="Thôn 1, xã Đồng Tiến, tỉnh Thanh Hóa",
    phone="*******123",
    identity_number="038*******45",
    procedure="Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh (2.000635)",
    subject="",
    subject_called="Người được đăng ký",
    components=(Component("Tờ khai (biểu mẫu điện tử tương tác)", 1), Component("Giấy #[ủy] *quyền*", 1)),
    time_limit="trong ngày",
    received_at="09 giờ 30 phút, ngày 23 tháng 11 năm 2026",
    due_at="17 giờ 00 phút, ngày 23 tháng 11 năm 2026",
    return_place="Trung tâm Phục vụ hành chính công xã Đồng Tiến",
    fee="8.000 đồng",
    tracking_url="https://example.vn/v1/dossiers/track",
    tracking_page="example.vn/track",
    is_receipt=True,
)


def test_the_slip_is_a_pdf_of_one_page() -> None:
    pdf = render_slip(SLIP)

    assert pdf.startswith(b"%PDF-")
    assert b"/Type/Pages/Count 1/" in pdf


def test_the_codes_on_the_slip_can_be_scanned() -> None:
    with Image.open(io.BytesIO(preview_slip(SLIP))) as page:
        texts = {code.text for code in zxingcpp.read_barcodes(page)}

    assert texts == {
        "H56.15724-261123-0001|09 giờ 30 phút, ngày 23 tháng 11 năm 2026|17 giờ 00 phút, ngày 23 tháng 11 năm 2026",
        "https://example.vn/v1/dossiers/track",
    }


def test_a_name_cannot_break_the_page() -> None:
    strange = SLIP._replace(applicant='#panic("x") *_`$ </script> " \\', address="]#[")

    assert render_slip(strange).startswith(b"%PDF-")
