"""The inner door for operators: count now."""

from typing import Annotated

from casework.commands.counting import take_counts
from chassis.security.identity import Caller
from chassis.web.routing import Transaction, allow, transactional_router

router = transactional_router(include_in_schema=False)


@router.post("/internal/counts", status_code=202)
async def count_now(session: Transaction, *, caller: Annotated[Caller, allow("operator", "service")]) -> dict[str, str]:
    """Announces this service's own counts, for reporting to compare with."""
    await take_counts(session)
    return {"status": "announced"}
