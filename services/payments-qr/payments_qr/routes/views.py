"""Entities as the bodies that leave: masked where a number is somebody's."""

from chassis.clock import now, today
from payments_qr.banks import find_bank
from payments_qr.model import Bill, Import, Merchant, Payment, QrCode, Settlement, SettlementLine, UtilityAccount
from payments_qr.schemas.bills import BillView, UtilityAccountView
from payments_qr.schemas.imports import ImportView
from payments_qr.schemas.merchants import MerchantView, OwnerView, SettlementAccountView
from payments_qr.schemas.payments import PaymentView, SettlementLineView, SettlementView
from payments_qr.schemas.qr_codes import QrCodeView


def merchant_view(merchant: Merchant, *, to_owner: bool) -> MerchantView:
    """A merchant; the account's holder is a person's name and shown to the owner only."""
    bank = find_bank(merchant.bin, today())
    return MerchantView.model_validate(
        merchant.model_dump(
            include={
                "id", "name", "name_in_code", "category", "unit_code", "market", "counter", "provider", "status",
                "reason", "has_qr", "registered_at", "changed_at",
            }
        )
        | {
            "owner": OwnerView(
                resident_id=merchant.owner_resident_id,
                organization_id=merchant.owner_organization_id,
                tax_code=masked_tax_code(merchant.opened_tax_code()),
            ),
            "settlement": SettlementAccountView(
                bin=merchant.bin,
                bank=bank.short_name if bank else None,
                account_no=masked(merchant.opened_account_no()),
                account_name=merchant.opened_account_name() if to_owner else None,
            ),
        }
    )  # fmt: skip


def masked(account_no: str) -> str:
    """All but the last four characters as stars; short numbers keep one."""
    shown = 4 if len(account_no) >= 8 else 1
    return "*" * (len(account_no) - shown) + account_no[-shown:]


def masked_tax_code(tax_code: str | None) -> str | None:
    """Tax codes of enterprises are public; twelve digits are a person's number."""
    if tax_code is None or len(tax_code) != 12:
        return tax_code
    return tax_code[:3] + "*" * 7 + tax_code[-2:]


def code_view(code: QrCode) -> QrCodeView:
    """A code as it stands now."""
    return QrCodeView.model_validate(
        code.model_dump(exclude={"payload"}) | {"payload": code.opened_payload(), "status": code.status_at(now())}
    )


def bill_view(bill: Bill) -> BillView:
    """A bill as it stands today."""
    return BillView.model_validate(bill.model_dump() | {"status": bill.status_on(today())})


def utility_account_view(link: UtilityAccount) -> UtilityAccountView:
    return UtilityAccountView.model_validate(link.model_dump())


def payment_view(payment: Payment) -> PaymentView:
    return PaymentView.model_validate(payment.model_dump())


def settlement_view(settlement: Settlement) -> SettlementView:
    return SettlementView.model_validate(
        settlement.model_dump() | {"rows": settlement.row_count, "sum": settlement.row_sum}
    )


def line_view(line: SettlementLine) -> SettlementLineView:
    return SettlementLineView.model_validate(line.model_dump())


def import_view(done: Import) -> ImportView:
    return ImportView.model_validate(done.model_dump())
