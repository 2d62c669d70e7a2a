"""What a form must satisfy beyond being complete: checks as data of a procedure's version.

A check reads the values of the form only. What needs the registry or other dossiers (a subject who is alive, a second claim) is
decided in `commands/consistency.py`, by the flags of the version.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Rule

Values = Mapping[str, Any]
Labels = Mapping[str, "Label"]


class Label(NamedTuple):
    """A field's label in both languages."""

    vi: str
    en: str


class CheckFinding(NamedTuple):
    """What does not fit: the field, a stable code, texts for people. A finding that does not block is shown to the officer."""

    field: str
    code: str
    vi: str
    en: str
    blocks: bool = True


class _Check(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Check):
    """The check holds only where a field has one of these values."""

    field: str
    values: tuple[Any, ...]

    def holds(self, values: Values) -> bool:
        """Whether it holds for this form."""
        return values.get(self.field) in self.values


class NotInFuture(_Check):
    """Days that have to be over, today included."""

    kind: Literal["not_in_future"]
    fields: tuple[str, ...]

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The fields whose day is still to come."""
        for name in self.fields:
            day = _day(values, name)
            if day is not None and day > today:
                label = labels[name]
                yield CheckFinding(
                    name, "in-future", f"{label.vi} không được sau hôm nay.", f"{label.en} is not in the future."
                )


class InOrder(_Check):
    """Days that follow one another; equal days are in order, empty fields are skipped."""

    kind: Literal["in_order"]
    fields: tuple[str, ...] = Rule(min_length=2)

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """Every field whose day lies before that of the field before it."""
        known = [(name, day) for name in self.fields if (day := _day(values, name)) is not None]
        for (earlier, first), (later, second) in pairwise(known):
            if second < first:
                one, other = labels[later], labels[earlier]
                yield CheckFinding(
                    later, "out-of-order", f"{one.vi} không được trước {_small(other.vi)}.",
                    f"{one.en} is not before {_small(other.en)}.",
                )  # fmt: skip


class InFuture(_Check):
    """A day after today, at most so many days ahead."""

    kind: Literal["in_future"]
    field: str
    most_days: int

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The field when its day is over or too far ahead."""
        day, label = _day(values, self.field), labels[self.field]
        if day is None:
            return
        if day <= today:
            yield CheckFinding(
                self.field, "not-in-future", f"{label.vi} phải sau hôm nay.", f"{label.en} is after today."
            )
        elif (day - today).days > self.most_days:
            yield CheckFinding(
                self.field, "too-far", f"{label.vi} không được quá {self.most_days} ngày kể từ hôm nay.",
                f"{label.en} is at most {self.most_days} days from today.",
            )  # fmt: skip


class WithinDays(_Check):
    """A day that should not be longer ago; for the officer to see."""

    kind: Literal["within_days"]
    field: str
    days: int

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The field when its day is longer ago."""
        day, label = _day(values, self.field), labels[self.field]
        if day is not None and (today - day).days > self.days:
            yield CheckFinding(
                self.field, "late", f"{label.vi} đã quá {self.days} ngày: đăng ký muộn.",
                f"{label.en} is more than {self.days} days ago: late registration.", blocks=False,
            )  # fmt: skip


class Between(_Check):
    """A whole number within bounds, both included."""

    kind: Literal["between"]
    field: str
    least: int
    most: int

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The field when its number is outside."""
        value, label = values.get(self.field), labels[self.field]
        if isinstance(value, int) and not self.least <= value <= self.most:
            yield CheckFinding(
                self.field, "out-of-range", f"{label.vi} phải từ {self.least} đến {self.most}.",
                f"{label.en} is from {self.least} to {self.most}.",
            )  # fmt: skip


class OldEnough(_Check):
    """A person of at least so many years today; `when` limits it, for instance to a sex."""

    kind: Literal["old_enough"]
    field: str
    years: int
    when: Condition | None = None
    blocks: bool = True

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The date of birth of a person who is younger."""
        born = _day(values, self.field)
        if born is None or (self.when and not self.when.holds(values)) or _age(born, today) >= self.years:
            return
        yield CheckFinding(
            self.field, "too-young", f"Người này chưa đủ {self.years} tuổi.",
            f"This person is younger than {self.years}.", self.blocks,
        )  # fmt: skip


class NotAllowed(_Check):
    """Values that do not fit, with the reason; `when` limits it to another field's values."""

    kind: Literal["not_allowed"]
    field: str
    values: tuple[Any, ...]
    when: Condition | None = None
    vi: str
    en: str
    blocks: bool = True

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The field when it has one of the values."""
        if values.get(self.field) in self.values and (self.when is None or self.when.holds(values)):
            yield CheckFinding(self.field, "not-allowed", self.vi, self.en, self.blocks)


class Together(_Check):
    """Fields that are filled in all or none, such as an account with its bank and its holder."""

    kind: Literal["together"]
    fields: tuple[str, ...] = Rule(min_length=2)

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The empty fields beside filled ones."""
        empty = [name for name in self.fields if values.get(name) in (None, "")]
        if len(empty) < len(self.fields):
            for name in empty:
                label = labels[name]
                yield CheckFinding(name, "required", f"Cần có {_small(label.vi)}.", f"{label.en} is required.")


class Digits(_Check):
    """A number written in digits, so many at least and at most."""

    kind: Literal["digits"]
    field: str
    least: int
    most: int

    def find(self, values: Values, labels: Labels, today: date) -> Iterator[CheckFinding]:
        """The field when it is no such number; spaces between digits are allowed."""
        text, label = str(values.get(self.field) or "").replace(" ", ""), labels[self.field]
        if text and not (text.isascii() and text.isdigit() and self.least <= len(text) <= self.most):
            yield CheckFinding(
                self.field, "digits", f"{label.vi} gồm {self.least} đến {self.most} chữ số.",
                f"{label.en} has {self.least} to {self.most} digits.",
            )  # fmt: skip


Check = Annotated[
    NotInFuture | InOrder | InFuture | WithinDays | Between | OldEnough | NotAllowed | Together | Digits,
    Rule(discriminator="kind"),
]


class PaperByValue(_Check):
    """A paper that a value of the form makes necessary, such as the divorce paper of a divorced person."""

    field: str
    values: tuple[Any, ...]
    document: str


def names_in(check: Check) -> Sequence[str]:
    """The fields that a check reads."""
    names = list(check.fields) if isinstance(check, NotInFuture | InOrder | Together) else [check.field]
    when = getattr(check, "when", None)
    return [*names, when.field] if when else names


def _day(values: Values, name: str) -> date | None:
    value = values.get(name)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
