"""The printed checklist of a household."""

from typing import Annotated
from uuid import UUID

import anyio.to_thread
from fastapi import Query, Request, Response

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.storage.database import ReadSession
from chassis.web.routing import PurposeHeader, Transaction, allow, transactional_router
from onboarding.model.announcement import hall_of, things_to_bring
from onboarding.model.journey import JourneyStep
from onboarding.model.people import KnownResident
from onboarding.model.steps import catalogue
from onboarding.printing import HouseholdMember, StepLine, render_checklist
from onboarding.queries.journeys import get_journey
from onboarding.queries.territory import place_name
from onboarding.routes.access import record_reads
from onboarding.routes.listing import LISTED
from onboarding.routes.names import NamedResident, named_residents

router = transactional_router(tags=["onboarding"], dependencies=LISTED)

NAMES = ("Mobile",)
DONE, OPEN = "×", "□"


@router.get(
    "/v1/households/{code}/checklist.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def get_household_checklist(
    code: str, request: Request, session: Transaction,
    caller: Annotated[Caller, allow("officer", "volunteer")],
    unit_code: Annotated[str, Query(max_length=64)], purpose: PurposeHeader = None,
) -> Response:  # fmt: skip
    """What each member of a household has done, still needs and brings along; names come from registry."""
    stated = purpose_of(caller, None, purpose)
    runtime = request.app.state.runtime
    async with runtime.database.reading() as reading:
        unit = await unit_of_query(reading, caller, unit_code)
        place = await place_name(reading, unit)
    named = await named_residents(runtime.service_client, caller, [unit.code], code)
    states = {each: await _states(session, each) for each in named}
    present = {each: found for each, found in states.items() if found}
    if not present:
        raise NotFound()
    record_reads(session, caller, present, action="checklist", purpose=stated, fields=["full_name", "onboarding"])
    members = [_member(named[each], found) for each, found in present.items()]
    needed = [state.step for found in present.values() for state in found if state.status != "completed"]
    bring = things_to_bring(list(dict.fromkeys(needed))) if needed else []
    hall, day = hall_of(unit.level, unit.kind, unit.name), today().strftime("%d/%m/%Y")
    paper = await anyio.to_thread.run_sync(render_checklist, place, code, day, bring, members, hall)
    return Response(
        paper, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="phieu-ho-tro.pdf"'}
    )


async def _states(session: ReadSession, resident_id: UUID) -> list[JourneyStep]:
    resident = await session.get(KnownResident, resident_id)
    if resident is None or resident.life != "alive":
        return []
    return (await get_journey(session, resident)).states()


def _member(person: NamedResident, states: list[JourneyStep]) -> HouseholdMember:
    return HouseholdMember(person.full_name, person.born, person.personal_id, tuple(_line(each) for each in states))


def _line(state: JourneyStep) -> StepLine:
    title = catalogue().rule(state.step).title.vi
    if state.status == "completed":
        done = state.completed_at.strftime("%d/%m/%Y") if state.completed_at else ""
        return StepLine(title, DONE, f"đã xong {done}".strip())
    if state.missing:
        lacking = "; ".join(_within(catalogue().rule(state.step).title_of(each).vi) for each in state.missing)
        return StepLine(title, OPEN, f"còn thiếu: {lacking}")
    now = "làm lại" if state.status == "revoked" else "làm được ngay"
    ways = [each.title.vi for each in catalogue().rule(state.step).routes if each.route == state.route]
    return StepLine(title, OPEN, ": ".join([now, *map(_within, ways)]))


def _within(title: str) -> str:
    """A title inside a sentence; names such as VNeID and Mobile Money stay as they are written."""
    first = title.split(maxsplit=1)[0] if title else ""
    return title if first[1:] != first[1:].lower() or first in NAMES else title[:1].lower() + title[1:]
