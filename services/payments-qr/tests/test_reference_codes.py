"""A reference survives what banks do to memos, and a wrong character in it is noticed."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_qr.model.reference_codes import (
    LENGTH,
    LONGEST,
    check_character,
    has_right_check,
    likely_keys,
    new_reference,
    reference_key,
    references_in,
)

REFERENCE = "BK7M2Q9XW3A" + check_character("BK7M2Q9XW3A")


def test_the_check_character_is_that_of_the_standard() -> None:
    # The example of the Global Release Identifier standard, which uses ISO 7064 MOD 37,36.
    assert check_character("A12425GABC1234002") == "M"


def test_references_are_short_and_never_the_same() -> None:
    made = {new_reference() for _ in range(500)}

    assert len(made) == 500
    assert all(len(code) == LENGTH <= LONGEST and code.isalnum() and has_right_check(code) for code in made)


@given(st.integers(0, LENGTH - 1), st.sampled_from(string.digits + string.ascii_uppercase))
@settings(max_examples=100, deadline=None)
def test_one_wrong_character_is_noticed(place: int, other: str) -> None:
    changed = REFERENCE[:place] + other + REFERENCE[place + 1 :]

    assert has_right_check(changed) == (changed == REFERENCE)


def test_two_swapped_neighbours_are_noticed() -> None:
    for place in range(LENGTH - 1):
        swapped = REFERENCE[:place] + REFERENCE[place + 1] + REFERENCE[place] + REFERENCE[place + 2 :]
        assert has_right_check(swapped) == (swapped == REFERENCE)


@pytest.mark.parametrize(
    "memo",
    [
        REFERENCE,
        REFERENCE.lower(),
        f"MBVCB.3278907687.{REFERENCE}.CT tu 0011 toi 0022",
        f"MBVCB3278907687{REFERENCE}CT TU 0011",
        f"{REFERENCE[:4]} {REFERENCE[4:8]} {REFERENCE[8:]}",
        f"thanh toán tiền điện {REFERENCE.lower()}-FT2536",
        f"{REFERENCE[:6]}-{REFERENCE[6:]}",
    ],
)
def test_a_reference_is_found_in_every_memo_a_bank_makes_of_it(memo: str) -> None:
    assert REFERENCE in references_in(memo)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_reference_between_any_words_is_found(before: str, after: str) -> None:
    assert REFERENCE in references_in(f"{before} {REFERENCE} {after}") or len(before.split()) > 30


@pytest.mark.parametrize("memo", ["HD-2026/0417", "hd 2026 0417", "CK HD20260417", "HD-2026-0417 thanh toan"])
def test_a_chosen_reference_is_found_without_its_punctuation(memo: str) -> None:
    assert reference_key("HD-2026/0417") in references_in(memo)


def test_a_cut_off_or_misread_reference_is_only_a_suggestion() -> None:
    known = [REFERENCE, "BK00000000000"]
    misread = REFERENCE[:5] + "Z" + REFERENCE[6:]

    assert REFERENCE not in references_in(REFERENCE[:9])
    assert likely_keys(f"CK {REFERENCE[:9]}", known) == [REFERENCE]
    assert likely_keys(misread, known) == [REFERENCE]
    assert likely_keys("mua rau", known) == []
