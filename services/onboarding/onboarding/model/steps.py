"""The six steps as data: titles, conditions with their dates, routes; read once from `steps.yaml`."""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from chassis.bilingual import BilingualText

Step = Literal["vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"]
STEPS: tuple[Step, ...] = (
    "vneid",
    "portal_account",
    "province_app",
    "digital_signature",
    "payment_account",
    "cyber_protection",
)


AGE = "age"
"""The condition that is judged by the month of birth and the day."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConditionText(Frozen):
    """A condition's name and what to bring for it, if anything; nothing more for who brings one of `brought_with`."""

    title: BilingualText
    bring: BilingualText | None = None
    brought_with: tuple[str, ...] = ()


class ConditionRule(Frozen):
    """A condition of a step: on which days and on which routes it is asked (both ends of the days included).

    `least_age` belongs to the condition `age`; `source` names the rule that sets the condition, besides the plans.
    """

    condition: str
    least_age: int | None = None
    source: BilingualText | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    routes: tuple[str, ...] = ()

    def is_asked(self, on: date, route: str | None) -> bool:
        begun = self.valid_from is None or on >= self.valid_from
        over = self.valid_to is not None and on > self.valid_to
        return begun and not over and (not self.routes or route in self.routes)

    def is_of_age(self, birth_month: str | None, on: date) -> bool:
        """Whether a person born in this month (`YYYY-MM`, or `YYYY` where only the year is known) has the age on a day.

        The month of birth counts from its first day, and an unknown birth as old enough: registry knows the day.
        """
        if self.least_age is None or not birth_month:
            return True
        year, _, month = birth_month.partition("-")
        return (int(year) + self.least_age, int(month or 1)) <= (on.year, on.month)


class StepRoute(Frozen):
    route: str
    title: BilingualText
    has_bank_account: bool
    completed_by: tuple[str, ...]


class StepRule(Frozen):
    """One step of the journey as the plans give it."""

    step: Step
    title: BilingualText
    source: dict[str, str]
    conditions: tuple[ConditionRule, ...]
    routes: tuple[StepRoute, ...] = ()
    levels: tuple[int, ...] = ()
    confirmed_by: dict[int, tuple[str, ...]] = {}
    free: bool = False
    licensed_provider: bool = False

    def conditions_on(self, on: date, route: str | None = None) -> list[str]:
        """Names of the conditions asked on a day, in the order of the plan."""
        return [rule.condition for rule in self.conditions if rule.is_asked(on, route)]

    def missing_on(
        self, on: date, route: str | None, birth_month: str | None, holds: Callable[[str], bool]
    ) -> tuple[str, ...]:
        """Names of the conditions asked on a day that do not hold."""
        return tuple(
            rule.condition
            for rule in self.conditions
            if rule.is_asked(on, route)
            and not (rule.is_of_age(birth_month, on) if rule.condition == AGE else holds(rule.condition))
        )

    def title_of(self, condition: str) -> BilingualText:
        """What a condition of this step is called; an age with its number."""
        rule = next((each for each in self.conditions if each.condition == condition), None)
        if rule and rule.least_age:
            return BilingualText(vi=f"Đủ {rule.least_age} tuổi", en=f"{rule.least_age} years of age")
        return catalogue().conditions[condition].title

    @property
    def least_age(self) -> int | None:
        return next((rule.least_age for rule in self.conditions if rule.least_age), None)

    def route_for(self, has_bank_account: bool) -> str | None:
        fitting = (each.route for each in self.routes if each.has_bank_account is has_bank_account)
        return next(fitting, None)


class StepCatalogue(Frozen):
    conditions: dict[str, ConditionText]
    steps: tuple[StepRule, ...]

    def rule(self, step: str) -> StepRule:
        return next(rule for rule in self.steps if rule.step == step)


@cache
def catalogue() -> StepCatalogue:
    """The steps in the order of the plans."""
    return StepCatalogue.model_validate(yaml.safe_load(_text()))


@cache
def digest_of_rules() -> str:
    """Identifies the rules: stored steps are computed anew when they change."""
    return hashlib.sha256(_text().encode()).hexdigest()


def _text() -> str:
    return resources.files(__package__).joinpath("steps.yaml").read_text(encoding="utf-8")
