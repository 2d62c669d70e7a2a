"""A host of the three: boots what its configuration names, starts again what ends, and dies at once."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.local.foreground import foreground_command
from tests.ha import network
from tests.ha.compose import Container, containers
from tests.ha.programs import Program, program_of

SECONDS_BEFORE_RESTART = 1.0


class Host:
    """`number` is 1 to 3. Its data stay over a death, as those of a machine that is switched on again."""

    def __init__(self, number: int, place: Path, secrets: Path, settings: Mapping[str, str]) -> None:
        self.number = number
        self.place = place / f"host-{number}"
        self.address = network.address_of(number)
        self.is_up = False
        self._secrets = secrets
        self._settings = settings
        self._migrated = False
        self._threads: list[threading.Thread] = []

    @property
    def carries_platform(self) -> bool:
        return "platform" in self._settings.get("COMPOSE_PROFILES", "")

    def boot(self, only: frozenset[str] | None = None) -> None:
        """Starts everything (`only`: these containers) as Docker does at the start of a machine; returns at once."""
        self.is_up = True
        self.place.mkdir(mode=0o755, parents=True, exist_ok=True)
        network.plug_in(self.number)
        chosen = [one for one in containers(self._settings) if only is None or one.name in only]
        programs = {one.name: (one, program_of(one, self.place, self._secrets)) for one in chosen}
        once = {name.removesuffix("-migrate"): pair for name, pair in programs.items() if pair[0].runs_once}
        self._threads = [
            threading.Thread(target=self._keep, args=(container, program, once.get(name)), daemon=True)
            for name, (container, program) in programs.items()
            if not container.runs_once
        ]
        for thread in self._threads:
            thread.start()

    def die(self) -> None:
        """The plug is pulled: nothing more is sent, and every process ends in the same moment."""
        self.is_up = False
        network.pull_plug(self.number)
        network.kill_every_process(self.number)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.2)
                network.kill_every_process(self.number)  # what was just being started

    def output(self, name: str) -> str:
        """The last lines of a container's log."""
        path = self._log(name)
        return path.read_text(errors="replace")[-4000:] if path.exists() else "no log"

    def _keep(self, container: Container, program: Program, first: tuple[Container, Program] | None) -> None:
        """What `restart: unless-stopped` means, after the container on which it depends at its first start."""
        while first is not None and not (self.place / f"{container.name}.migrated").exists():
            if not self.is_up:
                return
            if self._run(first[0].name, first[1].command, first[1].environment) == 0:
                (self.place / f"{container.name}.migrated").touch()
            else:
                time.sleep(SECONDS_BEFORE_RESTART)
        while self.is_up:
            for command in program.prepare:
                self._run(container.name, command, program.environment)
            self._run(container.name, program.command, program.environment)
            time.sleep(SECONDS_BEFORE_RESTART)

    def _run(self, name: str, command: list[str], environment: Mapping[str, str]) -> int:
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                foreground_command([*network.inside(self.number), *command]),
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.place, start_new_session=True,
            )  # fmt: skip
            return process.wait()

    def _log(self, name: str) -> Path:
        return self.place / f"{name}.log"
