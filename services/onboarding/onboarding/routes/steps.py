"""The steps as data, public."""

from typing import Annotated

from fastapi import Header

from chassis.security.identity import Caller
from chassis.web.routing import language_of, public, transactional_router
from onboarding.model.steps import catalogue
from onboarding.routes.listing import LISTED
from onboarding.schemas.steps import StepsView, steps_view

router = transactional_router(tags=["onboarding"], dependencies=LISTED)


@router.get("/v1/onboarding/steps")
async def list_onboarding_steps(
    caller: Annotated[Caller | None, public()], accept_language: Annotated[str | None, Header()] = None
) -> StepsView:
    """The six steps in the order of the plans, with their conditions, dates and routes."""
    return steps_view(catalogue(), language_of(accept_language))
