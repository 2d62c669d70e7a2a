"""What the signed-in person should know."""

from typing import Annotated

from fastapi import Header, Query
from pydantic import AwareDatetime

from chassis.security.identity import Caller
from chassis.web.routing import Listed, Reading, allow, language_of, transactional_router
from onboarding.queries.notifications import newest_notifications
from onboarding.routes.listing import LISTED
from onboarding.routes.moments import within_query
from onboarding.schemas.notifications import NotificationView

router = transactional_router(tags=["notifications"], dependencies=LISTED)


@router.get("/v1/notifications")
async def list_notifications(
    session: Reading,
    caller: Annotated[Caller, allow("resident", "organization", "volunteer", "officer", level=1, acting="any")],
    since: Annotated[AwareDatetime | None, Query()] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Listed[NotificationView]:
    """Tasks due, supplements asked, results ready, feedback answered, sessions near; newest first."""
    language = language_of(accept_language)
    within_query("/since", since)
    return Listed(
        items=[NotificationView.of(each, language) for each in await newest_notifications(session, caller, since)]
    )
