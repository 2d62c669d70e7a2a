"""Slips 02 to 05 of the one-stop rules are there when their action was taken, and have its content."""

import io
from datetime import datetime

import pypdfium2
import pytest

from chassis.clock import frozen_at

MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
SLIPS = ("supplement", "refusal", "apology", "transfer")


@pytest.fixture
async def extract(binh, world):
    with frozen_at(MONDAY):
        opened = (
            await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
        ).json()
        await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
        return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def act(client, dossier, action, **more):
    return await client.post(f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more})


async def slip(client, dossier, kind):
    return await client.get(f"/v1/dossiers/{dossier['id']}/{kind}-slip.pdf")


def words_of(answer):
    assert answer.status_code == 200, answer.text
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    assert len(document) == 1
    text = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    return text


async def test_no_slip_is_there_before_its_action(binh, extract):
    assert [(await slip(binh, extract, kind)).status_code for kind in SLIPS] == [404] * 4


async def test_the_supplement_slip_lists_what_is_missing_and_disappears_with_a_revert(binh, officer, calling, extract):
    colleague = calling("officer", unit_code="15724", subject="officer-2")
    with frozen_at(MONDAY):
        await act(officer, extract, "request_supplement", note="Bổ sung số đăng ký khai sinh")
        words = words_of(await slip(binh, extract, "supplement"))
        await act(colleague, extract, "revert", note="Nhầm hồ sơ")

    assert "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ" in words
    assert "Bổ sung số đăng ký khai sinh" in words
    assert "ngày 23 tháng 11 năm 2026" in words
    assert "Nguyễn Văn Thử Bình" in words
    assert "0912345678" not in words
    assert (await slip(binh, extract, "supplement")).status_code == 404


@pytest.mark.parametrize(
    ("way", "action", "title"),
    [
        ([], "refuse", "PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ"),
        (["accept"], "reject", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
    ],
)
async def test_the_refusal_slip_gives_the_reason(binh, officer, extract, way, action, title):
    for step in way:
        await act(officer, extract, step)
    await act(officer, extract, action, note="Sổ hộ tịch không có sự kiện này\nĐề nghị liên hệ nơi đăng ký cũ")

    words = words_of(await slip(binh, extract, "refusal"))

    assert title in words
    assert "Sổ hộ tịch không có sự kiện này" in words
    assert "Đề nghị liên hệ nơi đăng ký cũ" in words


async def test_the_apology_gives_the_reason_the_broken_promise_and_the_new_date(binh, officer, extract):
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
        await act(officer, extract, "extend", due_on="2026-11-26", note="Mất điện cả ngày")
        await act(officer, extract, "approve")
    words = words_of(await slip(binh, extract, "apology"))

    assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in words
    assert "Mất điện cả ngày" in words
    assert "Thời gian hẹn trả kết quả: 17 giờ 00 phút, ngày 23 tháng 11 năm 2026" in words
    assert "17 giờ 00 phút, ngày 26 tháng 11 năm 2026" in words


async def test_the_transfer_slip_names_both_units(binh, officer, calling, world):
    """Bình lives in Đồng Tiến; An of Ngọc Lặc files a death of a resident of Đồng Tiến at the desk of Ngọc Lặc."""
    desk = calling("officer", unit_code="15061", subject="officer-9")
    desk.headers["X-Purpose"] = "dossier"
    body = {
        "procedure_code": "2.000635", "resident_id": str(world.an), "subject_id": str(world.binh),
        "paper": {"kind": "authorisation", "number": "7"},
    }  # fmt: skip
    opened = (await desk.post("/v1/dossiers", json=body)).json()
    typed = {"extract_kind": "birth", "relation": "authorised"}
    await desk.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    await desk.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", pdf)})
    submitted = await desk.post(f"/v1/dossiers/{opened['id']}/submit")
    assert submitted.status_code == 200, submitted.text

    words = words_of(await slip(officer, opened, "transfer"))

    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in words
    assert "Cơ quan tiếp nhận: Ủy ban nhân dân xã Ngọc Lặc" in words
    assert "Cơ quan giải quyết: Ủy ban nhân dân xã Đồng Tiến" in words
    assert "Nguyễn Văn Thử Bình" not in words


async def test_a_slip_is_read_with_a_purpose_and_only_by_those_whom_the_dossier_concerns(officer, calling, extract):
    await act(officer, extract, "refuse", note="Sai thẩm quyền")
    foreign = calling("officer", unit_code="15061", subject="officer-9")
    silent = calling("officer", unit_code="15724", subject="officer-3")

    assert (await slip(foreign, extract, "refusal")).status_code == 404
    assert (await slip(silent, extract, "refusal")).status_code == 428
