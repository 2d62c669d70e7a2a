"""The public page behind the QR code of the slips: where a dossier stands, in Vietnamese.

One small document without scripts, pictures or anything from another host, so that it opens on a cheap phone and reads well with
a screen reader. It shows no personal data.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.model.fees import FeeStatus
from casework.model.lifecycle import Status
from chassis.clock import HO_CHI_MINH

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "track.css").read_text("utf-8").strip()
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Content-Language": "vi",
    "Vary": "Accept",
    "X-Robots-Tag": "noindex",
}
STEPS = ("Đã nộp", "Tiếp nhận", "Giải quyết", "Có kết quả")
STATES: dict[Status, tuple[int, str, str]] = {
    Status.DRAFT: (0, "Chưa nộp", ""),
    Status.SUBMITTED: (1, "Đã nộp, chờ tiếp nhận", "Bộ phận một cửa đang kiểm tra hồ sơ."),
    Status.ACCEPTED: (2, "Đã tiếp nhận", "Hồ sơ đã được tiếp nhận và chuyển giải quyết."),
    Status.PROCESSING: (3, "Đang giải quyết", ""),
    Status.SUPPLEMENT_REQUESTED: (
        2, "Cần bổ sung giấy tờ", "Mở ứng dụng hoặc hỏi bộ phận một cửa để biết cần bổ sung gì.",
    ),
    Status.PAYMENT_DUE: (3, "Chờ nộp phí, lệ phí", "Hồ sơ được giải quyết tiếp sau khi nộp phí, lệ phí."),
    Status.DRAFT_RESULT_SENT: (
        3, "Chờ xác nhận dự thảo kết quả", "Mở ứng dụng để xem và xác nhận; quá hạn mà không trả lời là đồng ý.",
    ),
    Status.APPROVED: (4, "Đã có kết quả", "Nhận kết quả theo cách đã đăng ký."),
    Status.RETURNED: (4, "Đã trả kết quả", ""),
    Status.REFUSED: (1, "Không được tiếp nhận", "Lý do ghi trong phiếu từ chối."),
    Status.WITHDRAWN: (1, "Đã rút hồ sơ", ""),
    Status.REJECTED: (3, "Đã dừng giải quyết", "Lý do ghi trong thông báo dừng giải quyết."),
}  # fmt: skip
"""Number of the reached step, the state, and what it means for the applicant."""
FEES = {
    FeeStatus.REQUESTED: "chưa nộp",
    FeeStatus.PAID: "đã nộp",
    FeeStatus.WAIVED: "được miễn",
    FeeStatus.CANCELLED: "không phải nộp",
    FeeStatus.TO_REFUND: "chờ hoàn trả",
}


class TrackedDossier(NamedTuple):
    """What the page shows of a dossier."""

    code: str
    procedure: str
    unit: str
    status: Status
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    is_overdue: bool
    extensions: int
    fee_amount: int
    fee_status: FeeStatus


class Asked(NamedTuple):
    """What was asked for, and why nothing is shown."""

    code: str = ""
    problem: str = ""


def render_tracking(dossier: TrackedDossier | None, asked: Asked | None = None) -> str:
    """The page of a dossier; without one, the form with the reason."""
    return _TEMPLATE.render(style=STYLE, dossier=dossier, asked=asked or Asked(), steps=STEPS, states=STATES, fees=FEES)


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(HO_CHI_MINH):%H:%M ngày %d/%m/%Y}"


def _dong(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".")


def _environment(filters: Sequence[tuple[str, object]]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    return environment


_TEMPLATE = _environment([("moment", _moment), ("dong", _dong)]).get_template("track.html")
