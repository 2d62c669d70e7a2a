"""Operations on the accounts by which residents sign in."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from chassis.errors import FieldError, InvalidBody, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.sign_in import open_claims
from chassis.storage.database import Session
from chassis.web.routing import Listed, PurposeHeader, Transaction, allow, transactional_router
from registry.commands import identity_links
from registry.commands.access import record_with_reason
from registry.model.identity_links import IdentityLink
from registry.queries.identity_links import find_link, list_links
from registry.queries.residents import get_resident
from registry.schemas.identity_links import LinkReason, LinkView, SignInBody, SignInView

router = transactional_router(tags=["identity"])
FIELDS = ["identity_links"]
PURPOSE = "correction"


@router.post("/internal/sign-ins")
async def link_account(
    body: SignInBody, session: Transaction, caller: Annotated[Caller, allow("service")]
) -> SignInView:
    """The resident of an account; at the first sign-in the account is linked. For the gateway alone."""
    return SignInView.of(await identity_links.sign_in(session, open_claims(body.claims)))


@router.delete("/v1/me/links/{link_id}", status_code=204)
async def delete_own_link(
    link_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", level=2)],
) -> Response:
    """End an account's link with one's own record: within 60 s it signs in no more. An officer may take it back."""
    link = await find_link(session, caller.resident_id, link_id) if caller.resident_id else None
    if link is None:
        raise NotFound()
    await identity_links.end_link(session, link, caller.account, None)
    return Response(status_code=204)


@router.get("/v1/residents/{resident_id}/links")
async def list_identity_links(
    resident_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> Listed[LinkView]:
    """The accounts that sign in as this resident, and those that did."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    if not caller.is_resident(resident_id):
        record_access(session, "registry", caller, resident.id, action="links", purpose=purpose_code, fields=FIELDS)
    return Listed(items=[LinkView.of(link) for link in await list_links(session, resident.id)])


@router.delete("/v1/residents/{resident_id}/links/{link_id}", status_code=204)
async def delete_identity_link(
    resident_id: UUID,
    link_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    body: LinkReason | None = None,
    reason: Annotated[str | None, Query(min_length=3, max_length=300)] = None,
) -> Response:
    """End a link, with a reason in the body or the query: its account signs in no more, another one may be linked."""
    stated = body.reason if body else reason
    if stated is None:
        raise InvalidBody(errors=[FieldError("/reason", "required", "Phải nêu lý do.", "A reason is required.")])
    link = await _link_for_officer(session, caller, resident_id, link_id, "link-ended", stated)
    await identity_links.end_link(session, link, caller.account, stated)
    return Response(status_code=204)


@router.post("/v1/residents/{resident_id}/links/{link_id}/reopen")
async def reopen_identity_link(
    resident_id: UUID,
    link_id: UUID,
    body: LinkReason,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
) -> LinkView:
    """Take the end of a link back: its account signs in again."""
    link = await _link_for_officer(session, caller, resident_id, link_id, "link-reopened", body.reason)
    await identity_links.reopen_link(session, link)
    return LinkView.of(link)


async def _link_for_officer(
    session: Session, caller: Caller, resident_id: UUID, link_id: UUID, action: str, reason: str
) -> IdentityLink:
    resident = await get_resident(session, caller, resident_id)
    link = await find_link(session, resident.id, link_id)
    if link is None:
        raise NotFound()
    record_with_reason(session, caller, resident, action=action, purpose=PURPOSE, fields=FIELDS, reason=reason)
    return link
