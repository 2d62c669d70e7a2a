"""The adapters that the settings configure."""

from collections.abc import Mapping

from notifications.channels.fcm import Fcm, ServiceAccount
from notifications.channels.mail import Mail
from notifications.channels.messages import Adapter
from notifications.channels.sms import Sms
from notifications.channels.web_push import WebPush, read_key
from notifications.channels.zalo import ZaloNotifications
from notifications.model.notifications import NotificationChannel
from notifications.model.preferences import Platform
from notifications.settings import NotificationsSettings

Adapters = Mapping[tuple[NotificationChannel, Platform | None], Adapter]
"""By channel, and for push by the kind of the device."""


def adapters_of(settings: NotificationsSettings) -> Adapters:
    """What is configured; a key file that cannot be read is an error of the start."""
    found: dict[tuple[NotificationChannel, Platform | None], Adapter] = {}
    if settings.fcm_key_file is not None:
        fcm = Fcm(ServiceAccount.read(settings.fcm_key_file), settings.fcm_url)
        found[NotificationChannel.PUSH, Platform.ANDROID] = found[NotificationChannel.PUSH, Platform.IOS] = fcm
    if settings.vapid_key_file is not None:
        key = read_key(settings.vapid_key_file.read_bytes())
        is_development = settings.environment == "development"
        found[NotificationChannel.PUSH, Platform.WEB] = WebPush(
            key, settings.vapid_contact, allows_loopback=is_development
        )
    if settings.sms_url is not None:
        found[NotificationChannel.SMS, None] = Sms(settings.sms_url, settings.sms_token, settings.sms_sender)
    if settings.zns_url is not None:
        templates = {"vi": settings.zns_template_vi, "en": settings.zns_template_en}
        found[NotificationChannel.ZALO, None] = ZaloNotifications(
            settings.zns_url,
            settings.zns_token,
            {language: template for language, template in templates.items() if template},
            settings.message_place,
        )
    if settings.smtp_url is not None:
        found[NotificationChannel.EMAIL, None] = Mail(settings.smtp_url, settings.mail_from)
    return found
