"""What notifications repeats."""

from chassis.runtime import Runtime
from notifications.commands.planning import notify_due
from notifications.commands.warnings import warn_owners
from notifications.mail import mail_owner
from notifications.settings import get_settings


async def notify_planned(runtime: Runtime) -> None:
    """Makes the notifications that are planned and due."""
    await notify_due(runtime.database)


async def warn_owners_of_failing(runtime: Runtime) -> None:
    """Warns owners of endpoints that keep failing, and disables those that failed for too long."""
    settings = get_settings()
    async with runtime.database.transaction() as session:
        warnings = await warn_owners(session, settings.disable_after)
    for warning in warnings:
        await mail_owner(settings, warning)
