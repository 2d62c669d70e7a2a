"""A warning is mailed to the partner's contact over SMTP, where a server is configured."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.clock import now
from notifications.commands.warnings import OwnerWarning
from notifications.mail import mail_owner
from notifications.model.subscriptions import Subscription, Warned
from notifications.settings import NotificationsSettings


class MailServer:
    """Takes every message; the port and what came."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line == "DATA":
                writer.write(b"354 go on\r\n")
                self.messages.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            writer.write(b"221 bye\r\n" if line == "QUIT" else b"250 ok\r\n")
        writer.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    mail = MailServer()
    server = await asyncio.start_server(mail.serve, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    yield mail
    server.close()


def warning(contact: str | None) -> OwnerWarning:
    subscription = Subscription(partner_id="demo-bank", url="https://partner.example/hook", types=[], position=0)
    return OwnerWarning(subscription, Warned.NEARLY, now(), now() + timedelta(hours=12), contact)


async def test_the_contact_is_written_to(mail_server: MailServer) -> None:
    settings = NotificationsSettings(smtp_url=f"smtp://127.0.0.1:{mail_server.port}")

    assert await mail_owner(settings, warning("Phòng kỹ thuật <ky-thuat@partner.example>, 24/7"))
    (message,) = mail_server.messages
    assert "To: ky-thuat@partner.example" in message
    assert "partner.example/hook" not in message


@pytest.mark.parametrize("contact", [None, "", "gọi trực ban"])
async def test_without_an_address_nothing_is_sent(mail_server: MailServer, contact: str | None) -> None:
    settings = NotificationsSettings(smtp_url=f"smtp://127.0.0.1:{mail_server.port}")

    assert not await mail_owner(settings, warning(contact))
    assert not await mail_owner(NotificationsSettings(), warning("a@partner.example"))
    assert mail_server.messages == []


async def test_a_mail_server_that_is_away_is_no_fault_of_the_job() -> None:
    assert not await mail_owner(NotificationsSettings(smtp_url="smtp://127.0.0.1:1"), warning("a@partner.example"))
