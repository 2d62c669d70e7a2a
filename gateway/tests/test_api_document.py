"""The API document as tools of others read it: names, types, headers, credentials, tags, descriptions."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.api_docs.meanings import counts
from gateway.api_docs.openapi import describe_all, merge, problems_of
from gateway.api_docs.openapi30 import as_openapi_30
from gateway.api_docs.schemas import each_schema, plain, without_null

HEADERS = {"Accept", "Accept-Language", "Idempotency-Key", "If-Match", "X-Purpose", "X-Acting-For"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    described = describe_all()
    return merge({service: answer["openapi"] for service, answer in described.items()}, problems_of(described))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def schemas_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    each_schema(document, lambda schema: found.append(schema) or schema)
    return found


def test_operation_ids_are_short_unique_and_of_one_form(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]

    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(r"[a-z][a-zA-Z0-9]{1,39}", one)] == []
    assert {"getUnit", "listDossiers", "createResident"} <= set(ids)


def test_names_of_schemas_are_a_service_and_a_class(document: dict[str, Any]) -> None:
    names = set(document["components"]["schemas"]) - {"Problem"}

    assert [name for name in names if not re.fullmatch(r"[a-z_]+\.[A-Z][A-Za-z0-9]*", name)] == []
    assert {"registry.ResidentViewList", "casework.CreateAttachmentForm"} <= names
    assert document["info"]["title"].isascii()


def test_every_schema_has_one_type(document: dict[str, Any]) -> None:
    for schema in schemas_of(document):
        assert not isinstance(schema.get("const"), bool), schema
        assert not isinstance(schema.get("title"), str), schema
        kinds = {part.get("type", "object") for part in schema.get("anyOf", ())} - {"null"}
        assert len(kinds) < 2, schema


def test_files_are_binary_both_ways(document: dict[str, Any]) -> None:
    uploads, downloads = [], []
    for name, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data":
                form = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                uploads.append((name, form["properties"]["file"]))
        for code, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if code.startswith("2") and not kind.endswith("json") and not kind.startswith("text/"):
                    downloads.append((name, content["schema"]))

    assert len(uploads) >= 9
    assert len(downloads) >= 17
    for name, schema in uploads + downloads:
        assert (schema["type"], schema["format"]) == ("string", "binary"), name


def test_every_answer_that_is_no_204_has_a_content(document: dict[str, Any]) -> None:
    empty = [
        name
        for name, operation in operations(document)
        if not any(answer.get("content") for code, answer in operation["responses"].items() if code[0] == "2")
        and "204" not in operation["responses"]
    ]

    assert empty == []


def test_the_stream_of_changes_is_known_as_a_stream(document: dict[str, Any]) -> None:
    """The gateway gives streams places of their own."""
    answer = dict(operations(document))["GET /v1/reports/stream"]["responses"]["200"]

    assert set(answer["content"]) == {"text/event-stream"}


def test_headers_are_in_the_document_in_one_spelling(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        sent = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
        assert {one for one in sent if not one.startswith("webhook-")} <= HEADERS, name
        if name != "POST /webhooks/{partner_id}":
            assert "Accept-Language" in sent, name
        for one in operation["parameters"]:
            assert "anyOf" not in one["schema"], f"{name} {one['name']}"
    by_name = dict(operations(document))
    purpose = next(
        one for one in by_name["GET /v1/residents/{resident_id}"]["parameters"] if one["name"] == "X-Purpose"
    )
    assert purpose["schema"]["enum"] == ["dossier", "onboarding", "payment", "feedback", "correction", "support"]
    created = by_name["POST /v1/residents"]
    assert "Idempotency-Key" in {one["name"] for one in created["parameters"]}
    assert {"Location", "ETag", "RateLimit"} <= set(created["responses"]["201"]["headers"])
    assert "ETag" in by_name["GET /v1/residents/{resident_id}"]["responses"]["200"]["headers"]


def test_credentials_follow_from_who_may_call(document: dict[str, Any]) -> None:
    by_name = dict(operations(document))

    assert set(document["components"]["securitySchemes"]) == {"bearer", "openId", "partner"}
    assert by_name["GET /v1/residents/{resident_id}"]["security"] == [{"bearer": []}, {"openId": []}]
    assert {"partner": []} in by_name["GET /v1/partners/{partner_id}/deliveries"]["security"]
    assert by_name["GET /v1/units"]["security"][0] == {}


def test_every_tag_is_declared_described_and_in_a_group(document: dict[str, Any]) -> None:
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    declared = {one["name"]: one["description"] for one in document["tags"]}

    assert used == set(declared)
    assert [tag for tag, text in declared.items() if text == tag] == [], "describe it in gateway/api_docs/tags.py"
    assert {tag for group in document["x-tagGroups"] for tag in group["tags"]} == used


def test_every_parameter_and_nearly_every_property_is_described(document: dict[str, Any]) -> None:
    found = counts(document)

    having, whole = found["properties described"]
    assert having / whole >= 0.95
    undescribed = [
        (name, one["name"])
        for name, operation in operations(document)
        for one in operation["parameters"]
        if not one.get("description")
    ]
    assert undescribed == []


OPEN_CODES = {
    # named by who grants them, by decrees, by whoever equips a venue
    *(
        "gateway.LicenceCreate.kind",
        "gateway.LicenceView.kind",
        "registry.UnitView.kind",
        "onboarding.ReadinessItem.kind",
    ),
    # of events, whose new values come before a new version of the API; and what a notification leads to
    *(
        "notifications.DocumentReceivedData.status",
        "notifications.DossierData.status",
        "notifications.MerchantData.status",
    ),
    *("notifications.FeedbackAnsweredData.status", "notifications.RecordReadData.role", "notifications.StepData.step"),
    *("notifications.SessionScheduledData.kind", "notifications.AboutView.kind"),
}


def test_states_and_kinds_are_enums_in_answers_too(document: dict[str, Any]) -> None:
    """A client chooses what to show by them. `OPEN_CODES` are no closed lists."""
    texts = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field in ("status", "state", "kind", "step", "severity", "outcome", "role")
        if is_open_text(schema.get("properties", {}).get(field, {}))
    }

    assert texts == OPEN_CODES


def is_open_text(schema: dict[str, Any]) -> bool:
    parts = [schema, *schema.get("anyOf", ())]
    return any(part.get("type") == "string" and not {"enum", "const", "format"} & set(part) for part in parts)


def test_components_that_no_operation_uses_are_left_out(document: dict[str, Any]) -> None:
    text = str(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in text, name


def test_the_30_variant_has_no_word_of_31(document: dict[str, Any]) -> None:
    older = as_openapi_30(document)

    assert older["openapi"] == "3.0.3"
    for schema in schemas_of(older):
        assert schema.get("type") != "null", schema
        assert not isinstance(schema.get("type"), list), schema
        assert not {"const", "examples", "propertyNames", "contentMediaType"} & {
            key for key in schema if not isinstance(schema[key], dict)
        }, schema
        assert "$ref" not in schema or len(schema) == 1, schema
        assert "nullable" not in schema or "type" in schema, schema
        assert not schema.get("nullable") or "enum" not in schema or None in schema["enum"], schema


def test_a_union_of_types_is_the_first_and_keeps_null() -> None:
    def of(schema: dict[str, Any]) -> Any:
        return plain({"components": {"schemas": {"A": {"properties": {"a": schema}}}}})["components"]["schemas"]["A"][
            "properties"
        ]["a"]

    number = {"anyOf": [{"type": "integer", "maximum": 9.0}, {"type": "boolean"}], "default": True, "title": "A"}
    assert of(number) == {"type": "integer", "maximum": 9, "default": 1}
    instant = {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}, {"type": "null"}]
    }
    assert of(instant) == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert of({"anyOf": [{"type": "boolean"}, {"type": "string"}], "description": "Either."}) == {
        "description": "Either."
    }
    assert of({"type": "boolean", "const": True}) == {"type": "boolean", "description": "Always true."}
    assert of({"type": "string", "contentMediaType": "application/octet-stream"}) == {
        "type": "string",
        "format": "binary",
    }


def test_a_parameter_is_left_out_and_never_null() -> None:
    assert without_null({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}) == {"type": "string"}


async def test_the_use_of_an_operation_is_counted_by_client(client: Any, sign_in: Any) -> None:
    from prometheus_client import REGISTRY

    def used(name: str) -> float:
        labels = {"client": name, "route": "GET /v1/partners"}
        return REGISTRY.get_sample_value("bakhong_client_requests_total", labels) or 0.0

    before = used("operator"), used("demo-bank")
    await client.get("/v1/partners", headers=await sign_in("operator"))
    await client.get("/v1/partners", headers=await sign_in("partner", partner_id="demo-bank"))

    assert (used("operator"), used("demo-bank")) == (before[0] + 1, before[1] + 1)
