"""The access log: one row per read of personal data, in the transaction of the read, later sealed into a hash chain."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, get_args
from uuid import UUID

from asyncpg import Record
from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import FieldError, InvalidQuery, PurposeRequired
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.outbox import outbox_records, publish
from chassis.storage.tables import AccessEntry, AccessSeal
from contracts.access import AccessRecorded, AccessSealed

Purpose = Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"]
PURPOSES: tuple[str, ...] = get_args(Purpose)
SEAL_BATCH = 1000


def purpose_of(caller: Caller, resident_id: UUID | None, sent: str | None) -> str | None:
    """The purpose of a read: none is needed for one's own data; 428 without one, 400 for an unknown one."""
    if sent is not None and sent not in PURPOSES:
        allowed = ", ".join(PURPOSES)
        raise InvalidQuery(
            errors=[FieldError("/X-Purpose", "unknown-purpose", f"Mục đích phải là một trong: {allowed}.",
                               f"The purpose is one of: {allowed}.")]
        )  # fmt: skip
    if resident_id is not None and caller.is_resident(resident_id):
        return None
    if sent is None:
        raise PurposeRequired()
    return sent


def record_access(
    session: Session,
    service: str,
    caller: Caller,
    resident_id: UUID,
    *,
    action: str,
    purpose: str | None,
    fields: Sequence[str],
    legal_basis: str | None = None,
) -> None:
    """Records a read of a resident's data; committed with the read, before the response is sent."""
    entry = AccessEntry(
        access_id=new_id(), resident_id=resident_id, at=now(), actor=caller.account, role=caller.role,
        unit_code=caller.unit_code, action=action, purpose=purpose, fields=list(fields), legal_basis=legal_basis,
    )  # fmt: skip
    session.add(entry)
    publish(
        session,
        AccessRecorded(
            access_id=entry.access_id, resident_id=resident_id, service=service, at=entry.at, actor=entry.actor,
            role=entry.role, action=action, purpose=purpose, fields=entry.fields, legal_basis=legal_basis,
            unit_code=entry.unit_code, body=caller.body,
        ),
    )  # fmt: skip


async def fetch_and_record_access(
    database: Database,
    service: str,
    caller: Caller,
    resident_id: UUID,
    query: str,
    *arguments: Any,
    purpose: str | None,
    fields: Sequence[str],
) -> list[Record]:
    """The rows of a query about one resident and the access row, in one statement; no access row without rows.

    For the hottest operations; `record_access` does the same in a session. Arguments of the query are `$1`, `$2` ...
    """
    entry = AccessRecorded(
        access_id=new_id(), resident_id=resident_id, service=service, at=now(), actor=caller.account, role=caller.role,
        action="read", purpose=purpose, fields=list(fields), legal_basis=None, unit_code=caller.unit_code,
        body=caller.body,
    )  # fmt: skip
    [record] = outbox_records([entry])
    values = (
        entry.access_id, resident_id, entry.at, entry.actor, entry.role, entry.unit_code, entry.action, purpose,
        entry.fields, record.event_id, record.topic, record.key, record.type, record.value, json.dumps(record.headers),
    )  # fmt: skip
    rows = await database.fetch(_recording_statement(query, len(arguments)), *arguments, *values)
    if rows:
        database.on_published()
    return rows


@cache
def _recording_statement(query: str, arguments: int) -> str:
    places = [f"${arguments + number}" for number in range(1, 16)]
    return (
        f"WITH shown AS MATERIALIZED ({query}), recorded AS (INSERT INTO access_entry (access_id, resident_id, at, actor,"
        f" role, unit_code, action, purpose, fields) SELECT {', '.join(places[:9])} WHERE EXISTS (SELECT FROM shown)),"
        " published AS (INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)"
        f" SELECT {', '.join(places[9:])}, {places[2]} WHERE EXISTS (SELECT FROM shown)) SELECT * FROM shown"
    )


async def seal_new_entries(session: Session, service: str) -> int:
    """Seals the rows that are in no link yet, oldest first; returns their number. Only the leader may call it."""
    rows = await _unsealed(session)
    if not rows:
        return 0
    last = await _last_seal(session)
    link = AccessSeal(
        id=last.id + 1 if last else 1,
        rows=len(rows),
        sealed_at=now(),
        seal=_seal_over(last.seal if last else b"", rows),
    )
    session.add(link)
    await session.execute(
        text("UPDATE access_entry SET seal_id = :seal WHERE id = ANY(:ids)"),
        {"seal": link.id, "ids": [row.id for row in rows]},
    )
    publish(
        session,
        AccessSealed(service=service, first_id=rows[0].id or 0, last_id=rows[-1].id or 0, rows=len(rows),
                     seal=link.seal.hex(), at=link.sealed_at),
    )  # fmt: skip
    return len(rows)


async def find_broken_seal(session: ReadSession, *, after: int = 0, links: int | None = None) -> int | None:
    """The first link whose rows were deleted, added or changed since it was made; None when the chain is intact.

    `after`: the link behind which to begin, taken as it is; `links`: at most so many, at most `SEAL_BATCH` rows each. By
    default the whole chain is verified.
    """
    first = await session.get(AccessSeal, after) if after else None
    if after and first is None:
        return after
    before, number = first.seal if first else b"", after
    while links is None or number < after + links:
        found = await session.exec(
            select(AccessSeal).where(col(AccessSeal.id) > number).order_by(col(AccessSeal.id)).limit(1)
        )
        link = found.first()
        if link is None:
            return await _sealed_beyond(session, number)
        rows = await _rows_of(session, link.id)
        if link.id != number + 1 or len(rows) != link.rows or _seal_over(before, rows) != link.seal:
            return number + 1
        number, before = link.id, link.seal
    return None


async def last_seal_number(session: ReadSession) -> int:
    """The number of the newest link; 0 while there is none."""
    last = await _last_seal(session)
    return last.id if last else 0


async def _sealed_beyond(session: ReadSession, number: int) -> int | None:
    """Rows that name a link which is not there: the chain's end was cut off."""
    found = await session.exec(select(AccessEntry.seal_id).where(col(AccessEntry.seal_id) > number).limit(1))
    return number + 1 if found.first() is not None else None


async def _unsealed(session: ReadSession) -> Sequence[AccessEntry]:
    query = select(AccessEntry).where(col(AccessEntry.seal_id).is_(None)).order_by(col(AccessEntry.id))
    return (await session.exec(query.limit(SEAL_BATCH))).all()


async def _rows_of(session: ReadSession, seal_id: int) -> Sequence[AccessEntry]:
    found = await session.exec(select(AccessEntry).where(AccessEntry.seal_id == seal_id).order_by(col(AccessEntry.id)))
    return found.all()


async def _last_seal(session: ReadSession) -> AccessSeal | None:
    return (await session.exec(select(AccessSeal).order_by(col(AccessSeal.id).desc()).limit(1))).first()


def _seal_over(before: bytes, rows: Sequence[AccessEntry]) -> bytes:
    chain = hashlib.sha256(before)
    for row in rows:
        values = (row.id, row.access_id, row.resident_id, row.at.timestamp(), row.actor, row.role, row.unit_code,
                row.action, row.purpose, row.fields, row.legal_basis)  # fmt: skip
        chain.update(hashlib.sha256(repr(tuple(map(str, values))).encode()).digest())
    return chain.digest()
