"""The HTTP API of any service."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.errors import InvalidQuery
from chassis.storage import units_copy
from chassis.testing import unit_event
from chassis.web import idempotency
from chassis.web.json_body import is_too_deep
from chassis.web.routing import Page, cursor_at
from contracts.registry import SourceChecked


@pytest.fixture
async def officer(calling, deliver):
    await deliver(
        unit_event("38", parents=()),
        unit_event("15724"),
        unit_event("15727-01", parents=("38", "15724")),
        unit_event("15061"),
    )
    return calling("officer", unit_code="15724")


async def test_a_change_and_its_announcement_commit_before_the_answer_leaves(officer, published):
    answer = await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "xin chào"})

    assert answer.status_code == 201
    assert [event.source for event in await published(SourceChecked)] == [answer.json()["id"]]


async def test_after_an_unexpected_error_the_answer_announces_that_the_connection_ends(officer):
    """The server closes it; a client that reused it would lose its next request."""
    answer = await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "explode"})

    assert (answer.status_code, answer.headers.get("connection")) == (500, "close")


async def test_a_fault_leaves_nothing_half_written_and_discloses_nothing(officer, published, database):
    answer = await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "explode"})

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert await published(SourceChecked) == []
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar_one() == 0


async def test_a_database_without_room_is_a_matter_of_time_and_leaves_nothing(officer, database):
    answer = await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "no space"})

    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar_one() == 0


async def test_every_answer_of_an_operation_that_ends_says_so_problems_too(officer, calling):
    answers = [
        await officer.get("/v1/old-notes/kept"),
        await officer.get("/v1/old-notes/missing"),
        await officer.get("/v1/old-notes/kept?unknown=1"),
        await calling("operator").get("/v1/old-notes/kept"),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 400, 403]
    for answer in answers:
        assert answer.headers["deprecation"] == "@1798761600"
        assert answer.headers["sunset"] == "Sun, 02 Jan 2028 00:00:00 GMT"
    assert "deprecation" not in (await officer.get("/v1/notes")).headers


async def test_every_wrong_field_is_named_with_a_pointer_in_the_language_asked_for(officer):
    wrong = {"text": "", "stars": 9}

    vietnamese = (await officer.post("/v1/notes", json=wrong)).json()
    english = (await officer.post("/v1/notes", json=wrong, headers={"Accept-Language": "en"})).json()

    assert vietnamese["status"] == 422
    assert {(error["pointer"], error["code"]) for error in vietnamese["errors"]} == {
        ("/unit_code", "required"),
        ("/text", "string-too-short"),
        ("/stars", "less-than-equal"),
    }
    assert "Bắt buộc phải có." in [error["message"] for error in vietnamese["errors"]]
    assert "Field required" in [error["message"] for error in english["errors"]]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'"\xff"',
        b'{"unit_code": "15727-01", "text": "a\\u0000b"}',
        b'{"unit_code": "15727-01", "text": "\\ud800"}',
        b'{"unit_code":"x","text":"y","stars":99999999999999999999}',
        b"[]",
        b"null",
    ],
)
async def test_no_body_whatever_makes_a_5xx(officer, body):
    answer = await officer.post("/v1/notes", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_token_or_with_a_wrong_one_a_request_is_refused_before_the_body_is_read(calling):
    stranger, liar, resident = calling(), calling(), calling("resident")
    liar.headers["Authorization"] = "Bearer abc.def.ghi"

    assert (await stranger.post("/v1/notes", content=b"{")).status_code == 401
    assert (await liar.post("/v1/notes", content=b"{")).status_code == 401
    assert (await resident.post("/v1/notes", content=b"{")).status_code == 403


async def test_unknown_and_wrong_query_parameters_answer_400(officer):
    assert (await officer.get("/v1/notes?limti=5")).json()["errors"][0]["pointer"] == "/limti"
    assert (await officer.get("/v1/notes?limit=201")).status_code == 400
    assert (await officer.get("/v1/notes?cursor=nonsense")).status_code == 400


async def test_pages_follow_one_another_without_gap_or_repetition(officer):
    for number in range(7):
        await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": f"note {number}"})

    seen, cursor = [], ""
    while cursor is not None:
        page = (await officer.get(f"/v1/notes?limit=3{cursor and '&cursor=' + cursor}")).json()
        seen += [item["text"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [f"note {number}" for number in range(7)]


async def test_a_list_never_shows_what_lies_outside_the_callers_units(officer, calling):
    await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "here"})
    elsewhere, province, operator, without_unit = (
        calling("officer", unit_code="15061"), calling("officer", unit_code="38"), calling("operator"), calling("officer"),
    )  # fmt: skip

    assert (await elsewhere.get("/v1/notes")).json()["items"] == []
    assert (await without_unit.get("/v1/notes")).json()["items"] == []
    assert len((await province.get("/v1/notes")).json()["items"]) == 1
    assert len((await operator.get("/v1/notes")).json()["items"]) == 1


async def test_the_same_idempotency_key_gives_the_same_answer_and_one_effect(officer, published):
    body = {"unit_code": "15727-01", "text": "once"}

    first = await officer.post("/v1/notes", json=body, headers={"Idempotency-Key": '"k-1"'})
    again = await officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-1"})
    other = await officer.post("/v1/notes", json=body | {"text": "two"}, headers={"Idempotency-Key": "k-1"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert len(await published(SourceChecked)) == 1


async def test_many_at_once_with_one_key_have_one_effect(officer, published):
    body = {"unit_code": "15727-01", "text": "once"}
    posts = [officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-2"}) for _ in range(12)]

    answers = await asyncio.gather(*posts)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(await published(SourceChecked)) == 1


async def test_a_request_whose_claim_was_taken_over_while_it_ran_has_no_effect(officer, published, monkeypatch):
    monkeypatch.setattr(idempotency, "CLAIM", timedelta(0))  # every repeat takes over at once
    body = {"unit_code": "15727-01", "text": "once"}
    posts = [officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-5"}) for _ in range(12)]

    answers = await asyncio.gather(*posts)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(await published(SourceChecked)) == 1


async def test_a_request_that_failed_may_be_sent_again_with_its_key(officer):
    wrong, right = {"unit_code": "99999", "text": "x"}, {"unit_code": "15727-01", "text": "x"}

    assert (await officer.post("/v1/notes", json=wrong, headers={"Idempotency-Key": "k-3"})).status_code == 422
    assert (await officer.post("/v1/notes", json=right, headers={"Idempotency-Key": "k-3"})).status_code == 201


async def test_a_key_whose_process_died_is_taken_over_after_half_a_minute(officer, database):
    body = {"unit_code": "15727-01", "text": "x"}
    await officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-4"})
    async with database.transaction() as session:
        await session.execute(text("UPDATE idempotency_key SET status = 0"))

    assert (await officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-4"})).status_code == 409
    async with database.transaction() as session:
        await session.execute(text("UPDATE idempotency_key SET answered_at = now() - interval '2 minutes'"))
    assert (await officer.post("/v1/notes", json=body, headers={"Idempotency-Key": "k-4"})).status_code == 201


async def test_a_stale_if_match_answers_412(officer):
    note = (await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "v1"})).json()

    first = await officer.patch(f"/v1/notes/{note['id']}", headers={"If-Match": '"1"'})
    stale = await officer.patch(f"/v1/notes/{note['id']}", headers={"If-Match": '"1"'})

    assert (first.status_code, stale.status_code) == (200, 412)


async def test_request_id_and_trace_go_in_and_come_back_and_junk_is_replaced(officer):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    kept = await officer.get("/v1/notes", headers={"X-Request-Id": "abcd-1234", "traceparent": trace})
    junk = await officer.get("/v1/notes", headers={"X-Request-Id": "a b", "traceparent": "nonsense"})

    assert (kept.headers["x-request-id"], kept.headers["traceparent"]) == ("abcd-1234", trace)
    assert junk.headers["x-request-id"] != "a b"
    assert junk.headers["traceparent"] != "nonsense"


async def test_readiness_names_every_dependency(officer, calling):
    answer = await calling().get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "dependencies": {"database": "up", "bus": "off", "units": "up"}},
    )


async def test_a_process_of_the_first_start_is_ready_when_the_units_arrived(calling, deliver):
    before = await calling().get("/readyz")
    await deliver(unit_event("38", parents=()))
    after = await calling().get("/readyz")

    assert (before.status_code, before.json()["dependencies"]["units"]) == (503, "awaited")
    assert (after.status_code, after.json()["dependencies"]["units"]) == (200, "up")


async def test_a_registry_that_is_down_keeps_no_service_out_for_ever(calling, runtime, database, monkeypatch):
    monkeypatch.setattr(units_copy, "SECONDS_TO_ARRIVE", 0.0)
    runtime.units = units_copy.UnitsCopy(database)

    answer = await calling().get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["dependencies"]["units"] == "missing"


async def test_an_unknown_path_and_method_answer_problems(calling):
    assert (await calling().get("/v1/nothing")).json()["type"] == "/problems/not-found"
    assert (await calling().delete("/v1/notes")).json()["type"] == "/problems/method-not-allowed"


def test_a_route_without_a_declared_audience_cannot_even_be_made():
    from chassis.web.routing import transactional_router

    router = transactional_router()

    with pytest.raises(TypeError, match="who may call"):

        @router.get("/v1/open")
        async def forgotten() -> None: ...


async def test_a_route_that_returns_a_response_refuses_and_answers_as_every_other(calling, deliver):
    await deliver(unit_event("38", parents=()), unit_event("15724"))
    officer = calling("officer", unit_code="15724")
    made = (await officer.post("/v1/notes", json={"unit_code": "15724", "text": "hello"})).json()
    path = f"/v1/notes/{made['id']}/text"

    assert (await officer.get(path)).text == "hello"
    assert (await officer.get(path, params={"upper": "true"})).text == "HELLO"
    assert (await officer.get(path, params={"upper": "perhaps"})).status_code == 400
    assert (await officer.get(path, params={"lower": "true"})).json()["errors"][0]["pointer"] == "/lower"
    assert (await officer.get("/v1/notes/none/text")).status_code in (400, 404, 422)
    assert (await calling().get(path)).status_code == 401
    assert (await calling("operator").get(path)).status_code == 403
    assert (await officer.post(path)).status_code == 405


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/notes/01890000-0000-7000-8000-00000000beef/text"])
@pytest.mark.parametrize("wrong", ["0", "1767225600", "2026-1-1", "hôm nay", ""])
async def test_only_a_written_day_is_a_day(officer, path, wrong):
    answer = await officer.get(path, params={"on": wrong})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/on", "date-parsing")]


async def test_what_no_text_holds_is_the_callers_fault_in_a_query_and_in_a_body(officer):
    asked = await officer.get("/v1/notes", params={"text": "a\0b"})
    given = await officer.post("/v1/notes", json={"unit_code": "15727-01", "text": "a\0b"})

    assert (asked.status_code, asked.json()["type"]) == (400, "/problems/invalid-query")
    assert (given.status_code, given.json()["type"]) == (422, "/problems/invalid-body")


@pytest.mark.parametrize("depth", [70, 300, 900, 990, 5_000, 100_000])
@pytest.mark.parametrize("field", ["text", "unit_code", "other"])
async def test_json_nested_too_deep_is_the_callers_fault(officer, field, depth):
    members = f'"unit_code": "15727-01", "text": "a", "{field}": {"[" * depth + "]" * depth}'

    answer = await officer.post(
        "/v1/notes", content="{" + members + "}", headers={"Content-Type": "application/json; charset=utf-8"}
    )

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body")
    assert [error["code"] for error in answer.json()["errors"]] == ["too-deep"]


@pytest.mark.parametrize(
    "key", ["[null]", "[1]", "[{}]", "[]", "{}", "[[]]", '["a\\u0000b"]', '["\\ud800"]', "[" * 5_000 + "]" * 5_000]
)
async def test_a_cursor_that_the_list_never_gave_is_the_callers_fault(officer, key):
    cursor = base64.urlsafe_b64encode(key.encode()).decode()

    answer = await officer.get("/v1/notes", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not-a-cursor")


@pytest.mark.parametrize(
    "body", [b'"[[' + b"[{" * 500 + b'"', b'{"a": "' + b'\\"[' * 500 + b'"}', b"[" + b"[]," * 500 + b"[]]"]
)
def test_brackets_within_texts_and_beside_each_other_are_no_nesting(body):
    assert not is_too_deep(body)
    assert is_too_deep(b"[" * 65 + body)


def test_a_sort_key_of_several_kinds_comes_back_from_its_cursor():
    key = (datetime(2026, 11, 29, 8, 30, tzinfo=UTC), UUID(int=7), 12, "phường Hạc Thành")
    page = Page(limit=1, cursor=cursor_at(key[0].isoformat(), *key[1:]))

    assert page.after_key(datetime.fromisoformat, UUID, int, str) == key
    assert Page(limit=1, cursor=None).after_key(UUID) is None


@pytest.mark.parametrize(
    ("key", "kinds"),
    [(("x",), [UUID]), (("1", "2"), [int]), (("1",), [int, str]), (("soon",), [datetime.fromisoformat])],
)
def test_the_cursor_of_another_list_is_refused(key, kinds):
    with pytest.raises(InvalidQuery):
        Page(limit=1, cursor=cursor_at(*key)).after_key(*kinds)
