"""A pytest plugin for the tests of services: a real migrated database for each test, callers with real tokens, events.

A service's `conftest.py` gives the fixture `service`; everything here follows from it.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import structlog
import uvicorn
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from chassis.app import create_app
from chassis.ids import new_id
from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.consumer import is_batch_handler
from chassis.observability.log import configure_logging
from chassis.runtime import Runtime, Service
from chassis.security.identity import Caller, Role, TokenSigner, write_keys
from chassis.settings import Settings
from chassis.storage.database import ChassisTable, Database, Session, asyncpg_url, database_url
from chassis.storage.migrations import create_database, upgrade
from contracts.event import EVENT_TYPES, Event
from contracts.registry import Lineage, UnitChanged
from contracts.services import EVERY_PROCESS


@pytest.fixture(scope="session")
def service() -> Service:
    """The service under test; each service's conftest defines its own."""
    raise NotImplementedError("define the fixture `service` in conftest.py")


# A session-wide fixture is made once for all services of a run; what is made per service is stored by its name.


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of all services of this run are."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def keys(key_folder: Path, service: Service) -> Path:
    """A folder with a signing key for the gateway and for each service, and `public.json`."""
    if not (key_folder / f"{service.name}.pem").exists():
        write_keys(
            key_folder, sorted({*EVERY_PROCESS, service.name, *(path.stem for path in key_folder.glob("*.pem"))})
        )
    return key_folder


@pytest.fixture(scope="session")
def template_of(postgres_url: str) -> Iterator[Callable[[Service], str]]:
    """The name of a database with a service's newest schema, made once by its migrations."""
    made: dict[str, str] = {}

    def name_of(service: Service) -> str:
        if service.name not in made:
            name = f"template_{service.database}_{uuid4().hex[:8]}"
            upgrade(database_url(postgres_url, name), service.migrations)
            made[service.name] = name
        return made[service.name]

    yield name_of
    for name in made.values():
        asyncio.run(_drop(postgres_url, name))


@pytest.fixture
def service_template(template_of: Callable[[Service], str], service: Service) -> str:
    """The database that `database` copies."""
    return template_of(service)


@pytest.fixture
async def database(postgres_url: str, service_template: str) -> AsyncIterator[Database]:
    """The service's database, fresh for this test."""
    async with _copy_of(postgres_url, service_template) as url:
        database = Database(url, pool_size=8, application="test")
        yield database
        await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[Session]:
    """One transaction of the test; it commits at the end, or when the test calls `commit`."""
    async with database.transaction() as session:
        yield session


@pytest.fixture
def settings(postgres_url: str, keys: Path, service: Service) -> Settings:
    """The settings of the service under test: no relay and no consumer beside the test."""
    return Settings(
        database_url=postgres_url,
        internal_keys_file=keys / "public.json",
        signing_key_file=keys / f"{service.name}.pem",
        run_worker=False,
    )


@pytest.fixture
async def runtime(service: Service, settings: Settings, database: Database) -> AsyncIterator[Runtime]:
    """The running service, on the test's database."""
    runtime = Runtime(service, settings, database=database)
    await runtime.start()
    yield runtime
    await runtime.service_client.close()


Calling = Callable[..., httpx.AsyncClient]


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncIterator[str]:
    """Serves an ASGI application over real HTTP on a free port of this machine, without its lifespan; yields its address.

    `options` are uvicorn's.
    """
    config = uvicorn.Config(
        app, port=0, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1, **options
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    # Not `serve()`: its loop looks only every tenth of a second whether it should end, and it takes the runner's signals.
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        await server.shutdown()


@pytest.fixture
async def calling(runtime: Runtime, keys: Path) -> AsyncIterator[Calling]:
    """`calling("officer", unit_code="15724")` is an HTTP client of the app with that caller's token, `calling()` one without."""
    app = create_app(runtime.service, runtime=runtime)
    signer = TokenSigner.read(keys / "gateway.pem")
    opened: list[httpx.AsyncClient] = []

    def client(role: Role | None = None, *, subject: str = "tester", **who: Any) -> httpx.AsyncClient:
        headers = {}
        if role:
            headers["Authorization"] = f"Bearer {signer.token(Caller(role=role, subject=subject, **who))}"
        opened.append(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://service",
                headers=headers,
            )
        )
        return opened[-1]

    yield client
    for opened_client in opened:
        await opened_client.aclose()


@pytest.fixture
def deliver(service: Service, database: Database) -> Callable[..., Any]:
    """`await deliver(event, ...)` handles events as the service's consumer does, each in its own transaction."""

    async def handle(*events: Event) -> None:
        for event in events:
            handler: Any = service.handlers[type(event)]
            received = type(event).model_validate_json(event.model_dump_json())
            async with database.transaction() as session:
                await handler(session, [received] if is_batch_handler(handler) else received)

    return handle


@pytest.fixture
def log_as() -> Iterator[Callable[[str], None]]:
    """`log_as("registry")` writes every log line as that service does, until the test ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def configure(service: str) -> None:
        configure_logging(service, "DEBUG")
        structlog.configure(cache_logger_on_first_use=False)  # else later tests would log as this service

    yield configure
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def published(database: Database) -> Callable[..., Any]:
    """`await published(StepCompleted)`: the events in the service's outbox, oldest first."""

    async def events(*kinds: type[Event]) -> list[Any]:
        async with database.reading() as session:
            rows = await session.execute(text("SELECT type, value FROM outbox ORDER BY id"))
            found = [EVENT_TYPES[row.type].model_validate_json(row.value) for row in rows if row.type in EVENT_TYPES]
        return [event for event in found if not kinds or isinstance(event, kinds)]

    return events


@pytest.fixture
async def bus(postgres_url: str) -> AsyncIterator[EmbeddedBus]:
    """A separate embedded bus, started, without topics."""
    url = database_url(postgres_url, f"bus_{uuid4().hex[:12]}")
    await create_database(url)
    bus = EmbeddedBus(url)
    await bus.start()
    yield bus
    await bus.stop()
    await _drop(postgres_url, url.rsplit("/", 1)[1])


def unit_event(
    code: str,
    *,
    parents: tuple[str, ...] = ("38",),
    name: str = "Đơn vị thử",
    level: Any = None,
    kind: str | None = None,
    unit_id: UUID | None = None,
) -> UnitChanged:
    """The event of a unit that has always stood under `parents` (codes from the province down)."""
    level = level or ("village" if "-" in code else "commune" if parents else "province")
    place = Lineage(path="/".join([*parents, code]), parent_id=None, valid_from=None, valid_to=None)
    return UnitChanged(
        unit_id=unit_id or new_id(), code=code, name=name, level=level, kind=kind or level, valid_from=None,
        valid_to=None, lineage=[place],
    )  # fmt: skip


async def schema_differences(database: Database, metadata: MetaData, *, left: Iterable[str] = ()) -> list[Any]:
    """How the migrated schema differs from the models (empty: it does not).

    `left`: tables of the release before this one, and indexes that the models do not have.
    """
    old = frozenset(left)

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind not in ("table", "index") or name not in old

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        return list(compare_metadata(context, [metadata, ChassisTable.metadata]))  # type: ignore[arg-type]  # a list works

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


@asynccontextmanager
async def _copy_of(server: str, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    await _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield database_url(server, name)
    finally:
        await _drop(server, name)


async def _drop(server: str, name: str) -> None:
    await _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(asyncpg_url(database_url(server, "postgres")))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def as_json(body: Any) -> Any:
    """A body as it goes over the wire: for comparing what was sent with what came back."""
    return json.loads(json.dumps(body, default=str))
