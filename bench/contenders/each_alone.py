"""Our own gateway, except that every webhook has its own transaction and commit."""

import gateway.asgi as asgi
from chassis.storage.database import Database
from gateway.app import app, http_protocol
from gateway.webhooks.batch_writer import (
    PendingDelivery,
    PersistFailed,
    WebhookBatchWriter,
    WriteOutcome,
    write_deliveries,
)

__all__ = ["app", "http_protocol"]


class SingleWriter(WebhookBatchWriter):
    """No shared commits: one per delivery, on as many connections as the pool has."""

    def __init__(self, database: Database, *, capacity: int = 2_000) -> None:
        super().__init__(database, capacity=capacity)
        self._own = database

    async def write(self, pending: PendingDelivery) -> WriteOutcome:
        """Write this delivery, commit, and return the outcome."""
        try:
            async with self._own.transaction() as session:
                outcomes = await write_deliveries(session, [pending])
        except Exception as error:
            raise PersistFailed from error
        return outcomes[pending.id]


asgi.WebhookBatchWriter = SingleWriter  # type: ignore[attr-defined]  # the only difference
