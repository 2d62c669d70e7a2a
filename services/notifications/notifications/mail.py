"""Mail to partners' contacts, where a server is configured (`SMTP_URL`)."""

import asyncio
import re
import smtplib
from contextlib import closing
from email.message import EmailMessage

from yarl import URL

from chassis.observability.log import logger
from notifications.commands.warnings import OwnerWarning
from notifications.model.subscriptions import Warned
from notifications.settings import NotificationsSettings

ADDRESS = re.compile(r"[^\s<>,;@]+@[^\s<>,;@]+\.[^\s<>,;@]+")
SECONDS = 15.0
SUBJECTS = {
    Warned.HALF: "Điểm nhận sự kiện đang lỗi · Your webhook endpoint is failing",
    Warned.NEARLY: "Điểm nhận sự kiện sắp bị tắt · Your webhook endpoint will be disabled soon",
    Warned.DISABLED: "Điểm nhận sự kiện đã bị tắt · Your webhook endpoint was disabled",
}
TEXT = """\
Đăng ký {id}: mọi lần gửi sự kiện đều lỗi từ {since}. Thời điểm tắt: {until}.
Sự kiện vẫn được giữ 30 ngày: xem các lần gửi tại GET /v1/subscriptions/{id}/deliveries, sửa điểm nhận, rồi
PATCH /v1/subscriptions/{id} với {{"status": "active"}}.

Subscription {id}: every attempt has failed since {since}. It is disabled at {until}.
Events are kept for 30 days: see GET /v1/subscriptions/{id}/deliveries, repair the endpoint, then
PATCH /v1/subscriptions/{id} with {{"status": "active"}}.
"""


async def mail_owner(settings: NotificationsSettings, warning: OwnerWarning) -> bool:
    """Sends the warning to the partner's contact, if it has a mail address and a server is configured; whether it was sent."""
    found = ADDRESS.search(warning.contact or "")
    if settings.smtp_url is None or found is None:
        return False
    try:
        await asyncio.to_thread(_send, URL(settings.smtp_url), _message(settings.mail_from, found[0], warning))
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("warning not mailed", error=type(error).__name__, subscription=str(warning.subscription.id))
        return False
    return True


def _message(sender: str, recipient: str, warning: OwnerWarning) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, SUBJECTS[warning.stage]
    message.set_content(
        TEXT.format(
            id=warning.subscription.id, since=warning.failing_since.isoformat(), until=warning.disables_at.isoformat()
        )
    )
    return message


def _send(server: URL, message: EmailMessage) -> None:
    host = server.host or "localhost"
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=SECONDS)
    else:
        connection = smtplib.SMTP(host, server.port or 25, timeout=SECONDS)
    with closing(connection):
        if server.scheme == "smtp" and server.user:
            connection.starttls()
        if server.user:
            connection.login(server.user, server.password or "")
        connection.send_message(message)
