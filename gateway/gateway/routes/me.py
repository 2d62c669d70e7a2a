"""The caller: who signed in, how surely, and for whom they act."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Request

from chassis.security.identity import Caller
from chassis.web.routing import allow, transactional_router
from gateway.schemas import MeView, OwnLink

router = transactional_router(tags=["identity"])
SignedIn = Annotated[
    Caller,
    allow(
        "resident", "organization", "volunteer", "officer", "auditor", "operator", "partner", level=1, acting="any"
    ),
]  # fmt: skip


@router.get("/v1/me")
async def get_me(request: Request, caller: SignedIn) -> MeView:
    """Who the caller is: role, record or unit, the level of the sign-in, and the accounts that sign in as this resident."""
    is_acting = caller.acting_for is not None
    own_id = caller.representative_id if is_acting else caller.resident_id
    links = await request.app.state.gateway.residents.links_of(own_id) if own_id else []
    return MeView(
        role="resident" if is_acting else caller.role,
        resident_id=own_id,
        organization_id=None if is_acting else caller.organization_id,
        unit_code=caller.unit_code,
        body=caller.body,
        partner_id=caller.partner_id,
        level=caller.level,
        signed_in_at=datetime.fromtimestamp(caller.signed_in_at, UTC) if caller.signed_in_at else None,
        acting_for=caller.acting_for,
        acting_scope=list(caller.acting_scopes),
        links=[OwnLink(id=link.id, issuer=link.issuer, linked_at=link.linked_at) for link in links],
    )
