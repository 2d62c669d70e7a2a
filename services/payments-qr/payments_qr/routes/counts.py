"""Internal operation: count now."""

from typing import Annotated

from chassis.security.identity import Caller
from chassis.web.routing import Transaction, allow, transactional_router
from payments_qr.commands.counting import announce_counts

router = transactional_router(include_in_schema=False)


@router.post("/internal/counts", status_code=202)
async def publish_counts(
    session: Transaction, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, str]:
    """Publishes this service's counts, which reporting compares with its projections."""
    await announce_counts(session)
    return {"status": "announced"}
