"""The last day of the certificate that the outside sees."""

from pathlib import Path

from cryptography import x509
from prometheus_client import Gauge

EXPIRES = Gauge("bakhong_certificate_expires_timestamp_seconds", "When the gateway's certificate ends, Unix time")


def watch_certificate(file: Path) -> None:
    """Reads the file at every scrape: it is replaced while we serve. An unreadable certificate counts as ended."""

    def ends_at() -> float:
        try:
            return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc.timestamp()
        except (OSError, ValueError):
            return 0.0

    EXPIRES.set_function(ends_at)
