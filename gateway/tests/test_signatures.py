import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from gateway.webhooks.signatures import SecretRefused, SignatureRefused, VerificationKey, parse_secret, sign, verify

# The vector published with the Standard Webhooks 1.0.0 specification, the same in all its libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = b"msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = b"1614265330"
BODY = b'{"test": 2432232314}'
SIGNATURE = b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(1614265330, UTC)
KEY = parse_secret(SECRET)


def headers(
    signature: bytes = SIGNATURE, message_id: bytes = MESSAGE_ID, timestamp: bytes = TIMESTAMP
) -> list[tuple[bytes, bytes]]:
    return [(b"webhook-id", message_id), (b"webhook-timestamp", timestamp), (b"webhook-signature", signature)]


def reason_of(raw_headers: list[tuple[bytes, bytes]], body: bytes = BODY, **kwargs: Any) -> str:
    with pytest.raises(SignatureRefused) as refused:
        verify(raw_headers, body, kwargs.pop("keys", [KEY]), now=kwargs.pop("now", NOW))
    return refused.value.reason


def test_the_published_vector_verifies() -> None:
    message = verify(headers(), BODY, [KEY], now=NOW)

    assert message.id == MESSAGE_ID.decode()
    assert message.sent_at == NOW


def test_the_older_names_of_the_headers_are_read_unless_both_are_given() -> None:
    older = [(b"Svix-" + name.removeprefix(b"webhook-").title(), value) for name, value in headers()]

    assert verify(older, BODY, [KEY], now=NOW).id == MESSAGE_ID.decode()
    assert verify([*headers(), (b"svix-id", b"other")], BODY, [KEY], now=NOW).id == MESSAGE_ID.decode()
    assert reason_of([*older[:2], headers()[2]]) == "missing-header"


def test_the_published_negative_vector_is_refused() -> None:
    assert reason_of(headers(SIGNATURE[:-3] + b"OA=")) == "mismatch"


def test_the_right_signature_counts_among_wrong_ones_and_unknown_versions() -> None:
    several = (
        b"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
        + SIGNATURE
        + b" v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    )

    assert verify(headers(several), BODY, [KEY], now=NOW).id == MESSAGE_ID.decode()


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"v1",
        b"v1,",
        b"v1,%%%",
        b"v1,AAA",
        b"v1,,,",
        b"nocomma",
        b"v1a,AAAA",
        b"v1a,\xff\xfe",
        b",",
        b"v1,\x00",
    ],
)
def test_junk_around_a_right_signature_is_skipped(junk: bytes) -> None:
    assert verify(headers(junk + b"  " + SIGNATURE + b" " + junk), BODY, [KEY], now=NOW)
    assert reason_of(headers(junk)) == "mismatch"


def test_several_signature_header_lines_are_one_list() -> None:
    lines = [*headers(b"v1,AAAA"), (b"Webhook-Signature", SIGNATURE)]

    assert verify(lines, BODY, [KEY], now=NOW)


@pytest.mark.parametrize("name", [b"webhook-id", b"webhook-timestamp", b"webhook-signature"])
def test_a_missing_header_is_refused(name: bytes) -> None:
    assert reason_of([pair for pair in headers() if pair[0] != name]) == "missing-header"


@pytest.mark.parametrize("extra", [(b"webhook-id", b"other"), (b"Webhook-Timestamp", TIMESTAMP)])
def test_a_repeated_id_or_time_is_refused_even_when_one_fits(extra: tuple[bytes, bytes]) -> None:
    assert reason_of([*headers(), extra]) == "repeated-header"


@pytest.mark.parametrize(
    "timestamp",
    [
        *(b"1614265330.9", b" 1614265330", b"161_4265330", b"+614265330", b"161426533", b"16142653300"),
        *(b"", b"\xff" * 10, "１６１４２６５３３０".encode()),
    ],
)
def test_a_timestamp_is_ten_digits_and_nothing_else(timestamp: bytes) -> None:
    assert reason_of(headers(timestamp=timestamp)) == "malformed-header"


@pytest.mark.parametrize("message_id", [b"", b"a.b", b"a b", "đ".encode(), b"x" * 257, b"a\x00"])
def test_an_id_that_could_blur_the_signed_text_is_refused(message_id: bytes) -> None:
    assert reason_of(headers(message_id=message_id)) == "malformed-header"


def test_five_minutes_each_way_are_tolerated_and_no_second_more() -> None:
    for drift in (-300, 300):
        assert verify(headers(), BODY, [KEY], now=NOW + timedelta(seconds=drift))
    for drift in (-301, 301):
        assert reason_of(headers(), now=NOW + timedelta(seconds=drift)) == "timestamp-off"


def test_a_changed_byte_anywhere_is_refused() -> None:
    assert reason_of(headers(), BODY + b" ") == "mismatch"
    assert reason_of(headers(message_id=MESSAGE_ID + b"x")) == "mismatch"
    assert reason_of(headers(timestamp=b"1614265331")) == "mismatch"


def test_a_signature_has_one_spelling() -> None:
    malleable = SIGNATURE.replace(b"1OE=", b"1OF=")
    assert base64.b64decode(malleable[3:]) == base64.b64decode(SIGNATURE[3:])

    assert reason_of(headers(malleable)) == "mismatch"
    assert reason_of(headers(SIGNATURE.rstrip(b"="))) == "mismatch"


def test_old_and_new_secret_both_count_while_they_overlap() -> None:
    new_secret = "whsec_" + base64.b64encode(b"n" * 32).decode()
    keys = [
        parse_secret(SECRET, valid_until=NOW + timedelta(hours=1)),
        parse_secret(new_secret, valid_from=NOW - timedelta(hours=1)),
    ]
    by_new = sign(new_secret, message_id="m", sent_at=NOW, body=BODY)["webhook-signature"].encode()

    assert verify(headers(), BODY, keys, now=NOW)
    assert verify(headers(by_new, b"m"), BODY, keys, now=NOW)


def test_a_secret_outside_its_window_does_not_count() -> None:
    ended = parse_secret(SECRET, valid_until=NOW)
    future = parse_secret(SECRET, valid_from=NOW + timedelta(seconds=1))

    assert reason_of(headers(), keys=[ended, future]) == "no-key"
    assert reason_of(headers(), keys=[]) == "no-key"


def test_ed25519_signatures_verify_beside_shared_secrets() -> None:
    private = Ed25519PrivateKey.generate()
    public = parse_secret("whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode())
    secret = "whsk_" + base64.b64encode(private.private_bytes_raw()).decode()
    signed = sign(secret, message_id="m1", sent_at=NOW, body=BODY)

    assert signed["webhook-signature"].startswith("v1a,")
    assert verify([(k.encode(), v.encode()) for k, v in signed.items()], BODY, [KEY, public], now=NOW).id == "m1"
    assert reason_of(headers(signed["webhook-signature"].encode(), b"m2"), keys=[public]) == "mismatch"


def test_a_public_key_is_never_used_as_a_shared_secret() -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    forged = base64.b64encode(hmac.digest(public, b".".join((MESSAGE_ID, TIMESTAMP, BODY)), hashlib.sha256))

    assert reason_of(headers(b"v1," + forged), keys=[VerificationKey("v1a", public)]) == "mismatch"


@pytest.mark.parametrize("length", [31, 34])
def test_unpadded_secrets_are_read(length: int) -> None:
    text = base64.b64encode(bytes(range(48))).decode()[:length]

    assert len(parse_secret("whsec_" + text).material) in (23, 25)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_AAA=", "whsec_%%%", "whpk_AAAA", "whsec_đ", "whsec_" + "A" * 200]
)
def test_unusable_secrets_are_refused(text: str) -> None:
    with pytest.raises(SecretRefused):
        parse_secret(text)


@given(st.binary(max_size=200), st.text("abcdefXYZ_-0189", min_size=1, max_size=60), st.integers(0, 1_000_000))
@settings(max_examples=60)
def test_our_signatures_satisfy_the_reference_library(body: bytes, message_id: str, ago: int) -> None:
    sent_at = datetime.fromtimestamp(1_700_000_000 + ago, UTC)
    ours = sign(SECRET, message_id=message_id, sent_at=sent_at, body=body)["webhook-signature"]

    text = body.decode("latin-1").encode("ascii", "ignore").decode()
    reference = Webhook(SECRET).sign(msg_id=message_id, timestamp=sent_at, data=text)

    assert sign(SECRET, message_id=message_id, sent_at=sent_at, body=text.encode())["webhook-signature"] == reference
    pairs = headers(ours.encode(), message_id.encode(), str(1_700_000_000 + ago).encode())
    assert verify(pairs, body, [KEY], now=sent_at).id == message_id


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"x", b"WEBHOOK-ID"]),
            st.one_of(st.binary(max_size=60), st.sampled_from([SIGNATURE, TIMESTAMP, MESSAGE_ID])),
        ),
        max_size=6,
    ),
    st.binary(max_size=40),
)
@settings(max_examples=200)
def test_whatever_arrives_only_our_own_error_is_raised(pairs: list[tuple[bytes, bytes]], body: bytes) -> None:
    public = VerificationKey("v1a", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(SignatureRefused):
        verify(pairs, body, [KEY, public], now=NOW)
