"""Contents of the receipt slip and of the fee receipt."""

from datetime import datetime
from urllib.parse import urlencode

from casework.calendar import TimeLimit
from casework.model.dossiers import Dossier
from casework.model.fees import FeeStatus
from casework.model.forms import Entry, Form, is_hidden, masked
from casework.procedures import Version, load_catalogue
from casework.queries.dossiers import list_papers
from casework.settings import get_settings
from casework.slip import Component, FeeReceipt, Slip
from chassis.clock import HO_CHI_MINH
from chassis.security.scope import units_of
from chassis.storage.database import ReadSession

SUBJECT_NAME = "subject_full_name"
SUPERIOR = "Ủy ban nhân dân tỉnh Thanh Hóa"
KINDS = {
    "commune": "xã",
    "ward": "phường",
    "township": "thị trấn",
    "district": "huyện",
    "city": "thành phố",
    "town": "thị xã",
}
FEE_STATES = {
    FeeStatus.REQUESTED: "chưa nộp",
    FeeStatus.PAID: "đã nộp",
    FeeStatus.CANCELLED: "đã hủy",
    FeeStatus.TO_REFUND: "chờ hoàn trả",
}


async def get_slip(session: ReadSession, dossier: Dossier, *, sees_subject: bool) -> Slip:
    """The slip of a submitted dossier: personal and phone numbers masked, a subject whom the caller does not see left out."""
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    rules, form = procedure.version_on(dossier.rules_on), dossier.entries()
    place = await _place(session, dossier)
    attached = [paper.document for paper in await list_papers(session, dossier.id)]
    components = [
        Component(document.label.vi, attached.count(document.code) or 1)
        for document in rules.documents
        if document.source in ("form", "data") or document.code in attached
    ]
    return Slip(
        unit_name=f"Ủy ban nhân dân {place}",
        superior_name=SUPERIOR,
        code=dossier.code or "",
        applicant=_text(form, "organization_name") or _text(form, "full_name"),
        address=_text(form, "permanent_address") or _text(form, "address_line"),
        phone=masked(_text(form, "phone")),
        identity_number=masked(_text(form, "personal_id")),
        procedure=f"{procedure.name.vi} ({procedure.code})",
        subject=_subject(dossier, form, rules, sees_subject=sees_subject),
        components=tuple(components),
        time_limit=limit_text(rules.time_limit),
        received_at=_moment(dossier.received_at or dossier.submitted_at),
        due_at=_moment(dossier.due_at) if dossier.due_at else "sau khi hồ sơ được tiếp nhận",
        return_place=f"Trung tâm Phục vụ hành chính công {place}",
        fee=_fee(dossier),
        tracking_url=_tracking_url(dossier),
        is_receipt=dossier.received_at is not None,
    )


async def get_fee_receipt(session: ReadSession, dossier: Dossier) -> FeeReceipt:
    """The electronic receipt of a paid fee."""
    form = dossier.entries()
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    return FeeReceipt(
        unit_name=f"Ủy ban nhân dân {await _place(session, dossier)}",
        superior_name=SUPERIOR,
        number=dossier.receipt_number or "",
        code=dossier.code or "",
        payer=_text(form, "organization_name") or _text(form, "full_name"),
        address=_text(form, "permanent_address") or _text(form, "address_line"),
        content=f"Lệ phí {procedure.name.vi[0].lower()}{procedure.name.vi[1:]}",
        amount=_dong(dossier.fee_amount),
        paid_at=_moment(dossier.fee_paid_at),
        method="Không dùng tiền mặt, quét mã VietQR",
        is_to_refund=dossier.fee_status == FeeStatus.TO_REFUND,
    )


async def _place(session: ReadSession, dossier: Dossier) -> str:
    unit = (await units_of(session, [dossier.unit_id])).get(dossier.unit_id)
    return f"{KINDS.get(unit.kind, '')} {unit.name}".strip() if unit else dossier.unit_code


def limit_text(limit: TimeLimit) -> str:
    """A time limit in Vietnamese."""
    texts = {
        "same_day": "trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo",
        "working_days": f"{limit.count:02d} ngày làm việc",
        "working_hours": f"{limit.count:02d} giờ làm việc",
        "calendar_days": f"{limit.count:02d} ngày",
    }
    return texts[limit.kind]


def _subject(dossier: Dossier, form: Form, rules: Version, *, sees_subject: bool) -> str:
    named = next((field for field in rules.fields if field.name == SUBJECT_NAME), None)
    if named is None or not dossier.is_for_another:
        return ""
    entry = form.get(SUBJECT_NAME, Entry())
    return "" if is_hidden(named, entry, sees_subject=sees_subject) else str(entry.value or "")


def _tracking_url(dossier: Dossier) -> str:
    query = urlencode({"code": dossier.code or "", "key": dossier.tracking_key})
    return f"{get_settings().public_url}/v1/dossiers/track?{query}"


def _text(form: Form, name: str) -> str:
    return str(form.get(name, Entry()).value or "")


def _moment(instant: datetime | None) -> str:
    if instant is None:
        return ""
    return f"{instant.astimezone(HO_CHI_MINH):%H giờ %M phút, ngày %d tháng %m năm %Y}"


def _fee(dossier: Dossier) -> str:
    if dossier.fee_status == FeeStatus.NONE:
        return "không"
    return f"{_dong(dossier.fee_amount)} ({FEE_STATES[FeeStatus(dossier.fee_status)]})"


def _dong(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".")
