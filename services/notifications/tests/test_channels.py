"""Each adapter against a server of its protocol."""

import base64
import email
import json
from collections.abc import AsyncIterator
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.ids import new_id
from notifications.channels.configured import adapters_of
from notifications.channels.messages import Accepted, Adapter, Message, Refused, SendResult, TryLater
from notifications.channels.web_push import PushSubscription, WebPush
from notifications.model.notifications import NotificationChannel
from notifications.model.preferences import Platform
from notifications.settings import NotificationsSettings
from services.notifications.tests.channel_servers import Browser, google, mail_server, partner
from services.notifications.tests.receiver import receiving

TITLE = "Hồ sơ cần bổ sung"
PLACE = "app.tinh.example"


def message(to: str, text: str = TITLE) -> Message:
    return Message(new_id(), new_id(), to, TITLE, text)


async def sent_by(adapter: Adapter, *messages: Message) -> list[SendResult]:
    results = [await adapter.send(one) for one in messages]
    await adapter.close()
    return results


def adapter_of(channel: NotificationChannel, platform: Platform | None = None, **settings: Any) -> Adapter:
    configured = adapters_of(NotificationsSettings(message_place=PLACE, **settings))
    assert set(configured) >= {(channel, platform)}
    return configured[channel, platform]


def test_nothing_is_on_unless_it_is_configured() -> None:
    assert adapters_of(NotificationsSettings()) == {}


async def test_fcm_exchanges_one_token_and_sends_a_title_and_an_id(tmp_path: Path) -> None:
    async with google() as server:
        fcm = adapter_of(
            NotificationChannel.PUSH, Platform.ANDROID, fcm_key_file=server.key_file(tmp_path), fcm_url=server.url
        )
        first = message("device-token")
        results = await sent_by(fcm, first, message("device-token"))

    assert results == [Accepted("projects/ba-khong/messages/1")] * 2
    assert server.exchanges == 1
    assert server.messages[0]["token"] == "device-token"
    assert server.messages[0]["notification"] == {"title": TITLE}
    assert server.messages[0]["data"] == {"notification_id": str(first.notification_id)}
    assert server.messages[0]["android"]["notification"] == {"tag": str(first.notification_id)}


def refusal(status: int, code: str) -> dict[str, Any]:
    type_ = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    return {"error": {"code": status, "status": "X", "details": [{"@type": type_, "errorCode": code}]}}


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "UNREGISTERED", Refused("unregistered", removes_device=True)),
        (403, "SENDER_ID_MISMATCH", Refused("sender-id-mismatch", removes_device=True)),
        (400, "INVALID_ARGUMENT", Refused("invalid-argument", removes_device=True)),
        (429, "QUOTA_EXCEEDED", TryLater("http-429")),
        (503, "UNAVAILABLE", TryLater("http-503")),
        (401, "THIRD_PARTY_AUTH_ERROR", TryLater("third-party-auth-error")),
    ],
)
async def test_what_fcm_answers_decides_whether_it_is_tried_again(
    tmp_path: Path, status: int, code: str, expected: SendResult
) -> None:
    async with google() as server:
        server.status, server.body = status, refusal(status, code)
        fcm = adapter_of(
            NotificationChannel.PUSH, Platform.IOS, fcm_key_file=server.key_file(tmp_path), fcm_url=server.url
        )
        assert await sent_by(fcm, message("device-token")) == [expected]


async def test_a_message_that_fcm_cannot_read_removes_no_device(tmp_path: Path) -> None:
    """The same code as for a void token; the field tells them apart."""
    async with google() as server:
        server.status, server.body = 400, refusal(400, "INVALID_ARGUMENT")
        violation = {"field": "message.data[0].value", "description": "Invalid value"}
        server.body["error"]["details"].append(
            {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
        )
        fcm = adapter_of(
            NotificationChannel.PUSH, Platform.IOS, fcm_key_file=server.key_file(tmp_path), fcm_url=server.url
        )
        assert await sent_by(fcm, message("device-token")) == [Refused("http-400")]


@pytest.fixture
async def vapid(tmp_path: Path) -> AsyncIterator[tuple[ec.EllipticCurvePrivateKey, Path]]:
    key, path = ec.generate_private_key(ec.SECP256R1()), tmp_path / "vapid.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return key, path


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def subscription(endpoint: str, browser: Browser) -> str:
    return json.dumps({"endpoint": endpoint, "keys": {"p256dh": encoded(browser.point), "auth": encoded(browser.auth)}})


async def test_only_the_browser_reads_a_web_push_and_the_push_service_knows_who_sends(
    vapid: tuple[ec.EllipticCurvePrivateKey, Path],
) -> None:
    key, path = vapid
    browser = Browser()
    async with receiving(status=201) as service:
        push = adapter_of(
            NotificationChannel.PUSH, Platform.WEB, vapid_key_file=path, vapid_contact="mailto:it@tinh.example"
        )
        first = message(subscription(service.url, browser))
        results = await sent_by(push, first)

    assert results == [Accepted(str(first.send_id))]
    (received,) = service.seen
    assert json.loads(browser.decrypt(received.body)) == {"title": TITLE, "notification_id": str(first.notification_id)}
    assert received.headers["content-encoding"] == "aes128gcm"
    assert received.headers["content-type"] == "application/octet-stream"
    assert int(received.headers["ttl"]) > 0
    assert len(received.headers["topic"]) <= 32
    scheme, _, parameters = received.headers["authorization"].partition(" ")
    token = parameters.removeprefix("t=").partition(",")[0]
    claims = jwt.decode(token, key.public_key(), ["ES256"], audience=service.url.removesuffix("/hook"))
    assert (scheme, claims["sub"]) == ("vapid", "mailto:it@tinh.example")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Refused("unsubscribed", removes_device=True)),
        (410, Refused("unsubscribed", removes_device=True)),
        (413, Refused("http-413")),
        (429, TryLater("http-429", 7.0)),
        (302, TryLater("http-302", 7.0)),
        (500, TryLater("http-500", 7.0)),
    ],
)
async def test_a_push_service_reports_when_a_browser_is_gone(
    vapid: tuple[ec.EllipticCurvePrivateKey, Path], status: int, expected: SendResult
) -> None:
    async with receiving(status=status, headers={"Retry-After": "7", "Location": "/elsewhere"}) as service:
        push = WebPush(vapid[0], "mailto:it@tinh.example", allows_loopback=True)
        assert await sent_by(push, message(subscription(service.url, Browser()))) == [expected]
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "endpoint",
    ["http://169.254.169.254/latest", "https://10.0.0.1/p", "https://[::ffff:10.0.0.1]/p", "http://127.0.0.1:1/p",
     "https://localhost/p", "http://push.example/p", "https://metadata.internal/p",
     "https://user:pass@push.example/p"],  # pragma: allowlist secret
)  # fmt: skip
async def test_a_browsers_address_leads_nowhere_inside(
    vapid: tuple[ec.EllipticCurvePrivateKey, Path], endpoint: str
) -> None:
    push = WebPush(vapid[0], "mailto:it@tinh.example", allows_loopback=False)
    results = await sent_by(push, message(subscription(endpoint, Browser())))
    assert results == [Refused("address-not-allowed", removes_device=True)]


@pytest.mark.parametrize(
    "token", ["", "null", "[]", "{}", '{"endpoint": "https://push.example", "keys": {"p256dh": "AA", "auth": "AA"}}']
)
async def test_a_subscription_that_is_none_removes_the_device(
    vapid: tuple[ec.EllipticCurvePrivateKey, Path], token: str
) -> None:
    push = WebPush(vapid[0], "mailto:it@tinh.example", allows_loopback=True)
    assert await sent_by(push, message(token)) == [Refused("invalid-subscription", removes_device=True)]


def test_a_browser_decrypts_the_example_of_the_rfc() -> None:
    """RFC 8291, appendix A: so the decryption of these tests is that of a browser."""
    private = int.from_bytes(base64.urlsafe_b64decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94="))
    browser = Browser(
        ec.derive_private_key(private, ec.SECP256R1()), base64.urlsafe_b64decode("BTBZMqHH6r4Tts7J_aSIgg==")
    )
    body = base64.urlsafe_b64decode(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQp"
        "u6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.decrypt(body) == b"When I grow up, I want to be a watermelon"
    assert PushSubscription.read(subscription("https://push.example", browser)).p256dh == browser.point


async def test_an_sms_goes_to_the_partner_with_a_reference_that_makes_it_one() -> None:
    async with partner() as server:
        server.body = {"reference": "p-77"}
        sms = adapter_of(NotificationChannel.SMS, sms_url=server.url, sms_token="t0k", sms_sender="BAKHONG")
        one = message("+84912345678", "Ho so can bo sung. Xem tai app.tinh.example")
        assert await sent_by(sms, one) == [Accepted("p-77")]

    ((headers, body),) = server.requests
    assert headers["Authorization"] == "Bearer t0k"
    assert body == {
        "reference": str(one.send_id), "to": "+84912345678", "sender": "BAKHONG", "text": one.text, "unicode": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Refused("http-400")), (429, TryLater("http-429", 3.0)), (502, TryLater("http-502", 3.0))],
)
async def test_a_partner_that_refuses_an_sms_is_not_asked_again(status: int, expected: SendResult) -> None:
    async with partner() as server:
        server.status, server.headers = status, {"Retry-After": "3"}
        assert await sent_by(adapter_of(NotificationChannel.SMS, sms_url=server.url), message("+84912345678")) == [
            expected
        ]


async def test_a_partner_that_is_away_is_asked_later() -> None:
    sms = adapter_of(NotificationChannel.SMS, sms_url="http://127.0.0.1:1/send")
    assert await sent_by(sms, message("+84912345678")) == [TryLater("connection-failed")]


async def test_zalo_gets_a_template_with_its_parameters() -> None:
    async with partner() as server:
        server.body = {"error": 0, "message": "Success", "data": {"msg_id": "a4d0243f"}}
        zalo = adapter_of(NotificationChannel.ZALO, zns_url=server.url, zns_token="t0k", zns_template_vi="7895417")
        one = message("+84912345678")
        assert await sent_by(zalo, one) == [Accepted("a4d0243f")]

    ((headers, body),) = server.requests
    assert headers["access_token"] == "t0k"
    assert body == {
        "phone": "84912345678", "template_id": "7895417", "template_data": {"title": TITLE, "place": PLACE},
        "tracking_id": one.send_id.hex,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-118, Refused("zalo-118")), (-124, TryLater("zalo-access-token")), (-133, TryLater("zalo-at-night", 3600.0)),
        (-216, TryLater("zalo-access-token")), (-220, TryLater("zalo-access-token")), (-32, TryLater("zalo-rate")),
        (-137, TryLater("zalo-no-balance")), (-144, TryLater("zalo-quota")), (-147, TryLater("zalo-quota")),
        (None, TryLater("invalid-response")),
    ],
)  # fmt: skip
async def test_zalos_codes_decide_whether_it_is_tried_again(code: int | None, expected: SendResult) -> None:
    async with partner() as server:
        server.body = {"error": code}
        zalo = adapter_of(NotificationChannel.ZALO, zns_url=server.url, zns_template_vi="1")
        assert await sent_by(zalo, message("+84912345678")) == [expected]


async def test_a_mail_has_the_title_as_its_subject_and_names_the_place_to_look() -> None:
    async with mail_server() as server:
        mail = adapter_of(
            NotificationChannel.EMAIL, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="tin@tinh.example"
        )
        (result,) = await sent_by(mail, message("an@nguoi-dan.example", f"{TITLE}. Xem tại: {PLACE}"))

    (content,) = server.messages
    parsed = email.message_from_string(content)
    assert isinstance(result, Accepted)
    assert result.reference == parsed["Message-ID"]
    assert str(make_header(decode_header(parsed["Subject"]))) == TITLE
    payload = parsed.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert PLACE in payload.decode()


@pytest.mark.parametrize(
    ("to", "answer", "expected"),
    [
        ("an@refused.example", "250 ok", Refused("smtp-550")),
        ("an@nguoi-dan.example", "451 greylisted", TryLater("smtp-451")),
        ("an@nguoi-dan.example", "554 spam", Refused("smtp-554")),
    ],
)
async def test_the_reply_of_a_mail_server_decides_whether_to_try_again(
    to: str, answer: str, expected: SendResult
) -> None:
    async with mail_server() as server:
        server.answer = answer
        assert await sent_by(
            adapter_of(NotificationChannel.EMAIL, smtp_url=f"smtp://127.0.0.1:{server.port}"), message(to)
        ) == [expected]
    assert await sent_by(
        adapter_of(NotificationChannel.EMAIL, smtp_url=f"smtp://127.0.0.1:{server.port}"), message(to)
    ) == [TryLater("connection-failed")]
