"""Communications and the loudspeaker text, readiness, models and votes, officials' signatures of a campaign."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from chassis.clock import today
from chassis.errors import InvalidQuery
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, unknown_unit
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Listed, Page, PageQuery, Reading, Transaction, allow, transactional_router
from onboarding.commands.evidence import (
    add_model,
    change_category,
    change_communication,
    change_model,
    change_signature,
    check_readiness,
    delete_communication,
    delete_model,
    delete_nomination,
    delete_signature,
    nominate,
    publish_communication,
    record_signature,
    vote_for,
    withdraw_vote,
)
from onboarding.model.announcement import NextSession, announcement, hall_of
from onboarding.model.campaigns import Task
from onboarding.model.evidence import (
    Communication,
    DigitalModel,
    Nomination,
    OfficialSignature,
    ReadinessCheck,
)
from onboarding.model.sessions import CampaignSession
from onboarding.model.steps import STEPS
from onboarding.queries.campaigns import load_campaign
from onboarding.queries.evidence import list_without_model, load_campaign_row, page_of_campaign_rows
from onboarding.queries.ranking import count_votes, rank_nominations, rank_units
from onboarding.queries.sessions import find_next_session, list_chosen_procedures
from onboarding.queries.territory import kind_in_sentence, list_above, require_lead, units_of_code
from onboarding.routes.campaigns import Officer, Readers, unit_to_work_in
from onboarding.routes.listing import LISTED, WITH_REASON
from onboarding.routes.procedures import names_of_services
from onboarding.schemas.evidence import (
    AnnouncementView,
    CampaignRankingView,
    CommunicationCreate,
    CommunicationPatch,
    CommunicationView,
    ModelCreate,
    ModelPatch,
    ModelView,
    NominatedView,
    NominationCreate,
    NominationPatch,
    NominationView,
    OfficialSignatureCreate,
    OfficialSignaturePatch,
    OfficialSignatureView,
    ReadinessCreate,
    ReadinessView,
    UnitRankView,
)

router = transactional_router(tags=["campaigns"], dependencies=LISTED)


@router.post("/v1/campaigns/{campaign_id}/communications", status_code=201)
async def create_communication(
    campaign_id: UUID, body: CommunicationCreate, session: Transaction, caller: Officer
) -> CommunicationView:
    """Records a publication (tin, bài, phát thanh) that counts for the campaign."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    details = body.model_dump(exclude={"unit_code"})
    return CommunicationView.of(await publish_communication(session, campaign, unit, details))


@router.get("/v1/campaigns/{campaign_id}/communications")
async def list_communications(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers,
    kind: Annotated[str | None, Query(max_length=40)] = None,
) -> Listed[CommunicationView]:  # fmt: skip
    """Publications of the campaign in the caller's units."""
    campaign = await load_campaign(session, caller, campaign_id)
    rows, cursor = await page_of_campaign_rows(session, Communication, campaign.id, page, kind=kind)
    return Listed(items=[CommunicationView.of(each) for each in rows], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/communications/{communication_id}")
async def get_communication(
    campaign_id: UUID, communication_id: UUID, session: Transaction, caller: Readers
) -> CommunicationView:
    """One publication."""
    campaign = await load_campaign(session, caller, campaign_id)
    return CommunicationView.of(await load_campaign_row(session, Communication, campaign.id, communication_id))


@router.patch("/v1/campaigns/{campaign_id}/communications/{communication_id}")
async def update_communication(
    campaign_id: UUID, communication_id: UUID, body: CommunicationPatch, session: Transaction, caller: Officer
) -> CommunicationView:
    """Corrects a publication."""
    campaign = await load_campaign(session, caller, campaign_id)
    item = await load_campaign_row(session, Communication, campaign.id, communication_id)
    await require_lead(session, caller, item.unit_id)
    await change_communication(session, item, body.model_dump(exclude_unset=True))
    return CommunicationView.of(item)


@router.delete(
    "/v1/campaigns/{campaign_id}/communications/{communication_id}", status_code=204, dependencies=WITH_REASON
)
async def remove_communication(
    campaign_id: UUID, communication_id: UUID, session: Transaction, caller: Officer
) -> None:
    """Takes back a publication that was recorded by mistake; the counts fall again."""
    campaign = await load_campaign(session, caller, campaign_id)
    row = await load_campaign_row(session, Communication, campaign.id, communication_id)
    await require_lead(session, caller, row.unit_id)
    await delete_communication(session, row)


@router.get("/v1/campaigns/{campaign_id}/announcement")
async def get_announcement(
    campaign_id: UUID, request: Request, caller: Readers,
    unit_code: Annotated[str | None, Query(max_length=64)] = None,
) -> AnnouncementView:  # fmt: skip
    """A text to read over the loudspeaker: the next session, the chosen services by name, what to bring."""
    runtime = request.app.state.runtime
    async with runtime.database.reading() as session:
        campaign = await load_campaign(session, caller, campaign_id)
        unit = await session.get_one(KnownUnit, campaign.unit_id)
        if unit_code:
            named = await find_unit(session, unit_code, campaign.resolved_on or today())
            if named is None:
                raise InvalidQuery(errors=[unknown_unit("/unit_code")])
            unit = named
        places = await units_of_code(session, unit.code) | await list_above(session, unit.id)
        coming = await find_next_session(session, places)
        services = campaign.services or await list_chosen_procedures(session, places)
    names = await names_of_services(runtime.service_client, services)
    text = announcement(kind_in_sentence(unit.name), _next(coming), names, hall_of(unit.level, unit.kind, unit.name))
    return AnnouncementView(unit_code=unit.code, text=text, session_id=coming.id if coming else None, services=services)


@router.post("/v1/campaigns/{campaign_id}/readiness-checks", status_code=201)
async def create_readiness_check(
    campaign_id: UUID, body: ReadinessCreate, session: Transaction,
    caller: Annotated[Caller, allow("officer", "volunteer")],
) -> ReadinessView:  # fmt: skip
    """Records what works at a venue; each gap opens a task for the body that closes it."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    items = [each.model_dump() for each in body.items]
    return ReadinessView.of(*await check_readiness(session, caller, campaign, unit, body.venue, items))


@router.get("/v1/campaigns/{campaign_id}/readiness-checks")
async def list_readiness_checks(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers
) -> Listed[ReadinessView]:
    """Checks of venues, with the gaps that were found."""
    campaign = await load_campaign(session, caller, campaign_id)
    rows, cursor = await page_of_campaign_rows(session, ReadinessCheck, campaign.id, page)
    items = []
    for check in rows:
        tasks, _ = await page_of_campaign_rows(session, Task, campaign.id, _WHOLE, origin_id=check.id)
        items.append(ReadinessView.of(check, tasks))
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/readiness-checks/{check_id}")
async def get_readiness_check(
    campaign_id: UUID, check_id: UUID, session: Transaction, caller: Readers
) -> ReadinessView:
    """One check with the tasks that its gaps opened."""
    campaign = await load_campaign(session, caller, campaign_id)
    check = await load_campaign_row(session, ReadinessCheck, campaign.id, check_id)
    tasks, _ = await page_of_campaign_rows(session, Task, campaign.id, _WHOLE, origin_id=check.id)
    return ReadinessView.of(check, tasks)


@router.post("/v1/campaigns/{campaign_id}/models", status_code=201)
async def create_digital_model(
    campaign_id: UUID, body: ModelCreate, session: Transaction, caller: Officer
) -> ModelView:
    """Records a model (mô hình) that a body of the unit began."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    return ModelView.of(await add_model(session, campaign, unit, body.model_dump(exclude={"unit_code"})))


@router.get("/v1/campaigns/{campaign_id}/models")
async def list_digital_models(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers,
    body: Annotated[str | None, Query(max_length=64)] = None, missing: bool = False,
) -> Listed[ModelView]:  # fmt: skip
    """Models of bodies; with `missing=true` the communes in which the body has none."""
    campaign = await load_campaign(session, caller, campaign_id)
    if missing:
        lacking = await list_without_model(session, campaign, body)
        views = [
            ModelView(campaign_id=campaign.id, unit_code=each.code, unit_name=each.name, body=body) for each in lacking
        ]
        return Listed(items=views)
    rows, cursor = await page_of_campaign_rows(session, DigitalModel, campaign.id, page, body=body)
    return Listed(items=[ModelView.of(each) for each in rows], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/models/{model_id}")
async def get_digital_model(campaign_id: UUID, model_id: UUID, session: Transaction, caller: Readers) -> ModelView:
    """One model."""
    campaign = await load_campaign(session, caller, campaign_id)
    return ModelView.of(await load_campaign_row(session, DigitalModel, campaign.id, model_id))


@router.patch("/v1/campaigns/{campaign_id}/models/{model_id}")
async def update_digital_model(
    campaign_id: UUID, model_id: UUID, body: ModelPatch, session: Transaction, caller: Officer
) -> ModelView:
    """Corrects a model."""
    campaign = await load_campaign(session, caller, campaign_id)
    model = await load_campaign_row(session, DigitalModel, campaign.id, model_id)
    await require_lead(session, caller, model.unit_id)
    await change_model(session, model, body.model_dump(exclude_unset=True))
    return ModelView.of(model)


@router.delete("/v1/campaigns/{campaign_id}/models/{model_id}", status_code=204, dependencies=WITH_REASON)
async def delete_digital_model(campaign_id: UUID, model_id: UUID, session: Transaction, caller: Officer) -> None:
    """Deletes a model that is not nominated."""
    campaign = await load_campaign(session, caller, campaign_id)
    row = await load_campaign_row(session, DigitalModel, campaign.id, model_id)
    await require_lead(session, caller, row.unit_id)
    await delete_model(session, row)


@router.post("/v1/campaigns/{campaign_id}/nominations", status_code=201)
async def create_nomination(
    campaign_id: UUID, body: NominationCreate, session: Transaction, caller: Officer
) -> NominationView:
    """Nominates a model for the vote; by officers who lead its unit."""
    campaign = await load_campaign(session, caller, campaign_id)
    model = await load_campaign_row(session, DigitalModel, campaign.id, body.model_id)
    await require_lead(session, caller, model.unit_id)
    return NominationView.of(await nominate(session, caller, model, body.category))


@router.get("/v1/campaigns/{campaign_id}/nominations")
async def list_nominations(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers
) -> Listed[NominationView]:
    """Nominations with their votes."""
    campaign = await load_campaign(session, caller, campaign_id)
    rows, cursor = await page_of_campaign_rows(session, Nomination, campaign.id, page)
    votes = await count_votes(session, [each.id for each in rows])
    return Listed(items=[NominationView.of(each, votes[each.id]) for each in rows], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/nominations/{nomination_id}")
async def get_nomination(
    campaign_id: UUID, nomination_id: UUID, session: Transaction, caller: Readers
) -> NominationView:
    """One nomination with its votes."""
    campaign = await load_campaign(session, caller, campaign_id)
    nomination = await load_campaign_row(session, Nomination, campaign.id, nomination_id)
    return await _nomination_view(session, nomination)


@router.patch("/v1/campaigns/{campaign_id}/nominations/{nomination_id}")
async def update_nomination(
    campaign_id: UUID, nomination_id: UUID, body: NominationPatch, session: Transaction, caller: Officer
) -> NominationView:
    """Corrects the category of a nomination that has no vote yet; by officers who lead the unit of its model."""
    campaign = await load_campaign(session, caller, campaign_id)
    nomination = await load_campaign_row(session, Nomination, campaign.id, nomination_id)
    model = await session.get_one(DigitalModel, nomination.model_id)
    await require_lead(session, caller, model.unit_id)
    if body.category is not None:
        await change_category(session, nomination, body.category)
    return await _nomination_view(session, nomination)


@router.post("/v1/campaigns/{campaign_id}/nominations/{nomination_id}/votes", status_code=201)
async def vote_for_nomination(
    campaign_id: UUID, nomination_id: UUID, session: Transaction, caller: Officer
) -> NominationView:
    """One account, one vote for one nomination; again changes nothing. Officers of the model's unit do not vote for it."""
    campaign = await load_campaign(session, caller, campaign_id)
    nomination = await load_campaign_row(session, Nomination, campaign.id, nomination_id)
    await vote_for(session, caller, nomination)
    return await _nomination_view(session, nomination)


@router.delete("/v1/campaigns/{campaign_id}/nominations/{nomination_id}", status_code=204, dependencies=WITH_REASON)
async def remove_nomination(campaign_id: UUID, nomination_id: UUID, session: Transaction, caller: Officer) -> None:
    """Takes a nomination back, and the votes for it; by officers who lead the unit of its model."""
    campaign = await load_campaign(session, caller, campaign_id)
    nomination = await load_campaign_row(session, Nomination, campaign.id, nomination_id)
    model = await session.get_one(DigitalModel, nomination.model_id)
    await require_lead(session, caller, model.unit_id)
    await delete_nomination(session, nomination)


@router.delete(
    "/v1/campaigns/{campaign_id}/nominations/{nomination_id}/votes", status_code=204, dependencies=WITH_REASON
)
async def withdraw_vote_for_nomination(
    campaign_id: UUID, nomination_id: UUID, session: Transaction, caller: Officer
) -> None:
    """Takes the caller's own vote back."""
    campaign = await load_campaign(session, caller, campaign_id)
    nomination = await load_campaign_row(session, Nomination, campaign.id, nomination_id)
    await withdraw_vote(session, caller, nomination)


@router.get("/v1/campaigns/{campaign_id}/ranking")
async def get_campaign_ranking(campaign_id: UUID, session: Reading, caller: Readers) -> CampaignRankingView:
    """Units by what they reached of the campaign's targets; models by votes."""
    campaign = await load_campaign(session, caller, campaign_id)
    categories = await rank_nominations(session, campaign.id)
    ranking = await rank_units(session, campaign)
    return CampaignRankingView(
        items=[UnitRankView.of(each) for each in ranking.unit_ranks],
        uncounted=ranking.uncounted,
        categories={name: [NominatedView.of(*each) for each in places] for name, places in categories.items()},
    )


@router.post("/v1/campaigns/{campaign_id}/official-signatures", status_code=201)
async def create_official_signature(
    campaign_id: UUID, body: OfficialSignatureCreate, session: Transaction, caller: Officer
) -> OfficialSignatureView:
    """Records that an official asked for a public-duty signature (chữ ký số công vụ)."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    return OfficialSignatureView.of(await record_signature(session, campaign, unit, body.details()))


@router.get("/v1/campaigns/{campaign_id}/official-signatures")
async def list_official_signatures(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers
) -> Listed[OfficialSignatureView]:
    """Public-duty signatures of officials in the caller's units."""
    campaign = await load_campaign(session, caller, campaign_id)
    rows, cursor = await page_of_campaign_rows(session, OfficialSignature, campaign.id, page)
    return Listed(items=[OfficialSignatureView.of(each) for each in rows], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/official-signatures/{signature_id}")
async def get_official_signature(
    campaign_id: UUID, signature_id: UUID, session: Transaction, caller: Readers
) -> OfficialSignatureView:
    """One public-duty signature."""
    campaign = await load_campaign(session, caller, campaign_id)
    return OfficialSignatureView.of(await load_campaign_row(session, OfficialSignature, campaign.id, signature_id))


@router.patch("/v1/campaigns/{campaign_id}/official-signatures/{signature_id}")
async def update_official_signature(
    campaign_id: UUID, signature_id: UUID, body: OfficialSignaturePatch, session: Transaction, caller: Officer
) -> OfficialSignatureView:
    """Records the issue or the return of a signature."""
    campaign = await load_campaign(session, caller, campaign_id)
    signature = await load_campaign_row(session, OfficialSignature, campaign.id, signature_id)
    await require_lead(session, caller, signature.unit_id)
    await change_signature(session, signature, body.model_dump(exclude_unset=True))
    return OfficialSignatureView.of(signature)


@router.delete(
    "/v1/campaigns/{campaign_id}/official-signatures/{signature_id}", status_code=204, dependencies=WITH_REASON
)
async def delete_official_signature(
    campaign_id: UUID, signature_id: UUID, session: Transaction, caller: Officer
) -> None:
    """Takes back a signature that was recorded by mistake; the counts fall again."""
    campaign = await load_campaign(session, caller, campaign_id)
    row = await load_campaign_row(session, OfficialSignature, campaign.id, signature_id)
    await require_lead(session, caller, row.unit_id)
    await delete_signature(session, row)


_WHOLE = Page(limit=200, cursor=None)


def _next(coming: CampaignSession | None) -> NextSession | None:
    if coming is None:
        return None
    steps = [each for each in coming.topics if each in STEPS]
    return NextSession(coming.starts_at, coming.ends_at, coming.venue, steps)


async def _nomination_view(session: Reading, nomination: Nomination) -> NominationView:
    return NominationView.of(nomination, (await count_votes(session, [nomination.id]))[nomination.id])
