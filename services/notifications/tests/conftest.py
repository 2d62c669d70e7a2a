"""The service under test, its partners, and events to publish."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.runtime import Service
from chassis.security.identity import Caller, Role, TokenSigner
from chassis.storage.database import Database
from chassis.testing import Calling
from notifications.app import service as notifications
from notifications.sender.loop import Sender
from notifications.settings import NotificationsSettings
from services.notifications.tests.receiver import Receiver, receiving
from services.notifications.tests.samples import partner_event


@pytest.fixture(scope="session")
def service() -> Service:
    return notifications


@pytest.fixture
def calling(calling: Calling, keys: Path) -> Calling:
    """As the chassis gives it, with a fresh token for each request: these tests move the time."""
    signer = TokenSigner.read(keys / "gateway.pem")

    def client(role: Role | None = None, *, subject: str = "tester", **who: Any) -> httpx.AsyncClient:
        opened = calling(role, subject=subject, **who)

        async def sign(request: httpx.Request) -> None:
            if role:
                request.headers["Authorization"] = f"Bearer {signer.token(Caller(role=role, subject=subject, **who))}"

        opened.event_hooks["request"].append(sign)
        return opened

    return client


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


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def sender_settings() -> NotificationsSettings:
    return NotificationsSettings(attempt_seconds=5.0)


@pytest.fixture
def sender(database: Database, sender_settings: NotificationsSettings) -> Sender:
    return Sender(database, sender_settings)


@pytest.fixture
def subscribe(app_client: httpx.AsyncClient, receiver: Receiver) -> Callable[..., Awaitable[dict[str, Any]]]:
    """`await subscribe("step.completed", ...)`: a subscription of the app to the receiver, as it was answered."""

    async def create(*types: str, client: httpx.AsyncClient = app_client, url: str = "") -> dict[str, Any]:
        answer = await client.post(
            "/v1/subscriptions", json={"url": url or receiver.url, "types": types or ["step.completed"]}
        )
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    return create
