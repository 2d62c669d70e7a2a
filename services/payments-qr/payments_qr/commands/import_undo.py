"""Undo of an import: rows that are unchanged go back, the others are kept and listed with the reason."""

from collections.abc import Awaitable, Callable
from datetime import date

from sqlmodel import col, select

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import MerchantUpdated
from payments_qr.commands.acts import note_act, note_bill_act
from payments_qr.commands.bills import cancel_bill, change_terms
from payments_qr.model import Bill, Import, ImportRow, Merchant
from payments_qr.model import lifecycle as rules
from payments_qr.model.bills import BillTerms


async def undo_import(session: Session, caller: Caller, record: Import) -> None:
    """Takes an import back; a second undo changes nothing. The caller has locked the import."""
    if record.undone_at is not None:
        return
    take_back: Callable[[Session, Caller, ImportRow], Awaitable[str | None]] = (
        _take_back_merchant if record.kind == "merchants" else _take_back_bill
    )
    found = await session.exec(
        select(ImportRow).where(col(ImportRow.import_id) == record.id).order_by(col(ImportRow.id).desc())
    )
    for row in found.all():
        row.kept_because = await take_back(session, caller, row)
        if row.kept_because is None:
            record.undone += 1
        else:
            record.kept += 1
    record.mark_undone(caller.account, now())
    before = {"kind": record.kind, "undone": record.undone, "kept": record.kept}
    note_act(session, caller, "import.undone", ("import", record.id), unit_id=record.unit_id, before=before)


async def _take_back_merchant(session: Session, caller: Caller, row: ImportRow) -> str | None:
    """Closes a merchant that is still as the list made it; a link to its owner, made by a scheduled job, is no change."""
    merchant = await session.get(Merchant, row.entity_id, with_for_update={"key_share": True})
    if merchant is None or merchant.is_closed:
        return "closed-since"
    if merchant.status != "submitted":
        return f"{merchant.status}-since"
    is_linked = merchant.owner_resident_id is not None or merchant.owner_organization_id is not None
    if merchant.version > row.version + is_linked:
        return "changed-since"
    note_act(
        session, caller, "merchant.changed", ("merchant", merchant.id), merchant_id=merchant.id,
        unit_id=merchant.unit_id, reason="import-undone", before={"status": merchant.status},
    )  # fmt: skip
    merchant.set_lifecycle(rules.closed(merchant.lifecycle, caller.account), now())
    merchant.reason = "import-undone"
    merchant.touch(now())
    publish(session, merchant.state_event(MerchantUpdated))
    return None


async def _take_back_bill(session: Session, caller: Caller, row: ImportRow) -> str | None:
    bill = await session.get(Bill, row.entity_id, with_for_update=True)
    if bill is None or bill.state == "cancelled":
        return "cancelled-since"
    if bill.state != "unpaid" or bill.paid_amount:
        return "paid-since"
    if bill.version != row.version:
        return "changed-since"
    merchant = await session.get_one(Merchant, bill.merchant_id)
    if row.before is None or row.before["state"] == "cancelled":
        await cancel_bill(session, caller, merchant, bill)
        return None
    note_bill_act(session, caller, "bill.reopened", merchant, bill, "import-undone")
    due_on = date.fromisoformat(row.before["due_on"])
    terms = BillTerms(bill.customer_code, bill.period, row.before["amount"], due_on)
    await change_terms(session, merchant, bill, terms)
    return None
