"""Every kind has a text for every channel in both languages that the channel carries, without personal data."""

import pytest

from chassis.errors import Language
from notifications.channels.texts import is_gsm7, is_too_long, sms_parts, text_for
from notifications.model.notification_kinds import BY_NAME
from notifications.model.notification_texts import title_of
from notifications.model.notifications import SENT_CHANNELS, NotificationChannel
from notifications.settings import NotificationsSettings

LANGUAGES: tuple[Language, ...] = ("vi", "en")


@pytest.mark.parametrize("kind", list(BY_NAME))
def test_every_kind_fits_every_channel(kind: str) -> None:
    place = NotificationsSettings().message_place
    for language in LANGUAGES:
        title = title_of(kind, language)
        assert title
        assert "{" not in title, "a title is filled with nothing: what fills a text stays in the feed"
        for channel in SENT_CHANNELS:
            for with_accents in (True, False):
                text = text_for(channel, title, place, language, with_accents=with_accents)
                assert not is_too_long(channel, title, text), (channel, language, text)
        plain = text_for(NotificationChannel.SMS, title, place, language, with_accents=False)
        assert is_gsm7(plain), plain
        assert sms_parts(plain) == 1, plain


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ă" * 70, 1), ("ă" * 71, 2), ("ă" * 134, 2), ("ă" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1),
    ],
)  # fmt: skip
def test_an_sms_has_as_many_parts_as_its_alphabet_makes(text: str, parts: int) -> None:
    assert sms_parts(text) == parts
