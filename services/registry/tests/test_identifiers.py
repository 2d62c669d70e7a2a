from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.identifiers import (
    IdentifierError,
    check_document,
    document_of,
    mask,
    mask_phone,
    parse_health_card,
    parse_personal_id,
    parse_phone,
    parse_social_insurance,
    parse_tax_code,
    personal_id_warnings,
)


def code_of(error: pytest.ExceptionInfo[IdentifierError]) -> str:
    return error.value.finding.code


@pytest.mark.parametrize(
    "written",
    [
        "038085000123",
        " 038 085 000 123 ",
        "038.085.000.123",
        "038-085-000-123",
        "038–085–000–123",
        "０３８０８５０００１２３",
        "٠٣٨٠٨٥٠٠٠١٢٣",
        "\u200b038085000123\ufeff",
        "'038085000123",
    ],
)
def test_a_personal_number_is_read_however_it_is_written(written: str) -> None:
    assert parse_personal_id(written) == "038085000123"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "personal-id-not-digits"),
        ("03808500012A", "personal-id-not-digits"),
        ("3.8085E+10", "personal-id-not-digits"),
        ("03808500012³ⅷ", "personal-id-not-digits"),
        ("03808500012", "personal-id-length"),
        ("0380850001234", "personal-id-length"),
        ("1712345678", "personal-id-length"),
    ],
)
def test_a_wrong_personal_number_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(IdentifierError) as error:
        parse_personal_id(written)

    assert code_of(error) == code


def test_the_document_follows_from_the_number() -> None:
    assert document_of("038085000123") == "cccd"
    assert document_of("171234567") == "cmnd"


def test_an_identity_card_never_has_nine_digits() -> None:
    check_document("038085000123", "cmnd")
    with pytest.raises(IdentifierError):
        check_document("171234567", "can_cuoc")


def test_century_sex_year_and_province_are_compared_and_only_warned_about() -> None:
    codes = [f.code for f in personal_id_warnings("038085000123", date(1985, 1, 1), "male")]
    assert codes == []

    codes = [f.code for f in personal_id_warnings("999385000123", date(1985, 1, 1), "male")]
    assert codes == ["unknown-province-prefix", "sex-mismatch", "birth-year-mismatch"]

    assert personal_id_warnings("038315000123", date(2015, 1, 1), "female") == []
    assert [f.code for f in personal_id_warnings("171234567", date(1950, 1, 1), "male")] == ["cmnd-expired"]


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "+84912345678",
        "84 912 345 678",
        "0912.345.678",
        "(091) 234-5678",
        "912345678",
        "０９１２３４５６７８",
    ],
)
def test_a_phone_number_becomes_e164(written: str) -> None:
    assert parse_phone(written) == "+84912345678"


def test_a_landline_and_a_foreign_number_are_phone_numbers_too() -> None:
    assert parse_phone("0237 3852 246") == "+842373852246"
    assert parse_phone("+1 650 253 0000") == "+16502530000"


@pytest.mark.parametrize("written", ["", "12345", "0123456789", "09123456789", "phone", "01612345678"])
def test_a_wrong_phone_number_is_refused(written: str) -> None:
    with pytest.raises(IdentifierError):
        parse_phone(written)


def test_tax_codes_have_ten_thirteen_or_twelve_digits() -> None:
    assert parse_tax_code("0100233488") == "0100233488"
    assert parse_tax_code("0314409058-002") == "0314409058002"
    assert parse_tax_code("038085000123") == "038085000123"
    for wrong in ("0100233480", "123", "0314409058-000", "", "01002334889"):
        with pytest.raises(IdentifierError):
            parse_tax_code(wrong)


def test_social_insurance_and_health_cards_fit_each_other() -> None:
    assert parse_social_insurance("3812 345 678") == "3812345678"
    assert parse_social_insurance("038085000123") == "038085000123"
    assert parse_health_card("DN 4 38 3812345678", "3812345678") == "DN4383812345678"
    assert parse_health_card("3812345678") == "3812345678"
    with pytest.raises(IdentifierError):
        parse_social_insurance("38123")
    with pytest.raises(IdentifierError):
        parse_health_card("DN9383812345678")
    with pytest.raises(IdentifierError):
        parse_health_card("DN4383812345678", "3899999999")


def test_masks_leave_just_enough_to_recognise() -> None:
    assert mask("038085000145") == "038*******45"
    assert mask("171234567") == "171****67"
    assert mask("123") == "***"
    assert mask_phone("+84912345678") == "*********678"


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_text_is_either_a_clean_number_or_an_identifier_error(text: str) -> None:
    for parse in (parse_personal_id, parse_phone, parse_tax_code, parse_social_insurance, parse_health_card):
        try:
            parsed = parse(text)
        except IdentifierError:
            continue
        assert parsed.isascii()
        assert parse(parsed) == parsed
