"""Finding second records of a person: new and changed residents are compared with those who share a key.

The keys are indexed, so comparing one resident costs the same in a village and in a province of millions.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.locks import lock_name
from registry.commands.bulk import copy_rows
from registry.model.duplicates import (
    ENOUGH,
    MOST_IN_BLOCK,
    DuplicateDismissal,
    DuplicatePair,
    pair_id,
    reasons,
    score_of,
)
from registry.queries.duplicates import likenesses

BATCH = 500


async def queue_duplicate_check(session: Session, residents: Iterable[UUID]) -> None:
    """Queue residents who are new or have changed for comparison."""
    await session.execute(_QUEUE, {"ids": list(residents)})


async def find_duplicates(database: Database) -> None:
    """Compare one batch of the queue, the newest first."""
    async with database.transaction() as session:
        await compare_pending(session)


async def compare_pending(session: Session) -> None:
    """Compare up to `BATCH` residents of the queue with all residents who share a key with them."""
    # Two comparisons at the same time would each miss what the other has not committed.
    await lock_name(session, "registry.duplicates")
    ids = list((await session.execute(_TAKE, {"limit": BATCH})).scalars())
    if not ids:
        return
    await session.execute(_DELETE_PAIRS, {"ids": ids})
    await session.execute(_DELETE_KEYS, {"ids": ids})
    compared = await likenesses(session, ids)
    rows = [(key, one.id) for one in compared.values() for key in one.shared_keys()]
    await copy_rows(session, "duplicate_key", ("key", "resident_id"), rows)
    pairs = await _sharing(session, list(compared))
    people = compared | await likenesses(session, list({b for _, b in pairs} - compared.keys()))
    scores = {(min(a, b), max(a, b)): score_of(reasons(people[a], people[b])) for a, b in pairs if b in people}
    found = [(*pair, score, pair_id(*pair)) for pair, score in scores.items() if score >= ENOUGH]
    await copy_rows(session, "duplicate_pair", ("one_id", "other_id", "score", "id"), found)


async def dismiss_pair(session: Session, pair: DuplicatePair, by: str) -> None:
    """Store that the two records are two persons; they are no candidates any more. A second time changes nothing."""
    stated = {"id": pair_id(pair.one_id, pair.other_id), "one_id": pair.one_id, "other_id": pair.other_id}
    await session.execute(
        insert(DuplicateDismissal).values(**stated, dismissed_by=by, dismissed_at=now()).on_conflict_do_nothing()
    )


async def _sharing(session: ReadSession, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    found = await session.execute(_SHARING, {"ids": list(ids), "most": MOST_IN_BLOCK})
    return [(row.resident_id, row.other_id) for row in found]


# A queued row is locked until this change commits, so that a comparison of the old values skips it.
_QUEUE = text(
    "INSERT INTO duplicate_check SELECT unnest(cast(:ids AS uuid[]))"
    " ON CONFLICT (resident_id) DO UPDATE SET resident_id = excluded.resident_id"
)
_TAKE = text(
    "DELETE FROM duplicate_check WHERE resident_id IN (SELECT resident_id FROM duplicate_check"
    " ORDER BY resident_id DESC LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING resident_id"
)
_DELETE_PAIRS = text(
    "DELETE FROM duplicate_pair WHERE one_id = ANY(cast(:ids AS uuid[])) OR other_id = ANY(cast(:ids AS uuid[]))"
)
_DELETE_KEYS = text("DELETE FROM duplicate_key WHERE resident_id = ANY(cast(:ids AS uuid[]))")
_SHARING = text(
    "SELECT DISTINCT mine.resident_id, other.id AS other_id FROM duplicate_key AS mine CROSS JOIN LATERAL ("
    " SELECT array_agg(block.resident_id) AS ids FROM ("
    "  SELECT resident_id FROM duplicate_key WHERE key = mine.key AND resident_id <> mine.resident_id LIMIT :most + 1"
    " ) AS block) AS block CROSS JOIN unnest(block.ids) AS other(id)"
    " WHERE mine.resident_id = ANY(cast(:ids AS uuid[])) AND cardinality(block.ids) <= :most"
)
