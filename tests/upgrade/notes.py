"""Three releases of one small service, for the test of an upgrade under load: a flag becomes a number.

Release 1 knows `urgent`. Release 2 writes `urgent` and `priority` and reads whichever is there. Release 3 knows `priority`
alone. `python -m tests.upgrade.notes RELEASE PORT` runs one process of one release.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import SQLModel

from chassis.app import create_app
from chassis.clock import now
from chassis.ids import new_id
from chassis.runtime import Service
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession, Session, new_tables
from chassis.storage.outbox import publish
from chassis.web.routing import Reading, Transaction, allow, transactional_router
from contracts.registry import SourceChecked

NAME = "upgrade-notes"
NORMAL, URGENT = 1, 2


class Table(SQLModel, registry=new_tables()):
    """The statements below are plain SQL: what a release knows of the table is then visible in one line."""


class NoteCreate(BaseModel):
    urgent: bool


class NoteView(BaseModel):
    id: UUID
    urgent: bool


class Counted(BaseModel):
    normal: int
    urgent: int


INSERT = {
    1: "INSERT INTO note (id, urgent) VALUES (:id, :urgent)",
    2: "INSERT INTO note (id, urgent, priority) VALUES (:id, :urgent, :priority)",
    3: "INSERT INTO note (id, priority) VALUES (:id, :priority)",
}
IS_URGENT = {1: "urgent", 2: "coalesce(priority = 2, urgent)", 3: "priority = 2"}


def routes_of(release: int) -> transactional_router:
    """The routes of a release."""
    router = transactional_router()

    @router.post("/v1/notes", status_code=201)
    async def create(body: NoteCreate, session: Transaction, caller: Annotated[Caller, allow("operator")]) -> NoteView:
        note_id = new_id()
        values = {"id": note_id, "urgent": body.urgent, "priority": URGENT if body.urgent else NORMAL}
        await session.execute(text(INSERT[release]), values)
        publish(session, SourceChecked(source=str(note_id), live=body.urgent, at=now()))
        return NoteView(id=note_id, urgent=body.urgent)

    @router.get("/v1/notes/counted")
    async def counted(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Counted:
        return await count(session, IS_URGENT[release])

    return router


async def count(session: ReadSession, is_urgent: str) -> Counted:
    row = (await session.execute(text(f"SELECT count(*), count(*) FILTER (WHERE {is_urgent}) FROM note"))).one()
    return Counted(normal=row[0] - row[1], urgent=row[1])


async def on_source_checked(session: Session, event: SourceChecked) -> None:
    """No key, no conflict clause: an event that is handled twice is there twice."""
    await session.execute(text("INSERT INTO handled (note_id) VALUES (:id)"), {"id": UUID(event.source)})


def service_of(release: int, migrations: Path) -> Service:
    """The service as this release has it; `migrations` end where the release does."""
    handlers: dict[Any, Callable[..., Any]] = {SourceChecked: on_source_checked}
    return Service(
        name=NAME, title="Notes", metadata=Table.metadata, migrations=migrations, routers=[routes_of(release)],
        handlers=handlers,
    )  # fmt: skip


def main() -> None:
    release, port, migrations = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    uvicorn.run(
        create_app(service_of(release, migrations)), host="127.0.0.1", port=port, log_config=None, access_log=False,
        timeout_graceful_shutdown=5,
    )  # fmt: skip


if __name__ == "__main__":
    main()
