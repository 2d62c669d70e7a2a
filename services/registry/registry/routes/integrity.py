"""Doors for auditors and operators: the sealed access log, the change of keys."""

from typing import Annotated

from chassis.security.identity import Caller
from chassis.web.routing import Listed, Reading, Transaction, allow, transactional_router
from registry.commands.counting import announce_counts
from registry.queries.integrity import list_rotations, verify_seals
from registry.schemas.integrity import RotationView, SealsView

router = transactional_router(tags=["integrity"])


@router.get("/v1/access-seals")
async def access_seals(session: Reading, caller: Annotated[Caller, allow("auditor", "operator")]) -> SealsView:
    """Verify the whole access log of the registry against its chain of seals."""
    return await verify_seals(session)


@router.get("/v1/key-rotations")
async def key_rotations(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Listed[RotationView]:
    """How far the change to the newest keys is."""
    return Listed(items=await list_rotations(session))


@router.post("/internal/counts", status_code=202, include_in_schema=False)
async def take_counts_now(
    session: Transaction, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, str]:
    """Announce the registry's own counts now; the report compares its projections with them."""
    await announce_counts(session)
    return {"status": "accepted"}
