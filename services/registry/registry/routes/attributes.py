"""Values of a resident: revealed in full, listed with their sources, and filled into forms."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Request

from chassis.clock import now
from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound
from chassis.runtime import Runtime
from chassis.security.access_log import PURPOSES, purpose_of
from chassis.security.identity import Caller
from chassis.security.levels import MAX_AGE_SECONDS, InsufficientLevel, OutsideScope, require_level, require_scope
from chassis.security.scope import units_of
from chassis.storage.database import ReadSession, Session
from chassis.storage.outbox import publish
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PurposeHeader, Transaction, allow
from contracts.registry import ResidentPrefilled
from registry.commands.access import record_read, record_with_reason
from registry.commands.linked_answers import record_source_states, sources_to_query, store_source_answers
from registry.model.attributes import ATTRIBUTES
from registry.model.residents import Resident
from registry.queries import residents
from registry.queries.consents import has_consent
from registry.queries.prefill import Prefill, linked_records, prefill
from registry.queries.residents import list_attributes, values_of
from registry.routes.references import reference_router
from registry.schemas.residents import AttributeView, PrefillBody, PrefillView, RevealBody, RevealView
from registry.settings import get_registry_settings
from registry.sources import SourceResult, databases_of

router = reference_router(tags=["residents"])


@router.post("/v1/residents/{resident_id}/reveal")
@personal_answer()
async def reveal_resident(
    resident_id: UUID,
    body: RevealBody,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2, max_age=MAX_AGE_SECONDS)],
    purpose: PurposeHeader = None,
) -> RevealView:
    """Full values, to the resident or an officer of the unit; the reason is kept in the access log."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    unknown = [name for name in body.fields if name not in ATTRIBUTES]
    if unknown:
        raise InvalidBody(errors=[FieldError(f"/fields/{body.fields.index(name)}", "unknown-field",
                                             "Không có trường này.", "There is no such field.")
                                  for name in unknown])  # fmt: skip
    resident = await residents.get_resident(session, caller, resident_id)
    record_with_reason(session, caller, resident, action="reveal", purpose=purpose_code, fields=body.fields,
                       reason=body.reason)  # fmt: skip
    values = await values_of(session, resident)
    return RevealView(resident_id=resident.id, fields={name: values.get(name) for name in body.fields})


@router.get("/v1/residents/{resident_id}/facts")
async def list_resident_attributes(
    resident_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "service", level=1, acting="any")],
    purpose: PurposeHeader = None,
) -> Listed[AttributeView]:
    """Every attribute with its value, source and age."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await residents.get_resident(session, caller, resident_id)
    records = (await linked_records(session, resident.id)).values()
    items = [AttributeView.of(known) for known in await list_attributes(session, resident)]
    items += [AttributeView.of_record(record) for record in records]
    record_read(session, caller, resident, action="facts", purpose=purpose_code, fields=[item.name for item in items])
    return Listed(items=items)


@router.post("/v1/residents/{resident_id}/prefill")
@personal_answer()
async def prefill_resident(
    resident_id: UUID,
    body: PrefillBody,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "service", "partner", level=1, acting="any")],
    purpose: PurposeHeader = None,
) -> PrefillView:
    """Fill a form. A linked database that is down or slow never fails the call.

    A person gets numbers in full after a recent sign-in at level 2, an officer with a `reason`, as with `reveal`;
    otherwise they are masked.
    """
    filled = await _fill(resident_id, body, request, session, caller, purpose)
    has_reason = caller.role != "officer" or body.reason is not None
    return PrefillView.of(filled, in_full=has_reason and _shows_numbers(caller))


@router.post("/internal/residents/{resident_id}/prefill")
@personal_answer()
async def prefill_for_service(
    resident_id: UUID,
    body: PrefillBody,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "service", level=1, acting="any")],
    purpose: PurposeHeader = None,
) -> PrefillView:
    """Fill a form that another service keeps, numbers in full: that service masks them in its answers."""
    return PrefillView.of(await _fill(resident_id, body, request, session, caller, purpose), in_full=True)


def _shows_numbers(caller: Caller) -> bool:
    """Whether the sign-in suffices for `reveal`."""
    try:
        require_level(caller, 2, MAX_AGE_SECONDS)
        require_scope(caller, None)
    except (InsufficientLevel, OutsideScope):
        return False
    return True


async def _fill(
    resident_id: UUID, body: PrefillBody, request: Request, session: Session, caller: Caller, purpose: str | None
) -> Prefill:
    purpose_code = purpose_of(caller, resident_id, purpose or _purpose_in(body, caller, resident_id))
    results = await _query_sources(request.app.state.runtime, caller, resident_id, body.fields)
    resident = await _resident_of_form(session, caller, resident_id)
    await store_source_answers(session, resident, results)
    await record_source_states(session, results)
    filled = await prefill(session, resident, body.fields, [result.source for result in results if result.failure])
    shown = [name for name in filled.fields if name not in filled.missing]
    if body.reason is None:
        record_read(session, caller, resident, action="prefill", purpose=purpose_code, fields=shown)
    else:
        record_with_reason(session, caller, resident, action="prefill", purpose=purpose_code, fields=shown,
                           reason=body.reason)  # fmt: skip
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    publish(session, ResidentPrefilled(
        resident_id=resident.id, unit_id=unit.id, unit_code=unit.code, at=now(), purpose=purpose_code or "own",
        asked=len(set(body.fields)), filled=len(set(body.fields)) - len(filled.missing),
    ))  # fmt: skip
    return filled


def _purpose_in(body: PrefillBody, caller: Caller, resident_id: UUID) -> str | None:
    """The body's purpose counts as the header; for their own forms people may give any text."""
    if body.purpose is None or caller.is_resident(resident_id):
        return None
    if body.purpose not in PURPOSES:
        named = ", ".join(PURPOSES)
        raise InvalidBody(errors=[FieldError("/purpose", "unknown-purpose", f"Phải là một trong: {named}.",
                                             f"Must be one of: {named}.")])  # fmt: skip
    return body.purpose


async def _query_sources(
    runtime: Runtime, caller: Caller, resident_id: UUID, fields: Sequence[str]
) -> Sequence[SourceResult]:
    """Query before the transaction begins: no database connection waits for another server."""
    databases = databases_of(runtime)
    async with runtime.database.reading() as reading:
        resident = await _resident_of_form(reading, caller, resident_id)
        wanted = await sources_to_query(reading, resident.id, fields, databases.urls)
        personal_id = resident.value("personal_id")
    return await databases.query(wanted, personal_id, get_registry_settings().source_seconds)


async def _resident_of_form(session: ReadSession, caller: Caller, resident_id: UUID) -> Resident:
    """A partner with the scope fills forms only of residents who allowed it, and only as long as they do."""
    if caller.role != "partner":
        return await residents.get_resident(session, caller, resident_id)
    if "prefill" not in caller.scopes:
        raise Forbidden(headers={"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="prefill"'})  # RFC 6750
    if not await has_consent(session, resident_id, caller.partner_id or "", "prefill"):
        raise NotFound()
    return await session.get_one(Resident, resident_id)
