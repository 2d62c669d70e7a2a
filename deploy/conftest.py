"""A real Keycloak for the tests of the set-up and of the staff's accounts (make test-identity)."""

from collections.abc import Iterator

import pytest

from deploy.identity.keycloak import ADMIN_PASSWORD, Keycloak, temporary_keycloak
from deploy.setup.keycloak import KeycloakAdmin


@pytest.fixture(scope="module")
def keycloak() -> Iterator[Keycloak]:
    """Each module has its own: the realm keeps what a test sets, such as a mail server."""
    with temporary_keycloak() as keycloak:
        yield keycloak


@pytest.fixture
def admin(keycloak: Keycloak) -> Iterator[KeycloakAdmin]:
    with KeycloakAdmin(keycloak.url, ADMIN_PASSWORD) as admin:
        yield admin
