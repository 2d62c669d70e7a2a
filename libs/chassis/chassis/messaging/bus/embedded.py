"""The bus inside PostgreSQL: an append-only log with the semantics that we use of Kafka.

Offsets are given under the partition's row lock, so they have no gaps and become visible in order. A group's members are
sessions that share an advisory lock; each takes the partition numbers that fall to its rank, one exclusive advisory lock
a number: the death of a session frees both.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4
from zlib import crc32

import asyncpg
from pydantic_core import from_json, to_json

from chassis.messaging.bus.port import Fetched, GroupMember, Outgoing, Positions, TopicPartition, partition_of
from chassis.storage.database import KeepaliveConnection, asyncpg_url, connect
from contracts.topics import Topic

SCHEMA = """
CREATE TABLE IF NOT EXISTS bus (id text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS partition (
    topic text, partition int, next_offset bigint NOT NULL DEFAULT 0, PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS record (
    topic text, partition int, "offset" bigint, key text NOT NULL, value bytea NOT NULL, headers jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (topic, partition, "offset")
);
CREATE TABLE IF NOT EXISTS retention (topic text PRIMARY KEY, keep interval NOT NULL);
"""
CHANNEL = "bus"
MEMBER, OWNER = 0x6B68, 0x6B69
"""Advisory lock classes: being a member of a group (shared), owning a partition number of it (exclusive)."""


class EmbeddedBus:
    """A bus in one PostgreSQL database."""

    def __init__(self, url: str, *, seconds: float | None = None) -> None:
        """`seconds`: the time limit of a statement; its connection is closed after it."""
        self._url = asyncpg_url(url)
        self._seconds = seconds
        self._pool: asyncpg.Pool | None = None
        self._id = ""
        self._partitions: dict[str, int] = {}

    @property
    def id(self) -> str:
        return self._id

    @property
    def _connections(self) -> asyncpg.Pool:
        if self._pool is None:
            raise ConnectionError("the bus is not started")
        return self._pool

    async def start(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url, min_size=0, max_size=3, timeout=5, init=_read_json, command_timeout=self._seconds,
            connection_class=KeepaliveConnection, server_settings={"application_name": "bus"},
        )  # fmt: skip
        async with self._connections.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('bakhong bus schema'))")
            await connection.execute(SCHEMA)
            await connection.execute(
                "INSERT INTO bus SELECT $1 WHERE NOT EXISTS (SELECT FROM bus)", f"embedded-{uuid4()}"
            )
            self._id = await connection.fetchval("SELECT id FROM bus")

    async def stop(self) -> None:
        if self._pool:
            self._pool.terminate()

    async def ensure_topics(self, topics: Iterable[Topic]) -> None:
        wanted = list(topics)
        rows = [(topic.name, number) for topic in wanted for number in range(topic.partitions)]
        kept = [(topic.name, topic.retention_ms / 1000) for topic in wanted if topic.retention_ms > 0]
        async with self._connections.acquire() as connection, connection.transaction():
            await connection.executemany(
                "INSERT INTO partition (topic, partition) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows
            )
            await connection.executemany(
                "INSERT INTO retention VALUES ($1, make_interval(secs => $2)) ON CONFLICT DO NOTHING", kept
            )

    async def publish(self, records: Sequence[Outgoing]) -> None:
        placed: dict[TopicPartition, list[Outgoing]] = defaultdict(list)
        for record in records:
            partitions = await self._partitions_of(record.topic)
            placed[TopicPartition(record.topic, partition_of(record.key, partitions))].append(record)
        async with self._connections.acquire() as connection:
            await _append(connection, placed)
            await connection.execute(_WAKE)

    async def forget_expired(self) -> int:
        """Deletes records over their topic's retention; how many."""
        async with self._connections.acquire() as connection:
            done = await connection.execute(
                "DELETE FROM record USING retention WHERE record.topic = retention.topic AND published_at < now() - keep"
            )
        return int(done.split()[-1])

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str], positions: Positions) -> AsyncIterator[GroupMember]:
        connection = await connect(self._url, f"bus member of {group}", seconds=self._seconds)
        try:
            await _read_json(connection)
            counts = {topic: await self._partitions_of(topic) for topic in topics}
            subscription = EmbeddedSubscription(connection, group, counts, positions)
            await subscription.join()
            yield subscription
        finally:
            with suppress(Exception):
                await connection.close(timeout=2)

    async def _partitions_of(self, topic: str) -> int:
        if topic not in self._partitions:
            count = await self._connections.fetchval("SELECT count(*) FROM partition WHERE topic = $1", topic)
            if not count:
                raise LookupError(f"the bus has no topic {topic}")
            self._partitions[topic] = count
        return self._partitions[topic]


class EmbeddedSubscription:
    """A member of a group, with its own database session."""

    REBALANCE_SECONDS = 0.5

    def __init__(
        self, connection: asyncpg.Connection, group: str, partitions: dict[str, int], positions: Positions
    ) -> None:
        self._connection = connection
        self._group = _lock_number(group)
        self._partitions = partitions
        self._positions = positions
        self._owned: set[int] = set()
        self._next: dict[TopicPartition, int] = {}
        self._woken = asyncio.Event()
        self._rebalance_at = 0.0

    async def join(self) -> None:
        await self._connection.add_listener(CHANNEL, lambda *_: self._woken.set())
        await self._connection.execute("SELECT pg_advisory_lock_shared($1, $2)", MEMBER, self._group)

    def assigned(self) -> frozenset[TopicPartition]:
        return frozenset(self._next)

    async def poll(self, *, limit: int = 500, wait: float = 1.0) -> list[Fetched]:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            await self._rebalance_when_due()
            self._woken.clear()
            if found := await self._fetch(limit):
                return found
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, self.REBALANCE_SECONDS)):  # wait_for can lose a cancellation
                    await self._woken.wait()

    async def rewind(self, positions: dict[TopicPartition, int]) -> None:
        self._next.update({place: offset for place, offset in positions.items() if place in self._next})

    async def lag(self) -> int:
        ends = await self._connection.fetch(
            "SELECT topic, partition, next_offset FROM partition WHERE topic = ANY($1)", list(self._partitions)
        )
        end = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in ends}
        return sum(max(0, end.get(place, 0) - offset) for place, offset in self._next.items())

    async def _rebalance_when_due(self) -> None:
        moment = asyncio.get_running_loop().time()
        if moment < self._rebalance_at:
            return
        self._rebalance_at = moment + self.REBALANCE_SECONDS
        wanted = await self._share()
        for number in self._owned - wanted:
            await self._connection.execute("SELECT pg_advisory_unlock($1, $2)", OWNER, self._group + number)
        self._owned &= wanted
        for place in [place for place in self._next if place.partition not in self._owned]:
            del self._next[place]
        taken = [number for number in sorted(wanted - self._owned) if await self._try_to_own(number)]
        self._owned.update(taken)
        await self._start_reading(taken)

    async def _share(self) -> set[int]:
        """The partition numbers that fall to this member: by its rank among the living sessions of the group."""
        rows = await self._connection.fetch(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY pid",
            MEMBER,
            self._group,
        )
        members = [row["pid"] for row in rows]
        own = members.index(self._connection.get_server_pid())
        return {number for number in range(max(self._partitions.values())) if number % len(members) == own}

    async def _try_to_own(self, number: int) -> bool:
        return bool(await self._connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", OWNER, self._group + number))

    async def _start_reading(self, numbers: Sequence[int]) -> None:
        places = [
            TopicPartition(topic, number)
            for topic, count in self._partitions.items()
            for number in numbers
            if number < count
        ]
        if places:
            known = await self._positions(places)
            self._next.update({place: known.get(place, 0) for place in places})

    async def _fetch(self, limit: int) -> list[Fetched]:
        if not self._next:
            return []
        places = list(self._next)
        rows = await self._connection.fetch(
            # Most partitions have nothing new, and the small table knows: only the others are looked for in the large one.
            'SELECT found.* FROM unnest($1::text[], $2::int[], $3::bigint[]) AS want(topic, partition, "next")'
            " JOIN partition USING (topic, partition),"
            ' LATERAL (SELECT topic, partition, "offset", key, value, headers FROM record WHERE topic = want.topic'
            ' AND partition = want.partition AND "offset" >= want."next" ORDER BY "offset" LIMIT $4) AS found'
            ' WHERE partition.next_offset > want."next" LIMIT $4',
            [place.topic for place in places],
            [place.partition for place in places],
            [self._next[place] for place in places],
            limit,
        )
        found = [Fetched(*row.values()) for row in rows]
        for record in found:
            self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        return found


async def _append(connection: Any, placed: dict[TopicPartition, list[Outgoing]]) -> None:
    places = sorted(placed)
    rows = [
        (number, index, record.key, record.value, to_json(record.headers).decode())
        for number, place in enumerate(places, start=1)
        for index, record in enumerate(placed[place])
    ]
    await connection.execute(
        _APPEND,
        [place.topic for place in places],
        [place.partition for place in places],
        [len(placed[place]) for place in places],
        *(list(column) for column in zip(*rows, strict=True)),
    )


# One statement, one round trip, one transaction. The partitions' rows are locked in their order, so that two publishers
# never deadlock.
_APPEND = """
WITH place AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS place(topic, partition, count, number)
), locked AS MATERIALIZED (
    SELECT partition.topic, partition.partition, place.count, place.number
    FROM partition JOIN place USING (topic, partition)
    ORDER BY partition.topic, partition.partition FOR UPDATE OF partition
), advanced AS (
    UPDATE partition SET next_offset = partition.next_offset + locked.count FROM locked
    WHERE partition.topic = locked.topic AND partition.partition = locked.partition
    RETURNING partition.topic, partition.partition, partition.next_offset - locked.count AS first, locked.number
)
INSERT INTO record (topic, partition, "offset", key, value, headers)
SELECT advanced.topic, advanced.partition, advanced.first + new.index, new.key, new.value, new.headers
FROM unnest($4::int[], $5::int[], $6::text[], $7::bytea[], $8::text[]::jsonb[]) AS new(number, index, key, value, headers)
JOIN advanced USING (number)
"""
# Outside the transaction of the records, because a notification takes a lock of the whole database while it commits; a
# lost one costs a poll, so it does not wait for the disk.
_WAKE = f"BEGIN; SET LOCAL synchronous_commit = off; NOTIFY {CHANNEL}; COMMIT"


async def _read_json(connection: Any) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=to_json, decoder=from_json)


def _lock_number(group: str) -> int:
    """A number for a group, whose lower bits hold the partition number."""
    return crc32(group.encode()) & 0x7FFFFF00
