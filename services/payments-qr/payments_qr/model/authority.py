"""Who may do what in payments-qr: action × role × relation to the object × whether a second person is needed.

The routes and commands ask this table; a test prints it into the README. A relation that is not listed is refused.
"""

from dataclasses import dataclass
from typing import Literal

from chassis.security.identity import Role

Relation = Literal["own", "claimed", "in_unit", "other_unit", "provider", "other_partner", "payer", "manager", "any"]
"""How the caller stands to the object.

`own`: its confirmed owner, or the representative of the owning organization whom registry has confirmed · `claimed`: the
account that registered it in its name, while the owner is not confirmed · `in_unit`: an officer whose unit covers the
object's unit · `provider`: the partner of the object · `payer`: the customer or applicant of a bill · `manager`: the
manager of its market whom two officers named · `any`: everything of its kind.
"""
Action = Literal[
    "merchant.register", "merchant.register public_service", "merchant.read", "merchant.edit",
    "merchant.edit public_service", "merchant.transfer", "merchant.verify", "merchant.reject", "merchant.suspend",
    "merchant.close", "merchant.reopen", "code.read", "code.issue", "code.issue public_service", "bill.read",
    "bill.issue", "bill.issue public_service", "payment.read", "payment.resolve", "payment.resolve public_service",
    "fee-merchant.read", "fee-merchant.name", "fee-merchant.confirm", "fee-merchant.withdraw", "settlement.upload",
    "settlement.read", "settlement.read lines", "settlement.resolve", "utility-account.claim",
    "utility-account.confirm", "payments.sum", "market-manager.name", "market-manager.confirm", "market-manager.end",
    "act.read",
]  # fmt: skip


@dataclass(frozen=True)
class Permission:
    """One row. `second`: who has to agree before it takes effect, empty where one person decides."""

    action: Action
    role: Role
    relations: frozenset[Relation]
    second: str = ""


def _may(action: Action, role: Role, *relations: Relation, second: str = "") -> Permission:
    return Permission(action, role, frozenset(relations), second)


VERIFIED = "another officer of the unit, or the provider"
ANOTHER_OFFICER = "another officer of the unit"
PROOF = "proof by a recent bill, or the point"

PERMISSIONS: tuple[Permission, ...] = (
    _may("merchant.register", "officer", "in_unit", second=VERIFIED),
    _may("merchant.register", "resident", "claimed", second=VERIFIED),
    _may("merchant.register", "organization", "claimed", second=VERIFIED),
    _may("merchant.register", "partner", "provider"),
    _may("merchant.register public_service", "officer", "in_unit", second=VERIFIED),
    _may("merchant.read", "officer", "in_unit"),
    _may("merchant.read", "resident", "own", "claimed", "manager"),
    _may("merchant.read", "organization", "own", "claimed"),
    _may("merchant.read", "partner", "provider"),
    _may("merchant.read", "operator", "any"),
    _may("merchant.edit", "officer", "in_unit", second=VERIFIED),
    _may("merchant.edit", "resident", "own", "claimed", second=VERIFIED),
    _may("merchant.edit", "organization", "own", "claimed", second=VERIFIED),
    _may("merchant.edit public_service", "officer", "in_unit", second=VERIFIED),
    _may("merchant.transfer", "officer", "in_unit", second=VERIFIED),
    _may("merchant.verify", "officer", "in_unit"),
    _may("merchant.verify", "partner", "provider"),
    _may("merchant.reject", "officer", "in_unit"),
    _may("merchant.reject", "partner", "provider"),
    _may("merchant.suspend", "officer", "in_unit"),
    _may("merchant.suspend", "partner", "provider"),
    _may("merchant.close", "officer", "in_unit"),
    _may("merchant.close", "resident", "own", "claimed"),
    _may("merchant.close", "organization", "own", "claimed"),
    _may("merchant.reopen", "officer", "in_unit", second=ANOTHER_OFFICER),
    _may("code.read", "officer", "in_unit"),
    _may("code.read", "resident", "own", "payer", "manager"),
    _may("code.read", "organization", "own", "payer"),
    _may("code.read", "partner", "provider"),
    _may("code.issue", "officer", "in_unit"),
    _may("code.issue", "resident", "own"),
    _may("code.issue", "organization", "own"),
    _may("code.issue", "partner", "provider"),
    _may("code.issue public_service", "officer", "in_unit"),
    _may("bill.read", "officer", "in_unit"),
    _may("bill.read", "resident", "own", "payer"),
    _may("bill.read", "organization", "own", "payer"),
    _may("bill.read", "partner", "provider"),
    _may("bill.issue", "officer", "in_unit"),
    _may("bill.issue", "resident", "own"),
    _may("bill.issue", "organization", "own"),
    _may("bill.issue public_service", "officer", "in_unit"),
    _may("payment.read", "officer", "in_unit"),
    _may("payment.read", "resident", "own", "payer"),
    _may("payment.read", "organization", "own", "payer"),
    _may("payment.read", "partner", "provider"),
    _may("payment.resolve", "officer", "in_unit"),
    _may("payment.resolve", "resident", "own"),
    _may("payment.resolve", "organization", "own"),
    _may("payment.resolve", "operator", "any"),
    _may("payment.resolve public_service", "officer", "in_unit"),
    _may("payment.resolve public_service", "operator", "any"),
    _may("fee-merchant.read", "officer", "in_unit"),
    _may("fee-merchant.read", "auditor", "in_unit"),
    _may("fee-merchant.read", "operator", "any"),
    _may("fee-merchant.name", "officer", "in_unit", second=ANOTHER_OFFICER),
    _may("fee-merchant.confirm", "officer", "in_unit"),
    _may("fee-merchant.withdraw", "officer", "in_unit"),
    _may("settlement.upload", "operator", "any"),
    _may("settlement.upload", "partner", "provider"),
    _may("settlement.read", "operator", "any"),
    _may("settlement.read", "partner", "provider"),
    _may("settlement.read lines", "operator", "any"),
    _may("settlement.read lines", "partner", "provider"),
    _may("settlement.read lines", "officer", "in_unit"),
    _may("settlement.resolve", "operator", "any"),
    _may("settlement.resolve", "partner", "provider"),
    _may("utility-account.claim", "resident", "own", second=PROOF),
    _may("utility-account.claim", "officer", "in_unit", second=PROOF),
    _may("utility-account.confirm", "officer", "in_unit"),
    _may("utility-account.confirm", "resident", "own"),
    _may("utility-account.confirm", "organization", "own"),
    _may("payments.sum", "officer", "in_unit"),
    _may("payments.sum", "resident", "own", "manager"),
    _may("payments.sum", "organization", "own"),
    _may("payments.sum", "auditor", "in_unit"),
    _may("payments.sum", "operator", "any"),
    _may("market-manager.name", "officer", "in_unit", second=ANOTHER_OFFICER),
    _may("market-manager.confirm", "officer", "in_unit"),
    _may("market-manager.end", "officer", "in_unit"),
    _may("act.read", "officer", "in_unit"),
    _may("act.read", "auditor", "in_unit"),
    _may("act.read", "operator", "any"),
)
CategoryAction = Literal["merchant.register", "merchant.edit", "code.issue", "bill.issue", "payment.resolve"]
_PUBLIC_SERVICE: dict[CategoryAction, Action] = {
    "merchant.register": "merchant.register public_service",
    "merchant.edit": "merchant.edit public_service",
    "code.issue": "code.issue public_service",
    "bill.issue": "bill.issue public_service",
    "payment.resolve": "payment.resolve public_service",
}
_BY_ACTION = {(permission.action, permission.role): permission.relations for permission in PERMISSIONS}


def may(action: Action, role: Role, relation: Relation | None) -> bool:
    """Whether a caller of this role with this relation to the object may do this; None stands for no relation."""
    return relation is not None and relation in _BY_ACTION.get((action, role), frozenset())


def of_category(action: CategoryAction, category: str) -> Action:
    """The action on a merchant of a category: public_service has separate permissions."""
    return _PUBLIC_SERVICE[action] if category == PUBLIC_SERVICE else action


PUBLIC_SERVICE = "public_service"
"""The category that receives the fees of dossiers: only officers make and change such a merchant."""


def as_table() -> str:
    """The permissions as a Markdown table."""
    rows = ["| action | role | relation | second person |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {each.action} | {each.role} | {', '.join(sorted(each.relations))} | {each.second or '–'} |"
        for each in PERMISSIONS
    ]
    return "\n".join(rows) + "\n"
