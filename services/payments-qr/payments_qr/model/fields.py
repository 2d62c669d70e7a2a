"""Types of the fields of merchants, bills and codes, with the validation messages in both languages."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.clock import now, today
from payments_qr.banks import find_bank
from payments_qr.qr_payload import LARGEST_AMOUNT
from payments_qr.uploads.bills import normalised_customer_code, normalised_period
from payments_qr.uploads.stalls import normalised_tax_code

Category = Literal["market_stall", "shop", "electricity", "water", "public_service"]
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)

Amount = Annotated[int, Field(strict=True, ge=1, le=LARGEST_AMOUNT)]


def storable(text: str) -> str:
    """The text, if the database can store it: without NUL and lone surrogates."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError(
            "not-text", "Contains characters that are no text.", {"vi": "Có ký tự không phải văn bản."}
        )
    return text


def _trimmed(text: str) -> str:
    trimmed = re.sub(r"\s+", " ", storable(text)).strip()
    if not trimmed:
        raise PydanticCustomError("blank", "Must not be blank.", {"vi": "Không được để trống."})
    return trimmed


def _known_bin(text: str) -> str:
    if find_bank(text, today()) is None:
        raise PydanticCustomError(
            "unknown-bin",
            "No bank or wallet has this identifier.",
            {"vi": "Không có ngân hàng hay ví nào mang mã này."},
        )
    return text


def _account_no(text: str) -> str:
    account = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[A-Za-z0-9]{1,19}", account):
        raise PydanticCustomError(
            "wrong-account",
            "An account has 1 to 19 unaccented letters and digits.",
            {"vi": "Số tài khoản gồm 1 đến 19 chữ và số không dấu."},
        )
    return account


def _tax_code(text: str) -> str:
    code = normalised_tax_code(text)
    if code is None:
        raise PydanticCustomError(
            "wrong-tax-code", "A tax code has 10, 12 or 13 digits.", {"vi": "Mã số thuế gồm 10, 12 hoặc 13 chữ số."}
        )
    return code


def _customer_code(text: str) -> str:
    code = normalised_customer_code(text)
    if code is None:
        raise PydanticCustomError(
            "wrong-customer-code",
            "A customer code has 3 to 25 letters and digits.",
            {"vi": "Mã khách hàng gồm 3 đến 25 chữ và số."},
        )
    return code


def _period(text: str) -> str:
    period = normalised_period(text)
    if period is None:
        raise PydanticCustomError("wrong-period", "A period is a month, YYYY-MM.", {"vi": "Kỳ là một tháng, YYYY-MM."})
    return period


def plausible_day(day: date) -> date:
    """The day, if its year is between 2000 and 2199, so that later calendar arithmetic stays in range."""
    if not EARLIEST <= day <= LATEST:
        raise PydanticCustomError(
            "wrong-year", "The year must be between 2000 and 2199.", {"vi": "Năm phải từ 2000 đến 2199."}
        )
    return day


def plausible_time(moment: datetime) -> datetime:
    """The instant, by the rule of `plausible_day`."""
    plausible_day(moment.date())
    return moment


def future_time(moment: datetime) -> datetime:
    """The instant, if it lies in the future."""
    if moment <= now() - timedelta(seconds=1):
        raise PydanticCustomError("in-the-past", "Must be in the future.", {"vi": "Phải là thời điểm trong tương lai."})
    return moment


Name = Annotated[str, Field(max_length=120), AfterValidator(_trimmed)]
Label = Annotated[str, Field(max_length=80), AfterValidator(_trimmed)]
Bin = Annotated[str, AfterValidator(_known_bin)]
AccountNo = Annotated[str, AfterValidator(_account_no)]
TaxCode = Annotated[str, AfterValidator(_tax_code)]
CustomerCode = Annotated[str, AfterValidator(_customer_code)]
Period = Annotated[str, AfterValidator(_period)]
Provider = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
