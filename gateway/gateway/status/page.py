"""The page of `/status` for people: one column, no script, states in words and not by colour alone."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Literal

from chassis.clock import HO_CHI_MINH
from gateway.status.document import Part, PlatformStatus, State

Language = Literal["vi", "en"]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
SYMBOLS: dict[State, str] = {"works": "✓", "impaired": "!", "down": "✕", "unknown": "?"}

WORDS: dict[Language, dict[str, str]] = {
    "vi": {
        "title": "Tình trạng dịch vụ", "works": "Hoạt động", "impaired": "Không ổn định", "down": "Không hoạt động",
        "unknown": "Chưa đo được", "all-works": "Mọi dịch vụ đang hoạt động.",
        "all-impaired": "Một phần dịch vụ không hoạt động như bình thường.",
        "all-down": "Dịch vụ đang không hoạt động. Chúng tôi đang khắc phục.", "all-unknown": "Chưa đo được tình trạng.",
        "journeys": "Việc người dân và đối tác làm", "services": "Các thành phần", "since": "từ {at}",
        "level-today": "{level} % số lần kiểm tra hôm nay",
        "level": "{level} % số lần kiểm tra trong {days} ngày qua",
        "checked": "Kiểm tra lúc {at}, mỗi phút một lần. Nếu giờ này đã quá 5 phút, việc kiểm tra đang dừng.",
        "objective": "Mục tiêu: {objective} % số lần kiểm tra trong 30 ngày thành công và đủ nhanh.",
        "not-measured": "Các việc này chưa được kiểm tra tự động ở đây.",
        "other": "English", "json": "Dữ liệu JSON",
    },
    "en": {
        "title": "State of the services", "works": "Works", "impaired": "Impaired", "down": "Down",
        "unknown": "Not measured", "all-works": "All services work.",
        "all-impaired": "Some services do not work as they should.",
        "all-down": "The services are down. We are working on it.", "all-unknown": "The state could not be measured.",
        "journeys": "What residents and partners do", "services": "Services", "since": "since {at}",
        "level-today": "{level} % of the checks of today",
        "level": "{level} % of the checks of the last {days} days",
        "checked": "Checked at {at}, every minute. If this time is more than 5 minutes ago, the checks have stopped.",
        "objective": "Objective: {objective} % of the checks in 30 days succeed and are fast enough.",
        "not-measured": "These are not checked automatically here.",
        "other": "Tiếng Việt", "json": "JSON",
    },
}  # fmt: skip

STYLE = (
    "body{margin:0;background:#fffdf8;color:#1d1d1f;font:1.05rem/1.5 system-ui,sans-serif}"
    "main{max-width:40rem;margin:0 auto;padding:1rem 1rem 3rem}"
    "h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}"
    "ul{list-style:none;margin:0;padding:0;border-top:1px solid #d9d4cc}"
    "li{border-bottom:1px solid #d9d4cc;padding:.6rem 0}li>strong{display:block;font-weight:600}"
    ".all{padding:.8rem 1rem;border-radius:.5rem;color:#fff;font-weight:600}"
    ".all.works{background:#1b6e3c}.all.impaired{background:#8a5000}"
    ".all.down{background:#b3261e}.all.unknown{background:#55555b}"
    ".state{font-weight:600}.works>.state{color:#1b6e3c}.impaired>.state{color:#8a5000}.down>.state{color:#b3261e}"
    ".note,.level{color:#55555b}.level{display:block;font-size:.95rem}"
    "a{color:#b3261e}nav a{margin-right:1.2rem;padding:.6rem 0;display:inline-block}"
    "@media(prefers-color-scheme:dark){body{background:#17171a;color:#f2f2f4}ul,li{border-color:#3a3a40}"
    ".note,.level{color:#b9b9c0}a,.down>.state{color:#ff8a80}.works>.state{color:#7bd69b}.impaired>.state{color:#ffc069}}"
)


def status_page(status: PlatformStatus, language: Language) -> str:
    """The page in one language."""
    words, other = WORDS[language], "en" if language == "vi" else "vi"
    journeys = _list(status.journeys, language) if status.journeys else f'<p class="note">{words["not-measured"]}</p>'
    checked = words["checked"].format(at=_time(status.checked_at))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words['title']} · Ba Không</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{words['title']}</h1>"
        f'<p class="all {status.state}">{SYMBOLS[status.state]} {words[f"all-{status.state}"]}</p>'
        f'<p class="note">{checked}</p>'
        f"<h2>{words['journeys']}</h2>{journeys}"
        f"<h2>{words['services']}</h2>{_list(status.services, language)}"
        f'<p class="note">{words["objective"].format(objective=_number(status.objective, language))}</p>'
        f'<nav><a href="?lang={other}" lang="{other}" hreflang="{other}">{words["other"]}</a>'
        f'<a href="?format=json" type="application/json">{words["json"]}</a></nav></main></body></html>\n'
    )


def _list(parts: list[Part], language: Language) -> str:
    return "<ul>" + "".join(_item(part, language) for part in parts) + "</ul>"


def _item(part: Part, language: Language) -> str:
    words = WORDS[language]
    since = f", {words['since'].format(at=_time(part.since))}" if part.since else ""
    level = ""
    if part.level is not None:
        words_of_level = words["level" if part.days > 1 else "level-today"]
        shown = words_of_level.format(level=_number(part.level, language), days=part.days)
        level = f'<span class="level">{shown}</span>'
    return (
        f'<li class="{part.state}"><strong>{escape(getattr(part.title, language))}</strong>'
        f'<span class="state"><span aria-hidden="true">{SYMBOLS[part.state]}</span> {words[part.state]}</span>{since}{level}</li>'
    )


def _time(moment: datetime) -> str:
    """In Viet Nam's time, machine-readable too."""
    local = moment.astimezone(HO_CHI_MINH)
    return f'<time datetime="{moment.isoformat(timespec="seconds")}">{local:%H:%M %d/%m/%Y}</time>'


def _number(value: float, language: Language) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "vi" else text
