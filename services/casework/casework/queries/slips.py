"""Contents of the receipt slip and of the fee receipt."""

from datetime import datetime
from urllib.parse import urlencode

from casework.calendar import TimeLimit
from casework.model.dossiers import Dossier
from casework.model.fees import Channel, FeeStatus
from casework.model.forms import Entry, Form, is_hidden, masked
from casework.procedures import Version, load_catalogue
from casework.queries.dossiers import list_papers
from casework.queries.people import unit_name
from casework.settings import get_settings
from casework.slip import Component, FeeReceipt, Slip
from chassis.clock import HO_CHI_MINH
from chassis.security.scope import units_of
from chassis.storage.database import ReadSession
from province import get_pack

SUBJECT_NAME = "subject_full_name"
FEE_STATES = {
    FeeStatus.REQUESTED: "chưa nộp",
    FeeStatus.PAID: "đã nộp",
    FeeStatus.WAIVED: "được miễn",
    FeeStatus.CANCELLED: "đã hủy",
    FeeStatus.TO_REFUND: "chờ hoàn trả",
}


async def get_slip(session: ReadSession, dossier: Dossier, *, sees_subject: bool) -> Slip:
    """The slip of a submitted dossier: personal and phone numbers masked, a subject whom the caller does not see left out."""
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    rules, form = procedure.version_on(dossier.rules_on), dossier.entries()
    place = await place_of(session, dossier)
    attached = [paper.document for paper in await list_papers(session, dossier.id)]
    components = [
        Component(document.label.vi, attached.count(document.code) or 1)
        for document in rules.documents
        if document.source in ("form", "data")
        or document.code in attached
        or (document.source == "in_person" and dossier.channel == Channel.DIRECT)
    ]
    return Slip(
        unit_name=f"Ủy ban nhân dân {place}",
        superior_name=get_pack().authority,
        code=dossier.code or "",
        applicant=text_of(form, "organization_name") or text_of(form, "full_name"),
        address=text_of(form, "permanent_address") or text_of(form, "address_line"),
        phone=masked(text_of(form, "phone")),
        identity_number=masked(text_of(form, "personal_id")),
        procedure=f"{procedure.name.vi} ({procedure.code})",
        subject=subject_of(dossier, form, rules, sees_subject=sees_subject),
        subject_called=called(rules),
        components=tuple(components),
        time_limit=limit_text(rules.limit(with_verification=dossier.with_verification)),
        received_at=moment(dossier.received_at or dossier.submitted_at),
        due_at=moment(dossier.due_at) if dossier.due_at else "sau khi hồ sơ được tiếp nhận",
        return_place=f"Trung tâm Phục vụ hành chính công {place}",
        fee=_fee(dossier),
        tracking_url=tracking_url(dossier),
        tracking_page=tracking_page(),
        is_receipt=dossier.received_at is not None,
        is_online=dossier.channel == Channel.ONLINE,
    )


async def get_fee_receipt(session: ReadSession, dossier: Dossier) -> FeeReceipt:
    """The electronic receipt of a paid fee."""
    form = dossier.entries()
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    return FeeReceipt(
        unit_name=f"Ủy ban nhân dân {await place_of(session, dossier)}",
        superior_name=get_pack().authority,
        number=dossier.receipt_number or "",
        code=dossier.code or "",
        payer=text_of(form, "organization_name") or text_of(form, "full_name"),
        address=text_of(form, "permanent_address") or text_of(form, "address_line"),
        content=f"Lệ phí {procedure.name.vi[0].lower()}{procedure.name.vi[1:]}",
        amount=dong(dossier.fee_amount),
        paid_at=moment(dossier.fee_paid_at),
        method="Nộp tại quầy" if dossier.fee_settled_by else "Không dùng tiền mặt, quét mã VietQR",
        is_to_refund=dossier.fee_status == FeeStatus.TO_REFUND,
    )


async def place_of(session: ReadSession, dossier: Dossier) -> str:
    """The deciding unit with its kind, e.g. "xã Đồng Tiến"."""
    unit = (await units_of(session, [dossier.unit_id])).get(dossier.unit_id)
    return unit_name(unit) if unit else dossier.unit_code


def limit_text(limit: TimeLimit) -> str:
    """A time limit in Vietnamese."""
    texts = {
        "same_day": "trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo",
        "working_days": f"{limit.count:02d} ngày làm việc",
        "working_hours": f"{limit.count:02d} giờ làm việc",
        "calendar_days": f"{limit.count:02d} ngày",
    }
    return texts[limit.kind]


def subject_of(dossier: Dossier, form: Form, rules: Version, *, sees_subject: bool) -> str:
    """The name of the person concerned; empty for one's own dossier and for a name that is withheld."""
    named = next((field for field in rules.fields if field.name == SUBJECT_NAME), None)
    if named is None or not dossier.is_for_another:
        return ""
    entry = form.get(SUBJECT_NAME, Entry())
    return "" if is_hidden(named, entry, sees_subject=sees_subject) else str(entry.value or "")


def tracking_url(dossier: Dossier) -> str:
    """The page of this dossier, as the QR code of its slips carries it."""
    query = urlencode({"code": dossier.code or "", "key": dossier.tracking_key})
    return f"{tracking_page()}?{query}"


def tracking_page() -> str:
    """The page where people look up a dossier."""
    return f"{get_settings().public_url}/track"


def called(rules: Version) -> str:
    """What a slip calls the person concerned, e.g. "Người mất"."""
    return rules.subject_called.vi[:1].upper() + rules.subject_called.vi[1:]


def text_of(form: Form, name: str) -> str:
    """A field's value as a text; empty where there is none."""
    return str(form.get(name, Entry()).value or "")


def moment(instant: datetime | None) -> str:
    """An instant in Vietnamese, to the minute."""
    if instant is None:
        return ""
    return f"{instant.astimezone(HO_CHI_MINH):%H giờ %M phút, ngày %d tháng %m năm %Y}"


def _fee(dossier: Dossier) -> str:
    if dossier.fee_status == FeeStatus.NONE:
        return "không"
    return f"{dong(dossier.fee_amount)} ({FEE_STATES[FeeStatus(dossier.fee_status)]})"


def dong(amount: int) -> str:
    """An amount of VND as people write it."""
    return f"{amount:,} đồng".replace(",", ".")
