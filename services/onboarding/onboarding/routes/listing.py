"""Volunteers are admitted while a team lists them; checked at every route of this service."""

from fastapi import Depends, Request

from onboarding.queries.teams import require_listed


async def _listed(request: Request) -> None:
    caller = request.state.caller
    if caller is not None and caller.role == "volunteer":
        async with request.app.state.runtime.database.reading() as session:
            await require_listed(session, caller)


LISTED = [Depends(_listed)]
