"""What a consumer stores beside the effects of events: positions, applied events, and the dead letters that block keys."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.messaging.bus.port import Fetched, TopicPartition
from chassis.storage.database import ReadSession, Session
from chassis.storage.locks import lock_name
from chassis.storage.tables import DeadLetter


async def stored_positions(session: ReadSession, bus_id: str, topics: Sequence[str]) -> dict[TopicPartition, int]:
    """The next offset of every partition of these topics that has one."""
    rows = await session.execute(_POSITIONS, {"bus": bus_id, "topics": topics})
    return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows}


async def advance(session: Session, bus_id: str, records: Sequence[Fetched]) -> bool:
    """Stores the positions after these records; False where a partition belongs to another member by now.

    Compare-and-set: the stored position of a partition must not be behind its first record.
    """
    first: dict[TopicPartition, int] = {}
    after: dict[TopicPartition, int] = {}
    for record in records:
        place = TopicPartition(record.topic, record.partition)
        first.setdefault(place, record.offset)
        after[place] = record.offset + 1
    places = sorted(first)
    moved = await session.execute(
        _ADVANCE,
        {
            "bus": bus_id,
            "topics": [place.topic for place in places],
            "partitions": [place.partition for place in places],
            "first": [first[place] for place in places],
            "after": [after[place] for place in places],
        },
    )
    return len(set(moved.scalars())) == len(places)


async def count_open_dead_letters(session: ReadSession, most: int) -> int:
    """The number of dead letters and of events behind them, counted up to `most`."""
    return int((await session.execute(_COUNT_DEAD, {"most": most})).scalar_one())


async def remember(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Stores events as applied, in one global order (no deadlocks); returns the new ones."""
    unique = sorted({id.hex for id in ids})
    if not unique:
        return set()
    # One literal instead of an array: the driver encodes array elements one by one.
    names = {"ids": f"{{{','.join(unique)}}}", "at": now(), "number": len(unique)}
    new = (await session.execute(_REMEMBER, names)).scalar_one()
    return set(ids if new is None else new)


async def blocked_keys(session: Session, topics: Collection[str]) -> set[tuple[str, str]]:
    """The keys behind a dead letter; usually none, never more than the limit of dead letters."""
    rows = await session.execute(_BLOCKED, {"topics": sorted(topics)})
    return {(row.topic, row.key) for row in rows}


async def open_dead_letters(session: Session, topic: str, key: str) -> Sequence[DeadLetter]:
    """The open dead letters of a key, in order."""
    found = await session.exec(
        select(DeadLetter)
        .where(DeadLetter.topic == topic, DeadLetter.key == key, col(DeadLetter.state).in_(["dead", "waiting"]))
        .order_by(col(DeadLetter.id))
    )
    return found.all()


async def open_dead_letters_with(session: Session, id: UUID) -> Sequence[DeadLetter]:
    """A dead letter and the other open ones of its key, in order, under the key's lock; empty where it is not open."""
    chosen = await session.get(DeadLetter, id)
    if chosen is None:
        return []
    await lock_name(session, chosen.topic, chosen.key)
    dead_letters = await open_dead_letters(session, chosen.topic, chosen.key)
    return dead_letters if any(dead_letter.id == id for dead_letter in dead_letters) else []


_POSITIONS = text("SELECT topic, partition, next_offset FROM position WHERE bus_id = :bus AND topic = ANY(:topics)")
# Offsets may have holes on Kafka (retention, control records), so the first offset only has to be at or after the position.
_ADVANCE = text(
    "WITH batch AS MATERIALIZED (SELECT * FROM unnest(cast(:topics AS text[]), cast(:partitions AS int[]),"
    " cast(:first AS bigint[]), cast(:after AS bigint[])) AS batch (topic, partition, first, after))"
    " INSERT INTO position AS p (bus_id, topic, partition, next_offset)"
    " SELECT :bus, topic, partition, after FROM batch ORDER BY topic, partition"
    " ON CONFLICT (bus_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
    " WHERE p.next_offset <= (SELECT first FROM batch WHERE (topic, partition) = (p.topic, p.partition))"
    " RETURNING topic || ' ' || partition"
)
# Usually all ids of a batch are new; NULL stands for that, so that they are not sent back one by one.
_REMEMBER = text(
    "WITH new AS (INSERT INTO inbox (event_id, applied_at) SELECT unnest(cast(cast(:ids AS text) AS uuid[])), :at"
    " ON CONFLICT DO NOTHING RETURNING event_id)"
    " SELECT CASE WHEN count(*) < :number THEN coalesce(array_agg(event_id), '{}') END FROM new"
)
_COUNT_DEAD = text(
    "SELECT count(*) FROM (SELECT FROM dead_letter WHERE state IN ('dead', 'waiting') LIMIT :most) AS open"
)
_BLOCKED = text(
    "SELECT DISTINCT topic, key FROM dead_letter WHERE state IN ('dead', 'waiting') AND topic = ANY(:topics)"
)
