"""A thousand hostile deliveries: none gives a 5xx, none has a second effect."""

import asyncio
import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from yarl import URL

from chassis.clock import now
from contracts.gateway import PartnerEventReceived
from gateway.asgi import Gateway
from gateway.commands.development import development_secret
from gateway.webhooks.signatures import sign

REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", "1000"))
SECRET = development_secret("demo-bank")
Request = tuple[list[tuple[bytes, bytes]], list[bytes]]
Mutation = Callable[[random.Random, dict[str, bytes], bytes], Request]
FORM = "payment_account.opened"


def rightly_signed(number: int, body: bytes) -> dict[str, bytes]:
    headers = sign(SECRET, message_id=f"hostile_{number}", sent_at=now(), body=body)
    return {name: value.encode() for name, value in headers.items()} | {"content-type": b"application/json"}


def sent(headers: dict[str, bytes], body: bytes, *more: tuple[bytes, bytes]) -> Request:
    return [*((name.encode(), value) for name, value in headers.items()), *more], [body]


def junk_around(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    junk = [b"v1,%%%", b"v1a," + b"A" * 88, b"v2,AAAA", b"v1", b",", b"\xff\xfe", b"v1,", b"v1," + b"=" * 400]
    parts = random.choices(junk, k=random.randint(1, 12))
    parts.insert(random.randint(0, len(parts)), headers["webhook-signature"])
    return sent(headers | {"webhook-signature": b" ".join(parts)}, body)


def bad_signature(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    right = headers["webhook-signature"]
    wrong = [b"", b"v1,", right[:-1], right + b"=", right[:-2] + b"A=", right.lower(), b"v1a" + right[2:], right[3:]]
    wrong += [bytes(random.randrange(1, 256) for _ in range(40)), b"v1," + b"\xc3\xa9" * 20, b" ".join([b"v1,x"] * 500)]
    return sent(headers | {"webhook-signature": random.choice(wrong)}, body)


def bad_timestamp(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    right = headers["webhook-timestamp"]
    wrong = [b"", b"0", b"-1", b"9" * 400, right + b".5", b" " + right, b"NaN", b"1e9", b"\xd9\xa1" * 10, b"0000000000"]
    return sent(headers | {"webhook-timestamp": random.choice(wrong)}, body)


def bad_id(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    wrong = [b"", b"a.b", b"a b", b"\x00", b"\xff" * 9, b"x" * 5000, "đ".encode(), b"'; DROP TABLE delivery; --"]
    return sent(headers | {"webhook-id": random.choice(wrong)}, body)


def missing_header(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    gone = random.choice(list(headers))
    return sent({name: value for name, value in headers.items() if name != gone}, body)


def repeated_header(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    name = random.choice(list(headers))
    return sent(headers, body, (name.encode(), random.choice([headers[name], b"other", b""])))


def other_media(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    kinds = [
        b"text/plain",
        b"application/json; charset=utf-16",
        b"",
        b"\xff",
        b"application/json, text/html",
        b"a" * 500,
    ]
    return sent(headers | {"content-type": random.choice(kinds)}, body)


def packed(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    return sent(headers, gzip.compress(body), (b"content-encoding", random.choice([b"gzip", b"br", b"\xff"])))


def in_pieces(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    size = random.randint(1, 40)
    return sent(headers, b"")[0], [body[start : start + size] for start in range(0, len(body), size)]


def huge(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    if random.random() < 0.5:
        return sent(headers, b"", (b"content-length", b"1048576"))
    return sent(headers, b"")[0], [b" " * 16_384] * 64


def lying_length(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    lies = [b"-1", b"abc", b"9" * 30, b"1, 1", b"+5", b"\xb2"]
    return sent(headers, body, (b"content-length", random.choice(lies)))


def replayed(random: random.Random, headers: dict[str, bytes], body: bytes) -> Request:
    return sent(rightly_signed(1_000_000, FIRST), FIRST)


UNSIGNED_MUTATIONS: list[Mutation] = [
    *(junk_around, bad_signature, bad_timestamp, bad_id, missing_header, repeated_header),
    *(other_media, packed, in_pieces, huge, lying_length, replayed),
]


def hostile_bodies(random: random.Random) -> bytes:
    """Bodies that arrive rightly signed and are wrong all the same."""
    right = {"type": FORM, "timestamp": "2026-11-21T08:00:00Z", "data": {}}
    account: dict[str, Any] = {"resident": {"personal_id": "038095000001"}, "kind": "bank", "account_ref": "a"}
    payment = {
        "partner_reference": "p",
        "currency": "VND",
        "settled_at": "2026-11-21T08:00:00Z",
        "amount": random.choice([0, -1, 2**63, 2**63 - 1, 1.5, "5", True, None, 10**30]),
    }
    choices: list[Any] = [
        *(b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"a": NaN}', b'{"type": "x", "type": "y"}', b"[" * 50_000),
        right | {"data": account | {"kind": random.choice([1, None, [], {}, "gold", "\u0000"])}},
        right | {"data": account | {"resident": random.choice([None, [], "038", {"personal_id": 38095000001}, {}])}},
        right | {"data": account | {"account_ref": random.choice(["", "x" * 5000, None, 7, {"$ne": 1}])}},
        right
        | {"timestamp": random.choice([0, None, "now", "2026-11-21", "2026-13-01T00:00:00Z", "9999-01-01T00:00:00Z"])},
        right | {"type": random.choice(["", None, 5, "a" * 300, "vneid.issued", "nothing.happened", "../../etc"])},
        right | {"type": "qr.payment_settled", "data": payment},
        right | {"data": {"resident": {"personal_id": "038\\u0000"}, "kind": "bank", "account_ref": "\ud800"}},
        right | {"data": random.choice([None, [], 1, "x", [[]] * 10])},
    ]
    chosen = random.choice(choices)
    return chosen if isinstance(chosen, bytes) else json.dumps(chosen).encode("utf-8", "surrogatepass")


FIRST = json.dumps(
    {
        "type": FORM,
        "timestamp": "2026-11-21T08:00:00Z",
        "data": {"resident": {"phone": "0901234567"}, "kind": "bank", "account_ref": "acc-1"},
    }
).encode()


async def ask(asgi_app: Gateway, headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> tuple[int, bytes]:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    answer: dict[str, Any] = {"body": b""}

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answer["status"] = message.get("status", answer.get("status"))
        answer["body"] += message.get("body", b"")

    path = "/webhooks/demo-bank"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": headers, "client": ("127.0.0.1", 5), "http_version": "1.1", "scheme": "http"}  # fmt: skip
    await asgi_app(scope, receive, send)
    return answer["status"], answer["body"]


async def test_a_thousand_hostile_deliveries_give_no_5xx_and_no_second_effect(
    asgi_app: Gateway, published: Any
) -> None:
    dice = random.Random(3)
    statuses: Counter[int] = Counter()
    accepted = 0
    status, _ = await ask(asgi_app, *sent(rightly_signed(1_000_000, FIRST), FIRST))
    assert status == 202
    for number in range(REQUESTS):
        if dice.random() < 0.3:
            body = hostile_bodies(dice)
            request = sent(rightly_signed(number, body), body)
        else:
            request = dice.choice(UNSIGNED_MUTATIONS)(dice, rightly_signed(number, FIRST), FIRST)
        status, answer = await ask(asgi_app, *request)
        statuses[status] += 1
        accepted += b'"accepted"' in answer
        assert status < 500, (number, request, answer)

    assert set(statuses) <= {202, 400, 401, 413, 415, 422, 431}
    assert statuses[401] > REQUESTS / 10
    assert statuses[400] > REQUESTS / 10
    events = await published(PartnerEventReceived)
    assert len(events) == accepted + 1
    assert len({event.webhook_id for event in events}) == len(events)


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
        b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /webhooks/..%2f..%2fv1/partners HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        b"POST /webhooks/%00 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 300 + b"Content-Length: 0\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
async def test_hostile_bytes_on_the_wire_are_refused(asgi_app: Gateway, serve: Any, raw: bytes) -> None:
    url = URL(await serve(asgi_app))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(raw)
    answer = await asyncio.wait_for(reader.readline(), 15)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 4")
