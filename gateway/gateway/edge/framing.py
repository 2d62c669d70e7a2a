"""Message framing and header fields: connection headers and claims of identity are not forwarded."""

from collections.abc import Sequence
from functools import lru_cache

from chassis.errors import TooLarge
from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.errors import MalformedRequest

# RFC 9110 section 7.6.1 and RFC 7540 section 3.2.1: these concern one connection and end with it.
HOP_BY_HOP = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings"),
    }
)
# Claims of a client about its identity or its route; the gateway sets these itself or not at all.
CLIENT_CLAIMS = frozenset(
    {
        *(b"host", b"expect", b"authorization", b"cookie", b"forwarded", b"via", b"x-real-ip"),
        *(b"x-request-id", b"traceparent", b"tracestate"),
    }
)
NOT_FORWARDED_PREFIXES = (b"x-forwarded-", b"x-internal-", b"x-bakhong-", b"proxy-")
WRITTEN_BY_THE_GATEWAY = frozenset({b"server", b"date", b"x-request-id", b"traceparent", b"tracestate"})
NOT_RETURNED = HOP_BY_HOP | WRITTEN_BY_THE_GATEWAY


def check_framing(head: RequestHead, http_version: str) -> None:
    """Refuse what two parsers could cut differently (RFC 9112 sections 6.1 and 6.3), and end the connection.

    Also another version than HTTP/1: the preface of HTTP/2 reads as a request, and what follows it is no HTTP/1.
    """
    lengths, encodings = head.values(b"content-length"), head.values(b"transfer-encoding")
    is_clear = len(lengths) + len(encodings) <= 1 and http_version in ("1.0", "1.1")
    if lengths:
        is_clear = is_clear and lengths[0].isascii() and lengths[0].isdigit()
    elif encodings:
        is_clear = is_clear and encodings[0].strip().lower() == b"chunked" and http_version != "1.0"
    if not is_clear:
        raise MalformedRequest(headers={"Connection": "close"})


def check_length(head: RequestHead, body_limit: int) -> None:
    """Refuse a body whose Content-Length is over `body_limit` bytes."""
    length = head.only(b"content-length")
    if length is not None and int(length) > body_limit:
        raise TooLarge(headers={"Connection": "close"})


def outgoing_headers(head: RequestHead, own: RawHeaders) -> RawHeaders:
    """The client's headers without connection headers and claims of identity, then the gateway's.

    Clean first: `Connection: x-internal-token` names a header to be dropped, and must not drop ours. The headers that
    the gateway sets are among the claims, so a client's value never stands beside them. Content-Length is set per call.
    """
    named = _named(head.values(b"connection"))
    if named:
        kept = [pair for pair in head.raw if _may_pass(pair[0]) and pair[0] not in named]
    else:
        kept = [pair for pair in head.raw if _may_pass(pair[0])]
    return kept + own


def returning_headers(method: str, status: int, headers: RawHeaders) -> RawHeaders:
    """The service's headers without connection headers and those that the gateway writes on every response."""
    dropped = NOT_RETURNED | _named([value for name, value in headers if name == b"connection"])
    if status in (204, 304) and method != "HEAD":
        dropped |= {b"content-length"}
    return [pair for pair in headers if pair[0] not in dropped]


@lru_cache(maxsize=1024)
def _may_pass(name: bytes) -> bool:
    # An underscore is a hyphen to some readers: `x_internal_token` would be taken for ours.
    is_ours = name in HOP_BY_HOP or name in CLIENT_CLAIMS or name.startswith(NOT_FORWARDED_PREFIXES)
    return not is_ours and b"_" not in name and name != b"content-length"


def _named(connection: Sequence[bytes]) -> frozenset[bytes]:
    if not connection:
        return _NONE
    return frozenset(token.strip() for token in b",".join(connection).lower().split(b",")) - _HARMLESS


_NONE: frozenset[bytes] = frozenset()
_HARMLESS = frozenset({b"keep-alive", b"close", b""})
