"""Types of request values: normalised and checked."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.clock import today
from chassis.web.bodies import Day
from registry import identifiers
from registry.identifiers import Finding
from registry.lists.cells import DATE_IN_FUTURE, DATE_TOO_OLD, OLDEST_BIRTH
from registry.names import clean
from tabular import CellError
from tabular.values import parse_person_name

DAY_IN_FUTURE = Finding("date-in-future", "Ngày này ở tương lai", "This day lies in the future")
DAY_TOO_OLD = Finding("date-too-old", "Ngày này quá xa", "This day is too long ago")


def refusal(finding: Finding) -> PydanticCustomError:
    """A finding as a pydantic error, which the problem handler renders in both languages."""
    return PydanticCustomError(finding.code, finding.en, {"vi": finding.vi})


def _checked(parse: Callable[[str], str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            return parse(value)
        except CellError as error:
            raise refusal(error.finding) from None

    return check


def _not_in_future(value: date) -> date:
    if value > today():
        raise refusal(DATE_IN_FUTURE)
    if value < OLDEST_BIRTH:
        raise refusal(DATE_TOO_OLD)
    return value


def _past_day(value: date) -> date:
    if value > today():
        raise refusal(DAY_IN_FUTURE)
    if value < OLDEST_BIRTH:
        raise refusal(DAY_TOO_OLD)
    return value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _cleaned(value: Any) -> Any:
    """Text in composed form, without invisible marks and control characters."""
    return clean(value) if isinstance(value, str) else value


def _text(max_length: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length)


Visible = BeforeValidator(_cleaned)
PersonalId = Annotated[str, AfterValidator(_checked(identifiers.parse_personal_id))]
Phone = Annotated[str, AfterValidator(_checked(identifiers.parse_phone))]
TaxCode = Annotated[str, AfterValidator(_checked(identifiers.parse_tax_code))]
SocialInsuranceNo = Annotated[str, AfterValidator(_checked(identifiers.parse_social_insurance))]
PersonName = Annotated[str, AfterValidator(_checked(parse_person_name))]
BirthDate = Annotated[Day, AfterValidator(_not_in_future)]
PastDay = Annotated[Day, AfterValidator(_past_day)]
"""A day that is no birth: today at the latest."""
ShortText = Annotated[str, Visible, _text(100)]
LongText = Annotated[str, Visible, _text(200)]
BlankIsNone = BeforeValidator(_none_if_blank)
