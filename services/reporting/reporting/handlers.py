"""Event handlers: units, filed reports and announced counts; every other event changes a counted entity."""

from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.storage.database import Session
from contracts.counts import CountsTaken
from contracts.event import Event
from contracts.onboarding import PlanFiled
from contracts.registry import UnitChanged
from reporting.commands.announced_counts import store_announced_counts
from reporting.commands.filed_reports import freeze_report
from reporting.commands.units import update_unit
from reporting.projections.application import apply_events
from reporting.projections.entities import subscriptions
from reporting.projections.unit_of_work import flush_unit_of_work

__all__ = ["HANDLERS", "on_counted_events"]


@batch_handler
async def on_counted_events(session: Session, events: Sequence[Event]) -> None:
    await apply_events(session, events)


async def on_unit_changed(session: Session, event: UnitChanged) -> None:
    await update_unit(session, event)


async def on_plan_filed(session: Session, event: PlanFiled) -> None:
    await flush_unit_of_work(session)
    await freeze_report(session, event)


async def on_counts_taken(session: Session, event: CountsTaken) -> None:
    await flush_unit_of_work(session)
    await store_announced_counts(session, event)


HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    PlanFiled: on_plan_filed,
    CountsTaken: on_counts_taken,
    **dict.fromkeys(subscriptions(), on_counted_events),
}
