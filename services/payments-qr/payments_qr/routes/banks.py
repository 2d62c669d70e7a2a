"""Which banks and wallets a code can name."""

from datetime import date
from typing import Annotated

from fastapi import Query

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.web.routing import Listed, public, transactional_router
from payments_qr.banks import Bank, list_banks, list_names
from payments_qr.schemas.imports import BankView

router = transactional_router(tags=["banks"])


@router.get("/v1/banks")
async def list_banks_of_a_day(
    caller: Annotated[Caller | None, public()],
    as_of: Annotated[date | None, Query(description="Under the names of that day; today by default")] = None,
    bin: Annotated[str | None, Query(description="Every name that this BIN has had")] = None,
) -> Listed[BankView]:
    """Banks, wallets and mobile money with their BIN. A renamed bank keeps its BIN."""
    found = list_names(bin) if bin is not None else list_banks(as_of or today())
    return Listed(items=[_view(bank) for bank in found])


def _view(bank: Bank) -> BankView:
    return BankView.model_validate(
        {
            "bin": bank.bin,
            "code": bank.code,
            "short_name": bank.short_name,
            "name": bank.name,
            "kind": bank.kind,
            "valid_from": bank.valid_from and bank.valid_from.isoformat(),
            "valid_to": bank.valid_to and bank.valid_to.isoformat(),
        }
    )
