"""Banks and wallets that a code can name."""

from datetime import date
from typing import Annotated

from fastapi import Query

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.web.routing import Listed, public, transactional_router
from payments_qr import banks
from payments_qr.schemas.imports import BankView

router = transactional_router(tags=["banks"])


@router.get("/v1/banks")
async def list_banks(
    caller: Annotated[Caller | None, public()],
    as_of: Annotated[date | None, Query(description="Under the names of that day; today by default")] = None,
    bin: Annotated[str | None, Query(description="Every name that this BIN has had")] = None,
) -> Listed[BankView]:
    """Banks, wallets and mobile money with their BIN. A renamed bank keeps its BIN."""
    found = banks.list_names(bin) if bin is not None else banks.list_banks(as_of or today())
    return Listed(items=[BankView.of(bank) for bank in found])
