"""What was measured: the state of each part, since when, and how often it worked on each of the last 30 days."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ValidationError

from chassis.clock import local_date
from gateway.status.document import DAYS, State

FILE = "history.json"


class Day(BaseModel):
    """The checks of one day in Viet Nam."""

    worked: int = 0
    checks: int = 0


class PartHistory(BaseModel):
    """One journey or one service."""

    state: State
    since: datetime
    days: dict[date, Day] = {}

    def note(self, state: State, at: datetime) -> None:
        """One more check; days before the last 30 are forgotten."""
        if state != self.state:
            self.state, self.since = state, at
        today = local_date(at)
        day = self.days.setdefault(today, Day())
        day.checks += 1
        day.worked += state == "works"
        self.days = {each: kept for each, kept in self.days.items() if each > today - timedelta(days=DAYS)}

    @property
    def level(self) -> float | None:
        """Percent of the checks that found it working; None before the first. Rounded down, so that 100 means always."""
        checks = sum(day.checks for day in self.days.values())
        worked = sum(day.worked for day in self.days.values())
        return int(worked / checks * 10_000) / 100 if checks else None


class History(BaseModel):
    """Every part by its code."""

    parts: dict[str, PartHistory] = {}

    @classmethod
    def read(cls, folder: Path) -> History:
        """An empty one where there is none, or one that cannot be read."""
        try:
            return cls.model_validate_json((folder / FILE).read_bytes())
        except (OSError, ValidationError):
            return cls()

    def note(self, code: str, state: State, at: datetime) -> PartHistory:
        """One more check of a part. What could not be measured counts on no day."""
        part = self.parts.setdefault(code, PartHistory(state=state, since=at))
        if state == "unknown":
            part.state, part.since = state, part.since if part.state == state else at
        else:
            part.note(state, at)
        return part

    def write(self, folder: Path) -> None:
        write_whole(folder / FILE, self.model_dump_json())


def write_whole(file: Path, text: str) -> None:
    """Readers see the old file or the new one, never a part."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, file)
