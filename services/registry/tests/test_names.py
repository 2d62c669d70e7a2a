import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.names import clean, fold, squeeze, words


def test_accents_and_case_do_not_matter_in_either_normal_form() -> None:
    name = "NGUYỄN Thị Đào"

    assert fold(name) == fold(unicodedata.normalize("NFD", name)) == "nguyen thi dao"
    assert words(name) == ["nguyen", "thi", "dao"]


def test_headers_are_compared_without_spaces_and_underscores() -> None:
    assert squeeze("Số  CCCD") == squeeze("so_cccd") == "socccd"
    assert squeeze("Thôn/TDP") == "thontdp"


def test_a_cleaned_name_is_composed_and_single_spaced() -> None:
    assert clean(unicodedata.normalize("NFD", "  Lê\u200b   Văn\tĐức ")) == "Lê Văn Đức"


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)
