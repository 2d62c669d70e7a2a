"""Identifiers: UUIDv7, so that rows of one time lie together in an index."""

import os
import time
from threading import Lock
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_RANDOM_BITS = (1 << 62) - 1
_AT_ONCE = 512
_lock = Lock()
_last = 0
_random: list[bytes] = []


def _begin_again() -> None:
    """A forked child must not repeat the ids of another child, nor wait for a lock held by a thread of the parent."""
    global _lock
    _lock = Lock()
    _random.clear()


os.register_at_fork(after_in_child=_begin_again)


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562, method 3): milliseconds, 12 bits of their fraction, 62 random bits.

    Ids of one process rise, at any rate up to four million a second, and never run ahead of the clock as a counter in the
    milliseconds would: an import makes ten ids a millisecond for minutes.
    """
    global _last
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    moment = milliseconds << 12 | (nanoseconds << 12) // 1_000_000
    with _lock:
        _last = moment = max(moment, _last + 1)
        if not _random:
            # Many bytes in one `getrandom` call: the call costs more than the rest.
            drawn = os.urandom(8 * _AT_ONCE)
            _random.extend(drawn[i : i + 8] for i in range(0, len(drawn), 8))
        chance = _random.pop()
    random = int.from_bytes(chance) & _RANDOM_BITS
    return UUID(int=moment >> 12 << 80 | _VERSION_AND_VARIANT | (moment & 0xFFF) << 64 | random)
