"""The HTTP process of casework."""

from pathlib import Path

from casework.calendar import load_calendar
from casework.commands.actions import confirm_silent_drafts
from casework.commands.counting import take_counts
from casework.commands.feedback import escalate_feedback
from casework.commands.incidents import encrypt_old_texts, escalate_incidents
from casework.commands.marking import mark_old_texts
from casework.commands.procedures import hand_on_choices
from casework.commands.retention import RETENTION
from casework.commands.rotation import ROTATIONS
from casework.handlers import HANDLERS
from casework.model import Table
from casework.procedures import load_catalogue
from casework.routes import ROUTERS
from casework.settings import get_settings
from chassis.app import create_app
from chassis.runtime import Runtime, ScheduledJob, Service

EVERY_SECONDS = 30.0


async def confirm_drafts(runtime: Runtime) -> None:
    """Silence is consent: continues with draft results that were not disputed in time."""
    async with runtime.database.transaction() as session:
        await confirm_silent_drafts(session)


async def escalate(runtime: Runtime) -> None:
    """Escalates feedback and incidents whose deadline has passed."""
    async with runtime.database.transaction() as session:
        await escalate_feedback(session)
        await escalate_incidents(session)


async def hand_on(runtime: Runtime) -> None:
    """Hands on the chosen services of units that have ended."""
    async with runtime.database.transaction() as session:
        await hand_on_choices(session)


async def mark_texts(runtime: Runtime) -> None:
    """Marks texts that an earlier release stored, so that they are found."""
    async with runtime.database.transaction() as session:
        await mark_old_texts(session)


async def encrypt_texts(runtime: Runtime) -> None:
    """Encrypts free texts that an earlier release stored in the clear."""
    async with runtime.database.transaction() as session:
        await encrypt_old_texts(session)


service = Service(
    name="casework",
    title="Ba Không: casework",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[
        ScheduledJob("confirm draft results", EVERY_SECONDS, confirm_drafts),
        ScheduledJob("escalate what is late", EVERY_SECONDS, escalate),
        ScheduledJob("encrypt texts", EVERY_SECONDS, encrypt_texts),
        ScheduledJob("hand on chosen services", EVERY_SECONDS, hand_on),
        ScheduledJob("mark texts", EVERY_SECONDS, mark_texts),
    ],
    rotations=ROTATIONS,
    retention=RETENTION,
    take_counts=take_counts,
    checks=[lambda: load_catalogue(get_settings().procedures_dir), lambda: load_calendar(get_settings().calendar_file)],
)

app = create_app(service)
