"""Browser applications of other origins: which may read responses, and what they may send."""

from gateway.edge.request_head import RawHeaders, RequestHead

EXPOSED = (
    b"ETag, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id, Deprecation, Sunset, Link, "
    b"Content-Disposition"
)
PREFLIGHT: RawHeaders = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Idempotency-Key, If-Match, X-Acting-For, X-Purpose, X-Request-Id",
    ),
    (b"access-control-max-age", b"600"),
]


class Origins:
    """The origins that are listed; none by default."""

    def __init__(self, listed: frozenset[str]) -> None:
        self._listed = frozenset(origin.encode("latin-1", "replace") for origin in listed)

    def headers(self, head: RequestHead) -> RawHeaders:
        """The CORS headers of every response."""
        if not self._listed:
            return []
        origin = head.only(b"origin")
        if origin not in self._listed:
            return [VARIES]
        assert origin is not None
        return [VARIES, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", EXPOSED)]

    def preflight(self, method: str, head: RequestHead) -> RawHeaders | None:
        """The headers of the answer to a preflight; None where the request is none."""
        if method != "OPTIONS" or b"access-control-request-method" not in head:
            return None
        return PREFLIGHT if head.only(b"origin") in self._listed else []


VARIES = (b"vary", b"Origin")
