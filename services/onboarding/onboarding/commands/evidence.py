"""Communications, readiness checks and their gaps, models and votes, officials' signatures of a campaign."""

from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import NotFound, require_order
from chassis.folding import squeeze
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.onboarding import CommunicationPublished, OfficialSignatureIssued
from onboarding.commands.campaigns import add_task, change_task
from onboarding.errors import OwnModel, StillInUse
from onboarding.model.bodies import body_name
from onboarding.model.campaigns import Campaign, Task
from onboarding.model.drafts import TaskDraft
from onboarding.model.evidence import (
    Communication,
    DigitalModel,
    Nomination,
    OfficialSignature,
    ReadinessCheck,
    Vote,
)
from onboarding.model.readiness import body_for, is_gap, work_for
from onboarding.queries.territory import is_within

GAP_DAYS = 7
RECHECKED = "Kiểm tra lại đã đủ."


async def publish_communication(
    session: Session, campaign: Campaign, unit: KnownUnit, details: dict[str, Any]
) -> Communication:
    """Records a publication or broadcast; it counts from the day on which it was published."""
    news = Communication(**details, campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code)
    session.add(news)
    await session.flush()
    _publish_communication(session, news)
    return news


async def change_communication(session: Session, item: Communication, changes: dict[str, Any]) -> None:
    """Corrects a publication; it counts from its corrected day."""
    for name, value in changes.items():
        setattr(item, name, value)
    session.add(item)
    await session.flush()
    _publish_communication(session, item)


async def delete_communication(session: Session, item: Communication) -> None:
    """Takes back a publication that was recorded by mistake."""
    await session.delete(item)
    _publish_communication(session, item, is_published=False)


async def check_readiness(
    session: Session, caller: Caller, campaign: Campaign, unit: KnownUnit, venue: str, items: list[dict[str, Any]]
) -> tuple[ReadinessCheck, list[Task]]:
    """Notes what a venue has; each gap opens a task for the body that closes gaps of its kind.

    A later check of the same venue closes the task of a gap that is no more, and opens no second one for a gap that lasts.
    """
    open_gaps = await _open_gaps(session, campaign, unit, venue)
    check = ReadinessCheck(
        campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code, venue=venue, items=items, checked_at=now(),
        checked_by=caller.account,
    )  # fmt: skip
    session.add(check)
    await session.flush()
    return check, [task for each in items if (task := _settle(session, campaign, unit, check, each, open_gaps))]


def _settle(
    session: Session, campaign: Campaign, unit: KnownUnit, check: ReadinessCheck, item: dict[str, Any],
    open_gaps: dict[str, Task],
) -> Task | None:  # fmt: skip
    """The task of a gap, new or still open; None where the item has what is needed, and its task is done."""
    known = open_gaps.get(str(item["kind"]))
    if not is_gap(item):
        if known:
            change_task(session, campaign, known, {"status": "done", "note": RECHECKED})
        return None
    if known is None:
        return add_task(session, campaign, unit, _gap_task(check, item))
    change_task(session, campaign, known, {"work": work_for(item, check.venue)})
    return known


async def _open_gaps(session: Session, campaign: Campaign, unit: KnownUnit, venue: str) -> dict[str, Task]:
    """Tasks of gaps found at a venue and not closed, by the kind of the item."""
    query = (
        select(Task, ReadinessCheck.venue)
        .join(ReadinessCheck, col(ReadinessCheck.id) == col(Task.origin_id))
        .where(
            col(Task.campaign_id) == campaign.id,
            col(Task.unit_id) == unit.id,
            col(Task.done_on).is_(None),
            col(Task.status) != "cancelled",
            col(Task.about).is_not(None),
        )
    )
    return {str(task.about): task for task, place in await session.exec(query) if squeeze(place) == squeeze(venue)}


async def add_model(session: Session, campaign: Campaign, unit: KnownUnit, details: dict[str, Any]) -> DigitalModel:
    """A model that a body of a unit runs."""
    model = DigitalModel(**details, campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code)
    session.add(model)
    await session.flush()
    return model


async def change_model(session: Session, model: DigitalModel, changes: dict[str, Any]) -> None:
    """Corrects a model."""
    for name, value in changes.items():
        setattr(model, name, value)
    session.add(model)


async def delete_model(session: Session, model: DigitalModel) -> None:
    """Deletes a model that is not nominated."""
    if (await session.exec(select(Nomination.id).where(col(Nomination.model_id) == model.id).limit(1))).first():
        raise StillInUse()
    await session.delete(model)


async def nominate(session: Session, caller: Caller, model: DigitalModel, category: str) -> Nomination:
    """Nominates a model for the vote; a second time in one category is a conflict."""
    nomination = Nomination(
        campaign_id=model.campaign_id, model_id=model.id, category=category, nominated_by=caller.account, at=now()
    )
    session.add(nomination)
    await session.flush()
    return nomination


async def change_category(session: Session, nomination: Nomination, category: str) -> None:
    """Corrects the category; refused once a vote was cast, which was for the other one."""
    if (await session.exec(select(Vote.voter).where(col(Vote.nomination_id) == nomination.id).limit(1))).first():
        raise StillInUse()
    nomination.category = category
    session.add(nomination)
    await session.flush()


async def vote_for(session: Session, caller: Caller, nomination: Nomination) -> bool:
    """One account, one vote for one nomination; False when it was given before. Refuses officers of the model's unit."""
    model = await session.get_one(DigitalModel, nomination.model_id)
    if await is_within(session, caller, model.unit_id):
        raise OwnModel()
    statement = (
        insert(Vote)
        .values(nomination_id=nomination.id, voter=caller.account, at=now())
        .on_conflict_do_nothing()
        .returning(col(Vote.voter))
    )
    return (await session.execute(statement)).first() is not None


async def withdraw_vote(session: Session, caller: Caller, nomination: Nomination) -> None:
    """Takes the caller's vote back; 404 without one."""
    vote = await session.get(Vote, (nomination.id, caller.account))
    if vote is None:
        raise NotFound()
    await session.delete(vote)


async def delete_nomination(session: Session, nomination: Nomination) -> None:
    """Takes a nomination back, and the votes for it."""
    for vote in await session.exec(select(Vote).where(col(Vote.nomination_id) == nomination.id)):
        await session.delete(vote)
    await session.delete(nomination)


async def record_signature(
    session: Session, campaign: Campaign, unit: KnownUnit, details: dict[str, Any]
) -> OfficialSignature:
    """Notes that a signature was requested or issued for an official of a unit."""
    signature = OfficialSignature(**details, campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code)
    session.add(signature)
    await session.flush()
    if signature.issued_on:
        _publish_signature(session, signature)
    return signature


async def change_signature(session: Session, signature: OfficialSignature, changes: dict[str, Any]) -> None:
    """Notes that a signature was issued or given back."""
    for name, value in changes.items():
        setattr(signature, name, value)
    require_order(signature.requested_on, signature.issued_on, "/issued_on")
    require_order(signature.issued_on or signature.requested_on, signature.returned_on, "/returned_on")
    signature.version += 1
    session.add(signature)
    await session.flush()
    if signature.issued_on:
        _publish_signature(session, signature)


async def delete_signature(session: Session, signature: OfficialSignature) -> None:
    """Takes back a signature that was recorded by mistake."""
    await session.delete(signature)
    if signature.issued_on:
        _publish_signature(session, signature, is_held=False)


def _publish_communication(session: Session, item: Communication, *, is_published: bool = True) -> None:
    publish(
        session,
        CommunicationPublished(
            campaign_id=item.campaign_id, communication_id=item.id, unit_id=item.unit_id, unit_code=item.unit_code,
            kind=item.kind, published_on=item.published_on, published=is_published,
        ),
    )  # fmt: skip


def _gap_task(check: ReadinessCheck, item: dict[str, Any]) -> TaskDraft:
    body = body_for(item)
    due_on = today() + timedelta(days=GAP_DAYS)
    return TaskDraft(
        body=body,
        body_name=body_name(body, today()),
        work=work_for(item, check.venue),
        due_on=due_on,
        origin="readiness",
        origin_id=check.id,
        about=str(item["kind"]),
    )


def _publish_signature(session: Session, signature: OfficialSignature, *, is_held: bool = True) -> None:
    publish(
        session,
        OfficialSignatureIssued(
            campaign_id=signature.campaign_id, official_id=signature.id, unit_id=signature.unit_id,
            unit_code=signature.unit_code, issued_on=signature.issued_on, held=is_held and signature.is_held,
        ),
    )  # fmt: skip
