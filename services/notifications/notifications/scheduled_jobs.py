"""What notifications repeats."""

from chassis.runtime import Runtime
from notifications.commands.retention import BATCH, delete_expired


async def delete_old_events(runtime: Runtime) -> None:
    """Deletes events that are older than they are kept, batch by batch."""
    deleted = BATCH
    while deleted == BATCH:
        async with runtime.database.transaction() as session:
            deleted = await delete_expired(session)
