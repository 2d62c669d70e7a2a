"""Sessions of a service's database, and the records that a transaction puts into the outbox."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession as AlchemyAsyncSession
from sqlalchemy.orm import Session as AlchemySession
from sqlmodel import Session as SyncSession
from sqlmodel.ext.asyncio.session import AsyncSession

from chassis.clock import now
from chassis.ids import new_id


@dataclass(frozen=True)
class OutboxRecord:
    """One record for the bus: its topic and key, the CloudEvents type, and `value`, the event as JSON."""

    topic: str
    key: str
    type: str
    value: str
    event_id: UUID = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=now)
    headers: dict[str, str] = field(default_factory=dict)


class _PlainSession(SyncSession):
    """SQLModel warns against `execute`, which plain SQL needs."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        return AlchemySession.execute(self, *args, **kwargs)


class ReadSession(AsyncSession):
    """A read-only session: `exec` for models, `execute` for plain SQL.

    A function that only reads declares this type; it accepts both.
    """

    sync_session_class = _PlainSession

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        return await AlchemyAsyncSession.execute(self, *args, **kwargs)


class Session(ReadSession):
    """A session for one change: entities and the events to publish with them, in one transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outbox_records: list[OutboxRecord] = []
