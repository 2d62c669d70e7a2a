"""The list of banks is data with dates: renamed banks keep their BIN, and not every BIN begins with 9704."""

from datetime import date
from itertools import pairwise

import pytest

from payments_qr.banks import find_bank, find_bank_by_name, list_banks, list_names

TODAY = date(2026, 1, 1)


def test_a_renamed_bank_keeps_its_identifier() -> None:
    before, after = find_bank("970406", date(2025, 2, 13)), find_bank("970406", date(2025, 2, 14))

    assert before is not None
    assert after is not None
    assert (before.short_name, after.short_name) == ("DongA Bank", "Vikki Bank")


def test_a_merged_bank_is_gone_from_the_list_of_today() -> None:
    assert find_bank("970417", TODAY) is None
    assert find_bank("970417", date(2015, 1, 1)) is not None


def test_identifiers_that_do_not_begin_with_9704_exist() -> None:
    assert {"546034", "422589", "971025", "963388"} <= {bank.bin for bank in list_banks(TODAY)}


def test_every_identifier_has_one_name_on_any_day() -> None:
    for day in (date(2020, 1, 1), date(2023, 5, 15), date(2024, 12, 18), TODAY):
        bins = [bank.bin for bank in list_banks(day)]
        assert len(bins) == len(set(bins))


def test_periods_of_one_identifier_follow_one_another_without_a_gap() -> None:
    for bank in list_banks(TODAY):
        for earlier, later in pairwise(list_names(bank.bin)):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert (later.valid_from - earlier.valid_to).days == 1


def test_codes_are_unique_among_the_banks_of_a_day() -> None:
    codes = [bank.code for bank in list_banks(TODAY)]

    assert len(codes) == len(set(codes))
    assert all(len(bank.bin) == 6 and bank.bin.isdigit() for bank in list_banks(TODAY))


@pytest.mark.parametrize(
    ("written", "bin"),
    [
        ("NN&PTNT", "970405"), ("Ngân hàng NN&PTNT Việt Nam", "970405"), ("NHNo&PTNT", "970405"), ("AGRIBANK", "970405"),
        ("Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam", "970405"), ("Agribank CN Ngọc Lặc", "970405"),
        ("Agribank - Chi nhánh Thanh Hóa", "970405"), ("Ngân hàng Nông nghiệp và Phát triển nông thôn", "970405"),
        ("Vietcombank (VCB)", "970436"), ("VCB", "970436"), ("Ngân hàng TMCP Ngoại thương Việt Nam", "970436"),
        ("NH TMCP Công thương", "970415"), ("Ngân hàng thương mại cổ phần Công Thương Việt Nam", "970415"),
        ("BIDV", "970418"), ("Ngân hàng Đầu tư và Phát triển", "970418"), ("MB", "970422"), ("MBBank", "970422"),
        ("Lienvietpostbank", "970449"), ("Ngân hàng Bưu điện Liên Việt", "970449"), ("DongA Bank", "970406"),
        ("OceanBank", "970414"), ("Maritime Bank", "970426"), ("NHCSXH", "999888"), ("Viettel Money", "971005"),
        ("Momo", "971025"), ("970436", "970436"), ("TMCP Quân đội", "970422"), ("SHB", "970443"),
    ],
)  # fmt: skip
def test_banks_are_found_by_every_name_that_people_write(written: str, bin: str) -> None:
    found = find_bank_by_name(written, TODAY)

    assert found is not None
    assert found.bin == bin


@pytest.mark.parametrize("written", ["", "Ngân hàng", "Ngân hàng Không Có", "970417", "000000", "Việt Nam"])
def test_a_name_that_is_none_or_not_known_finds_no_bank(written: str) -> None:
    assert find_bank_by_name(written, TODAY) is None


def test_every_bank_of_the_list_is_found_by_its_own_names() -> None:
    for bank in list_banks(TODAY):
        for name in (bank.short_name, bank.name, bank.bin):
            if not bank.code.endswith("-2") or name == bank.bin:
                found = find_bank_by_name(name, TODAY)
                assert found is not None, name
                assert found.bin == bank.bin, name
