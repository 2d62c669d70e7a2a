"""The telephone number that notifications writes to: asked at the moment of sending, kept nowhere else."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.web.routing import Reading, allow, transactional_router
from registry.model.residents import Resident

router = transactional_router(tags=["residents"])


class VerifiedPhoneView(BaseModel):
    """A number that is known to be the resident's own."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    phone: str | None
    """`+84…`; null where there is none, or where it is not confirmed that it is the resident's (SIM chính chủ)."""


@router.get("/v1/residents/{resident_id}/verified-phone")
async def get_verified_phone(
    resident_id: UUID, session: Reading, caller: Annotated[Caller, allow("service")]
) -> VerifiedPhoneView:
    """The resident's own telephone number, for a message to that resident; 404 for a resident who is not alive.

    It has no entry in the access log: no person reads it, the send itself is kept, and each entry would be a notification.
    """
    resident = await session.get(Resident, resident_id)
    if resident is None or resident.life != "alive":
        raise NotFound()
    return VerifiedPhoneView(phone=resident.value("phone") if resident.phone_owner_verified else None)
