"""A dossier's form: prefilled values, typed values, missing values."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from casework.procedures import FormField

TYPED = "applicant"
State = Literal["fresh", "stale", "missing", "typed"]
MOST_CHARACTERS = 2_000


class KnownAttribute(BaseModel):
    """One attribute of a person as the registry knows it."""

    value: Any = None
    source: str | None = None
    verified: bool = False
    observed_at: datetime | None = None
    state: Literal["fresh", "stale", "missing"] = "missing"


class Entry(BaseModel):
    """One field of a dossier's form with where its value comes from.

    `withheld` values are those that the registry gave about another person than the applicant: they fill the form and are
    shown by the rules of `model/authority.py`.
    """

    value: Any = None
    source: str | None = None
    verified: bool = False
    observed_at: datetime | None = None
    state: State = "missing"
    withheld: bool = False

    @property
    def is_editable(self) -> bool:
        """What a source has verified and still holds is read-only; everything else the applicant may correct."""
        return not (self.verified and self.state == "fresh")

    @property
    def needs_confirmation(self) -> bool:
        """Whether the applicant should look at a value that its source has not confirmed of late."""
        return self.state == "stale"

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == ""


Form = dict[str, Entry]

PERSONAL_ID = "personal_id"


def masked(number: str) -> str:
    """A number with all but its first three and last two characters hidden; what is masked already stays as it is."""
    if "*" in number or len(number) < 6:
        return number
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def shown(field: FormField, entry: Entry) -> Any:
    """A value as a form shows it: a personal identification number is always masked, for its owner too, and an account."""
    if (field.attribute == PERSONAL_ID or field.masked) and isinstance(entry.value, str):
        return masked(entry.value)
    return entry.value


class WrongValue(ValueError):
    """A typed value does not fit its field; `code` is the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fill(
    fields: Iterable[FormField],
    applicant: Mapping[str, KnownAttribute],
    subject: Mapping[str, KnownAttribute],
    *,
    typed: Form | None = None,
    withhold_subject: bool = False,
) -> Form:
    """The form with every attribute in its field; typed values stay unless a verified attribute replaces them."""
    form: Form = {}
    for field in fields:
        attributes = applicant if field.about == "applicant" else subject
        entry = _entry_of(
            attributes.get(field.attribute) if field.attribute else None,
            withheld=withhold_subject and field.about == "subject",
        )
        before = (typed or {}).get(field.name)
        form[field.name] = (
            before if before and not before.is_empty and entry.is_editable and not entry.withheld else entry
        )
    return form


def is_hidden(field: FormField, entry: Entry, *, sees_subject: bool) -> bool:
    """Whether a value is withheld from a caller: the registry gave it about the subject, whose values the caller does not see."""
    return field.about == "subject" and entry.source not in (None, TYPED) and not sees_subject


def type_in(field: FormField, value: Any) -> Entry:
    """What the applicant typed into a field; raises WrongValue when it does not fit. None empties the field."""
    if value is None or value == "":
        return Entry()
    return Entry(value=_checked(field, value), source=TYPED, state="typed")


def confirmed(entry: Entry) -> Entry:
    """The applicant confirmed a value unchanged: a stale value becomes fresh again and does not count as typed."""
    return entry.model_copy(update={"state": "fresh"}) if entry.state == "stale" else entry


def missing(fields: Iterable[FormField], form: Form) -> list[str]:
    """The required fields that are still empty, in the order of the form."""
    return [field.name for field in fields if field.required and form.get(field.name, Entry()).is_empty]


def asked_and_prefilled(fields: Iterable[FormField], form: Form) -> tuple[int, int]:
    """Number of required fields known to the registry, and how many of them did not have to be declared again."""
    asked = [form.get(field.name, Entry()) for field in fields if field.required and field.attribute]
    return len(asked), sum(entry.state in ("fresh", "stale") and not entry.is_empty for entry in asked)


def once_only_ratio(asked: int, prefilled: int) -> float:
    """Two decimals; 0 where nothing could be prefilled."""
    return round(prefilled / asked, 2) if asked else 0.0


def _entry_of(attribute: KnownAttribute | None, *, withheld: bool) -> Entry:
    if attribute is None or attribute.value is None:
        return Entry()
    return Entry(**attribute.model_dump(), withheld=withheld)


def _checked(field: FormField, value: Any) -> Any:
    match field.type:
        case "integer":
            return _integer(value)
        case "boolean":
            return _boolean(value)
        case "date":
            return _date(value)
        case "choice":
            return _choice(value, frozenset(choice.value for choice in field.choices or ()))
        case _:
            return _text(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**15:
        raise WrongValue("integer")
    return value


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise WrongValue("date") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or not value.strip() or not _is_storable(value):
        raise WrongValue("text")
    return value.strip()


def _is_storable(text: str) -> bool:
    """JSON can carry what PostgreSQL text cannot: NUL, a lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValue("boolean")
    return value


def _choice(value: Any, allowed: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise WrongValue("choice")
    return value
