"""The list of banks is data with dates: renamed banks keep their BIN, and not every BIN begins with 9704."""

from datetime import date
from itertools import pairwise

from payments_qr.banks import find_bank, list_banks, list_names

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
