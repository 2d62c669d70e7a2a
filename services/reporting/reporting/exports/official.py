"""The texts of an official report (báo cáo) in the parts that Decree 30/2020/NĐ-CP, annex I names; laid out by its siblings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reporting.exports.bodies import recipients_on
from reporting.figures import CampaignEvaluation, CampaignPlan, Figure, Report, UnitName
from reporting.indicators import catalogue
from reporting.texts import Texts

__all__ = ["OfficialReport", "OfficialTable", "Section", "compose"]

KINDS = {
    "province": "TỈNH",
    "city": "THÀNH PHỐ",
    "town": "THỊ XÃ",
    "district": "HUYỆN",
    "commune": "XÃ",
    "ward": "PHƯỜNG",
    "township": "THỊ TRẤN",
}

DEFAULT_BASIS = (
    "Kế hoạch số 1327/KH-STTTT ngày 31/5/2023 của Sở Thông tin và Truyền thông về thí điểm mô hình “3 KHÔNG” "
    "trên địa bàn tỉnh Thanh Hóa",
    "Công văn số 236/STTTT-CNTT ngày 31/01/2024 của Sở Thông tin và Truyền thông về việc hướng dẫn triển khai mô hình "
    "“3 KHÔNG” năm 2024",
)
"""The documents that both plans rest on (requirements R1, R2): for a unit whose campaign names none."""

TO_WRITE = "……\N{ZERO WIDTH SPACE}" * 24
"""For what a person has to write; it may break at the end of a line."""


@dataclass(frozen=True, slots=True)
class OfficialTable:
    """A table with its widths in shares of the page; the first row of `rows` follows the header."""

    header: list[str]
    widths: list[int]
    rows: list[list[str]]
    aligns: str
    """One letter per column: l, c, r. A row with one cell spans the table."""


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: paragraphs, then perhaps a table."""

    title: str
    paragraphs: list[str]
    table: OfficialTable | None = None
    caption: str = ""


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


def compose(report: Report) -> OfficialReport:
    """The official report of the unit; a village's is issued by its commune. What a person must write stays dotted."""
    issuer, superior = _bodies(report)
    plan = report.plans[0] if report.plans else None
    texts = Texts("vi")
    where = _where(report, texts)
    return OfficialReport(
        superior=f"UBND {_title(superior)}" if superior else "",
        issuer=["ỦY BAN NHÂN DÂN", _title(issuer)],
        number="Số:         /BC-UBND",
        place_and_date=_place_and_date(issuer, report.as_of),
        kind="BÁO CÁO",
        abstract=f"Kết quả thực hiện mô hình “3 KHÔNG” {where}",
        basis=_basis(plan),
        opening=_opening(report, issuer, where, texts),
        sections=list(_sections(report, plan, texts)),
        closing=f"Trên đây là báo cáo kết quả thực hiện mô hình “3 KHÔNG” {where}, số liệu đến hết ngày "
        f"{texts.day(report.as_of)}./.",
        authority=["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
        recipients=_recipients(superior, plan, report.as_of),
    )


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
    named = list(plan.basis if plan and plan.basis else DEFAULT_BASIS)
    if plan and plan.number:
        issued = f" ngày {Texts('vi').day(plan.issued_on)}" if plan.issued_on else ""
        issuer = f" của {plan.issuer}" if plan.issuer else ""
        named.append(f"Kế hoạch số {plan.number}{issued}{issuer} về {_lower_kind(plan.title)}")
    return [f"Căn cứ {each}{';' if number < len(named) else '.'}" for number, each in enumerate(named, start=1)]


def _opening(report: Report, issuer: UnitName, where: str, texts: Texts) -> str:
    body = f"Ủy ban nhân dân {_lower_kind(texts.unit(issuer))}"
    return f"{body} báo cáo kết quả thực hiện mô hình “3 KHÔNG” {where} như sau:"


def _sections(report: Report, plan: CampaignPlan | None, texts: Texts) -> Iterator[Section]:
    number = iter(("I", "II", "III", "IV", "V", "VI"))
    yield Section(f"{next(number)}. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI", _direction(report, plan, texts), _steps(plan, texts))
    yield Section(
        f"{next(number)}. KẾT QUẢ THỰC HIỆN MƯỜI HAI NỘI DUNG",
        [f"Kết quả đến hết ngày {texts.day(report.as_of)} theo các nội dung của kế hoạch như bảng sau:"],
        _items(report, texts),
    )
    if report.children:
        level = "thôn, tổ dân phố" if report.children[0].unit.level == "village" else "đơn vị"
        yield Section(f"{next(number)}. KẾT QUẢ THEO TỪNG {level.upper()}", [], _units(report, texts))
    yield Section(f"{next(number)}. ĐÁNH GIÁ", _evaluation(report, plan.evaluation if plan else None, texts))
    proposals = plan.evaluation.proposals if plan and plan.evaluation else ""
    yield Section(f"{next(number)}. ĐỀ XUẤT, KIẾN NGHỊ", [proposals or TO_WRITE])


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


def _steps(plan: CampaignPlan | None, texts: Texts) -> OfficialTable | None:
    if plan is None or not plan.milestones:
        return None
    rows = []
    for step in plan.milestones:
        due = texts.day(step.due_on) if step.due_on else ""
        done = texts.day(step.done_on) if step.done_on else "Chưa hoàn thành"
        rows.append([str(step.number), step.title, due, done])
    return OfficialTable(["Bước", "Nội dung", "Thời hạn", "Hoàn thành"], [9, 53, 18, 20], rows, "clcc")


def _items(report: Report, texts: Texts) -> OfficialTable:
    rows: list[list[str]] = []
    for number, title in catalogue().plan_items.items():
        rows.append([f"{number}. {texts.of(title)}"])
        rows.extend(_item_row(figure, texts) for figure in report.of_base() if figure.indicator.plan_item == number)
    header = ["Chỉ số", "Kết quả", "Tổng số", "Tỷ lệ (%)", "Chỉ tiêu", "Đánh giá"]
    return OfficialTable(header, [38, 15, 12, 11, 11, 13], rows, "lrrrrc")


def _item_row(figure: Figure, texts: Texts) -> list[str]:
    reached = figure.reached
    verdict = "" if reached is None else "Đạt" if reached >= 100 else "Chưa đạt"
    return [
        texts.of(figure.indicator.title),
        texts.count(figure, figure.numerator),
        texts.count(figure, figure.denominator) if figure.indicator.denominator else "",
        texts.number(figure.percent, 1) if figure.percent is not None else "",
        texts.goal(figure.indicator, figure.target) if figure.target else "",
        verdict,
    ]


REPORTED_BY_UNIT = (
    "residents",
    "vneid",
    "portal_account",
    "province_app",
    "digital_signature",
    "payment_account",
    "merchants_with_qr",
)


def _units(report: Report, texts: Texts) -> OfficialTable:
    columns = [catalogue().indicators[code] for code in REPORTED_BY_UNIT]
    header = ["TT", "Đơn vị", *(f"{texts.of(each.label)}{' (%)' if each.denominator else ''}" for each in columns)]
    rows = []
    shown = [each for each in report.children if not each.is_rest or each.figures["residents"].numerator]
    for number, child in enumerate(shown, start=1):
        cells = [_short_result(child.figures[each.code], texts) for each in columns]
        rows.append([str(number), "Chưa rõ đơn vị" if child.is_rest else child.unit.name, *cells])
    totals = [_short_result(report.figures[each.code], texts) for each in columns]
    rows.append(["", "Tổng cộng", *totals])
    return OfficialTable(header, [6, 22, 12, 10, 10, 10, 10, 10, 10], rows, "clrrrrrrr")


def _short_result(figure: Figure, texts: Texts) -> str:
    if figure.indicator.denominator is None:
        return texts.count(figure, figure.numerator)
    return texts.number(figure.percent, 1) if figure.percent is not None else "–"


def _evaluation(report: Report, evaluation: CampaignEvaluation | None, texts: Texts) -> list[str]:
    reached = [each for each in report.of_base() if each.reached is not None and each.reached >= 100]
    missed = [each for each in report.of_base() if each.reached is not None and each.reached < 100]
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
        named = [f"UBND {_lower_kind(above)} (để b/c)" if above else "Thường trực Tỉnh ủy (để b/c)"]
    return [*(f"- {each};" for each in named), "- Lưu: VT, VHTT."]
