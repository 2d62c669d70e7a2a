"""The access log of a resident, across all services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.security.encryption import decrypt_text
from chassis.security.identity import Caller
from chassis.security.scope import units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from registry.model.access import ACCESS_REASON


@dataclass(frozen=True, slots=True)
class LoggedAccess:
    """An entry of the access log; `fields` are names of fields, `legal_basis` includes a stated reason."""

    access_id: UUID
    at: datetime
    actor: str
    role: str
    action: str
    purpose: str | None
    fields: list[str]
    legal_basis: str | None
    unit_code: str | None
    service: str
    resident_id: UUID
    body: str | None
    unit_name: str | None


async def list_access(session: ReadSession, resident_id: UUID, page: Page) -> tuple[list[LoggedAccess], str | None]:
    """The access log of a resident, newest first."""
    after = page.after_key(datetime.fromisoformat, UUID)
    parameters = {
        "id": resident_id, "limit": page.limit + 1, "at": after[0] if after else None,
        "access_id": after[1] if after else None,
    }  # fmt: skip
    rows = (await session.execute(_LOG, parameters)).mappings().all()
    kept = [_logged(row) for row in rows[: page.limit]]
    return kept, cursor_at(kept[-1].at.isoformat(), kept[-1].access_id) if len(rows) > len(kept) else None


_COLUMNS = "access_id, resident_id, at, actor, role, action, purpose, fields, legal_basis, unit_code"
_WHERE = (
    "resident_id = :id AND (cast(:at AS timestamptz) IS NULL"
    " OR (at, access_id) < (cast(:at AS timestamptz), cast(:access_id AS uuid)))"
    " ORDER BY at DESC, access_id DESC LIMIT :limit"
)
_WHO = (
    "who.body, (SELECT u.name FROM known_unit AS u WHERE u.code = log.unit_code"
    " ORDER BY u.valid_to DESC NULLS FIRST LIMIT 1) AS unit_name"
)
_LOG = text(
    f"SELECT log.*, r.reason, {_WHO} FROM ((SELECT {_COLUMNS}, 'registry' AS service FROM access_entry WHERE {_WHERE})"
    f" UNION ALL (SELECT {_COLUMNS}, service FROM access_elsewhere WHERE {_WHERE})) AS log"
    " LEFT JOIN access_reason AS r ON r.id = log.access_id LEFT JOIN access_actor AS who ON who.access_id = log.access_id"
    " ORDER BY log.at DESC, log.access_id DESC LIMIT :limit"
)


def _logged(row: Mapping[str, Any]) -> LoggedAccess:
    entry = dict(row)
    reason = entry.pop("reason")
    if reason is not None:
        entry["legal_basis"] = decrypt_text(ACCESS_REASON, str(entry["access_id"]), reason)
    return LoggedAccess(**entry)


@dataclass(frozen=True, slots=True)
class ActorFilter:
    """Which reads of an account an auditor asks for."""

    actor: str
    first: datetime | None
    last: datetime | None


async def list_reads_of(
    session: ReadSession, caller: Caller, wanted: ActorFilter, page: Page
) -> tuple[list[LoggedAccess], str | None]:
    """What an account has read, newest first: of residents of the caller's units, or made by an account of these units."""
    after = page.after_key(datetime.fromisoformat, UUID)
    parameters = {
        "actor": wanted.actor, "first": wanted.first, "last": wanted.last, "limit": page.limit + 1,
        "at": after[0] if after else None, "access_id": after[1] if after else None,
        "units": list(await session.exec(units_under(caller.unit_code or ""))),
    }  # fmt: skip
    rows = (await session.execute(_READS_OF, parameters)).mappings().all()
    kept = [_logged(row) for row in rows[: page.limit]]
    return kept, cursor_at(kept[-1].at.isoformat(), kept[-1].access_id) if len(rows) > len(kept) else None


_READS_OF = text(
    f"SELECT log.*, r.reason, {_WHO} FROM access_actor AS who JOIN LATERAL ("
    f"SELECT {_COLUMNS}, 'registry' AS service FROM access_entry WHERE access_id = who.access_id UNION ALL"
    f" SELECT {_COLUMNS}, service FROM access_elsewhere WHERE access_id = who.access_id) AS log ON true"
    " LEFT JOIN access_reason AS r ON r.id = log.access_id LEFT JOIN resident AS p ON p.id = log.resident_id"
    " WHERE who.actor = :actor AND (cast(:first AS timestamptz) IS NULL OR who.at >= :first)"
    " AND (cast(:last AS timestamptz) IS NULL OR who.at < :last)"
    " AND (p.unit_id = ANY(cast(:units AS uuid[])) OR EXISTS (SELECT FROM known_unit AS u WHERE u.code = log.unit_code"
    " AND u.id = ANY(cast(:units AS uuid[]))))"
    " AND (cast(:at AS timestamptz) IS NULL OR (who.at, who.access_id) < (cast(:at AS timestamptz), cast(:access_id AS uuid)))"
    " ORDER BY who.at DESC, who.access_id DESC LIMIT :limit"
)
