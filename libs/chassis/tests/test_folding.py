import unicodedata

import pytest

from chassis.folding import clean, fold, squeeze, to_ascii, words


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_name_folds_alike_in_every_normal_form(form: str) -> None:
    name = unicodedata.normalize(form, "Nguyễn Thị Đào")  # type: ignore[arg-type]
    assert fold(name) == "nguyen thi dao"
    assert words(name + " Nguyễn") == ["nguyen", "thi", "dao"]
    assert to_ascii(name) == "Nguyen Thi Dao"
    assert clean(name) == ("Nguyễn Thị Đào")


def test_the_icelandic_letter_counts_as_the_vietnamese_one() -> None:
    assert fold("Ðào ðào") == "dao dao"
    assert to_ascii("Ðào") == "Dao"


def test_titles_are_compared_by_letters_and_digits_alone() -> None:
    assert squeeze("Số\n CCCD/ĐDCN:") == squeeze("so_cccd_ddcn") == "socccdddcn"


def test_invisible_characters_and_repeated_spaces_go() -> None:
    assert clean(unicodedata.normalize("NFD", "  Lê\u200b   Văn\tĐức ")) == "Lê Văn Đức"
    assert to_ascii("Chợ – “Vườn”\u00a0Hoa\u200b  ’2’") == "Cho - \"Vuon\" Hoa '2'"
