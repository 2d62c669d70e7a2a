"""A breaking change of a document is named; an addition is no breaking change."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.generate.compatibility import breaking_api_changes, breaking_event_changes

API = Path(__file__).parents[3] / "docs" / "api"
OPENAPI = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
ASYNCAPI = json.loads((API / "asyncapi.json").read_text(encoding="utf-8"))

Change = Callable[[dict[str, Any]], Any]


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def broken_by(change: Change, document: dict[str, Any], compare: Any) -> list[str]:
    after = copy.deepcopy(document)
    change(after)
    found: list[str] = compare(document, after)
    return found


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d["paths"].pop("/v1/banks"), "GET /v1/banks is gone"),
        (lambda d: d["paths"]["/v1/partners"].pop("post"), "POST /v1/partners is gone"),
        (lambda d: schema(d, "gateway.PartnerView")["properties"].pop("dialect"), "has no field dialect any more"),
        (lambda d: schema(d, "gateway.PartnerView")["required"].remove("name"), "only sometimes"),
        (lambda d: schema(d, "gateway.PartnerCreate")["required"].append("contact"), "needs the field contact now"),
        (lambda d: schema(d, "gateway.PartnerCreate")["properties"]["kind"]["enum"].remove("bank"), "no value bank"),
        (lambda d: schema(d, "gateway.LicenceView")["properties"].pop("issuer"), "licences/* has no field issuer"),
        (lambda d: schema(d, "gateway.PartnerView")["properties"]["version"].update(type="string"), "sometimes string"),
        (lambda d: d["paths"]["/v1/dead-letters"]["get"]["parameters"].clear(), "parameter service any more"),
        (lambda d: d["paths"]["/v1/partners"]["post"]["responses"].pop("201"), "has no response 201"),
    ],
)
def test_a_breaking_change_of_the_api_is_named(change: Change, named: str) -> None:
    assert any(named in one for one in broken_by(change, OPENAPI, breaking_api_changes))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: d["paths"].update({"/v1/new": d["paths"]["/v1/banks"]}),
        lambda d: schema(d, "gateway.PartnerView")["properties"].update(more={"type": "string"}),
        lambda d: schema(d, "gateway.PartnerCreate")["properties"].update(more={"type": "string"}),
        lambda d: schema(d, "gateway.PartnerCreate")["properties"]["kind"]["enum"].append("cooperative"),
        lambda d: d["paths"]["/v1/dead-letters"]["get"]["parameters"].append({"name": "q", "in": "query"}),
        lambda d: d["paths"]["/v1/partners"]["post"]["responses"].update({"202": {"description": "later"}}),
    ],
)
def test_an_addition_to_the_api_breaks_nothing(change: Change) -> None:
    assert broken_by(change, OPENAPI, breaking_api_changes) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d["channels"].pop("bakhong.payments.v1"), "bakhong.payments.v1 is gone"),
        (lambda d: d["channels"]["bakhong.payments.v1"]["messages"].pop("bill.paid.v1"), "no bill.paid.v1 any more"),
        (lambda d: schema(d, "PaymentSettled")["properties"].pop("amount"), "has no field amount any more"),
        (lambda d: schema(d, "PaymentSettled")["properties"]["amount"].update(type="string"), "sometimes string"),
    ],
)
def test_a_breaking_change_of_events_is_named(change: Change, named: str) -> None:
    assert any(named in one for one in broken_by(change, ASYNCAPI, breaking_event_changes))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["channels"].update({"bakhong.news.v1": {"messages": {}}}),
        lambda d: schema(d, "PaymentSettled")["properties"].update(more={"type": "string"}),
    ],
)
def test_an_addition_to_events_breaks_nothing(change: Change) -> None:
    assert broken_by(change, ASYNCAPI, breaking_event_changes) == []
