"""Campaigns ask their units for a minimum of chosen services."""

from casework.model.people import KnownCampaign
from chassis.storage.database import Session
from contracts.onboarding import CampaignStarted, CampaignState, CampaignUpdated


async def on_campaign_started(session: Session, fact: CampaignStarted) -> None:
    await _keep(session, fact)


async def on_campaign_updated(session: Session, fact: CampaignUpdated) -> None:
    await _keep(session, fact)


async def _keep(session: Session, fact: CampaignState) -> None:
    known = await session.get(KnownCampaign, fact.campaign_id)
    if known is not None and known.version >= fact.version:
        return
    await session.merge(
        KnownCampaign(
            id=fact.campaign_id,
            version=fact.version,
            unit_id=fact.unit_id,
            starts_on=fact.starts_on,
            ends_on=fact.ends_on,
            minimum_procedures=fact.minimum_procedures,
        )
    )
