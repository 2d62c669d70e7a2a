"""The HTTP process of onboarding (with its event process, unless RUN_WORKER is off)."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import ScheduledJob, Service
from onboarding.commands.counting import take_counts
from onboarding.commands.expiries import expire_steps
from onboarding.commands.import_undo import undo_imports
from onboarding.commands.imports import run_imports
from onboarding.commands.rules import apply_step_rules, follow_ages
from onboarding.commands.sessions import publish_due_sessions
from onboarding.handlers import HANDLERS
from onboarding.model.schema import OnboardingTable
from onboarding.routes import ROUTERS

service = Service(
    name="onboarding",
    title="Ba Không: onboarding",
    metadata=OnboardingTable.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[
        ScheduledJob("expire steps", 60.0, expire_steps),
        ScheduledJob("apply step rules", 60.0, apply_step_rules),
        ScheduledJob("follow ages", 3600.0, follow_ages),
        ScheduledJob("publish sessions", 30.0, publish_due_sessions),
        ScheduledJob("run imports", 1.0, run_imports),
        ScheduledJob("undo imports", 1.0, undo_imports),
    ],
    take_counts=take_counts,
)
app = create_app(service)
