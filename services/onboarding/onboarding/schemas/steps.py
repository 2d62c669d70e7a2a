"""The steps as data, with titles in both languages."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from chassis.errors import Language
from chassis.web.vocabulary import OneOf
from onboarding.model.steps import Step, StepCatalogue, StepRule


class ConditionView(BaseModel):
    """A condition, the days on which it is asked, and the routes that ask it (none named: all)."""

    condition: str
    """The condition's code; `age` is judged by `least_age`."""
    title: str
    """Its title in the language asked for."""
    title_vi: str
    """Its title in Vietnamese."""
    title_en: str
    """Its title in English."""
    valid_from: date | None
    """The first day on which it is asked; null: since ever."""
    valid_to: date | None
    """The last day on which it is asked; null: no end."""
    routes: list[str]
    """The routes that ask it; none named: all."""
    least_age: int | None = None
    """The least age in years (đủ tuổi), counted from the month of birth."""
    source: str | None = None
    """The rule that sets it, in the language asked for; null: the plans themselves."""


class RouteView(BaseModel):
    route: str
    title: str
    has_bank_account: bool
    completed_by: list[str]


class StepRuleView(BaseModel):
    step: Annotated[str, OneOf(Step)]
    title: str
    title_vi: str
    title_en: str
    conditions: list[ConditionView]
    routes: list[RouteView]
    levels: list[int]
    free: bool
    licensed_provider: bool
    source: dict[str, str]


class StepsView(BaseModel):
    title_vi: str = "Hỗ trợ tạo lập tài khoản, cài đặt"
    title_en: str = "Help with accounts and installation"
    items: list[StepRuleView]
    next_cursor: str | None = None


def steps_view(catalogue: StepCatalogue, language: Language) -> StepsView:
    return StepsView(items=[_step(catalogue, rule, language) for rule in catalogue.steps])


def _step(catalogue: StepCatalogue, rule: StepRule, language: Language) -> StepRuleView:
    return StepRuleView(
        step=rule.step,
        title=rule.title[language],
        title_vi=rule.title.vi,
        title_en=rule.title.en,
        conditions=[
            ConditionView(
                condition=each.condition,
                title=rule.title_of(each.condition)[language],
                title_vi=rule.title_of(each.condition).vi,
                title_en=rule.title_of(each.condition).en,
                valid_from=each.valid_from,
                valid_to=each.valid_to,
                routes=list(each.routes),
                least_age=each.least_age,
                source=each.source[language] if each.source else None,
            )
            for each in rule.conditions
        ],
        routes=[
            RouteView(
                route=each.route,
                title=each.title[language],
                has_bank_account=each.has_bank_account,
                completed_by=list(each.completed_by),
            )
            for each in rule.routes
        ],
        levels=list(rule.levels),
        free=rule.free,
        licensed_provider=rule.licensed_provider,
        source=rule.source,
    )
