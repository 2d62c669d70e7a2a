"""Import of a market's stall list: each valid row becomes a submitted merchant."""

from typing import BinaryIO

from pydantic import ValidationError

from chassis.clock import today
from chassis.errors import Problem
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from chassis.web.vocabulary import code_of
from contracts.payments_qr import MerchantRegistered
from payments_qr.banks import find_bank_by_name
from payments_qr.commands.imports import ImportRun, readable, start_import
from payments_qr.commands.merchants import new_merchant
from payments_qr.model.authority import PUBLIC_SERVICE
from payments_qr.model.merchants import account_index
from payments_qr.model.registration import MerchantDetails
from payments_qr.qr_payload import folded
from payments_qr.queries.merchants import list_merchants_of_account
from payments_qr.uploads.stalls import Stall, stalls
from payments_qr.uploads.tables import Rejection


async def import_stalls(
    session: Session,
    caller: Caller,
    unit: KnownUnit,
    market: str | None,
    provider: str,
    file: BinaryIO,
    *,
    dry_run: bool = False,
) -> ImportRun:
    """Registers every stall of a list as submitted; a stall that exists stays as it is."""
    target = f"{unit.id}|{market}|{provider}"
    run = await start_import(session, caller, "merchants", target, (unit.id, unit.code), file, dry_run=dry_run)
    if not run.is_new:
        return run
    async for row in readable(stalls(file, run.remarks)):
        run.record.total_rows += 1
        run.reject(row if isinstance(row, list) else await _take_row(run, caller, unit, market, provider, row))
    run.save_findings()
    return run


async def _take_row(
    run: ImportRun, caller: Caller, unit: KnownUnit, market: str | None, provider: str, stall: Stall
) -> list[Rejection]:
    """A row that fits no merchant is reported like any other; the rows after it are applied."""
    try:
        return await _take_stall(run, caller, unit, market, provider, stall)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][-1])
        return [stall.refused(column, "wrong-value", "Giá trị không hợp lệ.", "The value is not valid.")]
    except Problem as problem:
        wrong = problem.errors[0] if problem.errors else None
        column = wrong.pointer.rpartition("/")[2] if wrong else "name"
        vi, en = (wrong.vi, wrong.en) if wrong else (problem.vi, problem.en)
        return [stall.refused(column, wrong.code if wrong else problem.slug, vi, en)]


async def _take_stall(
    run: ImportRun, caller: Caller, unit: KnownUnit, market: str | None, provider: str, stall: Stall
) -> list[Rejection]:
    bank = find_bank_by_name(stall.bank, today())
    if bank is None:
        column = "bank" if "bank" in stall.headings else "bin"
        return [stall.refused(column, "unknown-bin", "Không rõ ngân hàng.", "The bank is not known.")]
    category = code_of("merchant-categories", stall.category) if stall.category else None
    if stall.category and category in (None, PUBLIC_SERVICE):
        return [stall.refused("category", "wrong-category", "Loại hình không hợp lệ.", "The category is not valid.")]
    place = await find_unit(run.session, stall.unit_code) if stall.unit_code else unit
    if place is None or not await covers(run.session, caller, place.id):
        text = "Đơn vị không có hoặc ngoài địa bàn.", "The unit is unknown or not yours."
        return [stall.refused("unit_code", "unknown-unit", *text)]
    await lock_name(run.session, "account", account_index(bank.bin, stall.account_no).hex())
    if await _is_known(run.session, stall, bank.bin):
        run.record.unchanged += 1
        return []
    merchant = new_merchant(_details_of(stall, bank.bin, category, market, provider), place, maker=caller.account)
    run.session.add(merchant)
    await run.session.flush()
    publish(run.session, merchant.state_event(MerchantRegistered))
    run.made(stall.number, merchant)
    if stall.account_name is None:
        vi = "Thiếu tên chủ tài khoản: áp phích sẽ không ghi tên người nhận để người mua kiểm tra."
        en = "The account holder's name is missing: the poster names no receiver to check."
        run.remarks.note(stall.number, stall.headings.get("account_name", ""), "account-holder-missing", vi, en)
    return []


def _details_of(stall: Stall, bin: str, category: str | None, market: str | None, provider: str) -> MerchantDetails:
    return MerchantDetails.model_validate(
        {
            "name": stall.name,
            "category": category or ("market_stall" if market else "shop"),
            "market": market,
            "counter": stall.counter,
            "owner": {"tax_code": stall.tax_code},
            "provider": provider,
            "settlement": {"bin": bin, "account_no": stall.account_no, "account_name": stall.account_name},
        }
    )


async def _is_known(session: Session, stall: Stall, bin: str) -> bool:
    others = await list_merchants_of_account(session, bin, stall.account_no)
    return any(folded(o.name).lower() == folded(stall.name).lower() and o.counter == stall.counter for o in others)
