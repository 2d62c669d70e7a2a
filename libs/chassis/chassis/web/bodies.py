"""Request bodies: unknown members are refused, JSON types are strict, instants and dates have one written form.

Every JSON body of a REST operation is a `RequestBody`. Instants are `Instant` (RFC 3339 with offset), dates are `Day`
(`YYYY-MM-DD`); a field of a bare `datetime` or `date` is refused when its class is made, because pydantic would read
`0` and `"20261129"` as times. In a PATCH an explicit null clears a field; `Annotated[X | None, NOT_NULL]` refuses it.
"""

import difflib
import json
import re
from contextlib import suppress
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_TURNING_MARKS = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:061c|200[ef]|202[a-e]|206[6-9])")
"""Escapes of the marks that turn the direction of a text: a name shown backwards passes for another. Phones add them to
numbers that are copied, so they are left out and not refused. Vietnamese needs none."""


def _refuse(code: str, vi: str, en: str) -> PydanticCustomError:
    return PydanticCustomError(code, en, {"vi": vi})


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and RFC_3339.fullmatch(value):
        with suppress(ValueError):  # a thirteenth month
            moment = datetime.fromisoformat(value.upper())
            if MINYEAR < moment.year < MAXYEAR:  # so that it can be converted to another zone
                return moment
    raise _refuse("datetime-parsing", "Phải là thời điểm RFC 3339 có múi giờ.", "Must be an RFC 3339 time with offset.")


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise _refuse("date-parsing", "Phải là ngày dạng YYYY-MM-DD.", "Must be a date as YYYY-MM-DD.")


def _not_null(value: Any) -> Any:
    if value is None:
        raise _refuse("not-nullable", "Trường này không được để trống (null).", "This field cannot be null.")
    return value


_INSTANT, _DAY = BeforeValidator(_instant), BeforeValidator(_day)
Instant = Annotated[AwareDatetime, _INSTANT]
"""A point in time in RFC 3339 with offset, such as `2026-11-29T08:30:00+07:00`; nothing else is read as one."""
Day = Annotated[date, _DAY]
"""A calendar date, `YYYY-MM-DD`."""
NOT_NULL = BeforeValidator(_not_null)
"""For an optional field that can be left out and cannot be cleared: an explicit null is refused (`not-nullable`)."""


UNKNOWN = "Không có trường này.", "There is no such field."
OF_PYDANTIC = frozenset(get_args(ErrorType))
"""The kinds of errors that pydantic makes itself."""


class RequestBody(BaseModel):
    """The base of every JSON request body; nested objects of a body derive from it too.

    Unknown members: `unknown-field`, one error each. Strict JSON types: `0` is no boolean, `"5"` no integer.
    """

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if _has_bare_time(field.annotation, field.metadata):
                raise TypeError(f"{cls.__name__}.{name}: declare it as Instant or Day of chassis.web.bodies")

    @model_validator(mode="wrap")
    @classmethod
    def _read_strictly(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if info.mode == "json":
            return cls._read_known_members(value, handler)
        if isinstance(value, BaseModel):
            return handler(value)
        try:
            text = json.dumps(value, allow_nan=False)
        except ValueError as error:  # NaN and Infinity, which JSON does not have
            raise _refuse("json", "Nội dung không phải JSON hợp lệ.", "The body is not valid JSON.") from error
        except TypeError:  # made by our own code from Python values
            return handler(value)
        return cls.model_validate_json(_TURNING_MARKS.sub(r"\1", text), strict=True, context=info.context)

    @classmethod
    def _read_known_members(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse members that do not exist with the nearest name that does."""
        try:
            return handler(value)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if not any(map(_is_unknown_member, found)):
                raise
            known = [field.alias or name for name, field in cls.model_fields.items()]
            details = [_detail(one, known) for one in found]
            raise ValidationError.from_exception_data(error.title, details, "json") from None


def _detail(error: Any, known: list[str]) -> InitErrorDetails:
    """The error again; with the nearest name where it is about an unknown member of this object."""
    context = error.get("ctx", {})
    kind = error["type"]
    if _is_unknown_member(error):
        kind = _unknown_field(str(error["loc"][0]), known)
    elif kind not in OF_PYDANTIC:
        kind = PydanticCustomError(kind, error["msg"], context)
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)


def _is_unknown_member(error: Any) -> bool:
    return error["type"] == "extra_forbidden" and len(error["loc"]) == 1


def _unknown_field(name: str, known: list[str]) -> PydanticCustomError:
    nearest = difflib.get_close_matches(name, known, n=1)
    if not nearest:
        return _refuse("unknown-field", *UNKNOWN)
    return _refuse(
        "unknown-field",
        f"Không có trường này; có phải “{nearest[0]}”?",
        f"There is no such field; did you mean `{nearest[0]}`?",
    )


def _has_bare_time(annotation: Any, metadata: Any) -> bool:
    if _INSTANT in metadata or _DAY in metadata:
        return False
    if get_origin(annotation) is Annotated:
        first, *more = get_args(annotation)
        return _has_bare_time(first, more)
    return annotation in (date, datetime) or any(_has_bare_time(part, ()) for part in get_args(annotation))
