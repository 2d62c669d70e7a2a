"""The text that a commune reads over its loudspeaker; plain Vietnamese, short sentences, no abbreviations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.clock import HO_CHI_MINH
from onboarding.model.steps import catalogue

PROCEDURE_CODE = re.compile(r"\d\.\d{6}(\.[0-9A-Z.]+)?")
WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


@dataclass(frozen=True)
class NextSession:
    starts_at: datetime
    ends_at: datetime | None
    venue: str
    steps: Sequence[str] = ()


def announcement(
    unit_name: str, session: NextSession | None, services: Sequence[str], hall: str = "nhà văn hóa thôn"
) -> str:
    """What is read out in a unit: the next session, the chosen services by name, what to bring; never a code."""
    services = [each for each in services if not is_procedure_code(each)]
    paragraphs = [f"Kính thưa bà con nhân dân {unit_name}!", _invitation(session, hall)]
    if session:
        paragraphs.append(_what_to_bring(session.steps))
    if services:
        paragraphs.append(
            "Các dịch vụ công trực tuyến toàn trình được lựa chọn, bà con làm tại nhà, không phải đến trụ sở: "
            + "; ".join(services)
            + "."
        )
    paragraphs.append(
        "Việc hỗ trợ là miễn phí. Bà con không đọc mã OTP, mật khẩu cho bất kỳ ai. Trân trọng cảm ơn bà con!"
    )
    return "\n".join(paragraphs)


def is_procedure_code(text: str) -> bool:
    """Whether a chosen service is written as a code ("2.000635", "2.000635.000.00.00.H56"), which cannot be read out."""
    return PROCEDURE_CODE.fullmatch(text.strip()) is not None


def hall_of(level: str, kind: str, name: str) -> str:
    """What the cultural house of a unit is called: a residential group has none "of the village"."""
    if level != "village":
        return "nhà văn hóa các thôn, tổ dân phố"
    if kind == "residential_group":
        return "nhà văn hóa khu phố" if name.lower().startswith("khu phố") else "nhà văn hóa tổ dân phố"
    return "nhà văn hóa thôn"


def things_to_bring(steps: Sequence[str] = (), language: str = "vi") -> list[str]:
    """What a resident brings for these steps (all six when none is named), each thing once."""
    wanted = [rule for rule in catalogue().steps if not steps or rule.step in steps]
    conditions = list(dict.fromkeys(each.condition for rule in wanted for each in rule.conditions))
    texts = catalogue().conditions
    needed = [each for each in conditions if not set(texts[each].brought_with) & set(conditions)]
    brought = (texts[each].bring for each in needed)
    return list(dict.fromkeys(text[language] for text in brought if text))


def _invitation(session: NextSession | None, hall: str) -> str:
    work = "Hỗ trợ tạo lập tài khoản, cài đặt ứng dụng và hướng dẫn sử dụng dịch vụ công trực tuyến"
    if session is None:
        return f"{work} được tổ chức tại {hall}; lịch cụ thể sẽ được thông báo sau."
    when = spoken_time(session.starts_at, session.ends_at)
    return f"Mời bà con tham gia buổi {work[0].lower()}{work[1:]}: {when}, tại {session.venue}."


def spoken_time(starts_at: datetime, ends_at: datetime | None) -> str:
    """A time as it is read out: "từ 7 giờ 30 phút đến 11 giờ, thứ bảy, ngày 20 tháng 7 năm 2024"."""
    start = starts_at.astimezone(HO_CHI_MINH)
    until = f" đến {_clock(ends_at.astimezone(HO_CHI_MINH))}" if ends_at else ""
    day = f"{WEEKDAYS[start.weekday()]}, ngày {start.day} tháng {start.month} năm {start.year}"
    return f"từ {_clock(start)}{until}, {day}"


def _what_to_bring(steps: Sequence[str]) -> str:
    return "Khi đi, bà con mang theo: " + "; ".join(things_to_bring(steps)) + "."


def _clock(moment: datetime) -> str:
    return f"{moment.hour} giờ" + (f" {moment.minute} phút" if moment.minute else "")
