"""A campaign's plan written as a file that reads like the plan itself: read and checked, with clear errors."""

import difflib
from datetime import date, datetime
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from onboarding.model.bodies import bodies, find_body, find_former_name
from onboarding.model.deadlines import DatePeriod, UnreadablePeriod, read_period
from onboarding.model.plain_yaml import read_plain_yaml
from onboarding.model.templates import TemplateName, templates

FilingKind = Literal["plan", "weekly", "monthly", "final"]
RecipientPurpose = Literal["report", "execute", "coordinate", "carry_out"]


MOST_ERRORS = 50


class PlanError(BaseModel):
    """One mistake of a plan's file: where (in the terms of the file) and what is wrong, in both languages."""

    where: str
    vi: str
    en: str


class PlanInvalid(ValueError):
    """The file is not a plan; `errors` names every mistake found."""

    def __init__(self, errors: list[PlanError]) -> None:
        super().__init__("; ".join(f"{each.where}: {each.vi}" for each in errors))
        self.errors = errors


def _read_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return datetime.strptime(value, "%d/%m/%Y").date()  # noqa: DTZ007 a day has no zone
    except ValueError:
        raise ValueError("unreadable-date") from None


def _read_period(value: Any) -> Any:
    try:
        return read_period(value) if isinstance(value, str) else value
    except UnreadablePeriod:
        raise ValueError("unreadable-period") from None


PlanDay = Annotated[date, BeforeValidator(_read_date)]
Time = Annotated[DatePeriod | None, BeforeValidator(_read_period)]


class PlanSection(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True, str_max_length=2_000
    )


class PlanBasis(PlanSection):
    number: str = Field(alias="số")
    issued_on: PlanDay = Field(alias="ngày")
    issuer: str = Field(alias="cơ quan ban hành")
    title: str = Field(alias="về việc")


class Procedures(PlanSection):
    minimum: int | None = Field(None, alias="tối thiểu", ge=1)
    chosen: list[str] = Field(default=[], alias="lựa chọn")


class PlannedStep(PlanSection):
    number: int = Field(alias="bước", ge=1)
    title: str = Field(alias="nội dung")
    time: Time = Field(None, alias="thời gian")
    venue: str | None = Field(None, alias="địa điểm")
    lead: list[str] = Field(alias="chủ trì", min_length=1)
    coordinating: list[str] = Field(default=[], alias="phối hợp")


class PlannedTask(PlanSection):
    work: str = Field(alias="việc")
    step: int | None = Field(None, alias="bước")
    due: Time = Field(None, alias="hạn")


class Responsibility(PlanSection):
    body: str = Field(alias="cơ quan")
    tasks: list[PlannedTask] = Field(alias="nhiệm vụ", min_length=1)


class PlannedFiling(PlanSection):
    kind: Annotated[FilingKind, BeforeValidator(lambda name: _FILING_KINDS.get(name, name))] = Field(alias="loại")
    by: str = Field(alias="đơn vị nộp")
    to: str = Field(alias="gửi")
    due: Time = Field(alias="hạn")


class Recipients(PlanSection):
    report: list[str] = Field(default=[], alias="để báo cáo")
    execute: list[str] = Field(default=[], alias="để triển khai")
    coordinate: list[str] = Field(default=[], alias="để phối hợp")
    carry_out: list[str] = Field(default=[], alias="để thực hiện")
    filed: list[str] = Field(default=[], alias="lưu")

    def listed(self) -> list[tuple[str, RecipientPurpose]]:
        purposes: tuple[RecipientPurpose, ...] = ("report", "execute", "coordinate", "carry_out")
        return [(name, purpose) for purpose in purposes for name in getattr(self, purpose)]


class PlannedTarget(PlanSection):
    indicator: str = Field(alias="chỉ số")
    percent: float | None = Field(None, alias="phần trăm", ge=0, le=100)
    count: int | None = Field(None, alias="số lượng", ge=0)


class CampaignPlan(PlanSection):
    """A plan as it was issued; days are only those that its text gives."""

    title: str = Field(alias="tên")
    template: Annotated[TemplateName, BeforeValidator(lambda name: _TEMPLATE_NAMES.get(name, name))] = Field(
        alias="mẫu"
    )
    unit_code: str = Field(alias="đơn vị")
    number: str | None = Field(None, alias="số")
    issued_on: PlanDay | None = Field(None, alias="ngày ban hành")
    issuer: str = Field(alias="cơ quan ban hành")
    basis: list[PlanBasis] = Field(default=[], alias="căn cứ")
    purposes: list[str] = Field(default=[], alias="mục đích, yêu cầu")
    time: Time = Field(None, alias="thời gian")
    area: str | None = Field(None, alias="địa bàn")
    procedures: Procedures = Field(default=Procedures(), alias="dịch vụ công trực tuyến toàn trình")
    steps: list[PlannedStep] = Field(alias="các bước")
    team: list[str] = Field(default=[], alias="thành phần tổ triển khai")
    responsibilities: list[Responsibility] = Field(default=[], alias="tổ chức thực hiện")
    filings: list[PlannedFiling] = Field(default=[], alias="văn bản phải nộp")
    recipients: Recipients = Field(default=Recipients(), alias="nơi nhận")
    targets: list[PlannedTarget] = Field(default=[], alias="chỉ tiêu")

    @property
    def written_on(self) -> date:
        """The day by which its names are judged: of issue, else of its beginning, else of its newest basis."""
        starts_on = self.time.starts_on if self.time else None
        return self.issued_on or starts_on or max((each.issued_on for each in self.basis), default=date.max)

    @model_validator(mode="after")
    def _fits_its_template(self) -> "CampaignPlan":
        expected = len(templates()[self.template].steps)
        if expected and [each.number for each in self.steps] != list(range(1, expected + 1)):
            raise ValueError(f"steps:{expected}")
        return self


def read_plan(text: str) -> CampaignPlan:
    """The plan in a file's text; raises PlanInvalid with every mistake found."""
    try:
        plan = CampaignPlan.model_validate(read_plain_yaml(text) or {})
    except (yaml.YAMLError, TypeError) as error:
        raise PlanInvalid([_not_yaml(error)]) from error
    except ValidationError as error:
        raise PlanInvalid([_plan_error(each) for each in error.errors()]) from error
    except ValueError as error:  # a day that does not exist, met while the text was read
        raise PlanInvalid([_not_yaml(error)]) from error
    if errors := _unknown_bodies(plan):
        raise PlanInvalid(errors)
    return plan


def _unknown_bodies(plan: CampaignPlan) -> list[PlanError]:
    named = [("cơ quan ban hành", plan.issuer, plan.written_on)]
    named += [(f"căn cứ, văn bản {each.number}, cơ quan ban hành", each.issuer, each.issued_on) for each in plan.basis]
    for step in plan.steps:
        named += [(f"bước {step.number}, chủ trì", name, plan.written_on) for name in step.lead]
        named += [(f"bước {step.number}, phối hợp", name, plan.written_on) for name in step.coordinating]
    named += [("thành phần tổ triển khai", name, plan.written_on) for name in plan.team]
    named += [("tổ chức thực hiện", each.body, plan.written_on) for each in plan.responsibilities]
    unknown = [(where, name, on) for where, name, on in named if find_body(name, on) is None]
    # A suggestion costs a comparison with every known name.
    return [_unknown_body(where, name[:200], on) for where, name, on in unknown[:MOST_ERRORS]]


def _unknown_body(where: str, name: str, on: date) -> PlanError:
    day = on.strftime("%d/%m/%Y")
    if former := find_former_name(name):
        span = f"{_shown(former.valid_from)} - {_shown(former.valid_to)}"
        return PlanError(
            where=where,
            vi=f'"{name}" không có vào ngày {day} (tên này dùng trong thời gian {span})',
            en=f'"{name}" did not exist on {day} (the name was borne {span})',
        )
    known = [each.name for body in bodies() for each in body.names if each.is_valid(on)]
    close = difflib.get_close_matches(name, known, n=1)
    return PlanError(
        where=where,
        vi=f'không biết cơ quan "{name}"' + (f'; có phải là "{close[0]}"?' if close else ""),
        en=f'unknown body "{name}"' + (f'; did you mean "{close[0]}"?' if close else ""),
    )


def _shown(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else "…"


def _not_yaml(error: Exception) -> PlanError:
    mark = getattr(error, "problem_mark", None)
    where = f"dòng {mark.line + 1}" if mark else "tệp"
    return PlanError(
        where=where,
        vi="không đọc được: kiểm tra thụt dòng, dấu hai chấm, dấu ngoặc; không dùng &, *, <<",
        en="not readable YAML; no anchors, aliases, tags or merge keys",
    )


def _plan_error(error: Any) -> PlanError:
    where = ", ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"]) or "các bước"
    reason = str(error.get("ctx", {}).get("error", ""))
    if reason.startswith("steps:"):
        count = reason.removeprefix("steps:")
        return PlanError(
            where=where, vi=f"mẫu này có {count} bước, đánh số từ 1", en=f"this template has {count} steps"
        )
    code = reason if reason in _MESSAGES else error["type"]
    vi, en = _MESSAGES.get(code, ("giá trị không đúng", error["msg"]))
    return PlanError(where=where, vi=vi, en=en)


_TEMPLATE_NAMES = {"xã": "commune", "huyện": "district", "riêng": "custom"}
_FILING_KINDS = {
    "kế hoạch": "plan",
    "báo cáo tuần": "weekly",
    "báo cáo tháng": "monthly",
    "báo cáo tổng kết": "final",
}
_MESSAGES = {
    "missing": ("thiếu mục này", "is missing"),
    "extra_forbidden": ("không có mục nào tên như vậy", "no such entry"),
    "unreadable-date": ("ngày viết dạng 08/07/2024", "write a day as 08/07/2024"),
    "unreadable-period": (
        'thời gian viết như "trước ngày 20/04/2024", "trong tháng 07/2024" hoặc "từ 20/04/2024 đến hết 30/06/2024"',
        "unreadable period of time",
    ),
    "string_type": ("phải là chữ (số thì đặt trong ngoặc kép)", "must be text (put numbers in quotes)"),
    "literal_error": ("không phải từ đã quy định", "not one of the known values"),
    "too_short": ("không được để trống", "must not be empty"),
}
