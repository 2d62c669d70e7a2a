"""Mail to partners' contacts, where a server is configured (`SMTP_URL`)."""

import re

from chassis.ids import new_id
from chassis.observability.log import logger
from notifications.channels.mail import Mail
from notifications.channels.messages import Accepted, Message
from notifications.commands.warnings import OwnerWarning
from notifications.model.subscriptions import Warned
from notifications.settings import NotificationsSettings

ADDRESS = re.compile(r"[^\s<>,;@]+@[^\s<>,;@]+\.[^\s<>,;@]+")
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
    message = Message(
        send_id=new_id(),
        notification_id=warning.subscription.id,
        to=found[0],
        title=SUBJECTS[warning.stage],
        text=_text(warning),
    )
    result = await Mail(settings.smtp_url, settings.mail_from).send(message)
    if not isinstance(result, Accepted):
        logger.warning("warning not mailed", error=result.error, subscription=str(warning.subscription.id))
    return isinstance(result, Accepted)


def _text(warning: OwnerWarning) -> str:
    return TEXT.format(
        id=warning.subscription.id, since=warning.failing_since.isoformat(), until=warning.disables_at.isoformat()
    )
