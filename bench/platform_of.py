"""The whole platform on the stage: five services and the gateway, each in its process, as `make run` has them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.stage import Process, Stage, ask, wait_for
from contracts.services import GATEWAY, SERVICE_NAMES, package_of
from deploy.local.ports import free_port

PROVINCE = "38"


@dataclass
class Platform:
    """A running platform, used over HTTP."""

    gateway: Process
    services: dict[str, Process]
    officer: dict[str, str]

    @staticmethod
    def report_path(unit_code: str) -> str:
        """Where a unit's report is."""
        return f"/v1/reports/progress?unit_code={unit_code}"

    @property
    def url(self) -> str:
        """The public address."""
        return self.gateway.url

    @property
    def registry_url(self) -> str:
        """The registry itself."""
        return self.services["registry"].url

    @property
    def pids(self) -> list[int]:
        """All its processes but PostgreSQL's."""
        return [self.gateway.popen.pid, *(process.popen.pid for process in self.services.values())]

    def sign_in(self, **who: Any) -> str:
        """A development token."""
        return str(ask("POST", f"{self.url}/dev/token", body=who)["access_token"])

    def numerator(self, indicator: str, unit_code: str = PROVINCE) -> int:
        """What a unit's report counts now."""
        token = self.sign_in(role="officer", unit_code=PROVINCE)
        return self.numerator_in(ask("GET", self.url + self.report_path(unit_code), token=token), indicator)

    @staticmethod
    def numerator_in(report: Any, indicator: str) -> int:
        """The numerator of an indicator in a report; 0 where there is none yet."""
        found = [each["numerator"] for each in report["indicators"] if each["code"] == indicator]
        return int(found[0] or 0) if found else 0


@contextlib.contextmanager
def whole_platform(stage: Stage) -> Iterator[Platform]:
    """All processes on the platform's cores, ready, with the units of the province known everywhere."""
    ports = {name: free_port() for name in SERVICE_NAMES}
    addresses = {f"{package_of(name).upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with contextlib.ExitStack() as stack:

        def serve(name: str, port: int | None) -> Process:
            target = f"{package_of(name)}.app:app"
            return stack.enter_context(
                stage.serving(
                    target, name=name, service=name, variables=addresses, cores=stage.cores.platform, port=port
                )
            )

        services = {name: serve(name, port) for name, port in ports.items()}
        gateway = serve(GATEWAY, None)
        platform = Platform(gateway, services, {})
        wait_for(lambda: ask("GET", f"{gateway.url}/v1/units/15724"), 60, "the units of the province")
        wait_for(lambda: platform.sign_in(role="officer", unit_code=PROVINCE), 60, "the gateway knows the units")
        platform.officer = {"Authorization": f"Bearer {platform.sign_in(role='officer', unit_code=PROVINCE)}"}
        wait_for(lambda: platform.numerator("residents") >= 0, 60, "the reports know the units")
        yield platform
