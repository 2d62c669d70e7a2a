"""Who is admitted beyond the role: volunteers while a team lists them, and pupils to operations without personal data.

Checked at every route of this service, by the table of `onboarding.model.authority`.
"""

from fastapi import Depends, Request

from chassis.errors import Forbidden
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


LISTED = [Depends(_admitted)]
