"""Title and text of a notification in a language: the kind's templates, filled with codes, amounts and times."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from chassis.clock import HO_CHI_MINH
from chassis.errors import Language
from contracts.vocabularies import ACCESS_PURPOSES
from notifications.model.notification_kinds import BY_NAME

Words = Mapping[str, tuple[str, str]]
"""A code's words in Vietnamese and English."""

ROLES: Words = {
    "officer": ("Cán bộ", "an officer"), "volunteer": ("Tình nguyện viên", "a volunteer"), "partner": ("Đối tác", "a partner"),
    "resident": ("Một người dân", "a resident"), "organization": ("Một tổ chức", "an organization"),
    "service": ("Hệ thống", "the platform"), "operator": ("Quản trị viên", "an operator"),
    "auditor": ("Người kiểm tra", "an auditor"),
}  # fmt: skip
PURPOSES: Words = {term.code: (term.title, term.title_en) for term in ACCESS_PURPOSES}
STEPS: Words = {
    "vneid": ("Tài khoản VNeID", "The VNeID account"),
    "portal_account": ("Tài khoản Cổng dịch vụ công", "The account of the public service portal"),
    "province_app": ("Ứng dụng của tỉnh", "The provincial app"),
    "digital_signature": ("Chữ ký số", "The digital signature"),
    "payment_account": ("Tài khoản thanh toán", "The payment account"),
    "cyber_protection": ("Bảo vệ trên không gian mạng", "The cyber protection"),
}
SESSIONS: Words = {
    "conference": ("hội nghị", "Conference"), "training": ("tập huấn", "Training"), "guidance": ("hướng dẫn", "Guidance"),
    "installation": ("cài đặt", "Installation"), "drive": ("ra quân", "Drive"), "launch": ("ra mắt", "Launch"),
    "review": ("sơ kết, tổng kết", "Review"),
}  # fmt: skip
DECISIONS: Words = {
    "completed": ("đã được chấp nhận", "accepted"), "refused": ("đã bị từ chối", "refused"),
    "reversed": ("đã được hủy bỏ", "reversed"),
}  # fmt: skip
ANSWERS: Words = {"True": ("đã được chấp nhận", "was accepted"), "False": ("đã bị từ chối", "was refused")}
MISSING = ("chưa rõ", "unknown")


def title_of(kind: str, language: Language) -> str:
    """The title of a kind: it stands in the feed and in a push."""
    return _templates(kind, language)[0]


def text_of(kind: str, placeholders: Mapping[str, Any], language: Language) -> str:
    """The text in the feed."""
    filled = {name: FILLERS[name](value, language) for name, value in placeholders.items() if name in FILLERS}
    return _templates(kind, language)[1].format(**filled)


def _templates(kind: str, language: Language) -> tuple[str, str]:
    return BY_NAME[kind].vi if language == "vi" else BY_NAME[kind].en


def _code(value: Any, _language: Language) -> str:
    return str(value)


def _amount(value: Any, language: Language) -> str:
    return f"{value:,} đồng".replace(",", ".") if language == "vi" else f"{value:,} VND"


def _day(value: Any, language: Language) -> str:
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else _missing(language)


def _moment(value: Any, language: Language) -> str:
    if not value:
        return _missing(language)
    moment = datetime.fromisoformat(value).astimezone(HO_CHI_MINH)
    return f"{moment:%H:%M} {'ngày' if language == 'vi' else 'on'} {moment:%d/%m/%Y}"


def _until(value: Any, language: Language) -> str:
    return (" đến hết ngày " if language == "vi" else " until ") + _day(value, language) if value else ""


def _words(words: Words) -> Callable[[Any, Language], str]:
    return lambda value, language: words.get(str(value), MISSING)[0 if language == "vi" else 1]


def _missing(language: Language) -> str:
    return MISSING[0 if language == "vi" else 1]


FILLERS: Mapping[str, Callable[[Any, Language], str]] = {
    "code": _code, "dossier_code": _code, "period": _code,
    "amount": _amount, "remaining": _amount,
    "due_on": _day, "decide_by": _day, "until": _until,
    "due_at": _moment, "answer_by": _moment, "starts_at": _moment, "settled_at": _moment, "reversed_at": _moment,
    "failing_since": _moment, "disables_at": _moment,
    "role": _words(ROLES), "purpose": _words(PURPOSES), "step": _words(STEPS), "kind": _words(SESSIONS),
    "status": _words(DECISIONS), "accepted": _words(ANSWERS),
}  # fmt: skip
"""How a placeholder is written, by its name; a name that is not here has no place in a text."""
