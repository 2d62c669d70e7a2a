"""Looking for second records of a person: newcomers and changed residents are compared with those who share a key.

The keys are indexed, so looking at one resident costs the same in a village and in a province of millions.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import Database, ReadSession, Session
from registry.commands.bulk import copy_rows
from registry.model.duplicates import ENOUGH, MOST_IN_BLOCK, Likeness, reasons, score_of

BATCH = 500


async def check_later(session: Session, residents: Iterable[UUID]) -> None:
    """These residents are new or have changed: they are looked at soon."""
    await session.execute(_CHECK, {"ids": list(residents)})


async def look_for_duplicates(database: Database) -> None:
    """Look at some of those who wait, the newest first; the rest of the time belongs to other work."""
    async with database.transaction() as session:
        await look_at_some(session)


async def look_at_some(session: Session) -> None:
    """Compare up to `BATCH` of those who wait with everybody who shares a key with them."""
    await session.execute(_ONE_AT_A_TIME)
    ids = list((await session.execute(_TAKE, {"limit": BATCH})).scalars())
    if not ids:
        return
    await session.execute(_FORGET_PAIRS, {"ids": ids})
    await session.execute(_FORGET_KEYS, {"ids": ids})
    looked_at = await likenesses(session, ids)
    rows = [(key, one.id) for one in looked_at.values() for key in one.shared_keys()]
    await copy_rows(session, "duplicate_key", ("key", "resident_id"), rows)
    pairs = await _sharing(session, list(looked_at))
    everybody = looked_at | await likenesses(session, list({b for _, b in pairs} - looked_at.keys()))
    scores = {(min(a, b), max(a, b)): score_of(reasons(everybody[a], everybody[b])) for a, b in pairs if b in everybody}
    found = [(*pair, score) for pair, score in scores.items() if score >= ENOUGH]
    await copy_rows(session, "duplicate_pair", ("one_id", "other_id", "score"), found)


async def likenesses(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Likeness]:
    """What is compared of those among these residents who are alive."""
    found = await session.execute(_LIKENESSES, {"ids": list(ids)})
    return {row.id: Likeness(*row) for row in found}


async def _sharing(session: ReadSession, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    found = await session.execute(_SHARING, {"ids": list(ids), "most": MOST_IN_BLOCK})
    return [(row.resident_id, row.other_id) for row in found]


# Two who look at the same time would each miss what the other has not committed.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('registry.duplicates', 0))")
# A row that waits already is locked until this change is committed: whoever looks meanwhile, at the old values, leaves it.
_CHECK = text(
    "INSERT INTO duplicate_check SELECT unnest(cast(:ids AS uuid[]))"
    " ON CONFLICT (resident_id) DO UPDATE SET resident_id = excluded.resident_id"
)
_TAKE = text(
    "DELETE FROM duplicate_check WHERE resident_id IN (SELECT resident_id FROM duplicate_check"
    " ORDER BY resident_id DESC LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING resident_id"
)
_FORGET_PAIRS = text(
    "DELETE FROM duplicate_pair WHERE one_id = ANY(cast(:ids AS uuid[])) OR other_id = ANY(cast(:ids AS uuid[]))"
)
_FORGET_KEYS = text("DELETE FROM duplicate_key WHERE resident_id = ANY(cast(:ids AS uuid[]))")
_LIKENESSES = text(
    "SELECT id, unit_id, full_name, born, phone_index, personal_id FROM resident"
    " WHERE id = ANY(cast(:ids AS uuid[])) AND life = 'alive'"
)
_SHARING = text(
    "SELECT DISTINCT mine.resident_id, other.id AS other_id FROM duplicate_key AS mine CROSS JOIN LATERAL ("
    " SELECT array_agg(block.resident_id) AS ids FROM ("
    "  SELECT resident_id FROM duplicate_key WHERE key = mine.key AND resident_id <> mine.resident_id LIMIT :most + 1"
    " ) AS block) AS block CROSS JOIN unnest(block.ids) AS other(id)"
    " WHERE mine.resident_id = ANY(cast(:ids AS uuid[])) AND cardinality(block.ids) <= :most"
)
