"""The table of public events: complete, with schema and sample, without personal data, and by partner."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contracts.event import EVENT_TYPES, Event
from notifications.app import app
from notifications.model.event_types import BY_EVENT, BY_NAME, TYPES, Reader
from notifications.model.samples import OVERRIDES, VALUES, sample_of

EXAMPLES = Path(__file__).parents[3] / "libs/contracts/examples"
CONTRACT = {
    "delivery.processed", "delivery.unmatched", "delivery.rejected", "merchant.activated", "merchant.suspended", "qr.issued",
    "bill.issued", "bill.paid", "payment.settled", "payment.reversed", "payment.unmatched", "dossier.submitted",
    "dossier.supplement_requested", "dossier.status_changed", "dossier.completed", "feedback.answered", "document.received",
    "step.completed", "step.revoked", "consent.granted", "consent.withdrawn", "record.read", "session.scheduled",
}  # fmt: skip
OWN = {"subscription.failing", "subscription.disabled"}
PERSONAL = {"personal_id", "phone", "full_name", "name", "address", "date_of_birth", "account_no", "actor", "contact"}

every_type = pytest.mark.parametrize("name", sorted(BY_NAME))


def test_the_types_are_those_of_the_contract_and_two_about_subscriptions() -> None:
    assert set(BY_NAME) == CONTRACT | OWN


async def test_every_type_is_public_with_its_schema_and_a_sample(calling: Any) -> None:
    answer = await calling().get("/v1/event-types")

    assert answer.status_code == 200
    items = {item["type"]: item for item in answer.json()["items"]}
    assert set(items) == set(BY_NAME)
    for item in items.values():
        Draft202012Validator(item["json_schema"]).validate(item["sample"]["data"])
        assert item["sample"]["type"] == item["type"]


@every_type
def test_no_type_has_a_field_for_personal_data_and_every_field_is_described(name: str) -> None:
    schema = BY_NAME[name].data.model_json_schema(mode="serialization")

    assert not PERSONAL & set(schema["properties"])
    assert all("description" in field for field in schema["properties"].values())


@every_type
def test_a_sample_names_every_field_that_is_required(name: str) -> None:
    required = {field for field, one in BY_NAME[name].data.model_fields.items() if one.is_required()}

    assert required <= set(sample_of(name)["data"])


def test_no_value_of_a_sample_is_left_over() -> None:
    fields = {field for one in TYPES for field in one.data.model_fields}

    assert set(VALUES) <= fields
    assert set(OVERRIDES) <= set(BY_NAME)


@pytest.mark.parametrize(
    ("type_", "source", "event"),
    [(type_, source, event) for event, uses in BY_EVENT.items() for type_, source in uses],
    ids=lambda one: getattr(one, "name", getattr(one, "__name__", "")),
)
def test_a_public_event_follows_from_the_sample_of_its_internal_event(
    type_: Any, source: Any, event: type[Event]
) -> None:
    sample = json.loads((EXAMPLES / f"{event.type.removeprefix('vn.bakhong.')}.json").read_text())
    internal: Any = EVENT_TYPES[event.type].model_validate(sample)

    if type_.name not in ("delivery.processed", "delivery.rejected"):  # the outcome decides which of both it is
        type_.data.model_validate(internal)
    assert all(hasattr(internal, name) for name in (source.subject, source.at, *source.once))
    assert Reader.PARTNER not in type_.readers or "partner_id" in type(internal).model_fields


def test_the_api_document_has_a_webhook_of_every_type_whose_sample_fits_its_schema() -> None:
    document = app.openapi()
    assert set(document["webhooks"]) == {type_.name for type_ in TYPES}
    for name, webhook in document["webhooks"].items():
        reference = webhook["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert schema["properties"]["type"]["const"] == name
        (sample,) = schema["examples"]
        assert sample["data"] == {field: value for field, value in sample_of(name)["data"].items() if value is not None}
        assert {one["name"] for one in webhook["post"]["parameters"]} == {
            "webhook-id", "webhook-timestamp", "webhook-signature",
        }  # fmt: skip
