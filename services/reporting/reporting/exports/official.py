"""The texts of an official report (báo cáo) in the parts that Decree 30/2020/NĐ-CP, annex I names; laid out by its siblings.

Figures are printed as the API gives them: counts in full, money to the đồng, shares with two decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import date
from typing import Any

from province import get_pack
from reporting.exports.bodies import recipients_on
from reporting.exports.official_tables import (
    OfficialTable,
    table_of_items,
    table_of_steps,
    table_of_units,
    villages_by_item,
)
from reporting.figures import CampaignEvaluation, CampaignPlan, Figure, Report, ReportPeriod, UnitName
from reporting.texts import Texts

__all__ = ["Annex", "OfficialReport", "Section", "as_plain_values", "compose"]

KINDS = {
    "province": "TỈNH",
    "city": "THÀNH PHỐ",
    "town": "THỊ XÃ",
    "district": "HUYỆN",
    "commune": "XÃ",
    "ward": "PHƯỜNG",
    "township": "THỊ TRẤN",
}

TO_WRITE = "……\N{ZERO WIDTH SPACE}" * 24
"""For what a person has to write; it may break at the end of a line."""


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: paragraphs, then perhaps a table."""

    title: str
    paragraphs: list[str]
    table: OfficialTable | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex (phụ lục) on separate landscape pages: captions with their tables."""

    heading: str
    title: str
    note: str
    tables: list[tuple[str, OfficialTable]]


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """The boxes of the decree: 2 bodies, 3 number, 4 place and date, 5a kind and abstract, 6 text, 7 signature, 9 recipients."""

    superior: str
    issuer: list[str]
    number: str
    place_and_date: str
    kind: str
    abstract: str
    basis: list[str]
    opening: str
    sections: list[Section]
    closing: str
    authority: list[str]
    recipients: list[str]
    author: str
    """Who issues it, for the properties of the file; with `as_of`, the day of its figures."""
    as_of: date
    annexes: list[Annex] = field(default_factory=list)


def as_plain_values(official: OfficialReport) -> dict[str, Any]:
    """The report as JSON values."""
    return asdict(official) | {"as_of": official.as_of.isoformat()}


def compose(report: Report) -> OfficialReport:
    """The official report of the unit; a village's is issued by its commune. What a person must write stays dotted."""
    official: OfficialReport = _with_one_kind_of_quotation_marks(_compose(report))
    return official


def _compose(report: Report) -> OfficialReport:
    issuer, superior = _bodies(report)
    plan = report.plans[0] if report.plans else None
    texts = Texts("vi")
    where = _where(report, texts)
    when = f", {_period(report.period, texts)}" if report.period else ""
    return OfficialReport(
        superior=f"UBND {_title(superior)}" if superior else "",
        issuer=["ỦY BAN NHÂN DÂN", _title(issuer)],
        number="Số:         /BC-UBND",
        place_and_date=_place_and_date(issuer, report.as_of),
        kind="BÁO CÁO",
        abstract=f"Kết quả thực hiện mô hình “3 KHÔNG” {where}{when}",
        basis=_basis(plan),
        opening=_opening(issuer, f"{where}{when}", texts),
        sections=list(_sections(report, plan, texts)),
        closing=f"Trên đây là báo cáo kết quả thực hiện mô hình “3 KHÔNG” {where}{when}, số liệu đến hết ngày "
        f"{texts.day(report.as_of)}./.",
        authority=["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
        recipients=_recipients(superior, plan, report.as_of),
        author=_body(issuer, texts),
        as_of=report.as_of,
        annexes=_annexes(report, where, texts),
    )


def _period(period: ReportPeriod, texts: Texts) -> str:
    days = f"từ ngày {texts.day(period.first)} đến ngày {texts.day(period.last)}"
    if period.kind == "week":
        year, week, _ = period.last.isocalendar()
        return f"tuần {week} năm {year} ({days})"
    if period.kind == "month":
        return f"tháng {period.last.month} năm {period.last.year} ({days})"
    return days


def _bodies(report: Report) -> tuple[UnitName, UnitName | None]:
    line = [unit for unit in (*report.ancestors, report.unit) if unit.level != "village"]
    return line[-1], line[-2] if len(line) > 1 else None


def _title(unit: UnitName) -> str:
    kind = KINDS.get(unit.kind) or KINDS.get(unit.level, "")
    name = unit.name.upper()
    return name if name.startswith(f"{kind} ") else f"{kind} {name}"


def _where(report: Report, texts: Texts) -> str:
    name = _lower_kind(texts.unit(report.unit))
    if report.unit.level == "village" and report.ancestors:
        return f"tại {name}, {_lower_kind(texts.unit(report.ancestors[-1]))}"
    return f"trên địa bàn {name}"


def _lower_kind(name: str) -> str:
    return name[:1].lower() + name[1:]


def _place_and_date(issuer: UnitName, day: date) -> str:
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"{issuer.name}, ngày {day.day:02} tháng {month} năm {day.year}"


def _basis(plan: CampaignPlan | None) -> list[str]:
    named = list(plan.basis if plan and plan.basis else get_pack().reports.basis)
    if plan and plan.number:
        issued = f" ngày {Texts('vi').day(plan.issued_on)}" if plan.issued_on else ""
        issuer = f" của {plan.issuer}" if plan.issuer else ""
        named.append(f"Kế hoạch số {plan.number}{issued}{issuer} về {_lower_kind(plan.title)}")
    return [f"Căn cứ {each}{';' if number < len(named) else '.'}" for number, each in enumerate(named, start=1)]


def _body(issuer: UnitName, texts: Texts) -> str:
    return f"Ủy ban nhân dân {_lower_kind(texts.unit(issuer))}"


def _opening(issuer: UnitName, where: str, texts: Texts) -> str:
    return f"{_body(issuer, texts)} báo cáo kết quả thực hiện mô hình “3 KHÔNG” {where} như sau:"


def _sections(report: Report, plan: CampaignPlan | None, texts: Texts) -> Iterator[Section]:
    number = iter(("I", "II", "III", "IV", "V", "VI"))
    yield Section(
        f"{next(number)}. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI", _direction(report, plan, texts), table_of_steps(plan, texts)
    )
    yield Section(
        f"{next(number)}. KẾT QUẢ THỰC HIỆN MƯỜI HAI NỘI DUNG",
        [f"Kết quả đến hết ngày {texts.day(report.as_of)} theo các nội dung của kế hoạch như bảng sau:"],
        table_of_items(report, texts),
    )
    if report.children:
        level, detail = "đơn vị", []
        if _has_villages(report):
            level = "thôn, tổ dân phố"
            detail = ["Các chỉ tiêu chính như bảng sau; mọi chỉ số của từng thôn, tổ dân phố ở Phụ lục kèm theo:"]
        yield Section(f"{next(number)}. KẾT QUẢ THEO TỪNG {level.upper()}", detail, table_of_units(report, texts))
    yield Section(f"{next(number)}. ĐÁNH GIÁ", _evaluation(report, plan.evaluation if plan else None, texts))
    proposals = plan.evaluation.proposals if plan and plan.evaluation else ""
    yield Section(f"{next(number)}. ĐỀ XUẤT, KIẾN NGHỊ", [proposals or TO_WRITE])


def _has_villages(report: Report) -> bool:
    return any(each.unit.level == "village" for each in report.children)


def _annexes(report: Report, where: str, texts: Texts) -> list[Annex]:
    if not _has_villages(report):
        return []
    title = f"KẾT QUẢ CỦA TỪNG THÔN, TỔ DÂN PHỐ THEO CÁC CHỈ SỐ ĐẾN HẾT NGÀY {texts.day(report.as_of)}"
    note = f"Phụ lục kèm theo báo cáo kết quả thực hiện mô hình “3 KHÔNG” {where}"
    return [Annex("PHỤ LỤC", title, note, villages_by_item(report, texts))]


def _direction(report: Report, plan: CampaignPlan | None, texts: Texts) -> list[str]:
    held = [report.figures[code] for code in ("sessions_held", "people_trained", "communications_published")]
    sessions, people, news = (texts.count(each, each.numerator) for each in held)
    work_done = (
        f"Đã tổ chức {sessions} hội nghị, lớp tập huấn, buổi hướng dẫn với {people} lượt người tham dự; "
        f"đăng, phát {news} tin, bài, buổi phát thanh."
    )
    if plan is None:
        return [work_done]
    return [work_done, f"Tiến độ các bước của kế hoạch “{plan.title}”:"] if plan.milestones else [work_done]


def _evaluation(report: Report, evaluation: CampaignEvaluation | None, texts: Texts) -> list[str]:
    judged = [each for each in report.aimed_at() if each.reached is not None]
    reached = [each for each in judged if (each.reached or 0) >= 100]
    missed = [each for each in judged if each not in reached]
    evaluation = evaluation or CampaignEvaluation()
    return [
        f"1. Kết quả nổi bật: đạt {len(reached)}/{len(reached) + len(missed)} chỉ tiêu đã giao. "
        + (evaluation.results or TO_WRITE),
        "2. Tồn tại, hạn chế: " + _missed(missed, texts) + (evaluation.limits or TO_WRITE),
        f"3. Nguyên nhân: {evaluation.causes or TO_WRITE}",
        f"4. Bài học kinh nghiệm: {evaluation.lessons or TO_WRITE}",
    ]


def _missed(figures: list[Figure], texts: Texts) -> str:
    if not figures:
        return ""
    return f"chưa đạt chỉ tiêu: {', '.join(_lower_kind(texts.of(each.indicator.title)) for each in figures)}. "


def _recipients(superior: UnitName | None, plan: CampaignPlan | None, day: date) -> list[str]:
    named = recipients_on(day, plan.recipients) if plan else []
    if not named:
        above = Texts("vi").unit(superior) if superior else None
        named = [
            f"UBND {_lower_kind(above)} (để b/c)" if above else f"Thường trực {get_pack().party_committee} (để b/c)"
        ]
    return [*(f"- {each};" for each in named), *(f"- {each}." for each in recipients_on(day, ["Lưu: VT, VHTT"]))]


def _with_one_kind_of_quotation_marks(value: Any) -> Any:
    """Plans are typed with straight marks, our texts with curly ones: the report has the curly ones of Vietnamese print."""
    if isinstance(value, str):
        return re.sub(r'"([^"]*)"', r"“\1”", value)
    if isinstance(value, list | tuple):
        return type(value)(_with_one_kind_of_quotation_marks(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value)]
        return replace(value, **{name: _with_one_kind_of_quotation_marks(getattr(value, name)) for name in names})
    return value
