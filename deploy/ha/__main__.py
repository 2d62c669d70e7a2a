"""`python -m deploy.ha prepare ADDRESS ADDRESS ADDRESS`: prepares three hosts, any one of which may fail.

Makes the secrets that are missing in `deploy/secrets/` and writes `deploy/ha/host-1.env` to `host-3.env`, with the settings of
`.env` where `python -m deploy.setup` has written one. Host N gets a copy of the secrets, and `host-N.env` as
`deploy/ha/host.env`.
"""

from __future__ import annotations

import base64
import ipaddress
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

from deploy.secrets import __main__ as stack_secrets

HERE = Path(__file__).parent
SETTINGS = HERE.parents[1] / ".env"
HOSTS = 3
DATABASE = "127.0.0.1:6432"
"""HAProxy of the same host, which leads to the primary."""
PASSWORDS = ("postgres_password", "replication_password", "patroni_password")
OF_THE_SINGLE_MACHINE = frozenset(
    {"COMPOSE_PROFILES", "PROXY_ADDRESSES", "PROXY_NETWORKS", "KAFKA_VOLUME", "POSTGRES_VOLUME"}
)


class HostsNotPrepared(Exception):
    """The hosts cannot be prepared; the message names the reason and what to do."""


def prepare(
    addresses: Sequence[str], settings: Mapping[str, str], *, folder: Path = HERE, secrets_folder: Path
) -> list[Path]:
    """Writes one file of settings for each host; may be run again, and keeps every secret and the identity of the bus."""
    if len({ipaddress.ip_address(each) for each in addresses}) != HOSTS:
        raise HostsNotPrepared(f"{HOSTS} different addresses are needed: of their own network, not open to others")
    make_secrets(secrets_folder, settings.get("DOMAIN") or "localhost")
    cluster = _cluster_id(folder / "host-1.env")
    written = []
    for number in range(1, HOSTS + 1):
        path = folder / f"host-{number}.env"
        path.write_text(
            "".join(
                f"{name}={_quoted(value)}\n"
                for name, value in host_settings(number, addresses, settings, cluster).items()
            )
        )
        path.chmod(0o600)
        written.append(path)
    return written


def host_settings(
    number: int, addresses: Sequence[str], settings: Mapping[str, str], cluster_id: str
) -> dict[str, str]:
    """The settings of host `number` (1 to 3): those of the platform, and its own place among the three."""
    own = {
        "HOST_NAME": f"host-{number}",
        "HOST_NUMBER": str(number),
        "HOST_ADDRESS": addresses[number - 1],
        **{f"HOST_{each}": address for each, address in enumerate(addresses, start=1)},
        "KAFKA_CLUSTER_ID": cluster_id,
    }
    if number < HOSTS:  # hosts 1 and 2 name each other; host 3 runs no platform
        own |= {"PEER_ADDRESS": addresses[2 - number], "COMPOSE_PROFILES": "platform"}
    return {name: value for name, value in settings.items() if name not in OF_THE_SINGLE_MACHINE} | own


def make_secrets(folder: Path, domain: str) -> None:
    """Makes the secrets that are missing; the services' URLs name HAProxy of their own host."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in PASSWORDS:
        if not (folder / name).exists():
            stack_secrets.replace_secret(folder / name, secrets.token_urlsafe(24))
    password = (folder / "postgres_password").read_text().strip()
    url = folder / "database_url"
    if not url.exists():
        stack_secrets.replace_secret(url, f"postgresql://bakhong:{password}@{DATABASE}")
    if DATABASE not in url.read_text():
        raise HostsNotPrepared(
            f"{url} names another server than {DATABASE}: move it and every *_database_url away first"
        )
    stack_secrets.main(folder, domain)


def _cluster_id(written_before: Path) -> str:
    known = dotenv_values(written_before).get("KAFKA_CLUSTER_ID") if written_before.exists() else None
    return known or base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "x")


def _quoted(value: str) -> str:
    return f"'{value}'" if any(sign in value for sign in ' #$"') else value


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    if len(arguments) != HOSTS + 1 or arguments[0] != "prepare":
        print(__doc__, file=sys.stderr)
        return 2
    settings = {name: value for name, value in dotenv_values(SETTINGS).items() if value} if SETTINGS.exists() else {}
    try:
        written = prepare(arguments[1:], settings, secrets_folder=HERE.parent / "secrets")
    except (HostsNotPrepared, ValueError) as reason:
        print(reason, file=sys.stderr)
        return 1
    print("written: " + ", ".join(str(path) for path in written))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
