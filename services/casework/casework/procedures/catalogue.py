"""Reads the procedures' files, checks them against one another and answers by code and date of receipt."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from casework.procedures.version import DEFAULT_SUBJECT, Version
from chassis.bilingual import BilingualText

CODE_PATTERN = r"^[1-9]\.\d{6}$"


class UnknownProcedure(LookupError):
    """No procedure has this code, or none of its versions holds on that day."""


class Procedure(BaseModel):
    """A procedure under its national code, with every version of its rules, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=CODE_PATTERN)
    name: BilingualText
    sector: BilingualText
    aliases: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()
    versions: tuple[Version, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _versions_follow_one_another(self) -> "Procedure":
        for earlier, later in pairwise(self.versions):
            if earlier.valid_until is None or later.valid_from is None or earlier.valid_until >= later.valid_from:
                raise ValueError(f"{self.code}: versions overlap")
        if self.code in self.look_alikes:
            raise ValueError(f"{self.code} looks like itself")
        return self

    def version_on(self, day: date) -> Version:
        """The rules for a dossier received on `day`; raises UnknownProcedure when there are none."""
        for version in self.versions:
            if version.holds_on(day):
                return version
        raise UnknownProcedure(self.code)


class ProcedureCatalogue(Mapping[str, Procedure]):
    """Every procedure by its code."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._by_code = {procedure.code: procedure for procedure in procedures}

    def __getitem__(self, code: str) -> Procedure:
        return self._by_code[code]

    def __iter__(self) -> Any:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def get_version(self, code: str, day: date) -> Version:
        """The rules of `code` for a dossier received on `day`; raises UnknownProcedure."""
        if code not in self._by_code:
            raise UnknownProcedure(code)
        return self._by_code[code].version_on(day)


@cache
def load_catalogue(folder: Path) -> ProcedureCatalogue:
    """The procedures of a folder; raises ValueError naming the file that is wrong."""
    shared = _read(folder / "fields.yaml")
    choices = _read(folder / "choices.yaml")
    return ProcedureCatalogue(_load(file, shared, choices) for file in sorted(folder.glob("[0-9]*.yaml")))


def _load(file: Path, shared: Mapping[str, Any], choices: Mapping[str, Any]) -> Procedure:
    try:
        document = _read(file)
        for version in document["versions"]:
            called = version.get("subject_called")
            version["fields"] = [_expand(field, shared, choices, called) for field in version["fields"]]
        procedure = Procedure.model_validate(document)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name}: {error}") from error
    if procedure.code != file.stem:
        raise ValueError(f"{file.name} holds {procedure.code}")
    return procedure


def _expand(
    field: str | dict[str, Any], shared: Mapping[str, Any], choices: Mapping[str, Any], called: Mapping[str, str] | None
) -> dict[str, Any]:
    if isinstance(field, str):
        field = {"use": field}
    full = dict(field)
    if "use" in full:
        name = full.pop("use")
        full = {"name": name, **shared[name], **full}
    if called is not None:
        default = {"vi": DEFAULT_SUBJECT.vi, "en": DEFAULT_SUBJECT.en}
        label = {
            language: text.replace(default[language], called[language]) for language, text in full["label"].items()
        }
        full["label"] = label
    if isinstance(full.get("choices"), str):
        full["choices"] = choices[full["choices"]]
    return full


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))
