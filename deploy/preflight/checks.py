"""All checks in one list: `make up` runs them first and changes nothing when one finds something wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from deploy.backup.server import NotDone
from deploy.observability.receivers import AlertSettings, Receivers, ReceiversRefused
from deploy.preflight.alerts import check_alerts
from deploy.preflight.certificate import check_certificate
from deploy.preflight.finding import PreflightFinding
from deploy.preflight.keys import check_keys
from deploy.preflight.machine import NEEDS, check_disk, check_memory, check_ports, check_processors
from deploy.preflight.province import check_province
from deploy.preflight.stack import Stack, version_of_compose
from deploy.preflight.versions import check_compose, check_postgres, check_release
from deploy.release.version import releases, this_release

SECRETS = Path(__file__).parents[1] / "secrets"
Check = Callable[[], list[PreflightFinding]]
SETUP = "Run `python -m deploy.setup`, which asks what is missing."


def findings(settings: Mapping[str, str]) -> Iterator[PreflightFinding]:
    """What is wrong, one finding after the other. `SKIP_CHECKS` names checks to leave out, separated by commas."""
    skipped = {name.strip() for name in settings.get("SKIP_CHECKS", "").split(",")}
    environment = settings.get("ENVIRONMENT", "")
    if environment not in NEEDS:
        yield PreflightFinding("settings", "ENVIRONMENT is neither production nor development.", SETUP)
        return
    checks = [*_of_machine(settings, environment)]
    try:
        checks += _of_engine(settings, environment)
    except NotDone as reason:
        yield PreflightFinding("docker", f"Docker does not answer: {reason}", "Start it, or join the group `docker`.")
    for check in checks:
        yield from (finding for finding in check() if finding.check not in skipped)


def _of_machine(settings: Mapping[str, str], environment: str) -> list[Check]:
    needs = NEEDS[environment]
    return [
        lambda: check_processors(needs),
        lambda: check_memory(needs),
        lambda: check_certificate_of(settings, environment),
        lambda: check_alerts(settings),
        lambda: check_receivers(settings),
        lambda: check_province(settings.get("PROVINCE_DIR", "")),
        lambda: check_release(settings.get("VERSION", ""), this_release(), releases()),
    ]


def _of_engine(settings: Mapping[str, str], environment: str) -> list[Check]:
    """NotDone when the engine or the compose file cannot be asked."""
    needs, stack = NEEDS[environment], Stack()
    if too_old := check_compose(version_of_compose()):
        return [lambda: too_old]
    folder, ports, data = stack.folder_of_engine(), stack.ports_to_open(), stack.version_of_data()
    return [
        lambda: check_disk(needs, folder),
        lambda: check_ports(ports),
        lambda: check_keys(SECRETS, has_data=data is not None),
        lambda: check_postgres(data, stack.postgres_image),
    ]


def check_certificate_of(
    settings: Mapping[str, str], environment: str, folder: Path = SECRETS
) -> list[PreflightFinding]:
    """The certificate, where the province brings one: not where Caddy gets it, nor for a first look in development."""
    domain = settings.get("DOMAIN", "")
    if settings.get("ACME_EMAIL") or environment == "development":
        return []
    if not domain:
        return [PreflightFinding("certificate", "DOMAIN in .env is empty.", SETUP)]
    return check_certificate(folder, domain)


def check_receivers(settings: Mapping[str, str]) -> list[PreflightFinding]:
    """Whom alerts reach: what ALERTS_TO names must be mail addresses or addresses of webhooks."""
    try:
        Receivers.of(AlertSettings.of(settings))
    except ReceiversRefused as refused:
        return [PreflightFinding("alerts", str(refused), "Correct it in .env.")]
    return []
