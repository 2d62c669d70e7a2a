"""What an adapter sends, and what comes of it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """One message on its way; `to` is a telephone number (`+84…`), a mail address or a device's token, kept nowhere."""

    send_id: UUID
    notification_id: UUID
    to: str
    title: str
    text: str
    language: str = "vi"


@dataclass(frozen=True)
class Accepted:
    """The channel took the message; `reference` is its name for it, which receipts repeat."""

    reference: str | None = None


@dataclass(frozen=True)
class Refused:
    """The channel will never take it; `error` is a stable code. `removes_device`: the device's token is void."""

    error: str
    removes_device: bool = False


@dataclass(frozen=True)
class TryLater:
    """The channel may take it later; `seconds` is what it asked for."""

    error: str
    seconds: float | None = None


SendResult = Accepted | Refused | TryLater


class Adapter(Protocol):
    """One channel, for as long as the process runs."""

    async def send(self, message: Message) -> SendResult:
        """Hands one message over; never raises for what the channel or the network does."""

    async def close(self) -> None:
        """Closes connections."""
