from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ValidationError

from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import Coded, OneOf, code_of, one_of
from contracts.vocabularies import VOCABULARIES


class TeamBody(RequestBody):
    body: Annotated[str, Coded("bodies")]


@pytest.mark.parametrize(
    ("written", "code"),
    [("police", "police"), ("Công an xã", "police"), ("cong an", "police"), ("Hội Phụ nữ", "women_union"),
     ("HỘI  PHỤ NỮ PHƯỜNG", "women_union"), ("Bộ phận một cửa", "one_stop"), ("UBND xã", "people_committee")],
)  # fmt: skip
def test_a_name_that_people_write_is_stored_as_its_code(written: str, code: str) -> None:
    assert TeamBody.model_validate({"body": written}).body == code


@pytest.mark.parametrize("written", ["", "công an viên", "no-such-term", "xã"])
def test_a_name_in_no_vocabulary_is_refused_with_the_place_of_the_list(written: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TeamBody.model_validate({"body": written})
    (error,) = refused.value.errors()
    assert error["type"] == "unknown-code"
    assert "GET /v1/vocabularies/bodies" in error["msg"]


def test_the_api_document_lists_the_codes() -> None:
    assert "women_union" in TeamBody.model_json_schema()["properties"]["body"]["enum"]


class Colour(StrEnum):
    RED = "red"


class LampView(BaseModel):
    colour: Annotated[str, OneOf(Colour, Literal["green"], "grey")]
    owner: Annotated[str, one_of("bodies")] | None = None


def test_the_document_names_the_codes_of_an_answer_and_old_rows_are_shown_as_they_are() -> None:
    properties = LampView.model_json_schema(mode="serialization")["properties"]

    assert properties["colour"]["enum"] == ["red", "green", "grey"]
    assert "women_union" in properties["owner"]["anyOf"][0]["enum"]
    assert LampView(colour="mauve").colour == "mauve"


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_written_name_stands_for_two_codes(vocabulary: str) -> None:
    for term in VOCABULARIES[vocabulary]:
        for name in (term.code, term.title, term.title_en, *term.also):
            assert code_of(vocabulary, name) == term.code, name
