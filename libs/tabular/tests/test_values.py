import contextlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular import CellError
from tabular.values import (
    parse_account,
    parse_date,
    parse_person_name,
    parse_personal_number,
    parse_phone,
    parse_short_text,
    parse_social_insurance,
    parse_vnd,
    parse_written_date,
    parse_yes_no,
    text_of,
)

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), st.datetimes(), st.times(),
    st.from_regex(r"[\d.,/ +eE\-]{1,15}"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("02/03/1990", (date(1990, 3, 2), "day")),
        ("2-3-1990", (date(1990, 3, 2), "day")),
        ("1990-03-02", (date(1990, 3, 2), "day")),
        ("1990-03-02T00:00:00", (date(1990, 3, 2), "day")),
        ("02/03/1990 00:00", (date(1990, 3, 2), "day")),
        ("02/03/1990 0:00:00", (date(1990, 3, 2), "day")),
        ("2 / 3 / 1990", (date(1990, 3, 2), "day")),
        ("03/1990", (date(1990, 3, 1), "month")),
        ("1990", (date(1990, 1, 1), "year")),
        (1990, (date(1990, 1, 1), "year")),
        (1990.0, (date(1990, 1, 1), "year")),
        ("00/00/1990", (date(1990, 1, 1), "year")),
        (32934, (date(1990, 3, 2), "day")),
        ("32934", (date(1990, 3, 2), "day")),
        (date(1990, 3, 2), (date(1990, 3, 2), "day")),
        (datetime(1990, 3, 2, 8), (date(1990, 3, 2), "day")),  # noqa: DTZ001  # a cell has no zone
    ],
)
def test_dates_are_read_as_far_as_they_are_known(cell: object, expected: tuple[date, str]) -> None:
    assert parse_written_date(cell) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["02/03/90", "2-3-90", "02/03/'90", "2/3/90 00:00"])
def test_a_year_of_two_digits_is_refused_with_the_reason(cell: str) -> None:
    with pytest.raises(CellError, match="date-two-digit-year"):
        parse_written_date(cell)


@pytest.mark.parametrize("cell", ["30/02/1990", "32/01/1990", "hôm qua", "", True, 0, -1, "99999", "1.5", 10**20])
def test_what_is_no_date_is_refused(cell: object) -> None:
    with pytest.raises(CellError, match="date-invalid"):
        parse_written_date(cell)  # type: ignore[arg-type]


def test_a_day_is_asked_where_a_year_is_not_enough() -> None:
    assert parse_date("02/03/1990") == date(1990, 3, 2)
    with pytest.raises(CellError):
        parse_date("1990")


def test_yes_and_no_are_read_as_people_mark_them() -> None:
    assert all(parse_yes_no(cell) for cell in ("Có", "x", "X", "1", 1, 1.0, True, "✓", "Đúng"))
    assert not any(parse_yes_no(cell) for cell in ("Không", "", None, "0", 0, False, "-", "ko"))
    with pytest.raises(CellError, match="yes-no-invalid"):
        parse_yes_no("có lẽ")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (38190000011, "038190000011"),
        (38190000011.0, "038190000011"),
        ("38190000011", "038190000011"),
        ("1190000011", "001190000011"),
        (12345678, "012345678"),
    ],
)
def test_leading_zeros_come_back_with_a_warning(cell: str | float, number: str) -> None:
    parsed = parse_personal_number(cell)
    assert parsed.value == number
    assert [warning.code for warning in parsed.warnings] == ["leading-zeros-restored"]


def test_a_whole_personal_number_has_no_warning() -> None:
    for cell in ("038190000011", "038 190 000 011", "'038190000011", "038190000011.0", "０３８１９０００００１１"):
        assert parse_personal_number(cell) == ("038190000011", ())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3.8190000011E10", "digits-lost"),
        ("3,81E+10", "digits-lost"),
        (1e17, "digits-lost"),
        ("12345678", "personal-id-length"),
        ("0381900000111", "personal-id-length"),
        ("0381900001", "personal-id-length"),
        ("O38190000011", "personal-id-not-digits"),
        ("", "personal-id-not-digits"),
        (True, "personal-id-not-digits"),
        (38190000011.5, "personal-id-not-digits"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(cell: object, code: str) -> None:
    with pytest.raises(CellError, match=code):
        parse_personal_number(cell)  # type: ignore[arg-type]


def test_an_account_with_lost_digits_is_refused() -> None:
    assert parse_account("1903 0413 6010 18") == parse_account(19030413601018) == "19030413601018"
    for cell in ("1.9030413601018E13", "1,9E+13", "", "x" * 20):
        with pytest.raises(CellError):
            parse_account(cell)


def test_a_health_card_gives_the_social_insurance_number() -> None:
    parsed = parse_social_insurance("DN 4 38 3812345678")
    assert (parsed.value, [warning.code for warning in parsed.warnings]) == (
        "3812345678",
        ["social-insurance-from-card"],
    )
    assert parse_social_insurance("3812345678") == ("3812345678", ())
    assert parse_social_insurance(312345678).value == "0312345678"
    for cell in ("DN9383812345678", "381234567", "abc"):
        with pytest.raises(CellError, match="social-insurance-invalid"):
            parse_social_insurance(cell)


def vietnamese(number: str) -> str:
    digits = number.removeprefix("+84") if number.startswith("+84") else number.removeprefix("0")
    if not (digits.isdigit() and len(digits) == 9):
        raise ValueError(number)
    return "+84" + digits


@pytest.mark.parametrize(
    ("cell", "phone", "warnings"),
    [
        ("0912345678", "+84912345678", []),
        (912345678, "+84912345678", []),
        ("912345678.0", "+84912345678", []),
        ("0912.345.678", "+84912345678", []),
        ("+84 0912345678", "+84912345678", []),
        ("0084912345678", "+84912345678", []),
        ("0168 234 5678", "+84382345678", ["phone-converted"]),
        ("+841232345678", "+84832345678", ["phone-converted"]),
        (1992345678, "+84592345678", ["phone-converted"]),
        ("0912345678 / 0987654321", "+84912345678", ["phone-several"]),
        ("091; 0987654321", "+84987654321", ["phone-several"]),
        ("0912345678 (con gái)", "+84912345678", ["phone-note"]),
        ("không có", None, []),
        ("K", None, []),
        ("0", None, []),
        ("-", None, []),
        ("", None, []),
        (None, None, []),
        ("0912 345 67", None, ["phone-invalid"]),
        ("09l2345678", None, ["phone-invalid"]),
        ("9.12345678E8", None, ["phone-invalid"]),
        ("hỏi trưởng thôn", None, ["phone-invalid"]),
    ],
)
def test_phones_are_found_and_never_cost_the_person(cell: object, phone: str | None, warnings: list[str]) -> None:
    parsed = parse_phone(cell, vietnamese)  # type: ignore[arg-type]
    assert (parsed.value, [warning.code for warning in parsed.warnings]) == (phone, warnings)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1500000", 1_500_000),
        ("1,500,000.00", 1_500_000),
        ("1.500.000,00", 1_500_000),
        ("1.500.000", 1_500_000),
        ("1 500 000 đ", 1_500_000),
        ("1\u00a0500\u00a0000 VND", 1_500_000),
        ("+50,000", 50_000),
        ("-15.000", -15_000),
        ("50000,0", 50_000),
        (50_000, 50_000),
        (50_000.0, 50_000),
        ("0", 0),
    ],
)
def test_amounts_are_whole_vnd(cell: str | float, amount: int) -> None:
    assert parse_vnd(cell) == amount


@pytest.mark.parametrize(
    "cell",
    ["1,5", "1500.5", "1.000,5", "12,34,567", "1.500,000", "abc", "", "--5", True, 0.5, None, "9.999.999.999.999.999"],
)
def test_what_is_no_whole_amount_is_refused(cell: object) -> None:
    with pytest.raises(CellError, match="amount-invalid"):
        parse_vnd(cell)  # type: ignore[arg-type]


def test_an_amount_in_scientific_notation_has_lost_digits() -> None:
    with pytest.raises(CellError, match="digits-lost"):
        parse_vnd("1.5E6")


def test_names_lose_foreign_letters_that_look_vietnamese_and_curly_apostrophes() -> None:
    assert parse_person_name("  Ðỗ  Thị Ánh ") == "Đỗ Thị Ánh"
    assert parse_person_name("H’Mai Niê") == "H'Mai Niê"
    for cell, code in (("Ánh 2", "name-invalid"), ("", "name-invalid"), ("a" * 121, "too-long")):
        with pytest.raises(CellError, match=code):
            parse_person_name(cell)


def test_short_texts_have_a_limit() -> None:
    assert parse_short_text(" Thôn \n 4 ", 10) == "Thôn 4"
    with pytest.raises(CellError, match="too-long"):
        parse_short_text("x" * 11, 10)


@given(ANYTHING)
def test_any_cell_is_a_value_or_a_cell_error(cell: object) -> None:
    for parse in (
        parse_written_date, parse_date, parse_yes_no, parse_personal_number, parse_social_insurance, parse_account,
        parse_vnd, parse_person_name, text_of,
    ):  # fmt: skip
        with contextlib.suppress(CellError):
            parse(cell)  # type: ignore[operator]
    parse_phone(cell, vietnamese)  # type: ignore[arg-type]


@given(st.integers(min_value=0, max_value=10**13))
def test_an_amount_is_the_same_in_every_way_of_writing_it(amount: int) -> None:
    with_commas, with_dots = f"{amount:,}", f"{amount:,}".replace(",", ".")
    for written in (str(amount), with_commas, with_dots, f"{with_commas}.00", f"{with_dots},00", f"+{with_dots} đ"):
        assert parse_vnd(written) == amount


@given(st.dates(min_value=date(1906, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_is_the_same_in_every_way_of_writing_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for written in (
        day,
        f"{day:%d/%m/%Y}",
        f"{day.day}-{day.month}-{day.year}",
        day.isoformat(),
        serial,
        float(serial),
    ):
        assert parse_date(written) == day
