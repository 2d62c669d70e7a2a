"""The services of the platform: the one list that settings, gateway, launcher, tests and documents are derived from."""

from dataclasses import dataclass

GATEWAY = "gateway"


@dataclass(frozen=True)
class ServiceEntry:
    """A service behind the gateway; `port` is its default on the loopback, `takes_counts` whether it publishes `counts.taken`."""

    name: str
    port: int
    takes_counts: bool = True

    @property
    def package(self) -> str:
        """The name of its Python package and of its database."""
        return package_of(self.name)

    @property
    def url_setting(self) -> str:
        """The setting with its address, such as `payments_qr_url` (environment variable `PAYMENTS_QR_URL`)."""
        return f"{self.package}_url"


def package_of(name: str) -> str:
    """The Python package of a service or of the gateway."""
    return name.replace("-", "_")


SERVICES = (
    ServiceEntry("registry", 8101),
    ServiceEntry("onboarding", 8102),
    ServiceEntry("payments-qr", 8103),
    ServiceEntry("casework", 8104),
    ServiceEntry("reporting", 8105, takes_counts=False),
    ServiceEntry("notifications", 8106, takes_counts=False),
)
SERVICE_NAMES = tuple(service.name for service in SERVICES)
EVERY_PROCESS = (*SERVICE_NAMES, GATEWAY)
"""The services and the gateway: each has a database, a signing key and a chain of access rows."""
