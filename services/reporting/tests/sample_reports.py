"""Reports for tests of pages and exports: invented figures for real units, the same ones every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from province import get_pack
from reporting.disclosure import public_figure
from reporting.figures import (
    CampaignEvaluation,
    CampaignPlan,
    Figure,
    Milestone,
    Obstacle,
    Point,
    Reconciliation,
    Report,
    ReportTarget,
    UnitFigures,
    UnitName,
)
from reporting.forecasts import forecast
from reporting.indicators import Indicator, catalogue

AS_OF = date(2026, 9, 30)
FRESH_AT = datetime(2026, 9, 30, 7, 12, 5, tzinfo=UTC)
PROVINCE = UnitName("38", "Thanh Hóa", "province", "province")
COMMUNE = UnitName("15724", "Đồng Tiến", "commune", "commune")
VILLAGES = [UnitName(f"15727-{number:02}", f"Thôn {number}", "village", "village") for number in range(1, 6)]
POINTS = [
    line.split(",")
    for line in (get_pack().folder / "commune_points.csv").read_text("utf-8").splitlines()
    if line[0].isdigit()
]
COMMUNES = [
    UnitName(code, name, "commune", "commune")
    for (code, _, _), name in zip(
        POINTS,
        ["Đồng Tiến", "Ngọc Lặc", "Thạch Lập", "Ngọc Liên", "Nguyệt Ấn", "Kiên Thọ", "Minh Sơn", "Triệu Sơn"] * 21,
        strict=False,
    )
]
TARGETS = {
    "vneid": 90,
    "portal_account": 70,
    "province_app": 60,
    "digital_signature": 50,
    "payment_account": 80,
    "merchants_with_qr": 75,
    "cyber_protection": 40,
    "dossiers_online": 90,
    "once_only_ratio": 80,
}


def figures(residents: int, seed: int) -> dict[str, Figure]:
    random = Random(seed)
    level = random.uniform(0.25, 0.95)
    return {each.code: _figure(each, residents, level, random) for each in catalogue().indicators.values()}


def _figure(indicator: Indicator, residents: int, level: float, random: Random) -> Figure:
    whole = {"head_count": residents, "amount": residents * 900_000}.get(indicator.kind, max(2, residents // 40))
    if indicator.code == "residents":
        numerator, denominator = residents, None
    elif indicator.denominator is None:
        numerator, denominator = int(whole * level * random.uniform(0.3, 1)), None
    else:
        denominator = whole
        numerator = int(whole * min(1, level * random.uniform(0.6, 1.1)))
    percent = TARGETS.get(indicator.code)
    target = ReportTarget(Decimal(percent), None, date(2026, 12, 31)) if percent else None
    return Figure(indicator, numerator, denominator, target, _trend(indicator, numerator, denominator, random))


def _trend(indicator: Indicator, numerator: int, denominator: int | None, random: Random) -> tuple[Point, ...]:
    points = []
    for week in range(13, -1, -1):
        count = int(numerator * (1 - week / 13 * random.uniform(0.25, 0.35)))
        value = Decimal(count) if denominator is None else Decimal(count * 100) / max(denominator, 1)
        points.append(Point(AS_OF - timedelta(days=7 * week), count, denominator, value))
    return tuple(points)


def province_report() -> Report:
    children = tuple(
        UnitFigures(unit, figures(6000 + 211 * number % 19000, number)) for number, unit in enumerate(COMMUNES)
    )
    return _report(PROVINCE, (), children, 3_672_000, seed=7)


def commune_report() -> Report:
    children = tuple(UnitFigures(unit, figures(380 + 41 * n, 100 + n)) for n, unit in enumerate(VILLAGES))
    rest = UnitFigures(COMMUNE, {code: replace(each, trend=()) for code, each in figures(12, 3).items()}, is_rest=True)
    return _report(COMMUNE, (PROVINCE,), (*children, rest), 2_310, seed=11)


def village_report() -> Report:
    return _report(VILLAGES[0], (PROVINCE, COMMUNE), (), 412, seed=23)


def public(report: Report) -> Report:
    return replace(
        report,
        figures={code: public_figure(each) for code, each in report.figures.items()},
        children=tuple(
            replace(child, figures={code: public_figure(each) for code, each in child.figures.items()})
            for child in report.children
        ),
        is_public=True,
    )


def _report(
    unit: UnitName, ancestors: tuple[UnitName, ...], children: tuple[UnitFigures, ...], residents: int, seed: int
) -> Report:
    found = figures(residents, seed)
    forecasts = [forecast(each, AS_OF) for each in found.values()]
    return Report(
        unit=unit,
        as_of=AS_OF,
        fresh_at=FRESH_AT,
        figures=found,
        children=children,
        ancestors=ancestors,
        obstacles=(
            Obstacle("portal_account", "social_insurance_no", residents // 4),
            Obstacle("digital_signature", "owner_verified_phone", residents // 7),
            Obstacle("vneid", "smartphone", residents // 9),
            Obstacle("vneid", "citizen_id_card", 3),
        ),
        plans=(PLAN,),
        forecasts=tuple(each for each in forecasts if each),
        reconciliation=(
            Reconciliation("registry", unit.code, "residents", residents, residents, FRESH_AT),
            Reconciliation("onboarding", unit.code, "vneid", 300, 298, FRESH_AT),
        ),
        is_public=False,
    )


PLAN = CampaignPlan(
    title="Nhân rộng mô hình “3 KHÔNG” xã Đồng Thắng",
    template="commune",
    number="52/KH-UBND",
    issued_on=date(2024, 6, 24),
    issuer="UBND xã Đồng Thắng",
    starts_on=date(2024, 6, 1),
    ends_on=date(2024, 8, 31),
    milestones=(
        Milestone(
            1,
            "Xây dựng Kế hoạch, tổ chức triển khai mô hình",
            "done",
            done_on=date(2024, 6, 24),
            title_en="The commune People's Committee draws up the plan and organises the model",
        ),
        Milestone(
            2, "Tập huấn lực lượng nòng cốt của xã, Tổ công nghệ số cộng đồng", "done", done_on=date(2024, 7, 12)
        ),
        Milestone(3, "Tổ chức truyền thông về mô hình", "in_progress"),
        Milestone(4, "Cài đặt ứng dụng, hướng dẫn sử dụng theo từng thôn", "open", due_on=date(2024, 8, 31)),
        Milestone(5, "Tổ chức ra mắt mô hình", "open"),
        Milestone(6, "Tổng kết, rút kinh nghiệm", "open"),
    ),
    basis=(
        "Kế hoạch số 1327/KH-STTTT ngày 31/5/2023 của Sở Thông tin và Truyền thông về thí điểm mô hình “3 KHÔNG” "
        "trên địa bàn tỉnh Thanh Hóa",
        "Công văn số 236/STTTT-CNTT ngày 31/01/2024 của Sở Thông tin và Truyền thông về việc hướng dẫn triển khai "
        "mô hình “3 KHÔNG” năm 2024",
        "Kế hoạch số 196/KH-UBND ngày 10/6/2024 của UBND huyện Triệu Sơn về nhân rộng mô hình “3 KHÔNG”",
    ),
    recipients=(
        "Sở Thông tin và Truyền thông (để b/c)",
        "Phòng Văn hóa và Thông tin huyện (để b/c)",
        "Thường trực Đảng ủy xã (để b/c)",
        "Các doanh nghiệp viễn thông (để p/h)",
        "Tổ công nghệ số cộng đồng 5 thôn (để t/h)",
    ),
    evaluation=CampaignEvaluation(
        results="Người dân các thôn hưởng ứng; tỷ lệ tài khoản thanh toán tăng đều qua từng tuần.",
        limits="Một bộ phận người cao tuổi chưa có điện thoại thông minh.",
        causes="Điều kiện thiết bị của hộ còn khó khăn; sóng di động ở một số cụm dân cư chưa ổn định.",
        lessons="Hướng dẫn tại nhà văn hóa thôn vào buổi tối đạt kết quả cao nhất.",
        proposals="Đề nghị doanh nghiệp viễn thông bổ sung cán bộ hỗ trợ tại các thôn.",
    ),
)
