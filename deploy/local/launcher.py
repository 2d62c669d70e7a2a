"""Holds the platform together on one machine: PostgreSQL, six services, the gateway, the demo."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import partial

from contracts.services import EVERY_PROCESS, GATEWAY, SERVICE_NAMES
from deploy.local import keys, progress, services
from deploy.local.health import is_alive, is_ready
from deploy.local.postgres import EmbeddedPostgres, PostgresNotStarted
from deploy.local.running import single_instance, write_note
from deploy.local.services import ListeningSockets, bind_sockets
from deploy.local.settings import LocalSettings
from deploy.local.shutdown import ShutdownRequest, Stopped
from deploy.local.supervisor import StartFailed, Supervisor

SECONDS_TO_START = 120
SECONDS_TO_LOAD = 600
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_STARTS = 2.0


class Launcher:
    """One run of the platform. `run()` returns when shutdown was requested and every process has ended."""

    def __init__(self, settings: LocalSettings, *, end_with: int | None = None) -> None:
        self.settings = settings
        self.data_dir = settings.data_dir
        self.url = f"http://{_host_for_people(settings.gateway_host)}:{settings.gateway_port}"
        self.demo_loaded = settings.data_dir / "demo.loaded"
        self._shutdown = ShutdownRequest(end_with)
        self._supervisor = Supervisor(settings.data_dir / "logs", self._shutdown)
        self._postgres: EmbeddedPostgres | None = None
        self._sockets: dict[str, ListeningSockets] = {}
        self._bound: list[ListeningSockets] = []
        self._database_url = ""
        self._receiver_url = ""

    def run(self) -> None:
        """Start everything in order, supervise until shutdown is requested, stop everything in order."""
        with single_instance(self.data_dir, f"process {os.getpid()}, {self.url}"):
            try:
                self._start()
                self._stay()
            except (Stopped, StartFailed, PostgresNotStarted):
                if not self._shutdown.times:
                    raise
            finally:
                self._end()

    def _start(self) -> None:
        progress.begin()
        self._bind_sockets()
        database_url = self.settings.database_url or self._start_postgres()
        services.import_libraries()
        progress.done("libraries loaded")
        variables = self._variables(database_url)
        self._play_sources(variables)
        self._serve(variables)
        for name in SERVICE_NAMES:
            self._supervisor.wait_for(name, partial(is_ready, self._sockets[name].port), SECONDS_TO_START)
        own_port = self._sockets[GATEWAY].port
        self._supervisor.wait_for("gateway", partial(is_alive, own_port), SECONDS_TO_START)
        self._load_demo()
        self._supervisor.wait_for("platform", partial(is_ready, own_port), SECONDS_TO_START)
        self._take_journeys()
        self._database_url = database_url
        self._write_note()
        progress.show_addresses(
            self.url,
            development=not self.settings.is_production,
            logs=str(self.settings.data_dir / "logs"),
            receiver=self._receiver_url,
        )

    def _stay(self) -> None:
        is_new = False
        while True:
            self._shutdown.check()
            is_new |= self._supervisor.restart_ended()
            is_new |= self._restart_postgres()
            if is_new:
                with contextlib.suppress(OSError):  # a full disk: the next look tries again
                    self._write_note()
                    is_new = False
            self._shutdown.pause(SECONDS_BETWEEN_LOOKS)

    def _restart_postgres(self) -> bool:
        """Start it again when it ended; returns whether it was started. A start that fails is tried again later."""
        if self._postgres is None or self._postgres.pid is not None:
            return False
        progress.show("  PostgreSQL ended; restarting")
        self._postgres.stop()
        try:
            self._postgres.start()
        except (PostgresNotStarted, OSError) as error:
            progress.show(f"  it cannot start yet: {error}")
            self._shutdown.pause(SECONDS_BETWEEN_STARTS)
            return False
        return True

    def _end(self) -> None:
        progress.show("Ba Không stops")
        self._supervisor.end([GATEWAY])  # the gateway first: no new request arrives while the services finish
        self._supervisor.end()
        if self._postgres is not None:
            self._postgres.stop()
        progress.show("everything has ended; the data is kept")

    def _bind_sockets(self) -> None:
        host, port = self.settings.gateway_host, self.settings.gateway_port
        try:
            self._sockets[GATEWAY] = bind_sockets(host, port)
        except OSError as error:
            raise StartFailed(f"port {port} of {host} cannot be had ({error.strerror}): set GATEWAY_PORT") from error
        for name in SERVICE_NAMES:
            self._sockets[name] = bind_sockets(port=int(services.set_for(name).get("PORT", "0")))

        self._bound.extend(self._sockets.values())

    def _alone(self, work: Callable[[], None], own: ListeningSockets | None = None) -> Callable[[], None]:
        """The work of a child that holds no other process's sockets, so that it cannot take connections for another."""
        return partial(_close_and_work, self._bound, own, work)

    def _start_postgres(self) -> str:
        self._postgres = EmbeddedPostgres(self.data_dir)
        url = self._postgres.start()
        progress.done("PostgreSQL ready")
        return url

    def _variables(self, database_url: str) -> dict[str, str]:
        """The variables of every process, in addition to the launcher's environment."""
        # Imported here, after the libraries: the launcher itself shows its first line at once.
        from chassis.security.identity import write_keys

        directory = self.data_dir / "keys"
        made = {} if self.settings.is_production else keys.personal_data_keys(directory)
        shared = {name: value for name, value in made.items() if name not in self.settings.given_keys}
        shared |= {
            "ENVIRONMENT": self.settings.environment,
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": database_url,
            "INTERNAL_KEYS_FILE": str(write_keys(directory, list(EVERY_PROCESS))),
            "GATEWAY_PORT": str(self.settings.gateway_port),
            "PUBLIC_URL": self.settings.public_url or self.url,
            "STATUS_DIR": str(self.data_dir / "status"),
        }
        if self.settings.demo:
            shared["DEMO_LOADED_FILE"] = str(self.demo_loaded)
        return shared | services.address_variables(self._sockets)

    def _serve(self, variables: dict[str, str]) -> None:
        """Each process migrates its database and then serves; the database of the bus must exist before."""
        if self.settings.kafka_bootstrap_servers is None:
            make = partial(services.make_bus_database, variables["DATABASE_URL"])
            self._supervisor.run_once("bus", self._alone(make), SECONDS_TO_START)
        for name in EVERY_PROCESS:
            own = services.own_variables(name, self.data_dir)
            work = partial(services.serve, name, variables | own, self._sockets[name])
            self._supervisor.fork(name, self._alone(work, self._sockets[name]))

    def _play_sources(self, variables: dict[str, str]) -> None:
        """With the demo, the linked databases of a province are simulated on this machine."""
        if self.settings.demo and services.can_play_sources():
            listening = bind_sockets()
            self._bound.append(listening)
            provider = services.played_provider_variables(listening, variables["PUBLIC_URL"])
            variables |= services.sources_variables(listening) | provider
            receiver = services.receiver_variables(listening, variables)
            self._receiver_url = receiver["RECEIVER_URL"]
            work = partial(services.serve_sources, listening, provider | receiver)
            self._supervisor.fork(services.SOURCES, self._alone(work, listening))

    def _take_journeys(self) -> None:
        """With JOURNEYS=1 the synthetic journeys of the deployment run here too; /status shows what they measure."""
        if self.settings.journeys:
            addresses = services.address_variables(self._sockets)
            work = partial(services.take_journeys, self.url, self.data_dir, addresses)
            self._supervisor.fork(services.JOURNEYS, self._alone(work))

    def _load_demo(self) -> None:
        if not self.settings.demo or self.demo_loaded.exists():
            return
        work = partial(services.load_demo, self.url, self.demo_loaded)
        self._supervisor.run_once("demo", self._alone(work), SECONDS_TO_LOAD, to_terminal=True)

    def _write_note(self) -> None:
        """For the other make targets and the tests, which find the running platform by this file."""
        processes = self._supervisor.pids()
        if self._postgres is not None and self._postgres.pid is not None:
            processes["postgres"] = self._postgres.pid
        write_note(
            self.data_dir,
            {
                "pid": os.getpid(),
                "url": self.url,
                "database_url": self._database_url,
                "processes": processes,
                "addresses": {name: f"http://127.0.0.1:{listening.port}" for name, listening in self._sockets.items()},
            },
        )


def _close_and_work(bound: list[ListeningSockets], own: ListeningSockets | None, work: Callable[[], None]) -> None:
    for listening in bound:
        if listening is not own:
            listening.close()
    work()


def _host_for_people(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host
