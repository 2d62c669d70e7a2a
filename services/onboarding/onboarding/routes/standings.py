"""Where the units of a campaign stand, reminders to them, and good practices of every commune."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from chassis.errors import FieldError, InvalidBody
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, transactional_router
from onboarding.commands.reminders import draft_letters, keep_reminders, send_letters
from onboarding.errors import CampaignCancelled
from onboarding.queries.campaigns import load_campaign
from onboarding.queries.evidence import page_of_good_practices
from onboarding.queries.standings import UnitStanding, list_reminders, list_standings
from onboarding.queries.territory import require_lead
from onboarding.routes.campaigns import Officer, Readers
from onboarding.routes.listing import LISTED
from onboarding.schemas.standings import GoodPracticeView, RemindersCreate, ReminderView, StandingView, Without

router = transactional_router(tags=["campaigns"], dependencies=LISTED)


@router.get("/v1/campaigns/{campaign_id}/units")
async def list_campaign_units(
    campaign_id: UUID, session: Reading, caller: Readers,
    without: Annotated[Without | None, Query(description="Only units without any team, session or visit")] = None,
    behind: Annotated[bool, Query(description="Only units that are behind on something")] = False,
) -> Listed[StandingView]:  # fmt: skip
    """Each village of a commune's campaign, or commune of a district's or province's, and what it is behind on."""
    campaign = await load_campaign(session, caller, campaign_id)
    standings = await list_standings(session, campaign)
    shown = [
        each for each in standings if (without is None or without in each.behind) and (each.behind or not behind)
    ]  # fmt: skip
    return Listed(items=[StandingView.of(each) for each in shown])


@router.post("/v1/campaigns/{campaign_id}/reminders", status_code=201)
async def create_reminders(
    campaign_id: UUID, body: RemindersCreate, request: Request, session: Transaction, caller: Officer
) -> Listed[ReminderView]:
    """Writes to units about what they are behind on: a document for each, sent by casework as the caller's office.

    A unit that has ended is written to at those that took it over. Units whose letter could not be sent are left out.
    """
    runtime = request.app.state.runtime
    async with runtime.database.reading() as reading:
        campaign = await load_campaign(reading, caller, campaign_id)
        await require_lead(reading, caller, campaign.unit_id)
        if campaign.status == "cancelled":
            raise CampaignCancelled()
        standings = _named(await list_standings(reading, campaign), body.unit_codes)
        letters = await draft_letters(reading, campaign, standings, body.text)
    sent = await send_letters(runtime.service_client, caller, letters)
    kept = keep_reminders(session, caller, campaign, sent)
    return Listed(items=[ReminderView.of(each) for each in kept])


@router.get("/v1/campaigns/{campaign_id}/reminders")
async def list_campaign_reminders(campaign_id: UUID, session: Reading, caller: Readers) -> Listed[ReminderView]:
    """Letters that were sent to units of a campaign, the newest first."""
    campaign = await load_campaign(session, caller, campaign_id)
    return Listed(items=[ReminderView.of(each) for each in await list_reminders(session, campaign.id)])


@router.get("/v1/good-practices")
async def list_good_practices(
    session: Reading, page: PageQuery, caller: Readers,
    unit_code: Annotated[str | None, Query(max_length=64, description="Only of this unit and below")] = None,
) -> Listed[GoodPracticeView]:  # fmt: skip
    """Good practices (cách làm hay) of every commune, the newest first."""
    rows, cursor = await page_of_good_practices(session, unit_code, page)
    return Listed(items=[GoodPracticeView.of(item, name) for item, name in rows], next_cursor=cursor)


def _named(standings: list[UnitStanding], codes: list[str]) -> list[UnitStanding]:
    """The standings of the units named, or of all that are behind; 422 for a unit that is not in the campaign."""
    if not codes:
        return [each for each in standings if each.behind]
    known = {each.unit.code: each for each in standings}
    wrong = [place for place, code in enumerate(codes) if code not in known]
    if wrong:
        vi, en = "Đơn vị này không thuộc kế hoạch.", "This unit is not in the campaign."
        raise InvalidBody(errors=[FieldError(f"/unit_codes/{place}", "unknown-unit", vi, en) for place in wrong])
    return [known[code] for code in dict.fromkeys(codes)]
