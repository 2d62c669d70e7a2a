import contextlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import now
from gateway.webhooks.event_types import check_data
from gateway.webhooks.strict_json import BodyRefused, read_object


@pytest.mark.parametrize(
    ("event", "times"),
    [("qr.payment_settled", ["settled_at"]), ("qr.payment_reversed", ["reversed_at"]),
     ("dossier.status_changed", ["received_at", "finished_at"])],
)  # fmt: skip
def test_what_happened_lies_at_most_a_day_ahead(event: str, times: list[str]) -> None:
    data = {
        "partner_reference": "FT1", "original_reference": "FT0", "amount": 1_000, "currency": "VND", "code": "A1",
        "procedure_code": "2.000635", "unit_code": "15724", "national_status": 10, "channel": 2,
        "due_at": (now() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    data |= {time: now().isoformat() for time in ("settled_at", "reversed_at", "received_at", "finished_at")}
    check_data(event, data)
    data["finished_at"] = (now() + timedelta(hours=23, minutes=30)).isoformat()
    for time in times:
        check_data(event, data | {time: (now() + timedelta(hours=23)).isoformat()})
        with pytest.raises(BodyRefused) as refused:
            check_data(event, data | {time: (now() + timedelta(days=2)).isoformat()})
        assert [(error.pointer, error.code) for error in refused.value.errors] == [(f"/data/{time}", "in-the-future")]


@pytest.mark.parametrize("time", ["due_at", "finished_at"])
def test_a_dossier_is_neither_due_nor_finished_before_the_day_on_which_it_was_received(time: str) -> None:
    received = {
        "code": "A1", "procedure_code": "2.000635", "unit_code": "15724", "national_status": 10, "channel": 2,
        "received_at": "2026-11-02T09:00:00+07:00",
    }  # fmt: skip
    check_data("dossier.status_changed", received | {time: "2026-11-02T00:00:00+07:00"})
    with pytest.raises(BodyRefused) as refused:
        check_data("dossier.status_changed", received | {time: "2026-11-01T16:00:00Z"})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [(f"/data/{time}", "before-start")]


def test_a_repeated_member_is_named_by_its_place() -> None:
    with pytest.raises(BodyRefused) as refused:
        read_object(b'{"type": "a", "data": {"amount": 1, "amount": 2}}')
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/data/amount", "repeated-field")]


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"null",
            b"[]",
            b'"x"',
            b"{",
            b"{'a': 1}",
            b'{"a": 1} x',
            b"\xff\xfe{}",
            b'\xef\xbb\xbf\xef\xbb\xbf{"a": 1}',
        ),
        *(b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}'),
        *(b'{"a": 9223372036854775808}', b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\\ud800"}', b'{"a": "\\u0000"}'),
        *(b'{"a": "\x00"}', b'{"a":' + b"[" * 100_000, '{"a": "đ"}'.encode("utf-16"), b'{"a": "\xc3"}'),
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(BodyRefused):
        read_object(body)


@given(st.dictionaries(st.text("abcđ", max_size=4), st.integers(-(2**63), 2**63 - 1) | st.text("xyzđ€😀")))
def test_ordinary_objects_are_read_as_they_are(value: dict[str, object]) -> None:
    assert read_object(json.dumps(value).encode()) == value
    assert read_object(json.dumps(value, ensure_ascii=False).encode()) == value


def test_a_byte_order_mark_in_front_is_passed_over() -> None:
    assert read_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    with contextlib.suppress(BodyRefused):
        read_object(body)
