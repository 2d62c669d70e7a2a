"""Doors for auditors and operators: the sealed access log, the change of keys."""

from typing import Annotated

from chassis.http import Listed, Reading, Routes, allow
from chassis.identity import Caller
from registry.queries.integrity import list_rotations, verify_seals
from registry.schemas.integrity import RotationView, SealsView

router = Routes(tags=["integrity"])


@router.get("/v1/access-seals")
async def access_seals(session: Reading, caller: Annotated[Caller, allow("auditor", "operator")]) -> SealsView:
    """Verify the whole access log of the registry against its chain of seals."""
    return await verify_seals(session)


@router.get("/v1/key-rotations")
async def key_rotations(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Listed[RotationView]:
    """How far the change to the newest keys is."""
    return Listed(items=await list_rotations(session))
