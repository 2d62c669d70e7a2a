"""Request ids and W3C trace context: what may come in, and what replaces the rest."""

import re
import secrets
from dataclasses import dataclass, replace

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_TRACESTATE = re.compile(rb"[\x20-\x7e]{1,512}")


@dataclass(frozen=True, slots=True)
class Trace:
    """The two marks that one request carries through every room, as header bytes."""

    request_id: bytes
    traceparent: bytes
    tracestate: bytes | None = None
    is_given: bool = False

    @property
    def given(self) -> str | None:
        """The caller's traceparent, if there was one."""
        return self.traceparent.decode() if self.is_given else None

    def below(self, traceparent: str | None) -> "Trace":
        """The same marks with the door's own span as parent of what follows."""
        return self if traceparent is None else replace(self, traceparent=traceparent.encode())

    def headers(self) -> list[tuple[bytes, bytes]]:
        pairs = [(b"x-request-id", self.request_id), (b"traceparent", self.traceparent)]
        return pairs if self.tracestate is None else [*pairs, (b"tracestate", self.tracestate)]


def read_trace(headers: list[tuple[bytes, bytes]]) -> Trace:
    """The caller's marks where they are well formed and given once; fresh ones where they are not."""
    request_ids = [value for name, value in headers if name == b"x-request-id"]
    parents = [value for name, value in headers if name == b"traceparent"]
    states = [value for name, value in headers if name == b"tracestate"]
    request_id = request_ids[0] if _is_one(request_ids, _REQUEST_ID) else secrets.token_hex(16).encode()
    if not _is_one(parents, _TRACEPARENT):
        return Trace(request_id, _new_traceparent())
    return Trace(request_id, parents[0], states[0] if _is_one(states, _TRACESTATE) else None, is_given=True)


def _is_one(values: list[bytes], shape: re.Pattern[bytes]) -> bool:
    return len(values) == 1 and shape.fullmatch(values[0]) is not None


def _new_traceparent() -> bytes:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00".encode()
