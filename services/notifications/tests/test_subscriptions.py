"""Subscriptions over REST: whose they are, what is refused, and what is shown once."""

from typing import Any

import httpx
import pytest

from notifications.model.authority import GRANTS

URL = "https://partner.example/hook"
BODY = {"url": URL, "types": ["delivery.processed"]}


async def created(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/subscriptions", json=BODY | fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_secret_is_shown_once(bank: httpx.AsyncClient) -> None:
    answer = await bank.post("/v1/subscriptions", json=BODY)
    body = answer.json()

    assert (body["status"], body["secret"][:6], len(body["secret"])) == ("active", "whsec_", 50)
    assert answer.headers["Location"] == f"/v1/subscriptions/{body['id']}"
    shown = (await bank.get(f"/v1/subscriptions/{body['id']}")).json()
    assert shown == {name: value for name, value in body.items() if name != "secret"}
    assert body["secret"] not in (await bank.get("/v1/subscriptions")).text


async def test_secrets_are_encrypted_at_rest(bank: httpx.AsyncClient, database: Any) -> None:
    body = await created(bank)

    rows = await database.fetch("SELECT to_jsonb(s)::text AS row FROM subscription_secret s")
    assert len(rows) == 1
    assert body["secret"].removeprefix("whsec_") not in rows[0]["row"]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"types": []}, "/types", "too_short"),
        ({"types": ["roof.repaired"]}, "/types/0", "unknown-code"),
        ({"secret": "x"}, "/secret", "unknown-field"),
        ({"url": None}, "/url", "not-nullable"),
        ({"url": "http://partner.example/"}, "/url", "not-https"),
    ],
)
async def test_a_wrong_body_is_refused_by_field(
    bank: httpx.AsyncClient, fields: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await bank.post("/v1/subscriptions", json=BODY | fields)

    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"].replace("-", "_")) == (pointer, code.replace("-", "_"))


async def test_a_subscription_is_changed_with_its_version(bank: httpx.AsyncClient) -> None:
    body = await created(bank)
    path = f"/v1/subscriptions/{body['id']}"
    changed = await bank.patch(
        path, json={"types": ["payment.settled"], "status": "paused"}, headers={"If-Match": '"1"'}
    )
    stale = await bank.patch(path, json={"status": "active"}, headers={"If-Match": '"1"'})
    cleared = await bank.patch(path, json={"types": None})

    assert (changed.json()["types"], changed.json()["status"], changed.json()["status_reason"]) == (
        ["payment.settled"], "paused", "owner",
    )  # fmt: skip
    assert (stale.status_code, cleared.status_code) == (412, 422)
    assert (await bank.patch(path, json={"status": "disabled"})).status_code == 422


async def test_another_partner_finds_nothing_and_operators_read(
    bank: httpx.AsyncClient, wallet: httpx.AsyncClient, calling: Any
) -> None:
    body = await created(bank)
    path = f"/v1/subscriptions/{body['id']}"
    operator = calling("operator")

    for method, place, sent in [
        ("GET", "", None), ("PATCH", "", {"status": "paused"}), ("DELETE", "", None), ("POST", "/secrets", {}),
        ("POST", "/test", {}), ("GET", "/deliveries", None), ("GET", "/secrets", None), ("GET", "/acts", None),
        ("POST", "/replays", {"from": "2026-11-29T00:00:00Z", "to": "2026-11-30T00:00:00Z"}),
    ]:  # fmt: skip
        answer = await wallet.request(method, path + place, **({"json": sent} if sent is not None else {}))
        assert answer.status_code == 404, (method, place)
        expected = 200 if method == "GET" else 403
        answer = await operator.request(method, path + place, **({"json": sent} if sent is not None else {}))
        assert answer.status_code == expected, (method, place)
    assert (await wallet.get("/v1/subscriptions")).json()["items"] == []
    assert len((await operator.get("/v1/subscriptions", params={"partner_id": "demo-bank"})).json()["items"]) == 1


async def test_what_happened_is_listed_with_who_did_it(bank: httpx.AsyncClient) -> None:
    body = await created(bank)
    path = f"/v1/subscriptions/{body['id']}"
    await bank.patch(path, json={"status": "paused"})
    await bank.post(f"{path}/secrets")
    acts = (await bank.get(f"{path}/acts")).json()["items"]

    assert [one["act"] for one in acts] == [
        "subscription.created", "subscription.changed", "subscription.secret_added",
    ]  # fmt: skip
    assert {one["actor"] for one in acts} == {"partner:demo-bank"}


async def test_a_deleted_subscription_is_gone(bank: httpx.AsyncClient) -> None:
    body = await created(bank)

    assert (await bank.delete(f"/v1/subscriptions/{body['id']}")).status_code == 204
    assert (await bank.get(f"/v1/subscriptions/{body['id']}")).status_code == 404
    assert (await bank.get("/v1/subscriptions")).json()["items"] == []


async def test_a_partner_has_at_most_fifty(bank: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.commands.subscriptions.MOST_SUBSCRIPTIONS", 2)
    await created(bank)
    await created(bank)

    answer = await bank.post("/v1/subscriptions", json=BODY)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/subscription-limit")


async def test_a_replay_of_a_time_that_is_not_kept_is_refused(bank: httpx.AsyncClient) -> None:
    body = await created(bank)

    backwards = await bank.post(
        f"/v1/subscriptions/{body['id']}/replays",
        json={"from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z"},
    )
    assert [(one["pointer"], one["code"]) for one in backwards.json()["errors"]] == [("/to", "before-start")]
    answer = await bank.post(
        f"/v1/subscriptions/{body['id']}/replays", json={"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/replay-too-old")


async def test_the_same_key_creates_one_subscription(bank: httpx.AsyncClient) -> None:
    first, again = [
        await bank.post("/v1/subscriptions", json=BODY, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert first.json() == again.json()
    assert len((await bank.get("/v1/subscriptions")).json()["items"]) == 1


def test_the_table_of_authority_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for grant in GRANTS:
        print(" | ".join(grant))  # noqa: T201  # the table is meant to be read in the output
    assert "create subscription | partner | own partner" in capsys.readouterr().out
