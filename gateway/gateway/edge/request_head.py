"""The head of one request."""

from collections.abc import Sequence
from itertools import chain

from gateway.edge.paths import MAXIMUM_TARGET_BYTES
from gateway.errors import HeadersTooLarge, TargetTooLong

RawHeaders = list[tuple[bytes, bytes]]
MAXIMUM_HEADERS = 100
MAXIMUM_HEADER_BYTES = 32_768


class RequestHead:
    """Headers by name (lower case), each with all its values: repetitions must be seen."""

    __slots__ = ("_last", "_repeats", "raw")

    def __init__(self, raw: RawHeaders) -> None:
        self.raw = raw
        self._last = dict(raw)
        self._repeats = len(self._last) != len(raw)

    def __contains__(self, name: bytes) -> bool:
        return name in self._last

    def values(self, name: bytes) -> Sequence[bytes]:
        """All values of a header, in their order."""
        value = self._last.get(name)
        if value is None:
            return ()
        if not self._repeats:
            return (value,)
        return [value for key, value in self.raw if key == name]

    def only(self, name: bytes) -> bytes | None:
        """The value of a header that was sent exactly once."""
        values = self.values(name)
        return values[0] if len(values) == 1 else None

    @property
    def is_upload(self) -> bool:
        """Whether the body is a form with files."""
        return any(value.lower().startswith(b"multipart/") for value in self.values(b"content-type"))

    def check_size(self, target_bytes: int) -> None:
        """TargetTooLong for `target_bytes` of path and query, HeadersTooLarge for too many or too long headers."""
        if target_bytes > MAXIMUM_TARGET_BYTES:
            raise TargetTooLong
        if len(self.raw) > MAXIMUM_HEADERS or sum(map(len, chain.from_iterable(self.raw))) > MAXIMUM_HEADER_BYTES:
            raise HeadersTooLarge
