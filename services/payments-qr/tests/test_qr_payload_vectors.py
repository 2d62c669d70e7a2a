"""Published payloads, valid and invalid, give the verdict of the standard and of banking apps."""

import json
from pathlib import Path
from typing import Any

import pytest

from payments_qr.qr_payload import UnreadablePayload, checksum_of, decode, encode

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "qr_vectors/payloads.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_published_payload_gives_its_verdict(vector: dict[str, Any]) -> None:
    assert verdict_on(vector["payload"]) == vector["verdict"]


def verdict_on(payload: str) -> str:
    try:
        return "warn" if decode(payload).warnings else "accept"
    except UnreadablePayload:
        return "reject"


@pytest.mark.parametrize("vector", [v for v in VECTORS if "content" in v], ids=lambda vector: vector["name"])
def test_an_accepted_payload_decodes_to_its_published_fields(vector: dict[str, Any]) -> None:
    decoded = decode(vector["payload"])

    assert {name: getattr(decoded, name) for name in vector["content"]} == vector["content"]


def is_ours_to_write(vector: dict[str, Any]) -> bool:
    """Not with unregistered tags, a second language, or a card number that is none: those are only read."""
    content = vector.get("content", {})
    plain = content.get("scheme") == "napas" and "local_name" not in content and content["service_code"] != "QRIBFTTC"
    return vector["verdict"] == "accept" and plain and not decode(vector["payload"]).extra


@pytest.mark.parametrize("vector", [v for v in VECTORS if is_ours_to_write(v)], ids=lambda vector: vector["name"])
def test_our_own_encoder_writes_the_published_payload_again(vector: dict[str, Any]) -> None:
    content = decode(vector["payload"]).content

    assert content is not None
    assert encode(content) == vector["payload"]


def test_the_checksum_is_the_published_one() -> None:
    assert checksum_of("123456789") == "29B1"
