"""Checks of the certificate: present, of its key, valid today, for the domain."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.preflight.finding import PreflightFinding

CERTIFICATE, KEY = "tls_certificate.pem", "tls_key.pem"
ENDS_SOON = timedelta(days=3)
"""Fewer days than this and an upgrade is the wrong thing to do first."""
PUT_BOTH = (
    f"Put the certificate with its chain into deploy/secrets/{CERTIFICATE} and its key into deploy/secrets/{KEY}."
)


def check_certificate(folder: Path, domain: str, *, now: datetime | None = None) -> list[PreflightFinding]:
    """What is wrong with the pair of files in the folder of secrets, for `domain`."""
    return check_pair(folder / CERTIFICATE, folder / KEY, domain, now=now)


def check_pair(
    certificate_file: Path, key_file: Path, domain: str, *, now: datetime | None = None
) -> list[PreflightFinding]:
    """What is wrong with a certificate (PEM, its chain after it) and its key (PEM without password), for `domain`."""
    names = f"{certificate_file.name} or {key_file.name}"
    try:
        certificate = x509.load_pem_x509_certificates(certificate_file.read_bytes())[0]
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except OSError as error:
        return [PreflightFinding("certificate", f"{error.filename} is missing or cannot be read.", PUT_BOTH)]
    except (ValueError, TypeError):
        return [PreflightFinding("certificate", f"{names} is no PEM file, or the key has a password.", PUT_BOTH)]
    findings = [*_dates(certificate, now or datetime.now(UTC)), *_names(certificate, domain)]
    if key.public_key() != certificate.public_key():
        problem = f"{key_file.name} is not the key of {certificate_file.name}."
        findings.append(PreflightFinding("certificate", problem, PUT_BOTH))
    return findings


def _dates(certificate: x509.Certificate, now: datetime) -> Iterator[PreflightFinding]:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < first:
        yield PreflightFinding(
            "certificate", f"The certificate is valid only from {first:%d/%m/%Y %H:%M} UTC.", "Check the clock."
        )
    if last < now:
        yield PreflightFinding("certificate", f"The certificate ended on {last:%d/%m/%Y}.", f"Renew it. {PUT_BOTH}")
    elif last < now + ENDS_SOON:
        yield PreflightFinding(
            "certificate", f"The certificate ends on {last:%d/%m/%Y}.", f"Renew it first. {PUT_BOTH}"
        )


def _names(certificate: x509.Certificate, domain: str) -> Iterator[PreflightFinding]:
    names = names_of(certificate)
    if not any(covers(name, domain) for name in names):
        problem = f"The certificate is for {', '.join(names) or 'no name'}, and DOMAIN in .env is {domain}."
        yield PreflightFinding("certificate", problem, "Bring a certificate for this domain, or correct DOMAIN.")


def names_of(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that the certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def covers(name: str, domain: str) -> bool:
    """Whether a certificate's name is for this domain; an asterisk stands for exactly one label (RFC 6125)."""
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(domain)
    except ValueError:
        pass
    name, domain = name.lower(), domain.lower()
    return name == domain or (name.startswith("*.") and name[1:] == domain[domain.find(".") :] and "." in domain)
