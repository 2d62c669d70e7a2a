"""Properties: what is written is read back, what is changed is noticed, and nothing else is ever raised."""

import os
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_qr.qr_payload import (
    LARGEST_AMOUNT,
    PayloadFault,
    QrContent,
    QrPayloadError,
    UnreadablePayload,
    UnwritableContent,
    checksum_of,
    decode,
    encode,
)

PRINTABLE = "".join(chr(code) for code in range(32, 127))
MEMO = string.ascii_letters + string.digits + " .-_"


def texts(limit: int, alphabet: str = PRINTABLE) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=limit).map(lambda t: " ".join(t.split())).filter(bool)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


CONTENTS = st.builds(
    QrContent,
    initiation=st.sampled_from(["static", "dynamic"]),
    bin=st.text(string.digits, min_size=6, max_size=6),
    account_no=st.text(string.ascii_letters + string.digits, min_size=1, max_size=19),
    service_code=st.sampled_from(["QRIBFTTA", "QRCASH"]),
    amount=st.none() | st.integers(1, LARGEST_AMOUNT),
    mcc=maybe(st.text(string.digits, min_size=4, max_size=4)),
    merchant_name=maybe(texts(25)),
    merchant_city=maybe(texts(15)),
    postal_code=maybe(st.text(string.digits, min_size=1, max_size=10)),
    bill_number=maybe(texts(20)),
    reference=maybe(texts(20)),
    purpose=maybe(texts(25, MEMO)),
)


@given(CONTENTS)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(content: QrContent) -> None:
    decoded = decode(encode(content))

    assert decoded.content == content
    assert decoded.payload[-4:] == checksum_of(decoded.payload[:-4])


@given(st.text("Đđ ăâêôơưĂÂÊÔƠƯáàảãạ́̀\u00a0\ufeffＡｂ１abcXYZ019", min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_vietnamese_text_comes_back_folded_or_is_refused(name: str) -> None:
    content = QrContent(initiation="static", bin="970403", account_no="0011012345678", merchant_name=name)
    payload, pointers = written_or_refused(content)

    if payload is None:
        assert pointers == {"/merchant_name"}
    else:
        assert payload.isascii()
        assert decode(payload).content == content.folded()


def written_or_refused(content: QrContent) -> tuple[str | None, set[str]]:
    try:
        return encode(content), set()
    except UnwritableContent as refused:
        return None, {fault.pointer for fault in refused.faults}


SAMPLE = encode(
    QrContent(
        initiation="dynamic",
        bin="970403",
        account_no="0011012345678",
        amount=180000,
        merchant_name="CHI HANH RAU SACH",
        reference="A7K2M9",
        purpose="A7K2M9 tien rau",
    )
)


def test_every_single_changed_character_is_noticed() -> None:
    for position, original in enumerate(SAMPLE):
        for other in PRINTABLE + "đ":
            if other != original:
                assert_noticed(SAMPLE[:position] + other + SAMPLE[position + 1 :])


def test_every_lost_or_doubled_character_is_noticed() -> None:
    for position in range(len(SAMPLE)):
        with pytest.raises(UnreadablePayload):
            decode(SAMPLE[:position] + SAMPLE[position + 1 :])
        with pytest.raises(UnreadablePayload):
            decode(SAMPLE[:position] + SAMPLE[position] + SAMPLE[position:])


def assert_noticed(changed: str) -> None:
    try:
        decoded = decode(changed)
    except UnreadablePayload:
        return
    # A letter of the checksum in lower case is the same checksum; that is a warning, never silence.
    assert [warning.code for warning in decoded.warnings] == ["crc-lower-case"]
    assert changed.upper()[-4:] == SAMPLE[-4:]


@given(st.integers(0, 12), st.sampled_from(string.digits))
@settings(max_examples=60, deadline=None)
def test_an_account_swapped_under_a_repaired_checksum_is_seen_as_another_account(place: int, digit: str) -> None:
    account = "0011012345678"
    other = account[:place] + digit + account[place + 1 :]
    forged = SAMPLE.replace(account, other)[:-4]
    decoded = decode(forged + checksum_of(forged))

    assert decoded.account_no == other
    assert (decoded.account_no == account) == (other == account)


def test_no_input_raises_anything_but_the_decoders_own_error() -> None:
    chance = random.Random(20250701)
    seeds = [SAMPLE, SAMPLE[:60], "https://a.vn/?data=" + SAMPLE, "", "0002", "%30%30"]
    for _ in range(FUZZ_CASES):
        text = mutated(chance, chance.choice(seeds))
        faults = faults_of(text)
        assert all(fault.message("vi") and fault.message("en") for fault in faults)


def faults_of(text: str) -> tuple[PayloadFault, ...]:
    try:
        return decode(text).warnings
    except QrPayloadError as refused:
        return refused.faults


FUZZ_CASES = int(os.environ.get("FUZZ_CASES", "10000"))
STRANGE = PRINTABLE + "đĐêư\u0301\u00a0\ufeff\ud800\x00\n１²٣💸"


def mutated(chance: random.Random, text: str) -> str:
    characters = list(text)
    for _ in range(chance.randint(1, 6)):
        place = chance.randint(0, len(characters))
        action = chance.random()
        if action < 0.4 and characters:
            characters[place % len(characters)] = chance.choice(STRANGE)
        elif action < 0.6:
            characters.insert(place, chance.choice(STRANGE))
        elif action < 0.8 and characters:
            del characters[place % len(characters)]
        else:
            characters[place:place] = characters[: chance.randint(0, 40)]
    changed = "".join(characters)
    if chance.random() < 0.3:  # a right checksum lets the case reach the deeper rules
        changed = changed[:-4] + checksum_of(changed[:-4])
    return changed
