"""Views of notifications; bodies and views of preferences and devices."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from chassis.errors import Language
from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf
from notifications.model.notification_kinds import BY_NAME, Kind
from notifications.model.notification_texts import text_of, title_of
from notifications.model.notifications import NotificationChannel, NotificationSend, SendStatus
from notifications.model.preferences import ON_BY_DEFAULT, QUIET_FROM, QUIET_UNTIL, Device, Platform
from notifications.queries.notifications import FeedItem, FeedPage


class AboutView(BaseModel):
    """What a notification is about."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: str
    """Such as `dossier`, `bill`, `document`, `session`, `task`."""
    id: UUID
    """Its id in the service that has it."""


class NotificationView(BaseModel):
    """A notification (thông báo) of the signed-in person."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """Its id, also in a push."""
    kind: Annotated[str, OneOf(*BY_NAME)]
    """A kind of `GET /v1/me/notification-preferences`."""
    title: str
    """In the language of the request; without personal data."""
    text: str
    """In the language of the request; details are read where `about` leads."""
    at: datetime
    """When it became known here: polling by the newest `at` misses nothing."""
    about: AboutView
    """Where to look."""
    read_at: datetime | None
    """When the person read it."""
    ended_at: datetime | None
    """When its reason ended: the bill is paid, the supplement was answered."""

    @classmethod
    def of(cls, item: FeedItem, language: Language) -> Self:
        """The view in a language."""
        one = item.notification
        return cls(
            id=one.id, kind=one.kind, title=title_of(one.kind, language),
            text=text_of(one.kind, one.placeholders, language), at=one.at, read_at=item.read_at, ended_at=one.ended_at,
            about=AboutView(kind=one.about_type, id=one.about_id),
        )  # fmt: skip


class SendView(BaseModel):
    """A way that a notification took beside the feed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    channel: NotificationChannel
    """The channel."""
    status: SendStatus
    """How far it came; `dropped`: its reason ended, or the person wants it no longer."""
    at: datetime
    """When it was delivered or sent, or else when it is due."""

    @classmethod
    def of(cls, send: NotificationSend) -> Self:
        """The view of a send."""
        at = send.delivered_at or send.sent_at or send.due_at
        return cls(channel=NotificationChannel(send.channel), status=SendStatus(send.status), at=at)


class NotificationDetail(NotificationView):
    """A notification with the ways it took."""

    sends: list[SendView] = []
    """With receipts, where the channel gives them."""


class NotificationPage(BaseModel):
    """A part of the feed, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[NotificationView]
    """Newest first."""
    unread: int
    """How many of the whole feed are not read."""
    next_cursor: str | None
    """What `cursor` takes for older ones; null on the last page."""

    @classmethod
    def of(cls, page: FeedPage, language: Language) -> Self:
        """The view in a language."""
        items = [NotificationView.of(item, language) for item in page.items]
        return cls(items=items, unread=page.unread, next_cursor=page.next_cursor)


class UnreadView(BaseModel):
    """What is left to read."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    unread: int
    """How many notifications are not read."""


def _known(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError("there is no such kind")
    return name


KindName = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": [*BY_NAME]})]


class KindPreference(RequestBody):
    """The channels of one kind; what is left out is as by default: `app` and `push` on."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: KindName
    """A kind of notifications."""
    app: bool = NotificationChannel.APP in ON_BY_DEFAULT
    """In the feed."""
    push: bool = NotificationChannel.PUSH in ON_BY_DEFAULT
    """On the person's devices."""
    sms: bool = NotificationChannel.SMS in ON_BY_DEFAULT
    """By text message."""
    zalo: bool = NotificationChannel.ZALO in ON_BY_DEFAULT
    """By Zalo."""
    email: bool = NotificationChannel.EMAIL in ON_BY_DEFAULT
    """By mail."""

    def channels(self) -> dict[str, bool]:
        """By channel, whether it is on."""
        return {channel.value: getattr(self, channel.value) for channel in NotificationChannel}


class KindPreferenceView(BaseModel):
    """The channels of one kind."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: KindName
    """A kind of notifications."""
    title: str
    """The text of the kind, in the language of the request."""
    app: bool
    """In the feed."""
    push: bool
    """On the person's devices."""
    sms: bool
    """By text message."""
    zalo: bool
    """By Zalo."""
    email: bool
    """By mail."""


class QuietHoursBody(RequestBody):
    """The hours in which nothing rings (giờ yên tĩnh), in Asia/Ho_Chi_Minh; equal hours: none."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    starts_hour: int = Field(default=QUIET_FROM, ge=0, le=23)
    """From this full hour on."""
    ends_hour: int = Field(default=QUIET_UNTIL, ge=0, le=23)
    """Until this full hour; what waited is sent then."""


class QuietHoursView(BaseModel):
    """The hours in which nothing rings (giờ yên tĩnh), in Asia/Ho_Chi_Minh; equal hours: none."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    starts_hour: int
    """From this full hour on."""
    ends_hour: int
    """Until this full hour."""


class PreferencesUpdate(RequestBody):
    """All preferences of a person; kinds that are left out are as by default."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[KindPreference] = Field(default=[], max_length=len(BY_NAME))
    """At most one for each kind."""
    quiet_hours: QuietHoursBody | None = None
    """21 to 7 where it is left out."""

    def wanted(self) -> dict[tuple[str, str], bool]:
        """By kind and channel, whether it is on."""
        return {(one.kind, channel): is_on for one in self.items for channel, is_on in one.channels().items()}


class PreferencesView(BaseModel):
    """What the person wants to get."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[KindPreferenceView]
    """Every kind that the person may get."""
    quiet_hours: QuietHoursView
    """The hours in which nothing rings."""

    @classmethod
    def of(
        cls, kinds: list[Kind], channels: dict[str, dict[str, bool]], quiet: tuple[int, int], language: Language
    ) -> Self:
        """The view in a language."""
        items = [
            KindPreferenceView(kind=kind.name, title=title_of(kind.name, language), **channels[kind.name])
            for kind in kinds
        ]
        return cls(items=items, quiet_hours=QuietHoursView(starts_hour=quiet[0], ends_hour=quiet[1]))


class DeviceUpdate(RequestBody):
    """A device that gets pushes."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    platform: Platform
    """`android` and `ios`: FCM; `web`: Web Push."""
    token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    """FCM's registration token, or for `web` the push subscription's JSON. It is kept encrypted and shown nowhere."""


class DeviceView(BaseModel):
    """A registered device."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    device_id: str
    """The app's own name for it."""
    platform: Platform
    """Its platform."""
    registered_at: datetime
    """When its token was registered."""

    @classmethod
    def of(cls, device: Device) -> Self:
        """The view of a device."""
        return cls(device_id=device.device_id, platform=Platform(device.platform), registered_at=device.registered_at)
