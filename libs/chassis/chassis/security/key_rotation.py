"""Key rotation while a service serves: encrypted values and blind indexes follow the newest key, batch by batch.

With a new key in front of `PII_KEYS` or `PII_INDEX_KEYS` everything new is written under it at once and everything old is
still read. This job rewrites the rest. Its progress is in the table `key_progress`, so that a restart continues where it
stopped. When every row of the newest keys has a `finished_at`, the old key may be removed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Table, bindparam, select, update
from sqlmodel import col
from sqlmodel import select as select_models

from chassis.clock import now
from chassis.observability.log import logger
from chassis.security.encryption import (
    CipherContext,
    DecryptionFailed,
    data_key_ids,
    decrypt,
    encrypt,
    index_key_ids,
    is_encrypted_with_newest_key,
)
from chassis.storage.database import Database, Session
from chassis.storage.tables import KeyProgress

BATCH = 500
Rewrite = Callable[[Session, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Rotation:
    """One table that follows a key. `rewrite` gets batches of its rows in the order of their ids, locked.

    `name` identifies its progress. `rows`: plain rows of the table (`columns`) or entities of the model (`entities`).
    `encrypted`: the columns whose values it encrypts again; none where it writes indexes only.
    """

    name: str
    model: Any
    rewrite: Rewrite
    follows: Literal["data", "index", "both"] = "data"
    rows: Literal["columns", "entities"] = "entities"
    batch: int = BATCH
    encrypted: frozenset[str] = frozenset()

    def key_id(self) -> str | None:
        """The newest key (of both kinds, as `data|index`) that this table follows; None while there is only one."""
        rings = {"data": [data_key_ids()], "index": [index_key_ids()], "both": [data_key_ids(), index_key_ids()]}
        followed = rings[self.follows]
        return "|".join(ids[0] for ids in followed) if any(len(ids) > 1 for ids in followed) else None


def reencrypting(
    model: Any, contexts: Mapping[str, CipherContext], *, row_id: str = "id", batch: int = BATCH
) -> Rotation:
    """The rotation of encrypted columns. `row_id` is the column whose text the values are bound to."""
    table: Table = model.__table__
    columns = tuple(contexts)

    async def rewrite(session: Session, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            bound_to = str(getattr(row, row_id))
            changed = {name: _rewritten(contexts[name], bound_to, getattr(row, name)) for name in columns}
            if changed := {name: value for name, value in changed.items() if value is not None}:
                await session.execute(
                    update(table).where(table.c.id == bindparam("row")).values(changed), {"row": row.id}
                )

    return Rotation(f"encrypt {table.name}", model, rewrite, rows="columns", batch=batch, encrypted=frozenset(contexts))


def _rewritten(context: CipherContext, bound_to: str, value: bytes | None) -> bytes | None:
    """The value under the newest key; None where nothing is to do."""
    if not value or is_encrypted_with_newest_key(value):
        return None
    try:
        return encrypt(context, bound_to, decrypt(context, bound_to, value))
    except DecryptionFailed:
        # Its key was removed earlier: the value is lost already, the others are not.
        logger.warning("value cannot be decrypted", table=context.table, column=context.column, row=bound_to)
        return None


async def rotate_keys(database: Database, rotations: Sequence[Rotation]) -> None:
    """Rewrites every table that does not follow the newest keys yet; costs nothing while there is only one key."""
    for rotation in rotations:
        key_id = rotation.key_id()
        finished = key_id is None
        while key_id is not None and not finished:
            async with database.transaction() as session:
                finished = await _rewrite_batch(session, rotation, key_id)


async def _rewrite_batch(session: Session, rotation: Rotation, key_id: str) -> bool:
    """One batch; whether the table is finished."""
    progress = await session.get(KeyProgress, (rotation.name, key_id), with_for_update=True)
    if progress is None:
        progress = KeyProgress(name=rotation.name, key_id=key_id, started_at=now())
        session.add(progress)
    if progress.finished_at is not None and not await _was_left(session, progress):
        return True
    rows = await _next_rows(session, rotation, progress.after_id)
    await rotation.rewrite(session, rows)
    progress.rows += len(rows)
    if len(rows) == rotation.batch:
        progress.after_id = str(rows[-1].id)
        return False
    progress.finished_at = now()
    logger.info("key rotation finished", table=rotation.name, rows=progress.rows)
    return True


async def _was_left(session: Session, progress: KeyProgress) -> bool:
    """A key that was replaced and is the newest again has all rows to rewrite once more."""
    later = select_models(KeyProgress.key_id).where(
        KeyProgress.name == progress.name, col(KeyProgress.started_at) > progress.finished_at
    )
    if (await session.exec(later.limit(1))).first() is None:
        return False
    progress.after_id, progress.rows, progress.started_at, progress.finished_at = None, 0, now(), None
    return True


async def _next_rows(session: Session, rotation: Rotation, after_id: str | None) -> Sequence[Any]:
    table: Table = rotation.model.__table__
    query: Any = select(table) if rotation.rows == "columns" else select_models(rotation.model)
    if after_id is not None:
        query = query.where(table.c.id > table.c.id.type.python_type(after_id))
    query = query.order_by(table.c.id).limit(rotation.batch).with_for_update()
    found = await session.execute(query)
    return list(found) if rotation.rows == "columns" else list(found.scalars())
