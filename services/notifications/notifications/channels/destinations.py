"""Where a message goes: a device's token, or a number that the registry gives when it is sent; it is stored nowhere."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from chassis.security.encryption import decrypt_text
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from notifications.channels.messages import Refused, TryLater
from notifications.channels.queue import Queued
from notifications.model.notifications import NotificationChannel
from notifications.model.preferences import TOKEN

PURPOSE = "notification"
RESIDENT = "resident:"
Destination = str | Refused | TryLater
FindDestination = Callable[[Queued], Awaitable[Destination]]
NO_ADDRESS = Refused("no-address")


class Destinations:
    """Finds destinations; asks the registry for telephone numbers. It knows no mail addresses of people yet."""

    def __init__(self, service_client: ServiceClient) -> None:
        self._client = service_client

    async def find(self, send: Queued) -> Destination:
        """The destination of a send; never logged."""
        if send.channel == NotificationChannel.PUSH:
            assert send.token is not None
            return decrypt_text(TOKEN, str(send.device_id), send.token)
        if send.channel in (NotificationChannel.SMS, NotificationChannel.ZALO) and (send.person or "").startswith(
            RESIDENT
        ):
            return await self._phone(UUID((send.person or "").removeprefix(RESIDENT)))
        return NO_ADDRESS

    async def _phone(self, resident_id: UUID) -> Destination:
        path = f"/v1/residents/{resident_id}/verified-phone"
        try:
            answer = await self._client.call("registry", "GET", path, caller=None, purpose=PURPOSE)
        except ServiceCallFailed as error:
            return NO_ADDRESS if error.status == 404 else TryLater("registry-unavailable")
        return answer["phone"] or NO_ADDRESS
