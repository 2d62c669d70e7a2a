"""Operations on the whole platform for operators: dead letters and deletions of every service, and the settings in force."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from sqlmodel import col, select

from chassis.errors import DeadLetterStays, NotFound, Unavailable
from chassis.security.identity import Caller
from chassis.storage.tables import DeadLetter
from chassis.web.deletions import page_of_deletions
from chassis.web.routing import (
    Listed,
    Page,
    PageQuery,
    Reading,
    Transaction,
    allow,
    cursor_at,
    page_by_id,
    transactional_router,
)
from chassis.web.service_client import ServiceCallFailed
from contracts.services import GATEWAY, SERVICE_NAMES
from gateway.model import AdministrativeAct
from gateway.schemas import AdministrativeActView, DeadLetters, Deletions, SettingsView

router = transactional_router(tags=["platform"])
Operator = Annotated[Caller, allow("operator")]
ServiceName = Literal["registry", "onboarding", "payments-qr", "casework", "reporting", "notifications", "gateway"]


@router.get("/v1/dead-letters")
async def list_dead_letters(
    request: Request, session: Reading, page: PageQuery, caller: Operator, service: ServiceName | None = None
) -> DeadLetters:
    """Events that services could not apply, oldest first, without their contents."""
    query = select(DeadLetter).where(col(DeadLetter.state).in_(["dead", "waiting"]))
    own = await page_by_id(session, query, DeadLetter.id, page) if service in (None, "gateway") else None
    return DeadLetters(**await _page_of_services(request, page, caller, service, "/internal/dead-letters", own))


@router.get("/v1/deletions")
async def list_deletions(
    request: Request,
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("operator", "auditor")],
    service: ServiceName | None = None,
    table: Annotated[str | None, Query(max_length=64, description="Only deletions from this table")] = None,
) -> Deletions:
    """What the services deleted because it was kept long enough: table, ground, how many rows, of which time; oldest first."""
    own = await page_of_deletions(session, page, table) if service in (None, "gateway") else None
    wanted = {"table": table} if table else {}
    return Deletions(**await _page_of_services(request, page, caller, service, "/internal/deletions", own, **wanted))


@router.post("/v1/dead-letters/{dead_letter_id}/replay")
async def replay_dead_letter(
    dead_letter_id: UUID, request: Request, session: Transaction, caller: Operator
) -> dict[str, Any]:
    """Applies it and what waits behind it once more, in its service; 409 with the `reason` if that fails."""
    answer = await _call_holder(request, caller, "POST", dead_letter_id, "/replay")
    _record_act(session, caller, "dead_letter.replayed", answer["service"], dead_letter_id)
    return answer


@router.delete("/v1/dead-letters/{dead_letter_id}")
async def discard_dead_letter(
    dead_letter_id: UUID,
    request: Request,
    session: Transaction,
    caller: Operator,
    reason: Annotated[
        str, Query(min_length=1, max_length=500, description="Why; stored with the act, so without personal data")
    ],
) -> dict[str, Any]:
    """Discards an event that can never be applied, and applies what waits behind it, in its service."""
    answer = await _call_holder(request, caller, "DELETE", dead_letter_id)
    _record_act(session, caller, "dead_letter.discarded", answer["service"], dead_letter_id, reason)
    return answer


@router.get("/v1/administrative-acts")
async def list_administrative_acts(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("operator", "auditor")], actor: str | None = None
) -> Listed[AdministrativeActView]:
    """Administrative acts, oldest first: on partners, their secrets and documents, deliveries and dead letters."""
    query = select(AdministrativeAct)
    if actor is not None:
        query = query.where(col(AdministrativeAct.actor) == actor)
    acts, cursor = await page_by_id(session, query, AdministrativeAct.id, page)
    return Listed(
        items=[AdministrativeActView.model_validate(one, from_attributes=True) for one in acts], next_cursor=cursor
    )


@router.get("/v1/settings")
async def get_settings(request: Request, caller: Annotated[Caller, allow("operator", "auditor")]) -> SettingsView:
    """The gateway's settings in force; keys, passwords and addresses of databases are not shown."""
    settings = request.app.state.gateway.settings
    shown = settings.model_dump(mode="json", include=SHOWN)
    return SettingsView(settings=shown | {"bus": "kafka" if settings.kafka_bootstrap_servers else "embedded"})


SHOWN = {
    "environment",
    "log_level",
    "oidc_issuer",
    "oidc_audience",
    "cors_origins",
    "caller_requests_per_minute",
    "address_requests_per_minute",
    "partner_messages_per_minute",
    "misses_per_minute",
    "requests_at_once",
    "mailbox_letters",
    "dead_letter_limit",
}


async def _page_of_services(
    request: Request,
    page: Page,
    caller: Caller,
    service: str | None,
    path: str,
    own: tuple[list[Any], str | None] | None,
    **wanted: str,
) -> dict[str, Any]:
    """One page of what every service lists at an internal path, sorted by id; `own` is the gateway's page, if it is wanted."""
    names = [name for name in SERVICE_NAMES if service in (None, name)]
    params = wanted | {"limit": str(page.limit)} | ({"cursor": page.cursor} if page.cursor and page.after_id() else {})
    answers = await asyncio.gather(*(_fetch_page(request, name, path, caller, params) for name in names))
    found = [item for answer in answers if answer for item in answer[0]]
    is_more = any(answer[1] for answer in answers if answer)
    if own is not None:
        rows, cursor = own
        found += [row.model_dump() | {"service": GATEWAY} for row in rows]
        is_more |= cursor is not None
    # Each service gave its first items after the cursor, so the first of all of them are the page.
    items = sorted(found, key=lambda item: str(item["id"]))[: page.limit]
    is_more |= len(found) > len(items)
    return {
        "items": items,
        "next_cursor": cursor_at(items[-1]["id"]) if is_more and items else None,
        "unanswered": [name for name, answer in zip(names, answers, strict=True) if answer is None],
    }


async def _fetch_page(
    request: Request, service: str, path: str, caller: Caller, params: dict[str, str]
) -> tuple[list[dict[str, Any]], bool] | None:
    """A page of a service's list, and whether there is more; None when it does not respond."""
    try:
        answer = await request.app.state.runtime.service_client.call(
            service, "GET", path, caller=caller, params=params, seconds=5.0
        )
    except ServiceCallFailed:
        return None
    return [item | {"service": service} for item in answer["items"]], answer["next_cursor"] is not None


async def _call_holder(
    request: Request, caller: Caller, method: str, dead_letter_id: UUID, suffix: str = ""
) -> dict[str, Any]:
    """The result in the service that has the dead letter; the gateway's own are looked up last."""
    runtime = request.app.state.runtime
    is_unknown = False
    for name in SERVICE_NAMES:
        try:
            path = f"/internal/dead-letters/{dead_letter_id}{suffix}"
            answer = await runtime.service_client.call(name, method, path, caller=caller, seconds=20.0)
            return {"service": name, **answer}
        except ServiceCallFailed as failure:
            if failure.status == 409:
                raise DeadLetterStays(members={key: failure.body[key] for key in ("id", "reason")}) from failure
            if failure.status not in (404, None):
                raise Unavailable from failure
            is_unknown |= failure.status is None
    replayed = await (runtime.consumer.replay if suffix else runtime.consumer.discard)(dead_letter_id)
    if replayed is None:
        # A service that did not respond may have it.
        raise Unavailable if is_unknown else NotFound
    return {"service": "gateway", "replayed": replayed}


def _record_act(
    session: Transaction, caller: Caller, act: str, service: str, dead_letter_id: UUID, detail: str = ""
) -> None:
    target = f"{service} dead letter {dead_letter_id}"
    session.add(AdministrativeAct(actor=caller.account, role=caller.role, act=act, target=target, detail=detail))
