"""Types of the fields of merchants, bills and codes, with the validation messages in both languages."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from chassis.clock import now, today
from payments_qr.banks import find_bank
from payments_qr.qr_payload import LARGEST_AMOUNT
from payments_qr.uploads.bills import normalised_customer_code, normalised_period
from payments_qr.uploads.stalls import normalised_tax_code

Category = Literal["market_stall", "shop", "electricity", "water", "public_service"]
Amount = Annotated[int, Field(strict=True, ge=1, le=LARGEST_AMOUNT)]


def _trimmed(text: str) -> str:
    trimmed = re.sub(r"\s+", " ", text).strip()
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


def _future(moment: AwareDatetime) -> AwareDatetime:
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
Future = Annotated[AwareDatetime, AfterValidator(_future)]
Provider = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
