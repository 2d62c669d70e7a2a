"""What the launcher reads from the environment; everything else is passed on to the services as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NEEDED_IN_PRODUCTION = ("PII_KEYS", "PII_INDEX_KEYS")


class SettingRefused(ValueError):
    """A variable of the environment that is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class LocalSettings:
    """How this one machine runs the platform."""

    environment: str
    gateway_host: str
    gateway_port: int
    data_dir: Path
    demo: bool
    """Whether invented people, plans and payments are loaded; by default in development, where the province has a demo."""
    journeys: bool
    """Whether the synthetic journeys run; they use the training unit alone, and need the demo's campaign."""
    database_url: str | None
    kafka_bootstrap_servers: str | None
    public_url: str | None
    given_keys: frozenset[str]
    """Which of `NEEDED_IN_PRODUCTION` the environment has; the launcher makes the others in development."""

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def read_settings(variables: Mapping[str, str] = os.environ) -> LocalSettings:
    """The settings, or SettingRefused with a line for a person; an empty variable counts as unset."""
    given = {name: value for name, value in variables.items() if value.strip()}
    environment = given.get("ENVIRONMENT", "development")
    if environment not in ("development", "production"):
        raise SettingRefused(f"ENVIRONMENT is {environment!r}: it must be development or production")
    if environment == "production":
        _refuse_missing(given)
    return LocalSettings(
        environment=environment,
        gateway_host=given.get("GATEWAY_HOST", "127.0.0.1"),
        gateway_port=_port(given.get("GATEWAY_PORT", "8080")),
        data_dir=data_dir_of(given),
        demo=_demo(given, environment),
        journeys=_yes("JOURNEYS", given.get("JOURNEYS", "0")),
        database_url=given.get("DATABASE_URL"),
        kafka_bootstrap_servers=given.get("KAFKA_BOOTSTRAP_SERVERS"),
        public_url=given.get("PUBLIC_URL"),
        given_keys=frozenset(name for name in NEEDED_IN_PRODUCTION if name in given),
    )


def data_dir_of(variables: Mapping[str, str] = os.environ) -> Path:
    """Where the platform keeps its data; also for programs that need no other setting."""
    return Path(variables.get("DATA_DIR", "").strip() or ".data").absolute()


def _refuse_missing(given: Mapping[str, str]) -> None:
    missing = [name for name in NEEDED_IN_PRODUCTION if name not in given]
    if missing:
        raise SettingRefused(f"ENVIRONMENT=production needs these variables: {', '.join(missing)}")
    if given.get("DEMO") == "1":
        raise SettingRefused("DEMO=1 is refused where ENVIRONMENT=production: the demo has invented people")


def _demo(given: Mapping[str, str], environment: str) -> bool:
    # Imported here: the launcher shows its first line before it loads libraries.
    from chassis.settings import DEFAULT_PROVINCE
    from province import PackRefused, read_pack
    from province.pack import pack_folder

    try:
        pack = read_pack(pack_folder(given.get("PROVINCE_DIR", DEFAULT_PROVINCE)))
    except PackRefused as refused:
        raise SettingRefused(str(refused)) from refused
    asked = _yes("DEMO", given.get("DEMO", "1" if environment == "development" and pack.demo else "0"))
    if asked and not pack.demo:
        raise SettingRefused(f"DEMO=1: the pack of {pack.name} has no demo")
    return asked


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingRefused(f"GATEWAY_PORT is {text!r}: it must be a port number")
    return int(text)


def _yes(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise SettingRefused(f"{name} is {text!r}: it must be 0 or 1")
    return text == "1"
