"""The authority tables of the services as rows of one shape: operation × role × relation.

Registry and onboarding name REST operations; payments-qr and casework name actions, which `ACTIONS` gives to their operations.
"""

import re
from collections.abc import Mapping
from typing import Any

from casework.model import authority as casework
from onboarding.model import authority as onboarding
from payments_qr.model import authority as payments
from registry.model import authority as registry

Row = Mapping[str, frozenset[str]]
"""Relations by role, in the words of the service."""

FORM = ("read form",)
FILL_IN = ("fill in, attach, prefill, submit",)
LIFECYCLE = tuple(sorted({grant.operation for grant in casework.matrix() if grant.operation.startswith("dossier: ")}))
FEEDBACK = tuple(sorted({grant.operation for grant in casework.matrix() if grant.operation.startswith("feedback: ")}))
READ_MERCHANT, EDIT_MERCHANT = ("merchant.read",), ("merchant.edit", "merchant.close", "merchant.verify")
READ_CODE, ISSUE_CODE, READ_BILL, ISSUE_BILL = ("code.read",), ("code.issue",), ("bill.read",), ("bill.issue",)
READ_PAYMENT, RESOLVE_PAYMENT = ("payment.read",), ("payment.resolve",)
CLAIM, CONFIRM_CLAIM = ("utility-account.claim",), ("utility-account.confirm",)
READ_LINES, RESOLVE_LINE = ("settlement.read lines", "settlement.read"), ("settlement.resolve",)
ACTIONS: dict[str, tuple[str, ...]] = {
    "POST /v1/merchants": ("merchant.register",),
    "GET /v1/merchants": READ_MERCHANT,
    "GET /v1/merchants/duplicates": READ_MERCHANT,
    "GET /v1/merchants/posters.pdf": READ_CODE,
    "POST /v1/merchants/activations": EDIT_MERCHANT,
    "GET /v1/merchants/{merchant_id}": READ_MERCHANT,
    "PATCH /v1/merchants/{merchant_id}": EDIT_MERCHANT,
    "GET /v1/merchants/{merchant_id}/poster.pdf": READ_CODE,
    "POST /v1/merchants/{merchant_id}/qr-codes": ISSUE_CODE,
    "GET /v1/merchants/{merchant_id}/qr-codes": READ_CODE,
    "GET /v1/merchants/{merchant_id}/utility-accounts": CONFIRM_CLAIM,
    "POST /v1/merchants/{merchant_id}/utility-accounts/{link_id}/confirm": CONFIRM_CLAIM,
    "GET /v1/qr-codes/{qr_code_id}": READ_CODE,
    "DELETE /v1/qr-codes/{qr_code_id}": ISSUE_CODE,
    "GET /v1/qr-codes/{qr_code_id}/image": READ_CODE,
    "POST /v1/bills": ISSUE_BILL,
    "GET /v1/bills": READ_BILL,
    "GET /v1/bills/{bill_id}": READ_BILL,
    "DELETE /v1/bills/{bill_id}": ISSUE_BILL,
    "POST /v1/bills/{bill_id}/write-off": ISSUE_BILL,
    "POST /v1/bills/{bill_id}/reopen": ISSUE_BILL,
    "GET /v1/bills/{bill_id}/movements": READ_BILL,
    "GET /v1/payments": (*READ_PAYMENT, *RESOLVE_PAYMENT),
    "GET /v1/payments/sums": ("payments.sum",),
    "GET /v1/payments/merchant-totals": ("payments.sum",),
    "GET /v1/payments/market-totals": ("payments.sum",),
    "GET /v1/payments/{payment_id}/movements": (*READ_PAYMENT, *RESOLVE_PAYMENT),
    "GET /v1/payments/{payment_id}/receipt": (*READ_PAYMENT, *RESOLVE_PAYMENT),
    "GET /v1/payments/{payment_id}/receipt.pdf": (*READ_PAYMENT, *RESOLVE_PAYMENT),
    "GET /v1/payments/{payment_id}": (*READ_PAYMENT, *RESOLVE_PAYMENT),
    "GET /v1/payments/{payment_id}/suggestions": RESOLVE_PAYMENT,
    "POST /v1/payments/{payment_id}/resolve": RESOLVE_PAYMENT,
    "POST /v1/payments/{payment_id}/reopen": RESOLVE_PAYMENT,
    "POST /v1/settlements": ("settlement.upload",),
    "GET /v1/settlements": READ_LINES,
    "GET /v1/settlements/{settlement_id}": READ_LINES,
    "GET /v1/settlements/{settlement_id}/lines": READ_LINES,
    "POST /v1/settlements/{settlement_id}/lines/{line_id}/resolve": RESOLVE_LINE,
    "POST /v1/settlements/{settlement_id}/lines/{line_id}/reopen": RESOLVE_LINE,
    "POST /v1/residents/{resident_id}/utility-accounts": CLAIM,
    "GET /v1/residents/{resident_id}/utility-accounts": CLAIM,
    "GET /v1/residents/{resident_id}/utility-accounts/{link_id}": CLAIM,
    "DELETE /v1/residents/{resident_id}/utility-accounts/{link_id}": CLAIM,
    "GET /v1/payment-acts": ("act.read",),
    "POST /v1/market-managers": ("market-manager.name",),
    "GET /v1/market-managers": ("market-manager.confirm",),
    "GET /v1/market-managers/{manager_id}": ("market-manager.confirm",),
    "POST /v1/market-managers/{manager_id}/confirm": ("market-manager.confirm",),
    "DELETE /v1/market-managers/{manager_id}": ("market-manager.end",),
    "GET /v1/units/{code}/fee-merchant": ("fee-merchant.read",),
    "PUT /v1/units/{code}/fee-merchant": ("fee-merchant.name", "fee-merchant.confirm"),
    "DELETE /v1/units/{code}/fee-merchant": ("fee-merchant.withdraw",),
    "POST /v1/dossiers": ("create dossier",),
    "GET /v1/dossiers": FORM,
    "POST /v1/dossiers/lookup": FORM,
    "GET /v1/dossiers/{dossier_id}": FORM,
    "PATCH /v1/dossiers/{dossier_id}": FILL_IN,
    "DELETE /v1/dossiers/{dossier_id}": FILL_IN,
    "POST /v1/dossiers/{dossier_id}/prefill": FILL_IN,
    "POST /v1/dossiers/{dossier_id}/submit": FILL_IN,
    "POST /v1/dossiers/{dossier_id}/attachments": FILL_IN,
    "GET /v1/dossiers/{dossier_id}/attachments": FORM,
    "GET /v1/dossiers/{dossier_id}/attachments/{attachment_id}": FORM,
    "DELETE /v1/dossiers/{dossier_id}/attachments/{attachment_id}": FILL_IN,
    "POST /v1/dossiers/{dossier_id}/actions": LIFECYCLE,
    "POST /v1/dossiers/{dossier_id}/results": ("issue result",),
    "GET /v1/dossiers/{dossier_id}/results": FORM,
    "GET /v1/dossiers/{dossier_id}/results/{result_id}": FORM,
    "GET /v1/dossiers/{dossier_id}/receipt.pdf": FORM,
    "GET /v1/dossiers/{dossier_id}/slip.pdf": FORM,
    "GET /v1/dossiers/{dossier_id}/supplement-slip.pdf": FORM,
    "GET /v1/dossiers/{dossier_id}/refusal-slip.pdf": FORM,
    "GET /v1/dossiers/{dossier_id}/apology-slip.pdf": FORM,
    "GET /v1/dossiers/{dossier_id}/transfer-slip.pdf": FORM,
    "POST /v1/dossiers/{dossier_id}/fee-settlements": ("settle fee at the counter",),
    "POST /v1/documents": ("document: send",),
    "GET /v1/documents": ("document: read",),
    "POST /v1/documents/edxml": ("document: read",),
    "GET /v1/documents/{document_id}": ("document: read",),
    "GET /v1/documents/{document_id}/edxml": ("document: read",),
    "GET /v1/documents/{document_id}/edxml-status": ("document: read",),
    "GET /v1/documents/{document_id}/file": ("document: read",),
    "GET /v1/documents/{document_id}/files/{file_id}": ("document: read",),
    "POST /v1/documents/{document_id}/receipt": ("document: receipt, status", "document: read"),
    "POST /v1/documents/{document_id}/status": ("document: receipt, status", "document: read"),
    "POST /v1/feedback": ("feedback: read",),
    "GET /v1/feedback": ("feedback: read",),
    "GET /v1/feedback/{feedback_id}": ("feedback: read",),
    "POST /v1/feedback/{feedback_id}/actions": FEEDBACK,
    "GET /v1/feedback/{feedback_id}/attachments/{photo_id}": ("feedback: read",),
    "POST /v1/incidents": ("incident: read",),
    "GET /v1/incidents": ("incident: read",),
    "GET /v1/incidents/{incident_id}": ("incident: read",),
    "POST /v1/incidents/{incident_id}/actions": ("incident: assign, resolve, reopen",),
    "PUT /v1/units/{code}/procedures": ("choose procedures",),
}
WITHOUT_RELATION = re.compile(
    r"\w+ /v1/(reports/|partners|dead-letters|deletions|settings|administrative-acts|feedback/published|qr-codes/(decode|orders)"
    r"|(merchant|bill)-imports|me$|events$|subscriptions|notifications|me/(devices|notification-preferences)|channels)"
)
"""The audience alone decides, or the caller's own partner, feed or devices; test_matrix.py and the services' tests try them."""


def granted() -> set[str]:
    """The actions that the tables of payments-qr and casework grant to anyone."""
    payment = {permission.action.removesuffix(" public_service") for permission in payments.PERMISSIONS}
    return payment | {grant.operation for grant in casework.matrix()}


def row_of(service: str, name: str, operation: str) -> Row | None:
    """The row of a REST operation (`GET /v1/…`, function `name`); None where the tables, or `ACTIONS`, have none."""
    match service:
        case "registry":
            return registry.AUTHORITY.get(name)  # type: ignore[return-value]  # literals are strings
        case "onboarding":
            right = {each.operation: each for each in onboarding.RIGHTS}.get(name)
            return {role: frozenset([relation]) for role, relation in right.roles.items()} if right else None
    actions = ACTIONS.get(operation)
    if actions is None:
        return None
    found: dict[str, set[str]] = {}
    for permission in payments.PERMISSIONS:
        if permission.action.removesuffix(" public_service") in actions:
            found.setdefault(permission.role, set()).update(permission.relations)
    for grant in casework.matrix():
        if grant.operation in actions:
            for role in grant.role.split(", "):
                found.setdefault(role, set()).add(grant.relation)
    return {role: frozenset(relations) for role, relations in found.items()}


def service_and_name(operation: dict[str, Any]) -> tuple[str, str]:
    """The service and the function of an operation, from its id."""
    name = re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", operation["operationId"])
    return operation["x-service"].replace("-", "_"), name
