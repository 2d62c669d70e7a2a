"""Operations for auditors and operators: the sealed access log, the change of keys."""

from typing import Annotated

from chassis.security.access_log import find_broken_seal
from chassis.security.identity import Caller
from chassis.web.routing import Listed, Reading, allow, transactional_router
from registry.queries.integrity import list_rotations
from registry.schemas.integrity import RotationView, SealsView

router = transactional_router(tags=["integrity"])


@router.get("/v1/access-seals")
async def verify_access_seals(session: Reading, caller: Annotated[Caller, allow("auditor", "operator")]) -> SealsView:
    """Verify the whole access log of the registry against its chain of seals."""
    broken = await find_broken_seal(session)
    return SealsView(intact=broken is None, first_broken_seal=broken)


@router.get("/v1/key-rotations")
async def list_key_rotations(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Listed[RotationView]:
    """The progress of the change to the newest keys."""
    return Listed(items=[RotationView.of(row) for row in await list_rotations(session)])
