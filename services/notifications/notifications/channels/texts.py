"""The templates of channels, versioned: a title and a place to look, within the length that the channel carries.

A change of a template is a new version; the newest is sent, and each send keeps the version of its text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.errors import Language
from chassis.folding import to_ascii
from notifications.model.notifications import NotificationChannel

LONGEST_PUSH_TITLE = 65
"""Characters that a lock screen shows of a title."""
LONGEST_PARAMETER = 100
LONGEST_SUBJECT = 150
MOST_SMS_PARTS = 2
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_OF_TWO = frozenset("^{}\\[~]|€\f")
"""3GPP TS 23.038: characters of the extension table, which take two places."""


@dataclass(frozen=True)
class MessageTemplate:
    """The text of one channel in both languages, with `{title}` and `{place}`."""

    vi: str
    en: str


VERSIONS: Mapping[int, Mapping[NotificationChannel, MessageTemplate]] = {
    1: {
        NotificationChannel.PUSH: MessageTemplate("{title}", "{title}"),
        NotificationChannel.SMS: MessageTemplate("{title}. Xem tại {place}", "{title}. See {place}"),
        NotificationChannel.ZALO: MessageTemplate("{title}", "{title}"),
        NotificationChannel.EMAIL: MessageTemplate(
            "{title}.\n\nNội dung không gửi qua thư. Xem tại: {place}\nThư được gửi tự động, xin không trả lời.\n",
            "{title}.\n\nThe content is not sent by mail. See: {place}\nThis is an automatic message; please do not answer.\n",
        ),
    },
}
NEWEST = max(VERSIONS)


def text_for(
    channel: NotificationChannel, title: str, place: str, language: Language, *, with_accents: bool = True
) -> str:
    """The text of the newest version; of an SMS without accents where it is set so, which halves what it costs."""
    template = VERSIONS[NEWEST][channel]
    text = (template.vi if language == "vi" else template.en).format(title=title, place=place)
    return text if with_accents or channel is not NotificationChannel.SMS else to_ascii(text)


def is_too_long(channel: NotificationChannel, title: str, text: str) -> bool:
    """Whether the channel would cut it, or an SMS would take more parts than are paid for."""
    match channel:
        case NotificationChannel.PUSH:
            return len(title) > LONGEST_PUSH_TITLE
        case NotificationChannel.ZALO:
            return len(title) > LONGEST_PARAMETER
        case NotificationChannel.EMAIL:
            return len(title) > LONGEST_SUBJECT or "\n" in title
        case NotificationChannel.SMS:
            return sms_parts(text) > MOST_SMS_PARTS
        case _:
            return False


def is_gsm7(text: str) -> bool:
    """Whether an SMS carries it in seven bits a character."""
    return set(text) <= GSM7 | GSM7_OF_TWO


def sms_parts(text: str) -> int:
    """How many SMS a text takes: 160 characters of GSM-7 or 70 of UCS-2, 153 and 67 in each of several."""
    if is_gsm7(text):
        length, alone, each = sum(2 if one in GSM7_OF_TWO else 1 for one in text), 160, 153
    else:
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)
