"""Work done offline at the village cultural house."""

from typing import Annotated

from fastapi import Header

from chassis.http import Routes, Transaction, allow, language_of
from chassis.identity import Caller
from onboarding.commands.batches import apply_batch
from onboarding.routes.journeys import require_entitled
from onboarding.schemas.batches import Batch, BatchAnswer, ItemAnswer, read_item

router = Routes(tags=["onboarding"])

PATH = "/v1/onboarding/batches"


@router.post(PATH)
async def post_batch(
    body: Batch,
    session: Transaction,
    caller: Annotated[Caller, allow("volunteer", "officer")],
    accept_language: Annotated[str | None, Header()] = None,
) -> BatchAnswer:
    """Applies offline items in the order sent, each on its own; sending them again changes nothing."""
    await require_entitled(session, caller)
    answers = await apply_batch(session, caller, [read_item(each) for each in body.items])
    language = language_of(accept_language)
    return BatchAnswer(items=[ItemAnswer.of(each, language, PATH) for each in answers])
