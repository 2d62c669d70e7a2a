"""The head of one request."""

from collections.abc import Sequence

RawHeaders = list[tuple[bytes, bytes]]


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
