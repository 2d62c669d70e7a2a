"""The internal endpoint for operators: count now."""

from typing import Annotated

from chassis.security.identity import Caller
from chassis.web.routing import Transaction, allow, transactional_router
from onboarding.commands.counting import take_counts

router = transactional_router(include_in_schema=False)


@router.post("/internal/counts", status_code=202)
async def count_now(session: Transaction, caller: Annotated[Caller, allow("operator", "service")]) -> dict[str, str]:
    """Publishes this service's counts, for reporting to compare with."""
    await take_counts(session)
    return {"status": "announced"}
