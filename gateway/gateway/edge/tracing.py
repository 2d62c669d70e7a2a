"""Request ids and W3C trace context: which are accepted, and what replaces the others."""

import os
import re
from dataclasses import dataclass, replace

from gateway.edge.request_head import RequestHead

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_TRACESTATE = re.compile(rb"[\x20-\x7e]{1,512}")


@dataclass(slots=True)
class Trace:
    """Request id and trace context of one request, as header bytes."""

    request_id: bytes
    traceparent: bytes
    tracestate: bytes | None = None
    is_given: bool = False

    @property
    def given(self) -> str | None:
        """The caller's traceparent, if there was one."""
        return self.traceparent.decode() if self.is_given else None

    def below(self, traceparent: str | None) -> "Trace":
        """The same, with the gateway's span as parent."""
        return self if traceparent is None else replace(self, traceparent=traceparent.encode())

    def headers(self) -> list[tuple[bytes, bytes]]:
        pairs = [(b"x-request-id", self.request_id), (b"traceparent", self.traceparent)]
        return pairs if self.tracestate is None else [*pairs, (b"tracestate", self.tracestate)]


def read_trace(head: RequestHead) -> Trace:
    """The caller's ids where they are well formed and given once; new ones otherwise."""
    request_id = head.only(b"x-request-id")
    parent = head.only(b"traceparent")
    fresh = os.urandom(40).hex().encode()  # one getrandom call
    if request_id is None or not _REQUEST_ID.fullmatch(request_id):
        request_id = fresh[:32]
    if parent is None or not _TRACEPARENT.fullmatch(parent):
        return Trace(request_id, b"00-%b-%b-00" % (fresh[32:64], fresh[64:]))
    state = head.only(b"tracestate")
    if state is not None and not _TRACESTATE.fullmatch(state):
        state = None
    return Trace(request_id, parent, state, is_given=True)
