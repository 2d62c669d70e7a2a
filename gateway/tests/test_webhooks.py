import asyncio
import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.security.encryption import CipherContext, decrypt_text
from chassis.storage.database import Database
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.gateway import SEALED_AT, PartnerEventReceived
from gateway.commands.development import development_secret
from gateway.commands.outcomes import store_outcomes
from gateway.webhooks.orders import Orders
from gateway.webhooks.signatures import sign

BANK = "/webhooks/demo-bank"


async def test_a_signed_message_is_durable_and_announced_before_202(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any
) -> None:
    answer = await client.post(BANK, **signed("demo-bank", opening(), message_id="msg_1"))

    assert (answer.status_code, answer.json()) == (202, {"id": "msg_1", "status": "accepted"})
    [event] = await published(PartnerEventReceived)
    assert (event.partner_id, event.webhook_id, event.event, event.attempt) == (
        "demo-bank",
        "msg_1",
        "payment_account.opened",
        1,
    )
    assert event.occurred_at.isoformat() == "2026-11-21T08:00:00+07:00"
    assert event.unit_codes == ["15061", "15724"]
    opened = decrypt_text(CipherContext(*SEALED_AT), str(event.delivery_id), base64.b64decode(event.sealed))
    assert json.loads(opened) == opening()["data"]


async def test_no_personal_number_leaves_the_gateway_in_the_clear(
    client: httpx.AsyncClient, signed: Any, opening: Any, database: Database
) -> None:
    await client.post(BANK, **signed("demo-bank", opening()))

    async with database.reading() as session:
        for table in ("delivery", "outbox"):
            rows = await session.execute(text(f"SELECT CAST(t AS text) FROM {table} t"))
            assert not any("038095000001" in row for (row,) in rows)


async def test_the_same_message_again_is_a_duplicate_and_another_body_a_conflict(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any, sign_in: Any
) -> None:
    statuses = []
    for body in (opening(), opening(), opening(account_ref="acc-2"), opening(account_ref="acc-2"), opening()):
        answer = await client.post(BANK, **signed("demo-bank", body, message_id="msg_1"))
        statuses.append((answer.status_code, answer.json()["status"]))

    assert statuses == [(202, one) for one in ("accepted", "duplicate", "conflict", "conflict", "duplicate")]
    assert len(await published(PartnerEventReceived)) == 1
    listed = await client.get("/v1/partners/demo-bank/deliveries", headers=await sign_in("operator"))
    [delivery] = listed.json()["items"]
    assert (delivery["repeats"], delivery["conflicts"], delivery["status"]) == (2, 1, "accepted")


async def test_a_thousand_identical_deliveries_at_once_are_one(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any
) -> None:
    message = signed("demo-bank", opening(), message_id="msg_1")

    answers = await asyncio.gather(*(client.post(BANK, **message) for _ in range(500)))

    statuses = [answer.json()["status"] for answer in answers]
    assert {answer.status_code for answer in answers} == {202}
    assert (statuses.count("accepted"), statuses.count("duplicate")) == (1, 499)
    assert len(await published(PartnerEventReceived)) == 1


async def test_concurrent_messages_get_their_own_responses(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any
) -> None:
    messages = [signed("demo-bank", opening(account_ref=f"acc-{n}"), message_id=f"msg_{n}") for n in range(300)]

    answers = await asyncio.gather(*(client.post(BANK, **message) for message in messages))

    assert [answer.json() for answer in answers] == [{"id": f"msg_{n}", "status": "accepted"} for n in range(300)]
    assert len(await published(PartnerEventReceived)) == 300


async def test_two_partners_may_use_the_same_id(client: httpx.AsyncClient, signed: Any, opening: Any) -> None:
    for partner in ("demo-bank", "demo-wallet"):
        answer = await client.post(f"/webhooks/{partner}", **signed(partner, opening(), message_id="msg_1"))
        assert answer.json()["status"] == "accepted"


async def test_the_checks_go_in_the_order_of_the_contract(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any
) -> None:
    operator = await sign_in("operator")
    await client.patch("/v1/partners/demo-wallet", json={"status": "retired"}, headers=operator)
    huge = b"x" * 65_537
    unsigned = {"content-type": "application/json"}
    unknown_type = opening() | {"type": "nothing.happened"}
    not_allowed = {
        "type": "vneid.issued",
        "timestamp": "2026-11-21T08:00:00Z",
        "data": {"resident": {"personal_id": "1"}},
    }
    wrong: list[tuple[str, dict[str, Any], int, str]] = [
        ("unknown", {"content": huge}, 404, "not-found"),
        ("demo-wallet", {"content": huge}, 410, "partner-retired"),
        ("demo-bank", {"content": huge, "headers": {"content-type": "text/plain"}}, 413, "too-large"),
        ("demo-bank", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "unsupported-media-type"),
        ("demo-bank", {"content": b"not json", "headers": unsigned}, 401, "bad-signature"),
        ("demo-bank", signed("demo-bank", b"not json"), 400, "malformed-message"),
        ("demo-bank", signed("demo-bank", opening() | {"timestamp": "yesterday"}), 400, "malformed-message"),
        ("demo-bank", signed("demo-bank", opening(kind="gold")), 400, "malformed-message"),
        ("demo-bank", signed("demo-bank", opening(resident={})), 400, "malformed-message"),
        ("demo-bank", signed("demo-bank", unknown_type), 422, "unknown-type"),
        ("demo-bank", signed("demo-bank", not_allowed), 422, "type-not-allowed"),
    ]
    for partner, request, status, slug in wrong:
        answer = await client.post(f"/webhooks/{partner}", **request)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), request


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"not json", [""]),
        (b"[1]", [""]),
        (b'{"type": "app.installed", "type": "app.installed"}', ["/type"]),
        ({"type": "payment_account.opened"}, ["/timestamp", "/data"]),
        *(({"timestamp": time}, ["/timestamp"]) for time in ("20261129", "2026-11-29", "2026-11-29 08:00:00+07:00", 5)),
        (
            {
                "type": "qr.payment_settled",
                "data": {"partner_reference": "F", "amount": 1, "currency": "VND", "settled_at": "20261129"},
            },
            ["/data/settled_at"],
        ),
        ({"type": 7, "timestamp": "2026-11-21T08:00:00+07:00", "data": []}, ["/type", "/data"]),
        ({"timestamp": "2126-11-21T08:00:00+07:00"}, ["/timestamp"]),
        (
            {"data": {"resident": {}, "kind": "gold", "account_ref": ""}},
            ["/data/resident", "/data/kind", "/data/account_ref"],
        ),
    ],
)
async def test_a_malformed_message_names_every_wrong_field_in_both_languages(
    client: httpx.AsyncClient, signed: Any, opening: Any, body: Any, pointers: list[str]
) -> None:
    if isinstance(body, dict) and body != {"type": "payment_account.opened"}:
        body = opening() | body
    errors = {}
    for language in ("vi", "en"):
        request = signed("demo-bank", body)
        request["headers"] |= {"accept-language": language}
        answer = await client.post(BANK, **request)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-message")
        errors[language] = answer.json()["errors"]

    assert [one["pointer"] for one in errors["en"]] == pointers
    assert [one["code"] for one in errors["vi"]] == [one["code"] for one in errors["en"]]
    assert all(
        vi["message"] and vi["message"] != en["message"] for vi, en in zip(errors["vi"], errors["en"], strict=True)
    )


async def test_a_refused_signature_names_what_to_correct_and_nothing_about_the_secrets(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any
) -> None:
    good = signed("demo-bank", opening())
    without = {name: value for name, value in good["headers"].items() if name != "webhook-timestamp"}
    late = signed("demo-bank", opening(), sent_at=now() - timedelta(seconds=301))
    wrong_secret = signed("demo-wallet", opening())
    changed = good | {"content": good["content"] + b" "}
    english = {"accept-language": "en"}
    details = {}
    for name, request in {
        "headers": good | {"headers": without}, "clock": late, "secret": wrong_secret, "bytes": changed,
    }.items():  # fmt: skip
        answer = await client.post(BANK, **request | {"headers": request["headers"] | english})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-signature"), name
        details[name] = answer.json()["detail"]

    assert "missing, repeated or malformed" in details["headers"]
    assert "300 seconds off" in details["clock"]
    assert "fits no secret" in details["secret"]
    assert details["bytes"] == details["secret"]


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_an_old_or_early_timestamp_is_refused_even_when_signed(
    client: httpx.AsyncClient, signed: Any, opening: Any, seconds: int
) -> None:
    message = signed("demo-bank", opening(), sent_at=now() + timedelta(seconds=seconds))

    assert (await client.post(BANK, **message)).status_code == 401


async def test_old_and_new_secret_both_count_while_they_rotate(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any
) -> None:
    operator = await sign_in("operator")
    answer = await client.post("/v1/partners/demo-bank/secrets", json={"overlap_hours": 1}, headers=operator)
    new_secret = answer.json()["secret"]
    raw = json.dumps(opening()).encode()
    headers = sign(new_secret, message_id="msg_new", sent_at=now(), body=raw) | {"content-type": "application/json"}

    by_new = await client.post(BANK, content=raw, headers=headers)
    by_old = await client.post(BANK, **signed("demo-bank", opening(), message_id="msg_old"))
    assert (by_new.status_code, by_old.status_code) == (202, 202)

    await client.post("/v1/partners/demo-bank/secrets", json={"overlap_hours": 0}, headers=operator)
    assert (await client.post(BANK, content=raw, headers=headers)).status_code == 401


async def test_a_full_queue_refuses_before_it_accepts(
    open_gateway: Any, settings: Any, signed: Any, opening: Any, published: Any
) -> None:
    async with open_gateway(settings.model_copy(update={"mailbox_letters": 5})) as gateway:
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answers = await asyncio.gather(
                *(client.post(BANK, **signed("demo-bank", opening(), message_id=f"m{n}")) for n in range(100))
            )

    refused = [answer for answer in answers if answer.status_code == 503]
    accepted = [answer for answer in answers if answer.status_code == 202]
    assert refused
    assert len(refused) + len(accepted) == 100
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert len(await published(PartnerEventReceived)) == len(accepted)


async def test_a_partner_over_its_quota_waits_and_others_do_not(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any
) -> None:
    operator = await sign_in("operator")
    await client.patch("/v1/partners/demo-bank", json={"messages_per_minute": 2}, headers=operator)

    answers = [await client.post(BANK, **signed("demo-bank", opening())) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"partner";q=2;w=60'
    assert int(answers[2].headers["Retry-After"]) > 0
    other = await client.post("/webhooks/demo-wallet", **signed("demo-wallet", opening()))
    assert other.status_code == 202


async def test_a_partner_is_only_accepted_from_its_own_networks(
    client: httpx.AsyncClient, signed: Any, opening: Any, sign_in: Any
) -> None:
    operator = await sign_in("operator")
    for addresses, status in ((["203.0.113.0/24"], 404), (["127.0.0.0/8", "10.0.0.0/8"], 202)):
        await client.patch("/v1/partners/demo-bank", json={"addresses": addresses}, headers=operator)
        assert (await client.post(BANK, **signed("demo-bank", opening()))).status_code == status


async def test_outcomes_of_services_are_shown_to_the_partner(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any, deliver: Any, sign_in: Any
) -> None:
    await client.post(BANK, **signed("demo-bank", opening(), message_id="msg_1"))
    [event] = await published(PartnerEventReceived)
    partner = await sign_in("partner", partner_id="demo-bank")
    outcome: dict[str, Any] = {"delivery_id": event.delivery_id, "partner_id": "demo-bank", "service": "registry"}

    async def shown() -> tuple[str, str | None]:
        answer = await client.get("/v1/partners/demo-bank/deliveries", headers=partner)
        return answer.json()["items"][0]["status"], answer.json()["items"][0]["reason"]

    assert await shown() == ("accepted", None)
    await deliver(DeliveryUnmatched(**outcome, reason="unknown", at=now()))
    assert await shown() == ("unmatched", "unknown")
    later = now() + timedelta(seconds=1)
    await deliver(DeliveryProcessed(**outcome, outcome="applied", at=later))
    assert await shown() == ("processed", None)
    await deliver(DeliveryUnmatched(**outcome, reason="unknown", at=now() - timedelta(seconds=5)))
    assert await shown() == ("processed", None)


async def test_rejected_goes_before_other_outcomes_of_the_same_batch(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any, session: Any, sign_in: Any
) -> None:
    await client.post(BANK, **signed("demo-bank", opening()))
    [event] = await published(PartnerEventReceived)
    outcome: dict[str, Any] = {"delivery_id": event.delivery_id, "partner_id": "demo-bank", "at": now()}
    events: list[DeliveryProcessed | DeliveryUnmatched] = [
        DeliveryProcessed(**outcome, service="casework", outcome="applied"),
        DeliveryUnmatched(**outcome, service="registry", reason="unknown"),
        DeliveryProcessed(**outcome, service="payments-qr", outcome="rejected", reason="wrong-amount"),
        DeliveryProcessed(**outcome | {"delivery_id": uuid4()}, service="registry", outcome="applied"),
    ]
    await store_outcomes(session, events)
    await session.commit()

    shown = await client.get(
        "/v1/partners/demo-bank/deliveries", headers=await sign_in("partner", partner_id="demo-bank")
    )

    [delivery] = shown.json()["items"]
    assert (delivery["status"], delivery["reason"]) == ("rejected", "wrong-amount")
    assert {outcome["service"] for outcome in delivery["outcomes"]} == {"casework", "registry", "payments-qr"}


async def test_process_again_announces_the_next_attempt(
    client: httpx.AsyncClient, signed: Any, opening: Any, published: Any, deliver: Any, sign_in: Any
) -> None:
    await client.post(BANK, **signed("demo-bank", opening()))
    [event] = await published(PartnerEventReceived)
    reason = "unlicensed-provider"
    outcome = {"delivery_id": event.delivery_id, "partner_id": "demo-bank", "service": "registry", "at": now()}
    await deliver(DeliveryProcessed(**outcome, outcome="rejected", reason=reason))
    operator = await sign_in("operator")
    path = f"/v1/partners/demo-bank/deliveries/{event.delivery_id}"
    assert (await client.get(path, headers=operator)).json()["reason"] == "unlicensed-provider"

    answer = await client.post(f"{path}/process-again", headers=operator)

    assert (answer.status_code, answer.json()["attempt"], answer.json()["status"]) == (202, 2, "accepted")
    first, second = await published(PartnerEventReceived)
    assert (second.attempt, second.delivery_id, second.sealed) == (2, first.delivery_id, first.sealed)


async def test_a_partner_sees_its_own_deliveries_only(client: httpx.AsyncClient, sign_in: Any) -> None:
    wallet = await sign_in("partner", partner_id="demo-wallet")

    assert (await client.get("/v1/partners/demo-bank/deliveries", headers=wallet)).status_code == 404
    assert (await client.get("/v1/partners/demo-wallet/deliveries", headers=wallet)).status_code == 200


async def test_a_providers_message_ends_in_the_same_row_and_gets_its_reply(
    client: httpx.AsyncClient, sign_in: Any, published: Any
) -> None:
    operator = await sign_in("operator")
    partner = {"id": "sepay", "name": "SePay", "kind": "bank", "dialect": "sepay"}
    assert (await client.post("/v1/partners", json=partner, headers=operator)).status_code == 201
    secret = {"secret": "an-api-key-of-sepay"}
    assert (await client.post("/v1/partners/sepay/secrets", json=secret, headers=operator)).status_code == 201
    transfer = {
        "id": 92704, "transactionDate": "2026-11-21 15:00:37", "accountNumber": "0123499999", "code": "BK12AB",
        "content": "x", "transferType": "in", "transferAmount": 2277000, "accumulated": 1,
    }  # fmt: skip
    given = {"authorization": "Apikey an-api-key-of-sepay"}

    first = await client.post("/webhooks/sepay", json=transfer, headers=given)
    again = await client.post("/webhooks/sepay", json=transfer | {"accumulated": 2}, headers=given)
    wrong = await client.post("/webhooks/sepay", json=transfer, headers={"authorization": "Apikey another"})

    assert [(one.status_code, one.json()) for one in (first, again, wrong)] == [
        (200, {"success": True}),
        (200, {"success": True}),
        (401, {"success": False}),
    ]
    form = (
        b"id=92705&gateway=Vietcombank&transactionDate=2026-11-29+14%3A02%3A37&accountNumber=0123499999"
        b"&transferType=in&transferAmount=2277000&content=abc"
    )
    as_form = await client.post(
        "/webhooks/sepay", content=form, headers=given | {"content-type": "application/x-www-form-urlencoded"}
    )  # fmt: skip

    assert (as_form.status_code, as_form.json()) == (200, {"success": True})
    events = [(event.event, event.webhook_id) for event in await published(PartnerEventReceived)]
    assert events == [("qr.payment_settled", "92704"), ("qr.payment_settled", "92705")]


async def test_a_provider_repeats_a_reversal_with_another_time(client: httpx.AsyncClient, sign_in: Any) -> None:
    operator = await sign_in("operator")
    partner = {"id": "feed", "name": "Feed", "kind": "bank", "dialect": "static-token"}
    assert (await client.post("/v1/partners", json=partner, headers=operator)).status_code == 201
    secret = {"secret": "a-long-token-of-the-feed"}
    assert (await client.post("/v1/partners/feed/secrets", json=secret, headers=operator)).status_code == 201
    reversal = {"partner_reference": "R1", "original_reference": "P1", "amount": 5000}
    token = {"authorization": f"Bearer {secret['secret']}"}

    statuses = []
    for change in ({"reversed_at": "2026-11-21T15:00:37+07:00"}, {"reversed_at": "2026-11-21T15:01:00+07:00"}):
        body = {
            "id": "e1",
            "type": "qr.payment_reversed",
            "timestamp": change["reversed_at"],
            "data": reversal | change,
        }
        statuses.append((await client.post("/webhooks/feed", json=body, headers=token)).json()["status"])
    body["data"] = reversal | change | {"amount": 6000}
    other = await client.post("/webhooks/feed", json=body, headers=token)

    assert statuses == ["accepted", "duplicate"]
    assert other.json()["status"] == "conflict"


async def test_a_bad_transfer_of_casso_refuses_no_other(
    client: httpx.AsyncClient, sign_in: Any, published: Any
) -> None:
    operator = await sign_in("operator")
    partner = {"id": "casso", "name": "Casso", "kind": "bank", "dialect": "casso-v1"}
    assert (await client.post("/v1/partners", json=partner, headers=operator)).status_code == 201
    secret = {"secret": "a-secure-token-of-casso"}
    assert (await client.post("/v1/partners/casso/secrets", json=secret, headers=operator)).status_code == 201
    transfers = [
        {"id": number, "tid": tid, "description": "a", "amount": 150000, "when": "2026-11-29 00:34:57",
         "bank_sub_acc_id": "123456789"} for number, tid in ((1, "FT1"), (2, ""), (3, "FT3"))
    ]  # fmt: skip

    answer = await client.post(
        "/webhooks/casso", json={"error": 0, "data": transfers}, headers={"secure-token": secret["secret"]}
    )  # fmt: skip

    assert answer.status_code == 200
    assert [event.event for event in await published(PartnerEventReceived)] == ["qr.payment_settled"] * 3


async def test_vnpay_calls_with_get_and_gets_its_own_codes(client: httpx.AsyncClient, sign_in: Any) -> None:
    import hmac
    from urllib.parse import urlencode

    operator = await sign_in("operator")
    partner = {"id": "vnpay", "name": "VNPAY", "kind": "wallet", "dialect": "vnpay"}
    await client.post("/v1/partners", json=partner, headers=operator)
    await client.post("/v1/partners/vnpay/secrets", json={"secret": "a-hash-secret-of-vnpay"}, headers=operator)
    parameters = {
        "vnp_Amount": "1806000", "vnp_PayDate": "20261121150037", "vnp_ResponseCode": "00",
        "vnp_TransactionNo": "14422574", "vnp_TransactionStatus": "00", "vnp_TxnRef": "BK5",
    }  # fmt: skip
    digest = hmac.new(b"a-hash-secret-of-vnpay", urlencode(sorted(parameters.items())).encode(), "sha512").hexdigest()
    query = urlencode(parameters | {"vnp_SecureHash": digest})

    answers = [await client.get(f"/webhooks/vnpay?{part}") for part in (query, query, query.replace("BK5", "BK6"))]

    assert [(answer.status_code, answer.json()["RspCode"]) for answer in answers] == [
        (200, "00"),
        (200, "02"),
        (200, "97"),
    ]


class PlayedPayments:
    """payments-qr as far as the gateway asks it: one order, BK5, of 18,060 VND."""

    async def call(self, service: str, method: str, path: str, *, json: Any, **_: Any) -> Any:
        assert (service, method, path) == ("payments-qr", "POST", "/v1/qr-codes/orders")
        if json["reference"] != "BK5":
            return {"result": "unknown"}
        return {"result": "known" if json["amount"] == 18_060 else "wrong_amount"}


async def test_vnpay_learns_that_an_order_is_unknown_or_has_another_amount_and_the_money_is_kept(
    client: httpx.AsyncClient, asgi_app: Any, sign_in: Any, published: Any
) -> None:
    import hmac
    from urllib.parse import urlencode

    asgi_app.webhooks._orders = Orders(PlayedPayments())  # type: ignore[arg-type]  # the one method that is called
    operator = await sign_in("operator")
    partner = {"id": "vnpay", "name": "VNPAY", "kind": "wallet", "dialect": "vnpay"}
    await client.post("/v1/partners", json=partner, headers=operator)
    await client.post("/v1/partners/vnpay/secrets", json={"secret": "a-hash-secret-of-vnpay"}, headers=operator)
    codes = []
    for number, (order, amount) in enumerate((("BK5", 18_060), ("BK6", 18_060), ("BK5", 18_061))):
        parameters = {
            "vnp_Amount": str(amount * 100), "vnp_PayDate": "20261121150037", "vnp_ResponseCode": "00",
            "vnp_TransactionNo": f"1442257{number}", "vnp_TransactionStatus": "00", "vnp_TxnRef": order,
        }  # fmt: skip
        text = urlencode(sorted(parameters.items()))
        digest = hmac.new(b"a-hash-secret-of-vnpay", text.encode(), "sha512").hexdigest()
        answer = await client.get(f"/webhooks/vnpay?{text}&vnp_SecureHash={digest}")
        codes.append((answer.status_code, answer.json()["RspCode"]))

    assert codes == [(200, "00"), (200, "01"), (200, "04")]
    assert len(await published(PartnerEventReceived)) == 3


async def test_the_development_secrets_are_the_published_ones() -> None:
    assert development_secret("demo-bank") == "whsec_" + base64.b64encode(b"demo-bank" + b"." * 23).decode()


@pytest.mark.parametrize("depth", [65, 300, 900, 5_000])
@pytest.mark.parametrize(
    "into", ['"acc-1"', '"payment_account.opened"', '"bank", "extra": 1', '"2026-11-21T08:00:00+07:00"']
)
async def test_a_message_nested_too_deep_is_malformed(
    into: str, depth: int, client: httpx.AsyncClient, signed: Any, opening: Any
) -> None:
    deep = "[" * depth + "]" * depth
    new = into.replace("1", deep) if "extra" in into else deep
    body = json.dumps(opening()).replace(into.partition(",")[0], new)

    answer = await client.post(BANK, **signed("demo-bank", body.encode()))

    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (400, ["too-deep"])
