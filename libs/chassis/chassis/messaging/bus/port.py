"""The port between the chassis and a bus: what the relay and the consumer call, and which guarantees they rely on.

Records of one key are in one partition, in the order in which they were published. A subscription is a member of a
group; a partition belongs to at most one member at a time, and a member starts at its `positions`. Delivery is
at least once: the consumer stores its position in the transaction of the effect.
"""

import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from contracts.topics import Topic


class TopicPartition(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


class Outgoing(NamedTuple):
    """A record to publish; `partition` follows from the key."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = {}


@dataclass(frozen=True)
class Fetched:
    """A record from the bus."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: dict[str, str] = field(default_factory=dict)


Positions = Callable[[Sequence[TopicPartition]], Awaitable[dict[TopicPartition, int]]]
"""Asked when partitions are assigned: the next offset of each; one that is missing starts at the beginning."""


class GroupMember(Protocol):
    """A member of a group."""

    async def poll(self, *, limit: int = 500, wait: float = 1.0) -> list[Fetched]:
        """The next records of the assigned partitions, in order per partition; empty after `wait` seconds without any."""

    async def rewind(self, positions: dict[TopicPartition, int]) -> None:
        """Continues from these offsets: after a failed batch, or when another member has advanced."""

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions that are this member's now."""

    async def lag(self) -> int:
        """How many records of the assigned partitions are not fetched yet."""


class Bus(Protocol):
    """A bus; `id` names its contents: a new bus has a new one, and positions start at 0."""

    @property
    def id(self) -> str: ...

    async def start(self) -> None:
        """Connects; raises when the bus cannot be reached."""

    async def stop(self) -> None:
        """Lets go of every connection."""

    async def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Creates the topics that do not exist yet."""

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Appends the records in order; returns when all are durable. An error may have published a part of them."""

    def subscribe(
        self, group: str, topics: Sequence[str], positions: Positions
    ) -> AbstractAsyncContextManager[GroupMember]:
        """Joins a group until the context ends."""


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: murmur2 as Kafka's own clients compute it, so that both adapters agree with any of them."""
    return (_murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    """As `aiokafka.partitioner.murmur2`, in less than half of its time; called for every published record."""
    whole = len(data) & ~3
    mixed = 0x9747B28C ^ len(data)
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = (word * _MIXER) & 0xFFFFFFFF
        mixed = ((mixed * _MIXER) ^ ((word ^ (word >> 24)) * _MIXER)) & 0xFFFFFFFF
    if whole < len(data):
        mixed = ((mixed ^ int.from_bytes(data[whole:], "little")) * _MIXER) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * _MIXER) & 0xFFFFFFFF
    return mixed ^ (mixed >> 15)


_MIXER = 0x5BD1E995
