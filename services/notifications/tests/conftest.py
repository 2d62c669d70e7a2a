"""The service under test, its partners, and events to publish."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from chassis.runtime import Service
from chassis.testing import Calling
from notifications.app import service as notifications
from services.notifications.tests.samples import partner_event


@pytest.fixture(scope="session")
def service() -> Service:
    return notifications


@pytest.fixture
async def partners(deliver: Callable[..., Awaitable[None]]) -> None:
    """The app, a bank and a wallet."""
    await deliver(
        partner_event("demo-app", "app"), partner_event("demo-bank", "bank"), partner_event("demo-wallet", "wallet")
    )


@pytest.fixture
def app_client(calling: Calling, partners: None) -> httpx.AsyncClient:
    return calling("partner", partner_id="demo-app", subject="partner:demo-app")


@pytest.fixture
def bank(calling: Calling, partners: None) -> httpx.AsyncClient:
    return calling("partner", partner_id="demo-bank", subject="partner:demo-bank")


@pytest.fixture
def wallet(calling: Calling, partners: None) -> httpx.AsyncClient:
    return calling("partner", partner_id="demo-wallet", subject="partner:demo-wallet")
