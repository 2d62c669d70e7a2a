"""Templates of campaigns: the steps and bodies of the commune plan and of the district plan, without their dates."""

from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

TemplateName = Literal["commune", "district", "custom"]


class TemplateStep(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    en: str
    bodies: tuple[str, ...]


class Template(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_procedures: int | None
    team_bodies: tuple[str, ...]
    steps: tuple[TemplateStep, ...]


@cache
def templates() -> dict[TemplateName, Template]:
    text = resources.files(__package__).joinpath("templates.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[TemplateName, Template]).validate_python(yaml.safe_load(text))
