import pytest

from gateway.edge.request_head import RequestHead
from gateway.edge.tracing import read_trace

PARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_well_formed_marks_are_kept() -> None:
    trace = read_trace(
        RequestHead([(b"x-request-id", b"abc-12345"), (b"traceparent", PARENT), (b"tracestate", b"a=b")])
    )

    assert trace.headers() == [
        (b"x-request-id", b"abc-12345"),
        (b"traceparent", PARENT),
        (b"tracestate", b"a=b"),
    ]


@pytest.mark.parametrize("value", [b"", b"x" * 65, b"a b c d e f", b"abc\r\nset-cookie:x", "đđđđđđđđ".encode()])
def test_a_request_id_that_could_hurt_a_log_is_replaced(value: bytes) -> None:
    trace = read_trace(RequestHead([(b"x-request-id", value)]))

    assert trace.request_id != value
    assert len(trace.request_id) == 32


@pytest.mark.parametrize(
    "value",
    [b"", b"01" + PARENT[2:], PARENT.upper(), PARENT[:-1], b"00-" + b"0" * 32 + PARENT[35:], PARENT + b"-x"],
)
def test_a_malformed_trace_is_replaced_and_its_state_dropped(value: bytes) -> None:
    trace = read_trace(RequestHead([(b"traceparent", value), (b"tracestate", b"a=b")]))

    assert trace.traceparent != value
    assert trace.tracestate is None


def test_marks_given_twice_are_replaced() -> None:
    assert read_trace(RequestHead([(b"x-request-id", b"abc-12345")] * 2)).request_id != b"abc-12345"
    assert read_trace(RequestHead([(b"traceparent", PARENT)] * 2)).traceparent != PARENT


def test_two_requests_without_marks_get_different_ones() -> None:
    assert read_trace(RequestHead([])) != read_trace(RequestHead([]))
