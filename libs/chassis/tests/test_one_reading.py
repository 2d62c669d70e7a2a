"""A request that can be read in two ways is refused: members, form fields and parameters that stand more than once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.testing import unit_event
from chassis.web.json_body import MOST_NAMED, read_members

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def officer(calling, deliver):
    await deliver(unit_event("38", parents=()), unit_event("15724"))
    return calling("officer", unit_code="15724")


def errors_of(answer):
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("headers", [JSON, JSON | {"Idempotency-Key": "k-1"}, {"Content-Type": "application/x+json"}])
async def test_a_repeated_member_is_refused_by_its_name_in_both_languages(officer, headers):
    body = '{"unit_code": "15724", "text": "one", "text": "two"}'

    vi = await officer.post("/v1/notes", content=body, headers=headers)
    en = await officer.post("/v1/notes", content=body, headers=headers | {"Accept-Language": "en"})

    assert (vi.status_code, vi.json()["type"]) == (422, "/problems/invalid-body")
    assert errors_of(vi) == [("/text", "repeated-field")]
    assert vi.json()["errors"][0]["message"] == "Chỉ ghi trường này một lần."
    assert en.json()["errors"][0]["message"] == "Write this field once; it stands here more than once."
    assert (await officer.get("/v1/notes")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ('{"a": 1, "a": 1}', ["/a"]),
        ('{"a": 1, "b": 2, "a": 1, "b": 2, "a": 3}', ["/a", "/b"]),
        ('{"a": 1, "\\u0061": 2}', ["/a"]),
        ('[{"x": [0, {"b/~": {}, "b/~": []}]}]', ["/0/x/1/b~1~0"]),
        ('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}', ["/a/b", "/c/0/d"]),
        ('{"a": {"b": 1, "b": 2}, "a": 3}', ["/a"]),
        ('{"": 1, "": 2}', ["/"]),
        ('{"\\ud800": 1, "\\ud800": 2}', ["/?"]),
        ('{"a": 1, "A": 2}', []),
        ('[{"a": 1}, {"a": 1}]', []),
        ("null", []),
    ],
)
def test_each_repeated_member_has_its_pointer(body, pointers):
    assert [error.pointer for error in read_members(body)[1]] == pointers


def test_the_answer_to_a_thousand_repeated_members_stays_short():
    body = "[" + ",".join(['{"a": 1, "a": 1}'] * 1_000) + "]"

    assert len(read_members(body)[1]) == MOST_NAMED


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=3), parts, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_other_texts_are_read_as_they_are(value):
    assert read_members(json.dumps(value)) == (value, [])


async def test_a_member_whose_name_is_no_text_is_the_callers_fault(officer):
    body = '{"unit_code": "15724", "text": "one", "\\ud800": 1, "\\ud800": 2}'

    answer = await officer.post("/v1/notes", content=body, headers=JSON)

    assert (answer.status_code, errors_of(answer)) == (422, [("/?", "repeated-field")])


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ([("title", "one"), ("title", "two")], [("/title", "repeated-field")]),
        ([("title", "one"), ("dry_run", "true")], [("/dry_run", "unknown-field")]),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}])
async def test_unknown_and_repeated_fields_of_a_form_are_refused(officer, sent, errors, headers):
    files = [(name, (None, value)) for name, value in sent]

    answer = await officer.post("/v1/files", files=[("file", ("a.csv", b"x")), *files], headers=headers)

    assert (answer.status_code, errors_of(answer)) == (422, errors)


async def test_a_file_is_sent_once_and_a_list_as_often_as_it_has_members(officer):
    lists = [("ignored", (None, "one")), ("ignored", (None, "two"))]

    kept = await officer.post("/v1/files", files=[("file", ("a.csv", b"x")), *lists])
    twice = await officer.post("/v1/files", files=[("file", ("a.csv", b"x")), ("file", ("b.csv", b"y"))])
    missing = await officer.post("/v1/files", files=[("title", (None, "one"))])

    assert (kept.status_code, kept.json()) == (200, {"title": "none", "ignored": ["one", "two"], "size": 1})
    assert (twice.status_code, errors_of(twice)) == (422, [("/file", "repeated-field")])
    assert (missing.status_code, errors_of(missing)) == (422, [("/file", "required")])


async def test_a_repeated_parameter_is_refused_unless_it_is_a_list(officer):
    twice = await officer.get("/v1/tags", params=[("text", "a"), ("text", "b"), ("tag", "c"), ("tag", "d")])
    several = await officer.get("/v1/tags", params=[("text", "a"), ("tag", "c"), ("tag", "d")])
    day = await officer.get("/v1/notes?on=2026-01-01&on=2026-01-02")

    assert (twice.status_code, errors_of(twice)) == (400, [("/text", "repeated-parameter")])
    assert several.json() == {"tags": ["c", "d"], "text": "a"}
    assert (day.status_code, errors_of(day)) == (400, [("/on", "repeated-parameter")])
