"""Campaigns ask their units for a minimum of chosen services."""

from casework.model.people import KnownCampaign
from chassis.storage.database import Session
from contracts.onboarding import CampaignStarted, CampaignState, CampaignUpdated


async def on_campaign_started(session: Session, event: CampaignStarted) -> None:
    await _keep(session, event)


async def on_campaign_updated(session: Session, event: CampaignUpdated) -> None:
    await _keep(session, event)


async def _keep(session: Session, event: CampaignState) -> None:
    known = await session.get(KnownCampaign, event.campaign_id)
    if known is not None and known.version >= event.version:
        return
    await session.merge(
        KnownCampaign(
            id=event.campaign_id,
            version=event.version,
            unit_id=event.unit_id,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            minimum_procedures=event.minimum_procedures,
        )
    )
