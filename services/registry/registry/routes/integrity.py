"""Operations for auditors and operators: the sealed access log, the change of keys."""

from typing import Annotated

from fastapi import Query

from chassis.security.access_log import find_broken_seal, last_seal_number
from chassis.security.identity import Caller
from chassis.web.routing import Listed, Reading, allow, transactional_router
from registry.queries.integrity import list_rotations
from registry.schemas.integrity import RotationView, SealsView

router = transactional_router(tags=["integrity"])
MOST_LINKS = 100
"""Links that one request verifies: some 100,000 rows at most."""


@router.get("/v1/access-seals")
async def verify_access_seals(
    session: Reading,
    caller: Annotated[Caller, allow("auditor", "operator")],
    after: Annotated[
        int | None, Query(ge=0, description="Verify the links behind this one; the newest by default")
    ] = None,
) -> SealsView:
    """Verify a part of the registry's access log against its chain of seals: at most 100 links, the newest by default.

    `?after=0` begins at the first link, `next_after` continues. `python -m registry.commands.verifying` verifies all.
    """
    last = await last_seal_number(session)
    start = max(0, last - MOST_LINKS) if after is None else min(after, last)
    end = min(start + MOST_LINKS, last)
    broken = await find_broken_seal(session, after=start, links=MOST_LINKS)
    return SealsView(
        intact=broken is None, first_broken_seal=broken, checked_from=start + 1, checked_to=end,
        next_after=end if end < last else None,
    )  # fmt: skip


@router.get("/v1/key-rotations")
async def list_key_rotations(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Listed[RotationView]:
    """The progress of the change to the newest keys."""
    return Listed(items=[RotationView.of(row) for row in await list_rotations(session)])
