"""The six steps as data: titles, conditions with their dates, routes; read once from `steps.yaml`."""

from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

Step = Literal["vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"]
STEPS: tuple[Step, ...] = (
    "vneid",
    "portal_account",
    "province_app",
    "digital_signature",
    "payment_account",
    "cyber_protection",
)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BilingualText(Frozen):
    """One text in both languages."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.vi


class ConditionText(Frozen):
    """A condition's name and what to bring for it; nothing more for who brings one of `brought_with`."""

    title: BilingualText
    bring: BilingualText
    brought_with: tuple[str, ...] = ()


class ConditionRule(Frozen):
    """A condition of a step: on which days and on which routes it is asked (both ends of the days included)."""

    condition: str
    valid_from: date | None = None
    valid_to: date | None = None
    routes: tuple[str, ...] = ()

    def is_asked(self, on: date, route: str | None) -> bool:
        begun = self.valid_from is None or on >= self.valid_from
        over = self.valid_to is not None and on > self.valid_to
        return begun and not over and (not self.routes or route in self.routes)


class Route(Frozen):
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
    routes: tuple[Route, ...] = ()
    levels: tuple[int, ...] = ()
    confirmed_by: dict[int, tuple[str, ...]] = {}
    free: bool = False
    licensed_provider: bool = False

    def conditions_on(self, on: date, route: str | None = None) -> list[str]:
        """Names of the conditions asked on a day, in the order of the plan."""
        return [rule.condition for rule in self.conditions if rule.is_asked(on, route)]

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
    text = resources.files(__package__).joinpath("steps.yaml").read_text(encoding="utf-8")
    return StepCatalogue.model_validate(yaml.safe_load(text))
