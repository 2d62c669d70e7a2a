"""Who is admitted beyond the role: volunteers while a team lists them, and pupils to operations without personal data.

Checked at every route of this service, by the table of `onboarding.model.authority`; what officers change is logged.
"""

from fastapi import Depends, Request

from chassis.errors import Forbidden
from chassis.web.routing import DeletionReason
from onboarding.commands.acts import log_acts
from onboarding.model.authority import SCHOOL, right_of
from onboarding.queries.teams import require_listed


async def _admitted(request: Request) -> None:
    right = right_of(request.scope["route"].name)
    caller = request.state.caller
    if caller is None or caller.role != "volunteer":
        return
    async with request.app.state.runtime.database.reading() as session:
        bodies = await require_listed(session, caller)
    if right.is_personal and SCHOOL in {caller.body, *bodies}:
        raise Forbidden("Học sinh không xem, không ghi dữ liệu cá nhân.", "Pupils read and write no personal data.")


async def _logged(request: Request) -> None:
    session = getattr(request.state, "session", None)
    caller = request.state.caller
    if session is not None and caller is not None and caller.role in ("officer", "volunteer"):
        log_acts(session, caller, await _reason(request))


async def _reason(request: Request) -> str | None:
    """Why something is changed, as the body states it (`ReasonedChange`), or deleted, as the query does."""
    if request.method == "DELETE":
        return request.query_params.get("reason")
    if request.method not in ("PATCH", "PUT"):
        return None
    try:
        body = await request.json()
    except ValueError:
        return None
    reason = body.get("reason") if isinstance(body, dict) else None
    return reason if isinstance(reason, str) else None


async def _takes_reason(reason: DeletionReason = None) -> None:
    """Checks the reason, and names it in the API document."""


WITH_REASON = [Depends(_takes_reason)]
"""For what deletes a row of a campaign."""
LISTED = [Depends(_admitted), Depends(_logged)]
