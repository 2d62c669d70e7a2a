"""The document of a service, the form of times in its answers, and what an operation announces before it ends."""

from datetime import UTC, date, datetime

import httpx
import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel

from chassis.web.bodies import RequestBody
from chassis.web.deprecation import announce_deprecation, deprecated, deprecation_headers
from chassis.web.document import DescribedAPI, camel_case, operation_id
from chassis.web.local_time import in_local_time, with_local_times
from chassis.web.problems import add_problem_handlers
from chassis.web.routing import Listed


class Person(BaseModel):
    """A person."""

    name: str
    """Name (họ và tên)."""
    born_on: date


class Officer(Person):
    unit_code: str
    """Code of the unit."""


class Sent(RequestBody):
    """A body."""

    anonymous: bool = False
    """Whether the sender's identity
    is not stored."""
    items: list["Part"] = []


class Part(RequestBody):
    unit_code: str = ""


@pytest.fixture
def app() -> FastAPI:
    app = DescribedAPI(generate_unique_id_function=operation_id)
    add_problem_handlers(app)

    @app.get("/people")
    async def list_people() -> Listed[Officer]:
        return Listed(items=[])

    @app.post("/bodies")
    async def send_body(body: Sent) -> dict[str, str]:
        return {}

    return app


def test_docstrings_under_fields_describe_them_also_the_inherited_ones(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]

    assert schemas["Officer"]["properties"]["name"]["description"] == "Name (họ và tên)."
    assert schemas["Officer"]["properties"]["unit_code"]["description"] == "Code of the unit."
    assert "description" not in schemas["Officer"]["properties"]["born_on"]
    assert schemas["Sent"]["properties"]["anonymous"]["description"] == "Whether the sender's identity is not stored."


def test_operation_ids_are_the_functions_in_camel_case(app: FastAPI) -> None:
    assert app.openapi()["paths"]["/people"]["get"]["operationId"] == "listPeople"
    assert camel_case("get_edxml_status") == "getEdxmlStatus"


async def test_an_unknown_member_is_refused_with_the_nearest_name(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        answer = await client.post("/bodies", json={"anonymus": True, "x": 1, "items": [{"unit_cod": "1"}]})
        vi = {one["pointer"]: one for one in answer.json()["errors"]}
        answer = await client.post("/bodies", json={"anonymus": True}, headers={"Accept-Language": "en"})

    assert {one["code"] for one in vi.values()} == {"unknown-field"}
    assert vi["/anonymus"]["message"] == "Không có trường này; có phải “anonymous”?"
    assert vi["/x"]["message"] == "Không có trường này."
    assert "unit_code" in vi["/items/0/unit_cod"]["message"]
    assert answer.json()["errors"][0]["message"] == "There is no such field; did you mean `anonymous`?"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b'{"at":"2026-11-30T01:30:00Z"}', b'{"at":"2026-11-30T08:30:00+07:00"}'),
        (b'{"at":"2026-11-30T20:30:00.250000+00:00"}', b'{"at":"2026-12-01T03:30:00.250000+07:00"}'),
        (b'["2026-11-30T01:30:00+07:00"]', b'["2026-11-30T01:30:00+07:00"]'),
        (b'{"text":"at 2026-11-30T01:30:00Z"}', b'{"text":"at 2026-11-30T01:30:00Z"}'),
        (b'{"text":"2026-13-30T01:30:00Z"}', b'{"text":"2026-13-30T01:30:00Z"}'),
        (b'{"text":"9999-12-31T23:30:00Z"}', b'{"text":"9999-12-31T23:30:00Z"}'),
    ],
)
def test_times_in_answers_have_the_offset_of_viet_nam(sent: bytes, answered: bytes) -> None:
    response = with_local_times(Response(sent, media_type="application/json"))

    assert in_local_time(sent) == answered
    assert (response.body, response.headers["content-length"]) == (answered, str(len(answered)))


def test_a_file_is_not_changed() -> None:
    content = b'"2026-11-30T01:30:00Z"'

    assert with_local_times(Response(content, media_type="text/csv")).body == content


def test_an_operation_that_ends_states_since_when_until_when_and_what_to_use() -> None:
    notice = deprecated(since=date(2027, 1, 1), use="/v1/new")["openapi_extra"]["x-deprecation"]
    response = announce_deprecation(Response(), deprecation_headers(notice))

    assert response.headers["deprecation"] == f"@{int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())}"
    assert response.headers["sunset"] == "Sun, 02 Jan 2028 00:00:00 GMT"
    assert response.headers["link"] == '</v1/new>; rel="successor-version"'


def test_less_notice_than_twelve_months_is_refused() -> None:
    with pytest.raises(ValueError, match="twelve months"):
        deprecated(since=date(2027, 1, 1), use="/v1/new", sunset=date(2027, 6, 1))
