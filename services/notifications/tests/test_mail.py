"""A warning is mailed to the partner's contact over SMTP, where a server is configured."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.clock import now
from notifications.commands.warnings import OwnerWarning
from notifications.mail import mail_owner
from notifications.model.subscriptions import Subscription, Warned
from notifications.settings import NotificationsSettings
from services.notifications.tests import channel_servers
from services.notifications.tests.channel_servers import Mailbox


@pytest.fixture
async def mail_server() -> AsyncIterator[Mailbox]:
    async with channel_servers.mail_server() as mailbox:
        yield mailbox


def warning(contact: str | None) -> OwnerWarning:
    subscription = Subscription(partner_id="demo-bank", url="https://partner.example/hook", types=[], position=0)
    return OwnerWarning(subscription, Warned.NEARLY, now(), now() + timedelta(hours=12), contact)


async def test_the_contact_is_written_to(mail_server: Mailbox) -> None:
    settings = NotificationsSettings(smtp_url=f"smtp://127.0.0.1:{mail_server.port}")

    assert await mail_owner(settings, warning("Phòng kỹ thuật <ky-thuat@partner.example>, 24/7"))
    (message,) = mail_server.messages
    assert "To: ky-thuat@partner.example" in message
    assert "partner.example/hook" not in message


@pytest.mark.parametrize("contact", [None, "", "gọi trực ban"])
async def test_without_an_address_nothing_is_sent(mail_server: Mailbox, contact: str | None) -> None:
    settings = NotificationsSettings(smtp_url=f"smtp://127.0.0.1:{mail_server.port}")

    assert not await mail_owner(settings, warning(contact))
    assert not await mail_owner(NotificationsSettings(), warning("a@partner.example"))
    assert mail_server.messages == []


async def test_a_mail_server_that_is_away_is_no_fault_of_the_job() -> None:
    assert not await mail_owner(NotificationsSettings(smtp_url="smtp://127.0.0.1:1"), warning("a@partner.example"))
