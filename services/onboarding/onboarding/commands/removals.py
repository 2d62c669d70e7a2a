"""Deleting what was drawn up by mistake, while nothing hangs on it; what has begun is cancelled instead."""

from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from chassis.storage.database import Session
from contracts.onboarding import CampaignUpdated
from onboarding.commands.campaigns import change_campaign, publish_campaign, publish_tasks
from onboarding.errors import StillInUse
from onboarding.model.campaigns import Campaign, CampaignStep, Filing, FilingDemand, Task
from onboarding.model.evidence import Communication, DigitalModel, OfficialSignature, ReadinessCheck
from onboarding.model.reminders import CampaignReminder
from onboarding.model.sessions import CampaignSession
from onboarding.model.teams import Team

HANGING: tuple[Any, ...] = (
    CampaignSession, Team, Communication, ReadinessCheck, DigitalModel, OfficialSignature, Filing, CampaignReminder,
)  # fmt: skip


async def delete_campaign(session: Session, campaign: Campaign) -> None:
    """Deletes a campaign with its steps, tasks and demands; refused once a unit has worked, filed or met in it.

    Other services learn of it as of one that is cancelled.
    """
    under = select(Campaign.id).where(col(Campaign.parent_id) == campaign.id).limit(1)
    begun = select(Task.id).where(col(Task.campaign_id) == campaign.id, col(Task.status) != "open").limit(1)
    hanging = [select(table.id).where(table.campaign_id == campaign.id).limit(1) for table in HANGING]
    for query in (under, begun, *hanging):
        if (await session.exec(query)).first():
            raise StillInUse()
    campaign.status, campaign.version = "cancelled", campaign.version + 1
    await publish_campaign(session, campaign, CampaignUpdated)
    await publish_tasks(session, campaign)
    for table in (CampaignStep, Task, FilingDemand):
        await session.execute(delete(table).where(col(table.campaign_id) == campaign.id))
    await session.delete(campaign)


async def delete_step(session: Session, campaign: Campaign, step: CampaignStep) -> None:
    """Deletes a step of a custom campaign that has not begun and has no task; the steps of the two plans stay."""
    task = select(Task.id).where(col(Task.campaign_id) == campaign.id, col(Task.step) == step.number).limit(1)
    if campaign.template != "custom" or step.status != "planned" or (await session.exec(task)).first():
        raise StillInUse()
    await session.delete(step)
    await session.flush()
    await change_campaign(session, campaign, {})
