"""Campaigns: their plans, sessions, news and reports; and what the services counted themselves."""

from chassis.storage.database import Session
from contracts.counts import CountsTaken
from contracts.onboarding import (
    CampaignState,
    CommunicationPublished,
    OfficialSignatureIssued,
    PlanFiled,
    SessionHeld,
)
from reporting.projections.campaigns import Campaign
from reporting.projections.ledger import change_work, write_ledger
from reporting.projections.works import Broadcast, HeldSession, Official
from reporting.queries.filed import freeze_report
from reporting.queries.reconciliation import store_announced


async def on_campaign(session: Session, fact: CampaignState) -> None:
    await change_work(session, "campaign", str(fact.campaign_id), Campaign, lambda known: known.know(fact))


async def on_session_held(session: Session, fact: SessionHeld) -> None:
    await change_work(session, "session", str(fact.session_id), HeldSession, lambda known: known.know(fact))


async def on_communication_published(session: Session, fact: CommunicationPublished) -> None:
    key = str(fact.communication_id)
    await change_work(session, "communication", key, Broadcast, lambda known: known.know(fact))


async def on_official_signature_issued(session: Session, fact: OfficialSignatureIssued) -> None:
    await change_work(session, "official", str(fact.official_id), Official, lambda known: known.know(fact))


async def on_plan_filed(session: Session, fact: PlanFiled) -> None:
    await write_ledger(session)
    await freeze_report(session, fact)


async def on_counts_taken(session: Session, fact: CountsTaken) -> None:
    await write_ledger(session)
    await store_announced(session, fact)
