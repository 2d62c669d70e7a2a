"""Notifications of the signed-in person: the feed, what was read, preferences, devices."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query
from pydantic import AwareDatetime

from chassis.errors import FieldError, InvalidQuery, Language
from chassis.security.identity import Caller
from chassis.web.routing import PageQuery, Reading, Transaction, allow, language_of, transactional_router
from notifications.commands import preferences as preference_commands
from notifications.commands import reading
from notifications.model.notification_kinds import KINDS
from notifications.queries import notifications as queries
from notifications.queries.preferences import channels_by_kind, quiet_hours
from notifications.schemas.notifications import (
    DeviceUpdate,
    DeviceView,
    NotificationDetail,
    NotificationPage,
    NotificationView,
    PreferencesUpdate,
    PreferencesView,
    SendView,
    UnreadView,
)

router = transactional_router(tags=["notifications"])

Person = Annotated[Caller, allow("resident", "organization", "volunteer", "officer", "operator", level=1, acting="any")]
OwnCaller = Annotated[Caller, allow("resident", "organization", "volunteer", "officer", "operator", level=1)]
FIRST_YEAR, LAST_YEAR = 1900, 2200
AcceptLanguage = Annotated[str | None, Header(description="`vi` (default) or `en`")]
Since = Annotated[
    AwareDatetime | None, Query(description="Only what became known after this time: the newest `at` seen")
]
Unread = Annotated[bool | None, Query(description="`true`: only what is not read; `false`: only what is")]
DeviceId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9._:-]{1,128}$", description="The app's own name for the installation")
]


@router.get("/v1/notifications")
async def list_notifications(
    session: Reading, page: PageQuery, since: Since = None, unread: Unread = None,
    accept_language: AcceptLanguage = None, *, caller: Person,
) -> NotificationPage:  # fmt: skip
    """What the person should know (thông báo), newest first: supplements, results, bills, sessions near, tasks due.

    A representative sees what belongs to the scope of the representation.
    """
    if since is not None and not FIRST_YEAR <= since.year < LAST_YEAR:
        raise InvalidQuery(errors=[FieldError("/since", "out-of-range", "Thời điểm quá xa.", "Out of range.")])
    found = await queries.read_feed(session, caller, page, since=since, is_unread=unread)
    return NotificationPage.of(found, language_of(accept_language))


@router.post("/v1/notifications/read-all")
async def read_all_notifications(session: Transaction, *, caller: Person) -> UnreadView:
    """Marks everything in the feed as read."""
    await reading.mark_all_read(session, caller)
    return UnreadView(unread=0)


@router.get("/v1/notifications/{notification_id}")
async def get_notification(
    notification_id: UUID, session: Reading, accept_language: AcceptLanguage = None, *, caller: Person
) -> NotificationDetail:
    """One notification, with the ways that it took and their receipts."""
    item = await queries.get_notification(session, caller, notification_id)
    view = NotificationView.of(item, language_of(accept_language))
    sends = await queries.list_sends(session, notification_id)
    return NotificationDetail(**view.model_dump(), sends=[SendView.of(one) for one in sends])


@router.post("/v1/notifications/{notification_id}/read")
async def read_notification(
    notification_id: UUID, session: Transaction, accept_language: AcceptLanguage = None, *, caller: Person
) -> NotificationView:
    """Marks a notification as read; again changes nothing."""
    item = await queries.get_notification(session, caller, notification_id)
    return NotificationView.of(await reading.mark_read(session, caller, item), language_of(accept_language))


@router.get("/v1/me/notification-preferences")
async def get_notification_preferences(
    session: Reading, accept_language: AcceptLanguage = None, *, caller: OwnCaller
) -> PreferencesView:
    """Which kinds come over which channels, and the quiet hours."""
    return await _preferences(session, caller, language_of(accept_language))


@router.put("/v1/me/notification-preferences")
async def update_notification_preferences(
    body: PreferencesUpdate, session: Transaction, accept_language: AcceptLanguage = None, *, caller: OwnCaller
) -> PreferencesView:
    """Replaces all preferences; what is left out is as by default. What is queued already is sent as it was."""
    quiet = (body.quiet_hours.starts_hour, body.quiet_hours.ends_hour) if body.quiet_hours else None
    await preference_commands.replace_preferences(session, queries.person_of(caller), body.wanted(), quiet)
    await session.flush()
    return await _preferences(session, caller, language_of(accept_language))


@router.put("/v1/me/devices/{device_id}")
async def register_device(
    device_id: DeviceId, body: DeviceUpdate, session: Transaction, *, caller: OwnCaller
) -> DeviceView:
    """Registers a device for push, or its new token: at each start of the app, after each sign-in."""
    person = queries.person_of(caller)
    return DeviceView.of(
        await preference_commands.register_device(session, person, device_id, body.platform.value, body.token)
    )


@router.delete("/v1/me/devices/{device_id}", status_code=204)
async def delete_device(device_id: DeviceId, session: Transaction, *, caller: OwnCaller) -> None:
    """Ends pushes to a device: at each sign-out."""
    await preference_commands.remove_device(session, queries.person_of(caller), device_id)


async def _preferences(session: Reading, caller: Caller, language: Language) -> PreferencesView:
    person = queries.person_of(caller)
    kinds = [kind for kind in KINDS if kind.is_for_staff is (caller.role in queries.STAFF)]
    channels = await channels_by_kind(session, person, [kind.name for kind in kinds])
    return PreferencesView.of(kinds, channels, await quiet_hours(session, person), language)
