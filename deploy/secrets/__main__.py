"""`python -m deploy.secrets`: makes the secrets of the compose stack that are not there yet, beside this file.

Bring your own before the first start: PEM files `tls_certificate.pem` and `tls_key.pem` of the domain, `database_url` of a
managed PostgreSQL (its account makes one role per service; bring each `<service>_database_url` too where it may not),
`kafka_sasl_password`, `oidc_client_secret`; certificates of private authorities in `authorities/`.
Keep a copy of `pii_keys` and `pii_index_keys` apart from the backups: without them personal data cannot be decrypted.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy.engine import make_url

from chassis.security.identity import write_keys
from contracts.services import EVERY_PROCESS, package_of

HERE = Path(__file__).parent
READ_IN_CONTAINERS = 0o444  # mounted as they are; the folder itself is closed to others
YEARS = 2
GIVEN_BY_OTHERS = (
    "oidc_client_secret", "journeys.json", "sms_token", "zns_token", "sms_receipt_secret", "zns_receipt_secret",
    "mail_receipt_secret",
)  # fmt: skip
"""Empty until an OpenID provider or a partner that carries messages gives one, and until
`python -m deploy.journeys prepare` makes the accounts."""


def main(folder: Path = HERE, domain: str = "localhost") -> int:
    """Make what is missing in `folder`; what is there stays."""
    folder.chmod(0o700)
    password = _make(folder / "postgres_password", lambda: secrets.token_urlsafe(24))
    admin_url = _make(folder / "database_url", lambda: f"postgresql://bakhong:{password}@postgres:5432")
    for process in EVERY_PROCESS:
        _make(folder / f"{process}_database_url", partial(_url_of_role, admin_url, package_of(process)))
    for name in ("keycloak_password", "grafana_password", "kafka_sasl_password"):
        _make(folder / name, lambda: secrets.token_urlsafe(18))
    for name in GIVEN_BY_OTHERS:
        _make(folder / name, str)
    (folder / "authorities").mkdir(mode=0o755, exist_ok=True)
    for name in ("pii_keys", "pii_index_keys"):
        _make(folder / name, lambda: f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")
    write_keys(folder, list(EVERY_PROCESS))
    if not (folder / "tls_certificate.pem").exists():
        self_signed(folder, [domain, "127.0.0.1"])
    for path in folder.iterdir():
        if path.suffix in ("", ".pem", ".json") and path.is_file() and not path.name.startswith("."):
            path.chmod(READ_IN_CONTAINERS)
    print(f"secrets are in {folder}")
    return 0


def _url_of_role(admin_url: str, package: str) -> str:
    """The server of `admin_url` as the role of one service; `migrate` makes the role."""
    role = make_url(admin_url.strip()).set(username=f"bakhong_{package}", password=secrets.token_urlsafe(24))
    return role.render_as_string(hide_password=False)


def _make(path: Path, make: Callable[[], str]) -> str:
    """The content of a secret; made where there is none, or where an earlier release left it empty."""
    content = path.read_text() if path.exists() else None
    made = content or make()
    if content is None or made != content:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
        print(f"made {path.name}")
    return made


def replace_secret(path: Path, content: str) -> None:
    """Write a secret that was given from outside, in place of the present one."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_IN_CONTAINERS), "w") as file:
        file.write(content)


def self_signed(folder: Path, names: Sequence[str]) -> None:
    """A certificate for a first look, for these hosts and addresses; a real deployment brings its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([_named(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    _make(folder / "tls_key.pem", lambda: pem)
    _make(folder / "tls_certificate.pem", lambda: certificate.public_bytes(Encoding.PEM).decode())


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


if __name__ == "__main__":
    sys.exit(main(domain=os.environ.get("DOMAIN") or "localhost"))
