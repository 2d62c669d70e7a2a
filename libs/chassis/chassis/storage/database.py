"""One database per service: tables, sessions, and the one transaction of a request or an event."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import DateTime, MetaData, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from chassis.storage.outbox import write_outbox
from chassis.storage.session import ReadSession, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_tables() -> registry:
    """The registry of one service's tables, with a name for every constraint: `class Table(SQLModel, registry=new_tables())`."""
    return registry(metadata=MetaData(naming_convention=NAMING))


class ChassisTable(SQLModel, registry=new_tables()):
    """The base of the chassis's own tables, which every service has in its database."""


class Database:
    """A service's own database: `transaction()` for a change, `reading()` for reads."""

    def __init__(
        self, url: str, *, pool_size: int = 8, application: str = "bakhong", seconds: float | None = None
    ) -> None:
        """`seconds`: the time limit of a statement; its connection is closed after it."""
        self.url = url
        self._pool_size, self._application, self._seconds = pool_size, application, seconds
        self._direct: asyncpg.Pool | None = None
        self.engine = new_engine(url, pool_size=pool_size, application=application, seconds=seconds)
        self._changes = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)
        self._reads = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"), class_=ReadSession, expire_on_commit=False
        )
        self.on_published: Callable[[], None] = lambda: None
        """Called after a commit that published events; wakes the relay."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One transaction: flushes the entities (which takes their locks), then writes the outbox, then commits.

        So ids in the outbox follow the order of changes of one key. An exception rolls everything back.
        """
        async with self._changes() as session:
            yield session
            await commit(session)
            if session.outbox_records:
                self.on_published()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """A session without a transaction: each statement sees what is committed."""
        async with self._reads() as session:
            yield session

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of one statement that is its own transaction, by the bare driver (`$1`, `$2` ...).

        For the few hottest operations, where the ORM's session costs more than the statement.
        """
        if self._direct is None:
            self._direct = asyncpg.create_pool(
                asyncpg_url(self.url), min_size=0, max_size=self._pool_size, timeout=5, connection_class=_StatelessConnection,
                command_timeout=self._seconds, server_settings=_server_settings(self._application),
            )  # fmt: skip
        pool = await self._direct
        try:
            rows: list[asyncpg.Record] = await pool.fetch(query, *arguments)
        except TimeoutError:
            await pool.expire_connections()  # the others were opened over the same network
            raise
        return rows

    async def close(self) -> None:
        """Closes all connections."""
        await self.engine.dispose()
        if self._direct is not None:
            self._direct.terminate()


async def commit(session: Session) -> None:
    """Ends a transaction: entities first, then the outbox, then the commit."""
    await session.flush()
    if session.outbox_records:
        await write_outbox(session, session.outbox_records)
    await session.commit()


def new_engine(url: str, *, pool_size: int, application: str, seconds: float | None = None) -> AsyncEngine:
    """An asyncpg engine for short transactions: no JIT, no session that keeps locks while idle."""
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # an error's text never quotes personal data
        # Opened by the driver itself, which supports parameters of the URL such as `sslmode=verify-full`.
        async_creator=partial(connect, url, application, seconds=seconds, **SETTINGS),
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    event.listen(engine.sync_engine, "handle_error", _treat_driver_error_as_disconnect)
    event.listen(engine.sync_engine, "handle_error", _invalidate_pool_on_timeout)
    return engine


SETTINGS = {"jit": "off", "idle_in_transaction_session_timeout": "60s", "timezone": "UTC"}


def _server_settings(application: str) -> dict[str, str]:
    return {"application_name": application} | SETTINGS | KEEPALIVE_AT_THE_SERVER


KEEPALIVE_AT_THE_SERVER = {
    "tcp_keepalives_idle": "5", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "3", "tcp_user_timeout": "20000",
}  # fmt: skip
"""So that the server ends the session of a machine that is gone, and frees its locks, within 20 s."""
UNACKNOWLEDGED_MS = 20_000


class KeepaliveConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that notices when the network to the server is gone: by default a kernel tries for a quarter of an hour."""

    def __init__(self, protocol: Any, transport: Any, *more: Any) -> None:
        super().__init__(protocol, transport, *more)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family != socket.AF_UNIX:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in _KEEPALIVE_HERE.items():
                raw.setsockopt(socket.IPPROTO_TCP, option, value)


_KEEPALIVE_HERE = {
    getattr(socket, name): value
    for name, value in {
        "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": UNACKNOWLEDGED_MS,
    }.items()
    if hasattr(socket, name)  # what another system than Linux lacks
}  # fmt: skip


async def connect(url: str, application: str, *, seconds: float | None = None, **settings: str) -> Any:
    """A dedicated connection by the bare driver, for an advisory lock or LISTEN, which a pool cannot hold."""
    return await asyncpg.connect(
        asyncpg_url(url), timeout=5, command_timeout=seconds, connection_class=KeepaliveConnection,
        server_settings={"application_name": application} | KEEPALIVE_AT_THE_SERVER | settings,
    )  # fmt: skip


class _StatelessConnection(KeepaliveConnection):
    """A connection for single statements, which need no reset (one more round trip) afterwards."""

    def get_reset_query(self) -> str:
        return ""


def _replace_closed(connection: Any, *_: Any) -> None:
    """The pool opens another connection. The driver knows of a lost one without a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _invalidate_pool_on_timeout(context: Any) -> None:
    """A statement timed out: this connection and all that the pool opened over the same network are closed."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = context.invalidate_pool_on_disconnect = True


def _treat_driver_error_as_disconnect(context: Any) -> None:
    """A connection that is being closed by the server raises a driver error before it is marked as closed."""
    if isinstance(context.original_exception, context.dialect.dbapi.InternalClientError):
        context.is_disconnect = True


def is_transient_fault(error: Exception) -> bool:
    """Whether a database error is transient: the same statement may succeed later."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "").startswith(_TRANSIENT_STATES)


_TRANSIENT_STATES = ("08", "25006", "40", "53", "55P03", "57", "58")
"""SQLSTATE classes and codes: connection, read-only standby, deadlock and serialization, out of resources, lock timeout,
operator intervention, system error."""


def sqlalchemy_url(url: str) -> str:
    """The URL that SQLAlchemy wants for asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def asyncpg_url(url: str) -> str:
    """The URL that asyncpg itself wants."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def database_url(server: str, name: str) -> str:
    """The URL of a database on a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def aware() -> Any:
    """The column type of an instant."""
    return DateTime(timezone=True)


__all__ = [
    "ChassisTable", "Database", "ReadSession", "Session", "asyncpg_url", "aware", "commit", "connect", "database_url",
    "new_engine", "new_tables", "sqlalchemy_url",
]  # fmt: skip
