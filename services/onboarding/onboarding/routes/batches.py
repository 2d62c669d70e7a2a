"""Work done offline at the village cultural house, and the visits among it."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query

from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Transaction, allow, language_of, transactional_router
from onboarding.commands.batches import apply_batch
from onboarding.errors import ConditionsMissing
from onboarding.model.visits import VisitOutcome
from onboarding.queries.visits import page_of_visits
from onboarding.routes.access import purpose_of_ids, record_reads
from onboarding.routes.listing import LISTED
from onboarding.schemas.batches import Batch, BatchAnswer, ItemAnswer, VisitView, read_item

router = transactional_router(tags=["onboarding"], dependencies=LISTED)

PATH = "/v1/onboarding/batches"


@router.post(PATH)
async def apply_offline_batch(
    body: Batch,
    session: Transaction,
    caller: Annotated[Caller, allow("volunteer", "officer")],
    accept_language: Annotated[str | None, Header()] = None,
    purpose: PurposeHeader = None,
) -> BatchAnswer:
    """Applies offline items in the order sent, each separately; sending them again changes nothing."""
    answers = await apply_batch(session, caller, [read_item(each) for each in body.items])
    # A refusal for missing conditions names them.
    shown = (each.resident_id for each in answers if each.resident_id and isinstance(each.problem, ConditionsMissing))
    record_reads(session, caller, shown, action="declare", purpose=purpose_of_ids(caller, purpose))
    language = language_of(accept_language)
    return BatchAnswer(items=[ItemAnswer.of(each, language, PATH) for each in answers])


@router.get("/v1/onboarding/visits")
async def list_visits(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("volunteer", "officer")],
    unit_code: Annotated[str | None, Query(max_length=64)] = None,
    resident_id: UUID | None = None,
    outcome: VisitOutcome | None = None,
    purpose: PurposeHeader = None,
) -> Listed[VisitView]:
    """Who was visited in a unit, and what came of it: who was not at home is visited again."""
    unit = await unit_of_query(session, caller, unit_code or caller.unit_code or "")
    visits, cursor = await page_of_visits(session, caller, unit.code, resident_id, outcome, page)
    shown = (visit.resident_id for visit in visits)
    record_reads(session, caller, shown, action="visits", purpose=purpose_of(caller, None, purpose), fields=["visits"])
    return Listed(items=[VisitView.of(each) for each in visits], next_cursor=cursor)
