"""Request bodies: unknown members, strict types, and one written form of times."""

import contextlib
import json
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError, field_validator

from chassis.web.bodies import NOT_NULL, Day, Instant, RequestBody
from chassis.web.problems import add_problem_handlers


class Item(RequestBody):
    kind: Literal["a", "b"] = "a"
    count: int = 0


class Body(RequestBody):
    id: UUID | None = None
    at: Instant | None = None
    on: Day | None = None
    anonymous: bool = False
    amount: Annotated[int, Field(ge=0)] = 0
    name: Annotated[str | None, NOT_NULL] = None
    note: str | None = None
    items: list[Item] = []

    @field_validator("note")
    @classmethod
    def _short(cls, value: str | None) -> str | None:
        return value and value.strip()


app = FastAPI()
add_problem_handlers(app)


@app.post("/body")
async def create(body: Body) -> dict[str, object]:
    return {"set": sorted(body.model_fields_set)} | body.model_dump(mode="json")


async def post(**content: object) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return await client.post("/body", headers={"Content-Type": "application/json"}, **content)


async def errors_of(body: object) -> set[tuple[str, str]]:
    answer = await post(content=json.dumps(body))
    assert answer.status_code == 422, answer.text
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


async def test_a_right_body_is_read():
    sent = {
        "id": "0193a5c0-0000-7000-8000-000000000001", "at": "2026-11-29T08:30:00+07:00", "on": "2026-11-29",
        "anonymous": True, "amount": 5, "note": " x ", "items": [{"kind": "b", "count": 2}],
    }  # fmt: skip

    answer = (await post(json=sent)).json()

    assert (answer["at"], answer["on"], answer["note"]) == ("2026-11-29T08:30:00+07:00", "2026-11-29", "x")
    assert answer["items"] == [{"kind": "b", "count": 2}]
    assert answer["set"] == sorted(sent)


async def test_marks_that_turn_the_direction_of_a_text_are_left_out():
    turned = {
        "note": "h\u00f3a \u202e\u202d\u0111\u01a1n\u202c \u2067x\u2069\u200f\u200e\u061c",
        "items": [{"kind": "a"}],
    }
    assert (await post(json=turned)).json()["note"] == "hóa đơn x"
    assert (await post(json={"note": "C:\\u202e"})).json()["note"] == "C:\\u202e"
    assert (await post(content='{"note": "h\u202eóa"}'.encode())).json()["note"] == "hóa"


async def test_every_unknown_member_is_named():
    assert await errors_of({"anonymus": True, "x": 1, "items": [{"kid": 1}]}) == {
        ("/anonymus", "unknown-field"), ("/x", "unknown-field"), ("/items/0/kid", "unknown-field"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("anonymous", 0), ("anonymous", "false"), ("anonymous", "no"), ("amount", "5"), ("amount", 5.0), ("amount", True),
        ("at", 0), ("at", "0"), ("at", 1764405000), ("at", "20261129"), ("at", "1764405000"), ("at", "2026-11-29"),
        ("at", "9999-12-31T23:59:59Z"), ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "2026-11-29T08:30:00"), ("at", "2026-11-29T08:30+07:00"), ("at", "2026-13-29T08:30:00Z"),
        ("on", 0), ("on", "20261129"), ("on", "2026-11-29T00:00:00Z"), ("on", "2026-02-30"), ("note", 5), ("id", 5),
    ],
)  # fmt: skip
async def test_a_value_of_another_type_is_refused(field, value):
    assert [pointer for pointer, _ in await errors_of({field: value})] == [f"/{field}"]


async def test_a_null_clears_an_optional_field_and_nothing_else():
    assert (await post(json={"note": None})).json()["set"] == ["note"]
    assert await errors_of({"name": None}) == {("/name", "not-nullable")}
    assert await errors_of({"amount": None, "items": [{"kind": None}]}) == {
        ("/amount", "not-nullable"), ("/items/0/kind", "not-nullable"),
    }  # fmt: skip


async def test_what_json_does_not_have_is_refused():
    answer = await post(content=b'{"amount": NaN}')

    assert answer.status_code == 422


def test_a_bare_date_or_time_is_refused_when_the_class_is_made():
    with pytest.raises(TypeError, match=r"Wrong\.at"):

        class Wrong(RequestBody):
            at: list[datetime | None]

    with pytest.raises(TypeError, match=r"Wrong2\.on"):

        class Wrong2(RequestBody):
            on: Annotated[date, Field(description="x")] | None = None


def test_our_own_code_makes_a_body_from_python_values():
    moment = datetime(2026, 11, 29, tzinfo=UTC)

    assert Body(at=moment, on=moment.date(), id=UUID(int=1)).at == moment


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_is_sent_only_a_validation_error_is_raised(value):
    with contextlib.suppress(ValidationError):
        Body.model_validate({"items": value, "at": value, "amount": value})
