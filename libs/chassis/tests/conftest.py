"""A toy service with one table, one event and a few routes, to test the chassis."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import File, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel
from pydantic import Field as BodyField
from sqlalchemy import Text, text
from sqlmodel import Field, SQLModel, col, select

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.messaging.units import on_unit_changed
from chassis.runtime import Service
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, scoped, unit_of_body
from chassis.storage.database import Session, new_tables
from chassis.storage.outbox import publish
from chassis.web.deprecation import deprecated
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    page_by_id,
    require_match,
    transactional_router,
)
from contracts.registry import SourceChecked, UnitChanged


class Table(SQLModel, registry=new_tables()):
    pass


class Note(Table, table=True):
    __tablename__ = "note"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID
    text: str = Field(sa_type=Text)
    version: int = 1


class Received(Table, table=True):
    __tablename__ = "received"

    number: int | None = Field(default=None, primary_key=True)
    key: str
    value: str


class NoteCreate(BaseModel):
    unit_code: str
    text: str = BodyField(min_length=1, max_length=20)
    stars: int = BodyField(default=1, ge=1, le=5)


class NoteView(BaseModel):
    id: UUID
    text: str


router = transactional_router()
Day = Annotated[date, AfterValidator(lambda day: day)]


@router.post("/v1/notes", status_code=201)
async def create_note(body: NoteCreate, session: Transaction, caller: Annotated[Caller, allow("officer")]) -> NoteView:
    unit = await unit_of_body(session, body.unit_code)
    note = Note(unit_id=unit.id, text=body.text)
    session.add(note)
    publish(session, SourceChecked(source=str(note.id), live=True, at="2026-11-21T00:00:00Z"))
    if body.text == "explode":
        raise RuntimeError("secret text")
    if body.text == "no space":
        await session.execute(text("DO $$ BEGIN RAISE disk_full; END $$"))
    return NoteView(id=note.id, text=note.text)


@router.post("/v1/letters", status_code=201)
@personal_answer()
async def create_letter(
    body: NoteCreate, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> JSONResponse:
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    note = Note(unit_id=unit.id, text=body.text)
    session.add(note)
    return created(NoteView(id=note.id, text=note.text), f"/v1/letters/{note.id}")


@router.get("/v1/letters/{note_id}")
async def read_letter(
    note_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
) -> NoteView:
    note = await session.get_one(Note, note_id)
    await require_unit(session, caller, note.unit_id, is_known=True)
    why = purpose_of(caller, note.id, purpose)
    record_access(session, "toy-notes", caller, note.id, purpose=why, action="read", fields=["text"])
    return NoteView(id=note.id, text=note.text)


@router.post("/v1/scoped-notes", status_code=201)
async def create_scoped_note(
    body: NoteCreate, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> dict[str, str]:
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    note = Note(unit_id=unit.id, text=body.text)
    session.add(note)
    return {"id": str(note.id)}


@router.post("/v1/searches")
@personal_answer()
async def search_letters(
    body: NoteCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
) -> NoteView:
    """Reads only, by POST."""
    found = await session.exec(select(Note).where(Note.text == body.text).order_by(col(Note.id)))
    note = found.first()
    if note is None:
        raise NotFound()
    why = purpose_of(caller, note.id, purpose)
    record_access(session, "toy-notes", caller, note.id, purpose=why, action="search", fields=["text"])
    return NoteView(id=note.id, text=note.text)


@router.get("/v1/notes")
async def list_notes(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "operator")],
    on: Day | None = None,
    text: str | None = None,
) -> Listed[NoteView]:
    query = scoped(select(Note), caller, col(Note.unit_id))
    query = query if text is None else query.where(col(Note.text) == text)
    rows, cursor = await page_by_id(session, query, Note.id, page)
    return Listed(items=[NoteView(id=row.id, text=row.text) for row in rows], next_cursor=cursor)


@router.get("/v1/notes/{note_id}/text")
async def read_text(
    note_id: UUID,
    request: Request,
    caller: Annotated[Caller, allow("officer")],
    upper: bool = False,
    on: date | None = None,
) -> Response:
    [row] = await request.app.state.runtime.database.fetch("SELECT text FROM note WHERE id = $1", note_id)
    return Response(row["text"].upper() if upper else row["text"])


@router.post("/v1/files")
async def upload_file(
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    file: Annotated[UploadFile, File()],
    title: Annotated[str, Form()] = "none",
    ignored: Annotated[list[str] | None, Form()] = None,
) -> dict[str, Any]:
    return {"title": title, "ignored": ignored or [], "size": len(await file.read())}


@router.get("/v1/tags")
async def list_tags(
    caller: Annotated[Caller, allow("officer")],
    tag: Annotated[list[str] | None, Query()] = None,
    text: str = "",
    first: Annotated[str | None, Query(alias="from")] = None,
    last: Annotated[str | None, Query(alias="to")] = None,
) -> dict[str, Any]:
    return {"tags": tag or [], "text": text}


@router.get("/v1/old-notes/{name}", **deprecated(since=date(2027, 1, 1), use="/v1/notes"))
async def read_old_note(name: str, caller: Annotated[Caller, allow("officer")]) -> dict[str, str]:
    if name == "missing":
        raise NotFound()
    return {"text": name}


@router.patch("/v1/notes/{note_id}")
async def change_note(
    note_id: UUID, session: Transaction, if_match: IfMatch = None, *, caller: Annotated[Caller, allow("officer")]
) -> NoteView:
    note = await session.get_one(Note, note_id)
    require_match(if_match, note.version)
    note.version += 1
    return NoteView(id=note.id, text=etag(note.version))


async def on_source_checked(session: Session, event: SourceChecked) -> None:
    if event.source.startswith("poison"):
        raise RuntimeError("cannot be applied, ever")
    session.add(Received(key=event.source, value=event.at.isoformat()))


HANDLERS: dict[Any, Any] = {UnitChanged: on_unit_changed, SourceChecked: on_source_checked}


@pytest.fixture(scope="session")
def service() -> Service:
    return Service(
        name="toy-notes",
        title="Toy",
        metadata=Table.metadata,
        migrations=Path(__file__).parent / "toy" / "migrations",
        routers=[router],
        handlers=HANDLERS,
    )
