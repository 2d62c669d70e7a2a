"""Slips 02 to 04 of the one-stop rules (supplement, refusal, apology with the new date), the notice of stopping, and the slip
that goes with a transferred dossier (Circular 03/2025/TT-VPCP annex I)."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

from casework.slip.receipt import qr_svg
from casework.slip.typeset import typeset

NoticeKind = Literal["supplement", "refusal", "stop", "apology"]
NOTICE, TRANSFER = Path(__file__).with_name("notice.typ"), Path(__file__).with_name("transfer.typ")
LETTERHEAD = Path(__file__).with_name("letterhead.typ")
TITLES: dict[NoticeKind, str] = {
    "supplement": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "refusal": "Phiếu từ chối tiếp nhận, giải quyết hồ sơ",
    "stop": "Thông báo dừng giải quyết hồ sơ",
    "apology": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
}
TRANSFER_TITLE = "Phiếu kiểm soát quá trình giải quyết hồ sơ"


class Letterhead(NamedTuple):
    """The head and the foot of a slip: who writes, where, when, about which dossier."""

    unit_name: str
    superior_name: str
    code: str
    place: str
    written_on: str
    tracking_url: str
    tracking_page: str


class Notice(NamedTuple):
    """What a notice prints; times are texts in Vietnamese, numbers of persons masked. `due_at` and `previous_due_at` are for an
    apology, `missing` for a supplement, `fee_note` for a refusal."""

    head: Letterhead
    kind: NoticeKind
    applicant: str
    address: str
    phone: str
    identity_number: str
    procedure: str
    subject: str
    subject_called: str
    unit_short: str
    desk: str
    reason: str
    received_at: str
    is_received: bool
    due_at: str = ""
    previous_due_at: str = ""
    missing: tuple[str, ...] = ()
    fee_note: str = ""


class HandOver(NamedTuple):
    """One line of the transfer slip."""

    giver: str
    taker: str
    at: str
    note: str


class TransferSlip(NamedTuple):
    """What goes with a dossier that another unit decides."""

    head: Letterhead
    procedure: str
    receiving_unit: str
    deciding_unit: str
    received_at: str
    due_at: str
    transfers: tuple[HandOver, ...]


def render_notice(notice: Notice, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """The notice as PDF, or as a PNG picture of its page; call it off the event loop."""
    return _render(NOTICE, notice.head, notice._asdict(), TITLES[notice.kind], form)


def render_transfer_slip(slip: TransferSlip, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """The transfer slip as PDF, or as a PNG picture of its page; call it off the event loop."""
    transfers = [each._asdict() for each in slip.transfers]
    return _render(TRANSFER, slip.head, slip._asdict() | {"transfers": transfers}, TRANSFER_TITLE, form)


def _render(template: Path, head: Letterhead, slip: dict[str, Any], title: str, form: Literal["pdf", "png"]) -> bytes:
    content = slip | head._asdict() | {"title": title, "tracking_qr": qr_svg(head.tracking_url)}
    del content["head"]
    return typeset(template, content, form, letterhead=LETTERHEAD)
