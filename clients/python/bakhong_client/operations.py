"""The operations of the Ba Không API. Written by generate.py; do not edit."""

# ruff: noqa: E501, UP013 - written by a program from the sentences of the API document
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict
from urllib.parse import quote

Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "instance": "str",
        "errors": "NotRequired[list[dict[str, Any]]]",
    },
)

CaseworkChannel: TypeAlias = "Literal['direct', 'online', 'post']"

CaseworkChosenView = TypedDict(
    "CaseworkChosenView",
    {
        "unit_code": "str",
        "minimum": "int",
        "codes": "list[str]",
        "chosen_at": "str | None",
        "items": "list[CaseworkProcedureLine]",
    },
)

CaseworkCreateAttachmentForm = TypedDict(
    "CaseworkCreateAttachmentForm", {"file": "str", "document": "NotRequired[str | None]"}
)

CaseworkCreateResultForm = TypedDict("CaseworkCreateResultForm", {"file": "str", "is_draft": "NotRequired[bool]"})

CaseworkDocumentCreate = TypedDict(
    "CaseworkDocumentCreate",
    {
        "unit_code": "NotRequired[str | None]",
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "organ_id": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "from_unit_code": "NotRequired[str | None]",
        "kind": "NotRequired[str]",
        "subject": "str",
        "body": "NotRequired[str | None]",
        "file": "NotRequired[str | None]",
        "in_reply_to": "NotRequired[str | None]",
    },
)

CaseworkDocumentLine = TypedDict(
    "CaseworkDocumentLine",
    {
        "id": "str",
        "number": "int",
        "symbol": "str",
        "issued_on": "str",
        "kind": "str",
        "subject": "str",
        "sender_unit_code": "str | None",
        "sender_id": "str | None",
        "recipient_unit_code": "str | None",
        "recipient_id": "str | None",
        "status": "str",
        "status_code": "str",
        "sent_at": "str",
        "received_at": "str | None",
        "arrival_number": "int | None",
        "has_file": "bool",
        "in_reply_to": "str | None",
        "edxml_id": "str | None",
        "sender_organ_id": "str | None",
        "recipient_organ_id": "str | None",
        "due_on": "str | None",
    },
)

CaseworkDocumentLineList = TypedDict(
    "CaseworkDocumentLineList", {"items": "list[CaseworkDocumentLine]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkDocumentView = TypedDict(
    "CaseworkDocumentView",
    {
        "id": "str",
        "number": "int",
        "symbol": "str",
        "issued_on": "str",
        "kind": "str",
        "subject": "str",
        "sender_unit_code": "str | None",
        "sender_id": "str | None",
        "recipient_unit_code": "str | None",
        "recipient_id": "str | None",
        "status": "str",
        "status_code": "str",
        "sent_at": "str",
        "received_at": "str | None",
        "arrival_number": "int | None",
        "has_file": "bool",
        "in_reply_to": "str | None",
        "edxml_id": "str | None",
        "sender_organ_id": "str | None",
        "recipient_organ_id": "str | None",
        "due_on": "str | None",
        "body": "str | None",
        "status_note": "str | None",
        "sha256": "str | None",
        "signatures": "CaseworkSignatureCheck | None",
        "further_files": "list[CaseworkFileView]",
        "legal_statuses": "list[str]",
    },
)

CaseworkDocumentViewList = TypedDict(
    "CaseworkDocumentViewList", {"items": "list[CaseworkDocumentView]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkDossierAct = TypedDict(
    "CaseworkDossierAct",
    {
        "action": "Literal['accept', 'refuse', 'transfer', 'process', 'request_supplement', 'supplement', 'request_payment', 'extend', 'send_draft_result', 'confirm_draft_result', 'dispute_draft_result', 'approve', 'reject', 'return_result', 'withdraw', 'revert', 'revoke_result']",
        "note": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "amount": "NotRequired[int | None]",
        "verification": "NotRequired[bool]",
    },
)

CaseworkDossierCreate = TypedDict(
    "CaseworkDossierCreate",
    {
        "procedure_code": "str",
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "subject_id": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
        "on_behalf_of": "NotRequired[str | None]",
        "assisted_by": "NotRequired[str | None]",
        "copies": "NotRequired[int]",
        "result_delivery": "NotRequired[Literal['electronic', 'post', 'in_person']]",
        "channel": "NotRequired[CaseworkChannel]",
        "paper": "NotRequired[CaseworkPaperPresented | None]",
    },
)

CaseworkDossierFillIn = TypedDict(
    "CaseworkDossierFillIn",
    {
        "fields": "NotRequired[dict[str, Any]]",
        "copies": "NotRequired[int | None]",
        "result_delivery": "NotRequired[Literal['electronic', 'post', 'in_person'] | None]",
    },
)

CaseworkDossierLine = TypedDict(
    "CaseworkDossierLine",
    {
        "id": "str",
        "code": "str | None",
        "origin": "str",
        "procedure_code": "str",
        "procedure_name": "str | None",
        "procedure_name_en": "str | None",
        "unit_code": "str",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "channel": "int",
        "status": "str",
        "national_status": "int | None",
        "created_at": "str",
        "submitted_at": "str | None",
        "received_at": "str | None",
        "due_at": "str | None",
        "finished_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "fee": "CaseworkFeeView",
    },
)

CaseworkDossierLineList = TypedDict(
    "CaseworkDossierLineList", {"items": "list[CaseworkDossierLine]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkDossierProgress = TypedDict(
    "CaseworkDossierProgress",
    {
        "id": "str",
        "code": "str | None",
        "origin": "str",
        "procedure_code": "str",
        "procedure_name": "str | None",
        "procedure_name_en": "str | None",
        "unit_code": "str",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "channel": "int",
        "status": "str",
        "national_status": "int | None",
        "created_at": "str",
        "submitted_at": "str | None",
        "received_at": "str | None",
        "due_at": "str | None",
        "finished_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "fee": "CaseworkFeeView",
        "legal_actions": "list[str]",
        "tracking_key": "str",
        "qr_code_id": "str | None",
        "first_due_at": "str | None",
        "draft_result_until": "str | None",
    },
)

CaseworkDossierSignatureView = TypedDict(
    "CaseworkDossierSignatureView",
    {
        "provider": "str | None",
        "certificate_serial": "str",
        "signed_at": "str | None",
        "verdict": "Literal['trusted', 'untrusted', 'unknown', 'modified', 'unsigned', 'unreadable'] | None",
    },
)

CaseworkDossierStepView = TypedDict(
    "CaseworkDossierStepView",
    {
        "action": "str",
        "before": "str",
        "after": "str",
        "at": "str",
        "role": "str",
        "unit_code": "str | None",
        "note": "str | None",
    },
)

CaseworkDossierSubmit = TypedDict("CaseworkDossierSubmit", {"signature": "NotRequired[CaseworkSignature | None]"})

CaseworkDossierView = TypedDict(
    "CaseworkDossierView",
    {
        "id": "str",
        "code": "str | None",
        "origin": "str",
        "procedure_code": "str",
        "procedure_name": "str | None",
        "procedure_name_en": "str | None",
        "unit_code": "str",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "channel": "int",
        "status": "str",
        "national_status": "int | None",
        "created_at": "str",
        "submitted_at": "str | None",
        "received_at": "str | None",
        "due_at": "str | None",
        "finished_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "fee": "CaseworkFeeView",
        "legal_actions": "list[str]",
        "tracking_key": "str",
        "qr_code_id": "str | None",
        "first_due_at": "str | None",
        "draft_result_until": "str | None",
        "subject_id": "str | None",
        "on_behalf_of": "str | None",
        "assisted_by": "str | None",
        "paper": "CaseworkPaperRecorded | None",
        "self_service": "bool",
        "copies": "int",
        "result_delivery": "str",
        "returned_at": "str | None",
        "supplement_requests": "int",
        "extensions": "int",
        "fields": "dict[str, CaseworkFieldView]",
        "missing": "list[str]",
        "missing_documents": "list[str]",
        "once_only_ratio": "float",
        "degraded": "bool",
        "attachments": "list[CaseworkPaperView]",
        "results": "list[CaseworkResultView]",
        "history": "list[CaseworkDossierStepView]",
        "signature": "CaseworkDossierSignatureView | None",
    },
)

CaseworkExchangeStep = TypedDict(
    "CaseworkExchangeStep",
    {
        "status": "Literal['refused', 'received', 'assigned', 'processing', 'completed', 'recall_requested', 'recall_agreed', 'recall_refused']",
        "note": "NotRequired[str | None]",
    },
)

CaseworkFeeView = TypedDict(
    "CaseworkFeeView",
    {
        "amount": "int",
        "status": "str",
        "paid_at": "NotRequired[str | None]",
        "receipt_number": "NotRequired[str | None]",
        "payable_at_counter": "NotRequired[bool]",
    },
)

CaseworkFeedbackAct = TypedDict(
    "CaseworkFeedbackAct",
    {
        "action": "CaseworkFeedbackAction",
        "note": "NotRequired[str | None]",
        "text": "NotRequired[str | None]",
        "assignee": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
        "rating": "NotRequired[int | None]",
        "duplicate_of": "NotRequired[str | None]",
    },
)

CaseworkFeedbackAction: TypeAlias = "Literal['assign', 'transfer', 'refuse', 'request_supplement', 'supplement', 'answer', 'publish', 'reopen', 'close', 'rate']"

CaseworkFeedbackCategory: TypeAlias = "Literal['regulation', 'conduct', 'field']"

CaseworkFeedbackCreate = TypedDict(
    "CaseworkFeedbackCreate",
    {
        "unit_code": "str",
        "category": "CaseworkFeedbackCategory",
        "text": "str",
        "anonymous": "NotRequired[bool]",
        "attachments": "NotRequired[list[CaseworkPhoto]]",
    },
)

CaseworkFeedbackLine = TypedDict(
    "CaseworkFeedbackLine",
    {
        "id": "str",
        "unit_code": "str",
        "category": "str",
        "status": "str",
        "anonymous": "bool",
        "received_at": "str",
        "due_at": "str",
        "answered_at": "str | None",
        "published_at": "str | None",
        "publish_due_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "rating": "int | None",
        "escalation": "int",
        "assignee": "str | None",
        "legal_actions": "list[str]",
    },
)

CaseworkFeedbackLineList = TypedDict(
    "CaseworkFeedbackLineList", {"items": "list[CaseworkFeedbackLine]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkFeedbackStatus: TypeAlias = (
    "Literal['received', 'assigned', 'supplement_requested', 'answered', 'published', 'refused', 'closed']"
)

CaseworkFeedbackStepView = TypedDict(
    "CaseworkFeedbackStepView", {"action": "str", "before": "str", "after": "str", "at": "str", "note": "str | None"}
)

CaseworkFeedbackView = TypedDict(
    "CaseworkFeedbackView",
    {
        "id": "str",
        "unit_code": "str",
        "category": "str",
        "status": "str",
        "anonymous": "bool",
        "received_at": "str",
        "due_at": "str",
        "answered_at": "str | None",
        "published_at": "str | None",
        "publish_due_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "rating": "int | None",
        "escalation": "int",
        "assignee": "str | None",
        "legal_actions": "list[str]",
        "text": "str",
        "answer": "str | None",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "reopened": "int",
        "duplicate_of": "str | None",
        "attachments": "list[CaseworkPhotoView]",
        "similar": "list[CaseworkSimilar]",
        "history": "list[CaseworkFeedbackStepView]",
    },
)

CaseworkFieldChoiceView = TypedDict("CaseworkFieldChoiceView", {"value": "str", "label": "str"})

CaseworkFieldView = TypedDict(
    "CaseworkFieldView",
    {
        "value": "Any",
        "source": "str | None",
        "verified": "bool",
        "observed_at": "str | None",
        "state": "str",
        "editable": "bool",
        "needs_confirmation": "bool",
        "withheld": "bool",
    },
)

CaseworkFileView = TypedDict(
    "CaseworkFileView",
    {"id": "str", "media_type": "str", "size": "int", "sha256": "str", "signatures": "CaseworkSignatureCheck | None"},
)

CaseworkFormFieldView = TypedDict(
    "CaseworkFormFieldView",
    {
        "name": "str",
        "label": "str",
        "type": "str",
        "required": "bool",
        "about": "str",
        "fact": "NotRequired[str | None]",
        "choices": "NotRequired[list[CaseworkFieldChoiceView] | None]",
        "applies_to": "NotRequired[str | None]",
        "required_for": "NotRequired[list[str] | None]",
    },
)

CaseworkIncidentAct = TypedDict(
    "CaseworkIncidentAct",
    {
        "action": "CaseworkIncidentAction",
        "assignee": "NotRequired[str | None]",
        "resolution": "NotRequired[str | None]",
        "note": "NotRequired[str | None]",
    },
)

CaseworkIncidentAction: TypeAlias = "Literal['assign', 'resolve', 'reopen']"

CaseworkIncidentCreate = TypedDict(
    "CaseworkIncidentCreate",
    {
        "system": "Literal['portal', 'one_stop', 'app', 'network']",
        "unit_code": "NotRequired[str | None]",
        "title": "NotRequired[str]",
        "description": "NotRequired[str]",
        "severity": "NotRequired[Literal['low', 'normal', 'high']]",
        "occurred_at": "NotRequired[str | None]",
    },
)

CaseworkIncidentStatus: TypeAlias = "Literal['open', 'assigned', 'resolved']"

CaseworkIncidentView = TypedDict(
    "CaseworkIncidentView",
    {
        "id": "str",
        "unit_code": "str",
        "system": "str",
        "title": "str",
        "description": "str",
        "severity": "str",
        "status": "str",
        "assignee": "str | None",
        "resolution": "str | None",
        "occurred_at": "str",
        "reported_at": "str",
        "resolved_at": "str | None",
        "due_at": "str | None",
        "is_overdue": "bool",
        "is_on_time": "bool | None",
        "escalation": "int",
        "legal_actions": "list[str]",
    },
)

CaseworkIncidentViewList = TypedDict(
    "CaseworkIncidentViewList", {"items": "list[CaseworkIncidentView]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkPaperPresented = TypedDict(
    "CaseworkPaperPresented",
    {
        "kind": "NotRequired[Literal['presented', 'authorisation', 'guardianship', 'death_notification', 'identity', 'civil_status', 'other']]",
        "number": "NotRequired[str | None]",
        "issued_on": "NotRequired[str | None]",
    },
)

CaseworkPaperRecorded = TypedDict(
    "CaseworkPaperRecorded", {"kind": "str", "number": "str | None", "issued_on": "str | None"}
)

CaseworkPaperView = TypedDict(
    "CaseworkPaperView",
    {
        "id": "str",
        "document": "str | None",
        "media_type": "str",
        "size": "int",
        "sha256": "str",
        "attached_at": "str",
        "signatures": "CaseworkSignatureCheck | None",
    },
)

CaseworkPaperViewList = TypedDict(
    "CaseworkPaperViewList", {"items": "list[CaseworkPaperView]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkPhoto = TypedDict("CaseworkPhoto", {"content": "str"})

CaseworkPhotoView = TypedDict("CaseworkPhotoView", {"id": "str", "media_type": "str", "size": "int"})

CaseworkProcedureChoice = TypedDict("CaseworkProcedureChoice", {"codes": "list[str]"})

CaseworkProcedureDocumentView = TypedDict(
    "CaseworkProcedureDocumentView", {"code": "str", "label": "str", "source": "str", "required": "str"}
)

CaseworkProcedureLine = TypedDict(
    "CaseworkProcedureLine",
    {
        "code": "str",
        "name": "str",
        "sector": "str",
        "aliases": "list[str]",
        "full_process": "bool",
        "dossiers_12_months": "int",
        "components": "int",
        "has_fee": "bool",
        "chosen": "NotRequired[bool | None]",
    },
)

CaseworkProcedureLineList = TypedDict(
    "CaseworkProcedureLineList", {"items": "list[CaseworkProcedureLine]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkProcedureView = TypedDict(
    "CaseworkProcedureView",
    {
        "code": "str",
        "name": "str",
        "sector": "str",
        "aliases": "list[str]",
        "full_process": "bool",
        "dossiers_12_months": "int",
        "components": "int",
        "has_fee": "bool",
        "chosen": "NotRequired[bool | None]",
        "fields": "list[CaseworkFormFieldView]",
        "documents": "list[CaseworkProcedureDocumentView]",
        "fee": "dict[str, Any]",
        "time_limit": "dict[str, Any]",
        "extended_limit": "dict[str, Any] | None",
        "applicants": "list[str]",
        "on_behalf": "str",
        "result": "dict[str, Any]",
        "look_alikes": "list[str]",
        "sources": "list[str]",
        "notes": "list[str]",
        "valid_from": "str | None",
        "valid_until": "str | None",
    },
)

CaseworkPublishedFeedback = TypedDict(
    "CaseworkPublishedFeedback",
    {
        "id": "str",
        "unit_code": "str",
        "category": "str",
        "text": "str",
        "answer": "str | None",
        "received_at": "str",
        "answered_at": "str | None",
        "published_at": "str | None",
        "rating": "int | None",
    },
)

CaseworkPublishedFeedbackList = TypedDict(
    "CaseworkPublishedFeedbackList",
    {"items": "list[CaseworkPublishedFeedback]", "next_cursor": "NotRequired[str | None]"},
)

CaseworkReceiveEdxmlEnvelopeForm = TypedDict("CaseworkReceiveEdxmlEnvelopeForm", {"file": "str"})

CaseworkResultView = TypedDict(
    "CaseworkResultView",
    {
        "id": "str",
        "kind": "str",
        "media_type": "str",
        "size": "int",
        "sha256": "str",
        "issued_at": "str",
        "revoked_at": "str | None",
        "signatures": "CaseworkSignatureCheck | None",
    },
)

CaseworkResultViewList = TypedDict(
    "CaseworkResultViewList", {"items": "list[CaseworkResultView]", "next_cursor": "NotRequired[str | None]"}
)

CaseworkSignature = TypedDict("CaseworkSignature", {"provider": "str", "certificate_serial": "str", "signed_at": "str"})

CaseworkSignatureCheck = TypedDict(
    "CaseworkSignatureCheck",
    {
        "verdict": "Literal['trusted', 'untrusted', 'unknown', 'modified', 'unsigned', 'unreadable']",
        "signatures": "NotRequired[list[CaseworkSignatureFound]]",
    },
)

CaseworkSignatureFound = TypedDict(
    "CaseworkSignatureFound",
    {
        "verdict": "Literal['trusted', 'untrusted', 'unknown', 'modified', 'unsigned', 'unreadable']",
        "reason": "NotRequired[str | None]",
        "is_intact": "bool",
        "covers_whole_document": "bool",
        "signed_at": "NotRequired[str | None]",
        "is_time_stamped": "NotRequired[bool]",
        "signer_kind": "NotRequired[Literal['individual', 'organization', 'unknown']]",
        "certificate_serial": "str",
        "issuer": "NotRequired[str | None]",
    },
)

CaseworkSimilar = TypedDict("CaseworkSimilar", {"id": "str", "likeness": "float"})

CaseworkStatus: TypeAlias = "Literal['draft', 'submitted', 'accepted', 'processing', 'supplement_requested', 'payment_due', 'draft_result_sent', 'refused', 'withdrawn', 'rejected', 'approved', 'returned']"

CaseworkTracked = TypedDict(
    "CaseworkTracked",
    {
        "code": "str",
        "procedure_code": "str",
        "procedure_name": "str | None",
        "procedure_name_en": "str | None",
        "unit_code": "str",
        "status": "str",
        "national_status": "int | None",
        "submitted_at": "str | None",
        "received_at": "str | None",
        "due_at": "str | None",
        "finished_at": "str | None",
        "fee": "CaseworkFeeView",
    },
)

GatewayAdministrativeActView = TypedDict(
    "GatewayAdministrativeActView",
    {"id": "str", "at": "str", "actor": "str", "role": "str", "act": "str", "target": "str", "detail": "str"},
)

GatewayAdministrativeActViewList = TypedDict(
    "GatewayAdministrativeActViewList",
    {"items": "list[GatewayAdministrativeActView]", "next_cursor": "NotRequired[str | None]"},
)

GatewayAgreementCreate = TypedDict(
    "GatewayAgreementCreate",
    {
        "number": "str",
        "signed_on": "str",
        "unit_code": "str",
        "scope": "list[Literal['digital_signature', 'payment_account', 'qr', 'infrastructure', 'staff']]",
        "valid_from": "str",
        "valid_to": "NotRequired[str | None]",
    },
)

GatewayAgreementView = TypedDict(
    "GatewayAgreementView",
    {
        "id": "str",
        "number": "str",
        "signed_on": "str",
        "unit_code": "str",
        "scope": "list[Literal['digital_signature', 'payment_account', 'qr', 'infrastructure', 'staff']]",
        "valid_from": "str",
        "valid_to": "str | None",
    },
)

GatewayAgreementViewList = TypedDict(
    "GatewayAgreementViewList", {"items": "list[GatewayAgreementView]", "next_cursor": "NotRequired[str | None]"}
)

GatewayDeadLetterItem = TypedDict(
    "GatewayDeadLetterItem",
    {
        "id": "str",
        "service": "str",
        "topic": "str",
        "key": "str",
        "type": "str",
        "event_id": "str",
        "state": "str",
        "reason": "str",
        "died_at": "str",
    },
)

GatewayDeadLetters = TypedDict(
    "GatewayDeadLetters",
    {
        "items": "list[GatewayDeadLetterItem]",
        "next_cursor": "NotRequired[str | None]",
        "unanswered": "NotRequired[list[str]]",
    },
)

GatewayDeliveryView = TypedDict(
    "GatewayDeliveryView",
    {
        "id": "str",
        "webhook_id": "str",
        "type": "str | None",
        "status": "str",
        "reason": "str | None",
        "occurred_at": "str",
        "received_at": "str",
        "attempt": "int",
        "repeats": "int",
        "conflicts": "int",
        "outcomes": "list[GatewayOutcomeView]",
    },
)

GatewayDeliveryViewList = TypedDict(
    "GatewayDeliveryViewList", {"items": "list[GatewayDeliveryView]", "next_cursor": "NotRequired[str | None]"}
)

GatewayDevelopmentSignIn = TypedDict(
    "GatewayDevelopmentSignIn",
    {
        "role": "Literal['resident', 'organization', 'volunteer', 'officer', 'auditor', 'operator', 'partner']",
        "unit_code": "NotRequired[str | None]",
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "partner_id": "NotRequired[str | None]",
        "body": "NotRequired[Literal['police', 'culture', 'one_stop', 'office', 'youth_union'] | None]",
        "subject": "NotRequired[str | None]",
        "personal_id": "NotRequired[str | None]",
        "full_name": "NotRequired[str | None]",
        "date_of_birth": "NotRequired[str | None]",
        "level": "NotRequired[Literal[1, 2] | None]",
    },
)

GatewayLicenceCreate = TypedDict(
    "GatewayLicenceCreate",
    {"kind": "str", "number": "str", "issuer": "str", "valid_from": "str", "valid_to": "NotRequired[str | None]"},
)

GatewayLicenceView = TypedDict(
    "GatewayLicenceView",
    {"id": "str", "kind": "str", "number": "str", "issuer": "str", "valid_from": "str", "valid_to": "str | None"},
)

GatewayLicenceViewList = TypedDict(
    "GatewayLicenceViewList", {"items": "list[GatewayLicenceView]", "next_cursor": "NotRequired[str | None]"}
)

GatewayMeView = TypedDict(
    "GatewayMeView",
    {
        "role": "str",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "unit_code": "str | None",
        "body": "str | None",
        "partner_id": "str | None",
        "level": "int | None",
        "signed_in_at": "str | None",
        "acting_for": "str | None",
        "acting_scope": "list[str]",
        "links": "list[GatewayOwnLink]",
    },
)

GatewayNewSecret = TypedDict(
    "GatewayNewSecret",
    {
        "id": "str",
        "use": "str",
        "hint": "str",
        "valid_from": "str",
        "valid_until": "str | None",
        "secret": "str",
        "client_id": "NotRequired[str | None]",
    },
)

GatewayOAuthError = TypedDict("GatewayOAuthError", {"error": "str"})

GatewayOutcomeView = TypedDict(
    "GatewayOutcomeView", {"service": "str", "outcome": "str", "reason": "str | None", "at": "str"}
)

GatewayOwnLink = TypedDict("GatewayOwnLink", {"id": "str", "issuer": "str", "linked_at": "str"})

GatewayPartnerChange = TypedDict(
    "GatewayPartnerChange",
    {
        "name": "NotRequired[str | None]",
        "status": "NotRequired[Literal['active', 'retired'] | None]",
        "dialect": "NotRequired[str | None]",
        "allowed_types": "NotRequired[list[str] | None]",
        "scopes": "NotRequired[list[Literal['prefill']] | None]",
        "addresses": "NotRequired[list[str] | None]",
        "messages_per_minute": "NotRequired[int | None]",
        "contact": "NotRequired[str | None]",
    },
)

GatewayPartnerCreate = TypedDict(
    "GatewayPartnerCreate",
    {
        "id": "str",
        "name": "str",
        "kind": "NotRequired[Literal['app', 'bank', 'wallet', 'telecom', 'identity', 'portal', 'signature', 'other']]",
        "dialect": "NotRequired[str]",
        "allowed_types": "NotRequired[list[str] | None]",
        "scopes": "NotRequired[list[Literal['prefill']]]",
        "addresses": "NotRequired[list[str]]",
        "messages_per_minute": "NotRequired[int | None]",
        "contact": "NotRequired[str | None]",
        "licences": "NotRequired[list[GatewayLicenceCreate]]",
    },
)

GatewayPartnerToken = TypedDict(
    "GatewayPartnerToken",
    {
        "access_token": "str",
        "token_type": "NotRequired[Literal['Bearer']]",
        "expires_in": "int",
        "scope": "NotRequired[str | None]",
    },
)

GatewayPartnerView = TypedDict(
    "GatewayPartnerView",
    {
        "id": "str",
        "name": "str",
        "kind": "str",
        "status": "str",
        "dialect": "str",
        "allowed_types": "list[str]",
        "scopes": "list[str]",
        "addresses": "list[str]",
        "messages_per_minute": "int | None",
        "contact": "str | None",
        "licences": "list[GatewayLicenceView]",
        "version": "int",
        "created_at": "str",
        "updated_at": "str",
    },
)

GatewayPartnerViewList = TypedDict(
    "GatewayPartnerViewList", {"items": "list[GatewayPartnerView]", "next_cursor": "NotRequired[str | None]"}
)

GatewaySecretCreate = TypedDict(
    "GatewaySecretCreate",
    {
        "use": "NotRequired[Literal['webhook', 'rest']]",
        "overlap_hours": "NotRequired[int]",
        "secret": "NotRequired[str | None]",
    },
)

GatewaySecretView = TypedDict(
    "GatewaySecretView", {"id": "str", "use": "str", "hint": "str", "valid_from": "str", "valid_until": "str | None"}
)

GatewaySecretViewList = TypedDict(
    "GatewaySecretViewList", {"items": "list[GatewaySecretView]", "next_cursor": "NotRequired[str | None]"}
)

GatewaySettingsView = TypedDict("GatewaySettingsView", {"settings": "dict[str, Any]"})

GatewayTermView = TypedDict("GatewayTermView", {"code": "str", "title": "str", "title_en": "str", "also": "list[str]"})

GatewayToken = TypedDict(
    "GatewayToken", {"access_token": "str", "token_type": "NotRequired[Literal['Bearer']]", "expires_in": "int"}
)

GatewayVocabularyList = TypedDict("GatewayVocabularyList", {"items": "list[str]"})

GatewayVocabularyView = TypedDict("GatewayVocabularyView", {"name": "str", "items": "list[GatewayTermView]"})

NotificationsEventPage = TypedDict(
    "NotificationsEventPage", {"items": "list[NotificationsEventView]", "next_cursor": "str | None"}
)

NotificationsEventTypeView = TypedDict(
    "NotificationsEventTypeView",
    {
        "type": "str",
        "title": "str",
        "title_en": "str",
        "seen_by": "list[Literal['app', 'partner', 'provider']]",
        "json_schema": "dict[str, Any]",
        "sample": "dict[str, Any]",
    },
)

NotificationsEventTypeViewList = TypedDict(
    "NotificationsEventTypeViewList",
    {"items": "list[NotificationsEventTypeView]", "next_cursor": "NotRequired[str | None]"},
)

NotificationsEventView = TypedDict(
    "NotificationsEventView", {"id": "str", "type": "str", "timestamp": "str", "data": "dict[str, Any]"}
)

OnboardingAnnouncementView = TypedDict(
    "OnboardingAnnouncementView",
    {"unit_code": "str", "text": "str", "session_id": "str | None", "services": "list[str]"},
)

OnboardingAttendanceBody = TypedDict("OnboardingAttendanceBody", {"items": "list[OnboardingAttendeeBody]"})

OnboardingAttendanceItem = TypedDict(
    "OnboardingAttendanceItem",
    {
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "member_id": "NotRequired[str | None]",
        "result": "Literal['applied', 'unchanged', 'refused']",
        "problem": "NotRequired[dict[str, Any] | None]",
    },
)

OnboardingAttendanceView = TypedDict(
    "OnboardingAttendanceView", {"items": "list[OnboardingAttendanceItem]", "attendance": "dict[str, int]"}
)

OnboardingAttendeeBody = TypedDict(
    "OnboardingAttendeeBody",
    {
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "member_id": "NotRequired[str | None]",
    },
)

OnboardingAttendeeItem = TypedDict(
    "OnboardingAttendeeItem",
    {
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "member_id": "NotRequired[str | None]",
        "kind": "Literal['attendance']",
        "client_id": "str",
        "session_id": "str",
    },
)

OnboardingAttendeeView = TypedDict(
    "OnboardingAttendeeView", {"kind": "str", "attendee_id": "str", "by_code": "bool", "at": "str"}
)

OnboardingAttendeeViewList = TypedDict(
    "OnboardingAttendeeViewList", {"items": "list[OnboardingAttendeeView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingAttributeItem = TypedDict(
    "OnboardingAttributeItem",
    {
        "kind": "Literal['fact']",
        "client_id": "str",
        "resident_id": "str",
        "occurred_at": "str",
        "fact": "Literal['has_smartphone', 'has_bank_account', 'phone']",
        "value": "bool",
        "phone_owner_verified": "NotRequired[bool]",
    },
)

OnboardingBasisItem = TypedDict(
    "OnboardingBasisItem", {"number": "str", "date": "str", "issuer": "str", "title": "str"}
)

OnboardingBatch = TypedDict(
    "OnboardingBatch",
    {"items": "list[OnboardingStepItem | OnboardingAttributeItem | OnboardingVisitItem | OnboardingAttendeeItem]"},
)

OnboardingBatchAnswer = TypedDict("OnboardingBatchAnswer", {"items": "list[OnboardingItemAnswer]"})

OnboardingCampaignCreate = TypedDict(
    "OnboardingCampaignCreate",
    {
        "template": "Literal['commune', 'district', 'custom']",
        "unit_code": "str",
        "title": "str",
        "starts_on": "NotRequired[str | None]",
        "ends_on": "NotRequired[str | None]",
        "parent_id": "NotRequired[str | None]",
        "plan": "NotRequired[OnboardingPlanBody | None]",
        "minimum_procedures": "NotRequired[int | None]",
        "targets": "NotRequired[list[OnboardingTargetBody]]",
        "steps": "NotRequired[list[OnboardingStepBody]]",
    },
)

OnboardingCampaignEvaluation = TypedDict(
    "OnboardingCampaignEvaluation",
    {
        "results": "NotRequired[str | None]",
        "limits": "NotRequired[str | None]",
        "causes": "NotRequired[str | None]",
        "lessons": "NotRequired[str | None]",
        "proposals": "NotRequired[str | None]",
    },
)

OnboardingCampaignPatch = TypedDict(
    "OnboardingCampaignPatch",
    {
        "title": "NotRequired[str | None]",
        "starts_on": "NotRequired[str | None]",
        "ends_on": "NotRequired[str | None]",
        "plan": "NotRequired[OnboardingPlanBody | None]",
        "minimum_procedures": "NotRequired[int | None]",
        "targets": "NotRequired[list[OnboardingTargetBody] | None]",
        "evaluation": "NotRequired[OnboardingCampaignEvaluation | None]",
        "status": "NotRequired[Literal['active', 'cancelled'] | None]",
    },
)

OnboardingCampaignRankingView = TypedDict(
    "OnboardingCampaignRankingView",
    {
        "items": "list[OnboardingUnitRankView]",
        "uncounted": "NotRequired[list[str]]",
        "categories": "dict[str, list[OnboardingNominatedView]]",
    },
)

OnboardingCampaignStepView = TypedDict(
    "OnboardingCampaignStepView",
    {
        "number": "int",
        "title": "str",
        "title_en": "str | None",
        "responsible_bodies": "list[dict[str, Any]]",
        "coordinating_bodies": "list[dict[str, Any]]",
        "venue": "str | None",
        "starts_on": "str | None",
        "due_on": "str | None",
        "status": "str",
        "done_on": "str | None",
        "is_overdue": "bool",
        "is_late": "bool",
        "note": "str | None",
    },
)

OnboardingCampaignView = TypedDict(
    "OnboardingCampaignView",
    {
        "id": "str",
        "template": "str",
        "unit_code": "str",
        "unit_name": "str",
        "title": "str",
        "starts_on": "str | None",
        "ends_on": "str | None",
        "parent_id": "str | None",
        "plan": "dict[str, Any]",
        "area": "str | None",
        "services": "list[str]",
        "minimum_procedures": "int | None",
        "targets": "list[dict[str, Any]]",
        "team_bodies": "list[str]",
        "evaluation": "dict[str, Any] | None",
        "status": "str",
        "version": "int",
        "created_at": "str",
        "steps": "list[OnboardingCampaignStepView]",
    },
)

OnboardingCampaignViewList = TypedDict(
    "OnboardingCampaignViewList", {"items": "list[OnboardingCampaignView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingChargeView = TypedDict(
    "OnboardingChargeView",
    {
        "resident_id": "str",
        "unit_code": "str",
        "step": "str",
        "provider": "str | None",
        "charged": "int",
        "occurred_at": "str",
    },
)

OnboardingChargeViewList = TypedDict(
    "OnboardingChargeViewList", {"items": "list[OnboardingChargeView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingCheckIn = TypedDict("OnboardingCheckIn", {"code": "str"})

OnboardingCommunicationCreate = TypedDict(
    "OnboardingCommunicationCreate",
    {
        "kind": "Literal['loudspeaker', 'website', 'portal', 'press', 'tv', 'social', 'video_report', 'good_practice']",
        "title": "str",
        "url": "NotRequired[str | None]",
        "attachment": "NotRequired[str | None]",
        "published_on": "str",
        "unit_code": "NotRequired[str | None]",
        "evidence_for": "NotRequired[Literal['residents', 'vneid', 'vneid_issued', 'vneid_level_2', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'payment_account_bank', 'payment_account_e_wallet', 'payment_account_mobile_money', 'cyber_protection', 'residents@15_plus', 'residents@adults', 'residents@smartphone_users', 'vneid@15_plus', 'vneid@adults', 'vneid@smartphone_users', 'vneid_issued@15_plus', 'vneid_issued@adults', 'vneid_issued@smartphone_users', 'vneid_level_2@15_plus', 'vneid_level_2@adults', 'vneid_level_2@smartphone_users', 'portal_account@15_plus', 'portal_account@adults', 'portal_account@smartphone_users', 'province_app@15_plus', 'province_app@adults', 'province_app@smartphone_users', 'digital_signature@15_plus', 'digital_signature@adults', 'digital_signature@smartphone_users', 'payment_account@15_plus', 'payment_account@adults', 'payment_account@smartphone_users', 'payment_account_bank@15_plus', 'payment_account_bank@adults', 'payment_account_bank@smartphone_users', 'payment_account_e_wallet@15_plus', 'payment_account_e_wallet@adults', 'payment_account_e_wallet@smartphone_users', 'payment_account_mobile_money@15_plus', 'payment_account_mobile_money@adults', 'payment_account_mobile_money@smartphone_users', 'cyber_protection@15_plus', 'cyber_protection@adults', 'cyber_protection@smartphone_users', 'organizations_with_app', 'merchants_with_qr', 'utility_points_with_qr', 'cashless_payments', 'cashless_amount', 'procedures_chosen', 'dossiers_online', 'dossiers_self_service', 'dossiers_on_time', 'fees_paid_online', 'once_only_ratio', 'data_sources_live', 'feedback_on_time', 'sessions_held', 'people_trained', 'merchants_trained', 'residents_guided', 'officials_with_signature', 'communications_published'] | None]",
    },
)

OnboardingCommunicationPatch = TypedDict(
    "OnboardingCommunicationPatch",
    {
        "kind": "NotRequired[Literal['loudspeaker', 'website', 'portal', 'press', 'tv', 'social', 'video_report', 'good_practice'] | None]",
        "title": "NotRequired[str | None]",
        "url": "NotRequired[str | None]",
        "attachment": "NotRequired[str | None]",
        "published_on": "NotRequired[str | None]",
        "evidence_for": "NotRequired[Literal['residents', 'vneid', 'vneid_issued', 'vneid_level_2', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'payment_account_bank', 'payment_account_e_wallet', 'payment_account_mobile_money', 'cyber_protection', 'residents@15_plus', 'residents@adults', 'residents@smartphone_users', 'vneid@15_plus', 'vneid@adults', 'vneid@smartphone_users', 'vneid_issued@15_plus', 'vneid_issued@adults', 'vneid_issued@smartphone_users', 'vneid_level_2@15_plus', 'vneid_level_2@adults', 'vneid_level_2@smartphone_users', 'portal_account@15_plus', 'portal_account@adults', 'portal_account@smartphone_users', 'province_app@15_plus', 'province_app@adults', 'province_app@smartphone_users', 'digital_signature@15_plus', 'digital_signature@adults', 'digital_signature@smartphone_users', 'payment_account@15_plus', 'payment_account@adults', 'payment_account@smartphone_users', 'payment_account_bank@15_plus', 'payment_account_bank@adults', 'payment_account_bank@smartphone_users', 'payment_account_e_wallet@15_plus', 'payment_account_e_wallet@adults', 'payment_account_e_wallet@smartphone_users', 'payment_account_mobile_money@15_plus', 'payment_account_mobile_money@adults', 'payment_account_mobile_money@smartphone_users', 'cyber_protection@15_plus', 'cyber_protection@adults', 'cyber_protection@smartphone_users', 'organizations_with_app', 'merchants_with_qr', 'utility_points_with_qr', 'cashless_payments', 'cashless_amount', 'procedures_chosen', 'dossiers_online', 'dossiers_self_service', 'dossiers_on_time', 'fees_paid_online', 'once_only_ratio', 'data_sources_live', 'feedback_on_time', 'sessions_held', 'people_trained', 'merchants_trained', 'residents_guided', 'officials_with_signature', 'communications_published'] | None]",
    },
)

OnboardingCommunicationView = TypedDict(
    "OnboardingCommunicationView",
    {
        "id": "str",
        "campaign_id": "str",
        "kind": "str",
        "title": "str",
        "url": "str | None",
        "attachment": "str | None",
        "published_on": "str",
        "unit_code": "str",
        "evidence_for": "str | None",
    },
)

OnboardingCommunicationViewList = TypedDict(
    "OnboardingCommunicationViewList",
    {"items": "list[OnboardingCommunicationView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingConditionView = TypedDict(
    "OnboardingConditionView",
    {
        "condition": "str",
        "title": "str",
        "title_vi": "str",
        "title_en": "str",
        "valid_from": "str | None",
        "valid_to": "str | None",
        "routes": "list[str]",
    },
)

OnboardingCreateOnboardingImportForm = TypedDict(
    "OnboardingCreateOnboardingImportForm",
    {
        "file": "str",
        "step": "Literal['vneid', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'cyber_protection']",
        "unit_code": "str",
        "source_body": "str",
    },
)

OnboardingEntryView = TypedDict(
    "OnboardingEntryView", {"resident_id": "str", "unit_code": "str", "full_name": "str", "personal_id": "str"}
)

OnboardingEvidenceSent = TypedDict(
    "OnboardingEvidenceSent",
    {
        "kind": "Literal['self', 'volunteer', 'officer', 'document', 'partner']",
        "provider": "NotRequired[str | None]",
        "reference": "NotRequired[str | None]",
        "account_kind": "NotRequired[Literal['bank', 'e_wallet', 'mobile_money'] | None]",
        "level": "NotRequired[Literal[1, 2] | None]",
        "certificate_serial": "NotRequired[str | None]",
        "valid_until": "NotRequired[str | None]",
        "fee_charged": "NotRequired[int | None]",
    },
)

OnboardingEvidenceView = TypedDict(
    "OnboardingEvidenceView",
    {
        "kind": "str",
        "provider": "NotRequired[str | None]",
        "reference": "NotRequired[str | None]",
        "occurred_at": "str",
        "account_kind": "NotRequired[str | None]",
        "level": "NotRequired[int | None]",
        "valid_until": "NotRequired[str | None]",
        "charged": "NotRequired[int | None]",
        "assisted": "NotRequired[bool]",
    },
)

OnboardingFilingCreate = TypedDict(
    "OnboardingFilingCreate",
    {
        "kind": "Literal['plan', 'weekly', 'monthly', 'final']",
        "period": "NotRequired[str | None]",
        "to": "str",
        "due_on": "NotRequired[str | None]",
        "due_before": "NotRequired[str | None]",
        "filed_on": "NotRequired[str | None]",
        "document_id": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
    },
)

OnboardingFilingPatch = TypedDict(
    "OnboardingFilingPatch",
    {
        "filed_on": "NotRequired[str | None]",
        "document_id": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "to": "NotRequired[str | None]",
    },
)

OnboardingFilingView = TypedDict(
    "OnboardingFilingView",
    {
        "id": "str | None",
        "demand_id": "str",
        "kind": "str",
        "period": "str | None",
        "to": "str",
        "due_on": "str",
        "unit_code": "str",
        "unit_name": "str",
        "filed_on": "str | None",
        "state": "str",
        "is_overdue": "bool",
        "document_id": "str | None",
    },
)

OnboardingFilingViewList = TypedDict(
    "OnboardingFilingViewList", {"items": "list[OnboardingFilingView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingImportAuthor = TypedDict(
    "OnboardingImportAuthor", {"role": "str | None", "body": "str | None", "unit_code": "str | None"}
)

OnboardingImportCampaignPlanForm = TypedDict("OnboardingImportCampaignPlanForm", {"file": "str"})

OnboardingImportPreviewView = TypedDict(
    "OnboardingImportPreviewView",
    {
        "total_rows": "int",
        "created": "int",
        "changed": "int",
        "unchanged": "int",
        "rejected": "int",
        "warnings": "int",
        "changes": "list[OnboardingRowChangeView]",
        "rejections": "list[OnboardingListedRowView]",
        "warning_list": "list[OnboardingListedRowView]",
    },
)

OnboardingImportView = TypedDict(
    "OnboardingImportView",
    {
        "id": "str",
        "status": "Literal['queued', 'running', 'completed', 'failed', 'undoing', 'undone']",
        "step": "Literal['vneid', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'cyber_protection']",
        "unit_code": "str",
        "source_body": "str",
        "created_at": "str",
        "created_by": "OnboardingImportAuthor",
        "total_rows": "int",
        "applied": "int",
        "created": "int",
        "updated": "int",
        "unchanged": "int",
        "rejected": "int",
        "warnings": "int",
        "undone_at": "str | None",
        "undone": "int",
        "kept": "int",
    },
)

OnboardingImportViewList = TypedDict(
    "OnboardingImportViewList", {"items": "list[OnboardingImportView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingItemAnswer = TypedDict(
    "OnboardingItemAnswer",
    {
        "client_id": "str | None",
        "result": "Literal['applied', 'unchanged', 'refused']",
        "is_proposal": "NotRequired[bool]",
        "problem": "NotRequired[dict[str, Any] | None]",
    },
)

OnboardingJourneyStepView = TypedDict(
    "OnboardingJourneyStepView",
    {
        "step": "str",
        "status": "str",
        "missing": "list[str]",
        "route": "str | None",
        "completed_at": "str | None",
        "evidence": "OnboardingEvidenceView | None",
        "level": "NotRequired[int | None]",
        "marks": "NotRequired[list[str]]",
    },
)

OnboardingKeptRow = TypedDict("OnboardingKeptRow", {"row": "int", "id": "str", "reason": "str"})

OnboardingListAction = TypedDict(
    "OnboardingListAction",
    {
        "action": "NotRequired[Literal['check', 'approve', 'send', 'close', 'return'] | None]",
        "status": "NotRequired[Literal['draft', 'checked', 'approved', 'sent', 'closed'] | None]",
    },
)

OnboardingListedRowView = TypedDict(
    "OnboardingListedRowView", {"row": "int", "column": "str", "code": "str", "message": "str"}
)

OnboardingListedRowViewList = TypedDict(
    "OnboardingListedRowViewList", {"items": "list[OnboardingListedRowView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingListedView = TypedDict("OnboardingListedView", {"resident_id": "str", "certificate_serial": "str | None"})

OnboardingMemberBody = TypedDict(
    "OnboardingMemberBody",
    {
        "account": "NotRequired[str | None]",
        "body": "str",
        "is_focal_point": "NotRequired[bool]",
        "from": "NotRequired[str | None]",
        "to": "NotRequired[str | None]",
    },
)

OnboardingMemberPatch = TypedDict(
    "OnboardingMemberPatch",
    {
        "body": "NotRequired[str | None]",
        "is_focal_point": "NotRequired[bool | None]",
        "from": "NotRequired[str | None]",
        "to": "NotRequired[str | None]",
    },
)

OnboardingMemberView = TypedDict(
    "OnboardingMemberView",
    {
        "id": "str",
        "account": "str | None",
        "body": "str",
        "is_focal_point": "bool",
        "from": "str | None",
        "to": "str | None",
    },
)

OnboardingModelCreate = TypedDict(
    "OnboardingModelCreate",
    {
        "unit_code": "NotRequired[str | None]",
        "body": "str",
        "title": "str",
        "started_on": "NotRequired[str | None]",
        "evidence": "NotRequired[str | None]",
    },
)

OnboardingModelPatch = TypedDict(
    "OnboardingModelPatch",
    {
        "body": "NotRequired[str | None]",
        "title": "NotRequired[str | None]",
        "started_on": "NotRequired[str | None]",
        "evidence": "NotRequired[str | None]",
    },
)

OnboardingModelView = TypedDict(
    "OnboardingModelView",
    {
        "id": "NotRequired[str | None]",
        "campaign_id": "str",
        "unit_code": "str",
        "unit_name": "NotRequired[str | None]",
        "body": "NotRequired[str | None]",
        "title": "NotRequired[str | None]",
        "started_on": "NotRequired[str | None]",
        "evidence": "NotRequired[str | None]",
    },
)

OnboardingModelViewList = TypedDict(
    "OnboardingModelViewList", {"items": "list[OnboardingModelView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingNominatedView = TypedDict(
    "OnboardingNominatedView",
    {
        "place": "int",
        "votes": "int",
        "nomination_id": "str",
        "model_id": "str",
        "title": "str",
        "unit_code": "str",
        "body": "str",
    },
)

OnboardingNominationCreate = TypedDict(
    "OnboardingNominationCreate", {"model_id": "str", "category": "Literal['advanced', 'effective', 'excellent']"}
)

OnboardingNominationView = TypedDict(
    "OnboardingNominationView",
    {"id": "str", "campaign_id": "str", "model_id": "str", "category": "str", "votes": "NotRequired[int]"},
)

OnboardingNominationViewList = TypedDict(
    "OnboardingNominationViewList",
    {"items": "list[OnboardingNominationView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingNotificationSubject = TypedDict("OnboardingNotificationSubject", {"kind": "str", "id": "str"})

OnboardingNotificationView = TypedDict(
    "OnboardingNotificationView",
    {"id": "str", "kind": "str", "at": "str", "about": "OnboardingNotificationSubject", "text": "str"},
)

OnboardingNotificationViewList = TypedDict(
    "OnboardingNotificationViewList",
    {"items": "list[OnboardingNotificationView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingOfficialSignatureCreate = TypedDict(
    "OnboardingOfficialSignatureCreate",
    {
        "unit_code": "NotRequired[str | None]",
        "position": "str",
        "requested_on": "NotRequired[str | None]",
        "issued_on": "NotRequired[str | None]",
        "certificate_serial": "NotRequired[str | None]",
    },
)

OnboardingOfficialSignaturePatch = TypedDict(
    "OnboardingOfficialSignaturePatch",
    {
        "issued_on": "NotRequired[str | None]",
        "returned_on": "NotRequired[str | None]",
        "certificate_serial": "NotRequired[str | None]",
    },
)

OnboardingOfficialSignatureView = TypedDict(
    "OnboardingOfficialSignatureView",
    {
        "id": "str",
        "campaign_id": "str",
        "unit_code": "str",
        "position": "str",
        "requested_on": "str | None",
        "issued_on": "str | None",
        "returned_on": "str | None",
        "certificate_serial": "str | None",
        "is_held": "bool",
    },
)

OnboardingOfficialSignatureViewList = TypedDict(
    "OnboardingOfficialSignatureViewList",
    {"items": "list[OnboardingOfficialSignatureView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingOnboardingView = TypedDict(
    "OnboardingOnboardingView", {"resident_id": "str", "unit_code": "str", "steps": "list[OnboardingJourneyStepView]"}
)

OnboardingOrganizationStepView = TypedDict(
    "OnboardingOrganizationStepView",
    {
        "step": "str",
        "status": "str",
        "missing": "list[str]",
        "route": "str | None",
        "completed_at": "str | None",
        "evidence": "OnboardingEvidenceView | None",
        "level": "NotRequired[int | None]",
        "marks": "NotRequired[list[str]]",
        "organization_id": "str",
        "unit_code": "str",
    },
)

OnboardingOwnSessionView = TypedDict(
    "OnboardingOwnSessionView",
    {
        "id": "str",
        "campaign_id": "str",
        "kind": "str",
        "topics": "list[str]",
        "venue": "str",
        "unit_code": "str",
        "starts_at": "str",
        "ends_at": "str | None",
        "host": "str | None",
        "coordinators": "list[str]",
        "audience": "list[str]",
        "conclusions": "str | None",
        "is_cancelled": "bool",
        "status": "str",
        "attendance": "dict[str, int]",
        "check_in_code": "str",
    },
)

OnboardingPlanBody = TypedDict(
    "OnboardingPlanBody",
    {
        "number": "NotRequired[str | None]",
        "issued_on": "NotRequired[str | None]",
        "issuer": "NotRequired[str | None]",
        "basis": "NotRequired[list[OnboardingBasisItem]]",
        "recipients": "NotRequired[list[OnboardingRecipient]]",
    },
)

OnboardingPreviewView = TypedDict(
    "OnboardingPreviewView", {"unit_code": "str", "provider": "str | None", "items": "list[OnboardingEntryView]"}
)

OnboardingReadinessCreate = TypedDict(
    "OnboardingReadinessCreate",
    {"unit_code": "NotRequired[str | None]", "venue": "str", "items": "list[OnboardingReadinessItem]"},
)

OnboardingReadinessItem = TypedDict(
    "OnboardingReadinessItem",
    {
        "kind": "str",
        "needed": "NotRequired[int]",
        "working": "NotRequired[int]",
        "note": "NotRequired[str | None]",
        "body": "NotRequired[str | None]",
    },
)

OnboardingReadinessView = TypedDict(
    "OnboardingReadinessView",
    {
        "id": "str",
        "campaign_id": "str",
        "unit_code": "str",
        "venue": "str",
        "items": "list[dict[str, Any]]",
        "checked_at": "str",
        "tasks": "list[OnboardingTaskView]",
    },
)

OnboardingReadinessViewList = TypedDict(
    "OnboardingReadinessViewList", {"items": "list[OnboardingReadinessView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingRecipient = TypedDict(
    "OnboardingRecipient", {"name": "str", "purpose": "Literal['report', 'execute', 'coordinate', 'carry_out']"}
)

OnboardingReferralView = TypedDict(
    "OnboardingReferralView", {"resident_id": "str", "unit_code": "str", "steps": "list[dict[str, Any]]"}
)

OnboardingReferralViewList = TypedDict(
    "OnboardingReferralViewList", {"items": "list[OnboardingReferralView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingResidentStepView = TypedDict(
    "OnboardingResidentStepView",
    {
        "step": "str",
        "status": "str",
        "missing": "list[str]",
        "route": "str | None",
        "completed_at": "str | None",
        "evidence": "OnboardingEvidenceView | None",
        "level": "NotRequired[int | None]",
        "marks": "NotRequired[list[str]]",
        "resident_id": "str",
        "unit_code": "str",
    },
)

OnboardingRouteView = TypedDict(
    "OnboardingRouteView", {"route": "str", "title": "str", "has_bank_account": "bool", "completed_by": "list[str]"}
)

OnboardingRowChangeView = TypedDict(
    "OnboardingRowChangeView", {"row": "int", "field": "str", "old": "str | None", "new": "str | None"}
)

OnboardingSessionCreate = TypedDict(
    "OnboardingSessionCreate",
    {
        "kind": "Literal['conference', 'training', 'guidance', 'installation', 'drive', 'launch', 'review']",
        "topics": "NotRequired[list[str]]",
        "venue": "str",
        "unit_code": "str",
        "starts_at": "str",
        "ends_at": "NotRequired[str | None]",
        "host": "NotRequired[str | None]",
        "coordinators": "NotRequired[list[str]]",
        "audience": "NotRequired[list[str]]",
        "conclusions": "NotRequired[str | None]",
    },
)

OnboardingSessionPatch = TypedDict(
    "OnboardingSessionPatch",
    {
        "topics": "NotRequired[list[str] | None]",
        "venue": "NotRequired[str | None]",
        "starts_at": "NotRequired[str | None]",
        "ends_at": "NotRequired[str | None]",
        "host": "NotRequired[str | None]",
        "coordinators": "NotRequired[list[str] | None]",
        "audience": "NotRequired[list[str] | None]",
        "conclusions": "NotRequired[str | None]",
        "is_cancelled": "NotRequired[bool | None]",
        "status": "NotRequired[Literal['planned', 'cancelled'] | None]",
    },
)

OnboardingSessionView = TypedDict(
    "OnboardingSessionView",
    {
        "id": "str",
        "campaign_id": "str",
        "kind": "str",
        "topics": "list[str]",
        "venue": "str",
        "unit_code": "str",
        "starts_at": "str",
        "ends_at": "str | None",
        "host": "str | None",
        "coordinators": "list[str]",
        "audience": "list[str]",
        "conclusions": "str | None",
        "is_cancelled": "bool",
        "status": "str",
    },
)

OnboardingSessionViewList = TypedDict(
    "OnboardingSessionViewList", {"items": "list[OnboardingSessionView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingSignatureListCreate = TypedDict("OnboardingSignatureListCreate", {"unit_code": "str", "provider": "str"})

OnboardingSignatureListView = TypedDict(
    "OnboardingSignatureListView",
    {
        "id": "str",
        "unit_code": "str",
        "provider": "str",
        "status": "str",
        "legal": "list[str]",
        "made_by": "str",
        "checked_by": "str | None",
        "approved_by": "str | None",
        "created_at": "str",
        "changed_at": "str",
        "count": "int",
        "issued": "int",
        "items": "list[OnboardingListedView]",
    },
)

OnboardingSignatureListViewList = TypedDict(
    "OnboardingSignatureListViewList",
    {"items": "list[OnboardingSignatureListView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingStepBody = TypedDict(
    "OnboardingStepBody",
    {
        "number": "int",
        "title": "str",
        "responsible_bodies": "NotRequired[list[str]]",
        "venue": "NotRequired[str | None]",
        "starts_on": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
    },
)

OnboardingStepCounts = TypedDict(
    "OnboardingStepCounts",
    {
        "step": "str",
        "blocked": "NotRequired[int]",
        "ready": "NotRequired[int]",
        "in_progress": "NotRequired[int]",
        "completed": "NotRequired[int]",
        "revoked": "NotRequired[int]",
    },
)

OnboardingStepDeclared = TypedDict(
    "OnboardingStepDeclared",
    {
        "status": "Literal['in_progress', 'completed', 'revoked']",
        "occurred_at": "str",
        "evidence": "OnboardingEvidenceSent",
    },
)

OnboardingStepItem = TypedDict(
    "OnboardingStepItem",
    {
        "status": "Literal['in_progress', 'completed', 'revoked']",
        "occurred_at": "str",
        "evidence": "OnboardingEvidenceSent",
        "kind": "NotRequired[Literal['step']]",
        "client_id": "str",
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "step": "Literal['vneid', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'cyber_protection']",
    },
)

OnboardingStepPatch = TypedDict(
    "OnboardingStepPatch",
    {
        "status": "NotRequired[Literal['planned', 'in_progress', 'done', 'completed', 'cancelled'] | None]",
        "done_on": "NotRequired[str | None]",
        "starts_on": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "note": "NotRequired[str | None]",
    },
)

OnboardingStepRuleView = TypedDict(
    "OnboardingStepRuleView",
    {
        "step": "str",
        "title": "str",
        "title_vi": "str",
        "title_en": "str",
        "conditions": "list[OnboardingConditionView]",
        "routes": "list[OnboardingRouteView]",
        "levels": "list[int]",
        "free": "bool",
        "licensed_provider": "bool",
        "source": "dict[str, str]",
    },
)

OnboardingStepsView = TypedDict(
    "OnboardingStepsView",
    {
        "title_vi": "NotRequired[str]",
        "title_en": "NotRequired[str]",
        "items": "list[OnboardingStepRuleView]",
        "next_cursor": "NotRequired[str | None]",
    },
)

OnboardingSummaryView = TypedDict(
    "OnboardingSummaryView", {"unit_code": "str", "steps": "list[OnboardingStepCounts]", "missing": "dict[str, int]"}
)

OnboardingTargetBody = TypedDict(
    "OnboardingTargetBody",
    {
        "indicator": "Literal['residents', 'vneid', 'vneid_issued', 'vneid_level_2', 'portal_account', 'province_app', 'digital_signature', 'payment_account', 'payment_account_bank', 'payment_account_e_wallet', 'payment_account_mobile_money', 'cyber_protection', 'residents@15_plus', 'residents@adults', 'residents@smartphone_users', 'vneid@15_plus', 'vneid@adults', 'vneid@smartphone_users', 'vneid_issued@15_plus', 'vneid_issued@adults', 'vneid_issued@smartphone_users', 'vneid_level_2@15_plus', 'vneid_level_2@adults', 'vneid_level_2@smartphone_users', 'portal_account@15_plus', 'portal_account@adults', 'portal_account@smartphone_users', 'province_app@15_plus', 'province_app@adults', 'province_app@smartphone_users', 'digital_signature@15_plus', 'digital_signature@adults', 'digital_signature@smartphone_users', 'payment_account@15_plus', 'payment_account@adults', 'payment_account@smartphone_users', 'payment_account_bank@15_plus', 'payment_account_bank@adults', 'payment_account_bank@smartphone_users', 'payment_account_e_wallet@15_plus', 'payment_account_e_wallet@adults', 'payment_account_e_wallet@smartphone_users', 'payment_account_mobile_money@15_plus', 'payment_account_mobile_money@adults', 'payment_account_mobile_money@smartphone_users', 'cyber_protection@15_plus', 'cyber_protection@adults', 'cyber_protection@smartphone_users', 'organizations_with_app', 'merchants_with_qr', 'utility_points_with_qr', 'cashless_payments', 'cashless_amount', 'procedures_chosen', 'dossiers_online', 'dossiers_self_service', 'dossiers_on_time', 'fees_paid_online', 'once_only_ratio', 'data_sources_live', 'feedback_on_time', 'sessions_held', 'people_trained', 'merchants_trained', 'residents_guided', 'officials_with_signature', 'communications_published']",
        "percent": "NotRequired[float | None]",
        "count": "NotRequired[int | None]",
    },
)

OnboardingTaskCreate = TypedDict(
    "OnboardingTaskCreate",
    {
        "body": "str",
        "work": "str",
        "owner": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "reminders": "NotRequired[list[str]]",
        "step": "NotRequired[int | None]",
        "unit_code": "NotRequired[str | None]",
    },
)

OnboardingTaskPatch = TypedDict(
    "OnboardingTaskPatch",
    {
        "body": "NotRequired[str | None]",
        "work": "NotRequired[str | None]",
        "step": "NotRequired[int | None]",
        "owner": "NotRequired[str | None]",
        "due_on": "NotRequired[str | None]",
        "status": "NotRequired[Literal['open', 'in_progress', 'done', 'completed', 'cancelled'] | None]",
        "done_on": "NotRequired[str | None]",
        "note": "NotRequired[str | None]",
        "reminders": "NotRequired[list[str] | None]",
    },
)

OnboardingTaskView = TypedDict(
    "OnboardingTaskView",
    {
        "id": "str",
        "campaign_id": "str",
        "unit_code": "str",
        "step": "int | None",
        "body": "str",
        "body_name": "str",
        "work": "str",
        "owner": "str | None",
        "due_on": "str | None",
        "due": "str | None",
        "reminders": "list[str]",
        "status": "str",
        "done_on": "str | None",
        "is_overdue": "bool",
        "note": "str | None",
        "origin": "str",
        "origin_id": "str | None",
    },
)

OnboardingTaskViewList = TypedDict(
    "OnboardingTaskViewList", {"items": "list[OnboardingTaskView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingTeamCreate = TypedDict(
    "OnboardingTeamCreate",
    {"unit_code": "str", "members": "NotRequired[list[OnboardingMemberBody]]", "equipment": "NotRequired[list[Any]]"},
)

OnboardingTeamPut = TypedDict(
    "OnboardingTeamPut", {"members": "list[OnboardingMemberBody]", "equipment": "NotRequired[list[Any] | None]"}
)

OnboardingTeamView = TypedDict(
    "OnboardingTeamView",
    {
        "id": "str",
        "campaign_id": "str",
        "unit_code": "str",
        "members": "list[OnboardingMemberView]",
        "equipment": "list[Any]",
        "missing_bodies": "list[str]",
    },
)

OnboardingTeamViewList = TypedDict(
    "OnboardingTeamViewList", {"items": "list[OnboardingTeamView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingTrainingAccountView = TypedDict(
    "OnboardingTrainingAccountView",
    {
        "login": "str",
        "role": "str",
        "unit_code": "str",
        "resident_id": "NotRequired[str | None]",
        "valid_until": "str",
        "secret": "NotRequired[str | None]",
    },
)

OnboardingTrainingAccountViewList = TypedDict(
    "OnboardingTrainingAccountViewList",
    {"items": "list[OnboardingTrainingAccountView]", "next_cursor": "NotRequired[str | None]"},
)

OnboardingTrainingAccountsCreate = TypedDict(
    "OnboardingTrainingAccountsCreate", {"count": "int", "role": "Literal['resident', 'volunteer', 'officer']"}
)

OnboardingUndoStarted = TypedDict(
    "OnboardingUndoStarted", {"id": "str", "status": "Literal['undoing', 'undone']", "undone": "int", "kept": "int"}
)

OnboardingUndoView = TypedDict(
    "OnboardingUndoView",
    {"status": "Literal['none', 'undoing', 'undone']", "undone": "int", "kept": "list[OnboardingKeptRow]"},
)

OnboardingUnitRankView = TypedDict(
    "OnboardingUnitRankView",
    {"place": "int", "unit_code": "str", "unit_name": "str", "score": "float", "parts": "dict[str, float]"},
)

OnboardingVisitItem = TypedDict(
    "OnboardingVisitItem",
    {
        "kind": "Literal['visit']",
        "client_id": "str",
        "resident_id": "str",
        "occurred_at": "str",
        "outcome": "Literal['done', 'not_home', 'away', 'declined', 'no_device']",
    },
)

OnboardingVisitView = TypedDict(
    "OnboardingVisitView",
    {
        "id": "str",
        "resident_id": "str",
        "outcome": "Literal['done', 'not_home', 'away', 'declined', 'no_device']",
        "occurred_at": "str",
        "recorded_at": "str",
    },
)

OnboardingVisitViewList = TypedDict(
    "OnboardingVisitViewList", {"items": "list[OnboardingVisitView]", "next_cursor": "NotRequired[str | None]"}
)

OnboardingWorkPage = TypedDict(
    "OnboardingWorkPage",
    {"items": "list[OnboardingWorkView]", "next_cursor": "NotRequired[str | None]", "as_of": "str"},
)

OnboardingWorkView = TypedDict(
    "OnboardingWorkView",
    {
        "resident_id": "str",
        "unit_code": "str",
        "household_id": "str | None",
        "residence_status": "str",
        "step": "str",
        "status": "str",
        "missing": "list[str]",
        "route": "str | None",
        "bring": "list[str]",
    },
)

PaymentsQrAccountDuplicates = TypedDict(
    "PaymentsQrAccountDuplicates", {"bin": "str", "account_no": "str", "merchant_ids": "list[str]"}
)

PaymentsQrAccountDuplicatesList = TypedDict(
    "PaymentsQrAccountDuplicatesList",
    {"items": "list[PaymentsQrAccountDuplicates]", "next_cursor": "NotRequired[str | None]"},
)

PaymentsQrBankView = TypedDict(
    "PaymentsQrBankView",
    {
        "bin": "str",
        "code": "str",
        "short_name": "str",
        "name": "str",
        "kind": "Literal['bank', 'e_wallet', 'mobile_money']",
        "valid_from": "str | None",
        "valid_to": "str | None",
    },
)

PaymentsQrBankViewList = TypedDict(
    "PaymentsQrBankViewList", {"items": "list[PaymentsQrBankView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrBillCreate = TypedDict(
    "PaymentsQrBillCreate",
    {"merchant_id": "str", "customer_code": "str", "period": "str", "amount": "int", "due_on": "str"},
)

PaymentsQrBillView = TypedDict(
    "PaymentsQrBillView",
    {
        "id": "str",
        "merchant_id": "str",
        "customer_code": "str",
        "period": "str",
        "amount": "int",
        "paid_amount": "int",
        "refunded_amount": "int",
        "due_on": "str",
        "status": "Literal['unpaid', 'overdue', 'paid', 'cancelled']",
        "qr_code_id": "str | None",
        "dossier_id": "str | None",
        "paid_at": "str | None",
    },
)

PaymentsQrBillViewList = TypedDict(
    "PaymentsQrBillViewList", {"items": "list[PaymentsQrBillView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrCreateBillImportForm = TypedDict("PaymentsQrCreateBillImportForm", {"file": "str", "merchant_id": "str"})

PaymentsQrCreateMerchantImportForm = TypedDict(
    "PaymentsQrCreateMerchantImportForm",
    {"file": "str", "unit_code": "str", "provider": "str", "market": "NotRequired[str | None]"},
)

PaymentsQrCreateSettlementForm = TypedDict(
    "PaymentsQrCreateSettlementForm", {"file": "str", "partner_id": "str", "business_date": "str"}
)

PaymentsQrDailySum = TypedDict(
    "PaymentsQrDailySum", {"business_day": "str", "category": "str", "count": "int", "amount": "int"}
)

PaymentsQrDailySumList = TypedDict(
    "PaymentsQrDailySumList", {"items": "list[PaymentsQrDailySum]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrDecodeRequest = TypedDict("PaymentsQrDecodeRequest", {"payload": "str"})

PaymentsQrDecodeWarning = TypedDict(
    "PaymentsQrDecodeWarning", {"pointer": "str", "code": "str", "message": "str", "offset": "int | None"}
)

PaymentsQrDecodedView = TypedDict(
    "PaymentsQrDecodedView",
    {
        "valid": "NotRequired[bool]",
        "warnings": "list[PaymentsQrDecodeWarning]",
        "scheme": "Literal['napas', 'vnpay', 'evn', 'other']",
        "initiation": "Literal['static', 'dynamic']",
        "bin": "str | None",
        "bank": "str | None",
        "account_no": "str | None",
        "service_code": "str | None",
        "merchant_id": "str | None",
        "amount": "int | None",
        "currency": "str | None",
        "country": "str | None",
        "merchant_name": "str | None",
        "merchant_city": "str | None",
        "postal_code": "str | None",
        "mcc": "str | None",
        "bill_number": "str | None",
        "reference": "str | None",
        "purpose": "str | None",
        "store_label": "str | None",
        "terminal_label": "str | None",
        "customer_label": "str | None",
    },
)

PaymentsQrFeeMerchantPut = TypedDict("PaymentsQrFeeMerchantPut", {"merchant_id": "str"})

PaymentsQrFeeMerchantView = TypedDict(
    "PaymentsQrFeeMerchantView",
    {
        "unit_code": "str",
        "merchant_id": "str | None",
        "confirmed": "PaymentsQrNamingView | None",
        "pending": "PaymentsQrNamingView | None",
    },
)

PaymentsQrImportView = TypedDict(
    "PaymentsQrImportView",
    {
        "id": "str",
        "status": "Literal['queued', 'running', 'completed', 'failed']",
        "total_rows": "int",
        "created": "int",
        "updated": "int",
        "unchanged": "int",
        "rejected": "int",
    },
)

PaymentsQrLineResolution = TypedDict(
    "PaymentsQrLineResolution",
    {"resolution": "Literal['partner_is_right', 'we_are_right', 'asked_partner', 'accepted']", "note": "str"},
)

PaymentsQrMerchantCreate = TypedDict(
    "PaymentsQrMerchantCreate",
    {
        "name": "str",
        "name_in_code": "NotRequired[str | None]",
        "category": "Literal['market_stall', 'shop', 'electricity', 'water', 'public_service']",
        "unit_code": "str",
        "market": "NotRequired[str | None]",
        "counter": "NotRequired[str | None]",
        "owner": "PaymentsQrOwnerBody",
        "provider": "str",
        "settlement": "PaymentsQrSettlementAccountBody",
    },
)

PaymentsQrMerchantPatch = TypedDict(
    "PaymentsQrMerchantPatch",
    {
        "status": "NotRequired[Literal['active', 'rejected', 'suspended', 'closed'] | None]",
        "reason": "NotRequired[str | None]",
        "name": "NotRequired[str | None]",
        "name_in_code": "NotRequired[str | None]",
        "category": "NotRequired[Literal['market_stall', 'shop', 'electricity', 'water', 'public_service'] | None]",
        "unit_code": "NotRequired[str | None]",
        "market": "NotRequired[str | None]",
        "counter": "NotRequired[str | None]",
        "owner": "NotRequired[PaymentsQrOwnerBody | None]",
        "provider": "NotRequired[str | None]",
        "settlement": "NotRequired[PaymentsQrSettlementAccountBody | None]",
    },
)

PaymentsQrMerchantView = TypedDict(
    "PaymentsQrMerchantView",
    {
        "id": "str",
        "name": "str",
        "name_in_code": "str",
        "category": "Literal['market_stall', 'shop', 'electricity', 'water', 'public_service']",
        "unit_code": "str",
        "market": "str | None",
        "counter": "str | None",
        "owner": "PaymentsQrOwnerView",
        "provider": "str",
        "settlement": "PaymentsQrSettlementAccountView",
        "status": "Literal['submitted', 'active', 'rejected', 'suspended', 'closed']",
        "reason": "str | None",
        "has_qr": "bool",
        "registered_at": "str",
        "changed_at": "str",
    },
)

PaymentsQrMerchantViewList = TypedDict(
    "PaymentsQrMerchantViewList", {"items": "list[PaymentsQrMerchantView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrNamingView = TypedDict(
    "PaymentsQrNamingView",
    {
        "merchant_id": "str",
        "named_by": "str",
        "named_at": "str",
        "confirmed_by": "str | None",
        "confirmed_at": "str | None",
    },
)

PaymentsQrOwnerBody = TypedDict(
    "PaymentsQrOwnerBody",
    {
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "tax_code": "NotRequired[str | None]",
    },
)

PaymentsQrOwnerView = TypedDict(
    "PaymentsQrOwnerView",
    {
        "resident_id": "NotRequired[str | None]",
        "organization_id": "NotRequired[str | None]",
        "tax_code": "NotRequired[str | None]",
    },
)

PaymentsQrPaymentResolution = TypedDict(
    "PaymentsQrPaymentResolution",
    {
        "action": "Literal['accept', 'dismiss']",
        "merchant_id": "NotRequired[str | None]",
        "qr_code_id": "NotRequired[str | None]",
        "note": "str",
    },
)

PaymentsQrPaymentView = TypedDict(
    "PaymentsQrPaymentView",
    {
        "id": "str",
        "status": "Literal['settled', 'reversed', 'unmatched', 'possible_duplicate']",
        "outcome": "str",
        "amount": "int",
        "refunded_amount": "int",
        "merchant_id": "str | None",
        "qr_code_id": "str | None",
        "bill_id": "str | None",
        "partner_id": "str",
        "partner_reference": "str",
        "settled_at": "str",
        "reversed_at": "str | None",
        "duplicate_of": "str | None",
        "resolved_by": "str | None",
        "resolved_at": "str | None",
        "note": "str | None",
    },
)

PaymentsQrPaymentViewList = TypedDict(
    "PaymentsQrPaymentViewList", {"items": "list[PaymentsQrPaymentView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrQrCodeCreate = TypedDict(
    "PaymentsQrQrCodeCreate",
    {
        "kind": "Literal['static', 'dynamic', 'external']",
        "counter": "NotRequired[str | None]",
        "amount": "NotRequired[int | None]",
        "reference": "NotRequired[str | None]",
        "purpose": "NotRequired[str | None]",
        "expires_at": "NotRequired[str | None]",
        "payload": "NotRequired[str | None]",
    },
)

PaymentsQrQrCodeView = TypedDict(
    "PaymentsQrQrCodeView",
    {
        "id": "str",
        "merchant_id": "str",
        "kind": "Literal['static', 'dynamic', 'external']",
        "payload": "str",
        "counter": "str | None",
        "amount": "int | None",
        "reference": "str | None",
        "purpose": "str | None",
        "status": "Literal['active', 'inactive', 'paid', 'expired', 'revoked']",
        "account_matches": "bool",
        "bill_id": "str | None",
        "expires_at": "str | None",
        "issued_at": "str",
    },
)

PaymentsQrQrCodeViewList = TypedDict(
    "PaymentsQrQrCodeViewList", {"items": "list[PaymentsQrQrCodeView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrRecentBill = TypedDict("PaymentsQrRecentBill", {"period": "str", "amount": "int"})

PaymentsQrRejectionView = TypedDict(
    "PaymentsQrRejectionView", {"row": "int", "column": "str", "code": "str", "message": "str"}
)

PaymentsQrRejectionViewList = TypedDict(
    "PaymentsQrRejectionViewList", {"items": "list[PaymentsQrRejectionView]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrReopening = TypedDict("PaymentsQrReopening", {"reason": "str"})

PaymentsQrSettlementAccountBody = TypedDict(
    "PaymentsQrSettlementAccountBody", {"bin": "str", "account_no": "str", "account_name": "str"}
)

PaymentsQrSettlementAccountView = TypedDict(
    "PaymentsQrSettlementAccountView",
    {"bin": "str", "bank": "str | None", "account_no": "str", "account_name": "NotRequired[str | None]"},
)

PaymentsQrSettlementLineView = TypedDict(
    "PaymentsQrSettlementLineView",
    {
        "id": "str",
        "number": "int | None",
        "kind": "Literal['payment', 'reversal']",
        "partner_reference": "str",
        "amount": "int",
        "our_amount": "int | None",
        "settled_at": "str | None",
        "state": "Literal['matched', 'missing_here', 'missing_there', 'amount_mismatch', 'booked_another_day']",
        "payment_id": "str | None",
        "resolution": "str | None",
        "note": "str | None",
        "resolved_by": "str | None",
        "resolved_at": "str | None",
    },
)

PaymentsQrSettlementLineViewList = TypedDict(
    "PaymentsQrSettlementLineViewList",
    {"items": "list[PaymentsQrSettlementLineView]", "next_cursor": "NotRequired[str | None]"},
)

PaymentsQrSettlementReport = TypedDict(
    "PaymentsQrSettlementReport",
    {
        "id": "str",
        "partner_id": "str",
        "business_date": "str",
        "rows": "int",
        "sum": "int",
        "has_control_line": "bool",
        "matched": "int",
        "missing_here": "int",
        "missing_there": "int",
        "amount_mismatch": "int",
        "booked_another_day": "int",
        "repeated": "int",
        "taken_at": "str",
        "lines": "list[PaymentsQrSettlementLineView]",
    },
)

PaymentsQrSettlementView = TypedDict(
    "PaymentsQrSettlementView",
    {
        "id": "str",
        "partner_id": "str",
        "business_date": "str",
        "rows": "int",
        "sum": "int",
        "has_control_line": "bool",
        "matched": "int",
        "missing_here": "int",
        "missing_there": "int",
        "amount_mismatch": "int",
        "booked_another_day": "int",
        "repeated": "int",
        "taken_at": "str",
    },
)

PaymentsQrSettlementViewList = TypedDict(
    "PaymentsQrSettlementViewList",
    {"items": "list[PaymentsQrSettlementView]", "next_cursor": "NotRequired[str | None]"},
)

PaymentsQrSuggestion = TypedDict(
    "PaymentsQrSuggestion",
    {
        "qr_code_id": "str",
        "merchant_id": "str",
        "bill_id": "str | None",
        "reference": "str | None",
        "amount": "int | None",
        "why": "Literal['reference', 'amount']",
    },
)

PaymentsQrSuggestionList = TypedDict(
    "PaymentsQrSuggestionList", {"items": "list[PaymentsQrSuggestion]", "next_cursor": "NotRequired[str | None]"}
)

PaymentsQrUtilityAccountCreate = TypedDict(
    "PaymentsQrUtilityAccountCreate",
    {"merchant_id": "str", "customer_code": "str", "recent_bill": "NotRequired[PaymentsQrRecentBill | None]"},
)

PaymentsQrUtilityAccountView = TypedDict(
    "PaymentsQrUtilityAccountView",
    {
        "id": "str",
        "resident_id": "str",
        "merchant_id": "str",
        "customer_code": "str",
        "status": "Literal['pending', 'confirmed']",
        "linked_at": "str",
        "confirmed_at": "str | None",
    },
)

PaymentsQrUtilityAccountViewList = TypedDict(
    "PaymentsQrUtilityAccountViewList",
    {"items": "list[PaymentsQrUtilityAccountView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryAccessView = TypedDict(
    "RegistryAccessView",
    {
        "at": "str",
        "actor": "str",
        "role": "str",
        "action": "str",
        "purpose": "str | None",
        "fields": "list[str]",
        "legal_basis": "str | None",
        "service": "str",
        "unit_code": "str | None",
    },
)

RegistryAccessViewList = TypedDict(
    "RegistryAccessViewList", {"items": "list[RegistryAccessView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryAttributeHistoryView = TypedDict(
    "RegistryAttributeHistoryView",
    {
        "name": "str",
        "value": "Any",
        "source": "str",
        "verified": "bool",
        "observed_at": "str",
        "expires_at": "str | None",
        "superseded_at": "str | None",
    },
)

RegistryAttributeHistoryViewList = TypedDict(
    "RegistryAttributeHistoryViewList",
    {"items": "list[RegistryAttributeHistoryView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryAttributeView = TypedDict(
    "RegistryAttributeView",
    {
        "name": "str",
        "value": "Any",
        "source": "str",
        "verified": "bool",
        "observed_at": "str",
        "expires_at": "str | None",
    },
)

RegistryAttributeViewList = TypedDict(
    "RegistryAttributeViewList", {"items": "list[RegistryAttributeView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryBreachCreate = TypedDict(
    "RegistryBreachCreate",
    {
        "detected_at": "str",
        "kinds": "list[str]",
        "residents": "NotRequired[int | None]",
        "may_harm": "bool",
        "account": "str",
    },
)

RegistryBreachView = TypedDict(
    "RegistryBreachView",
    {
        "id": "str",
        "detected_at": "str",
        "kinds": "list[str]",
        "residents": "int | None",
        "account": "str",
        "notify_by": "str | None",
        "notified_at": "str | None",
        "reference": "str | None",
        "is_overdue": "bool",
        "recorded_at": "str",
    },
)

RegistryBreachViewList = TypedDict(
    "RegistryBreachViewList", {"items": "list[RegistryBreachView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryCandidateView = TypedDict(
    "RegistryCandidateView", {"resident_id": "str", "full_name": "str", "unit_code": "str"}
)

RegistryConsentCreate = TypedDict(
    "RegistryConsentCreate",
    {
        "purpose": "str",
        "grantee": "str",
        "expires_at": "NotRequired[str | None]",
        "evidence": "NotRequired[dict[str, Any] | None]",
    },
)

RegistryConsentView = TypedDict(
    "RegistryConsentView",
    {
        "id": "str",
        "purpose": "str",
        "grantee": "str",
        "evidence": "dict[str, Any]",
        "granted_at": "str",
        "expires_at": "str | None",
        "withdrawn_at": "str | None",
        "status": "Literal['valid', 'expired', 'withdrawn']",
    },
)

RegistryConsentViewList = TypedDict(
    "RegistryConsentViewList", {"items": "list[RegistryConsentView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryCorrectionCreate = TypedDict(
    "RegistryCorrectionCreate",
    {
        "kind": "NotRequired[Literal['correction', 'erasure', 'objection']]",
        "field": "NotRequired[str | None]",
        "value": "NotRequired[Any]",
        "reason": "NotRequired[str | None]",
    },
)

RegistryCorrectionView = TypedDict(
    "RegistryCorrectionView",
    {
        "id": "str",
        "resident_id": "str",
        "kind": "str",
        "field": "str",
        "value": "Any",
        "source": "str",
        "state": "str",
        "reason": "str | None",
        "requested_at": "str",
        "acknowledge_by": "str",
        "due_on": "str",
        "decided_at": "str | None",
        "decision_note": "str | None",
    },
)

RegistryCorrectionViewList = TypedDict(
    "RegistryCorrectionViewList", {"items": "list[RegistryCorrectionView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryCreateResidentImportForm = TypedDict("RegistryCreateResidentImportForm", {"file": "str", "unit_code": "str"})

RegistryCreateUnitImportForm = TypedDict(
    "RegistryCreateUnitImportForm", {"file": "str", "successions": "NotRequired[str | None]"}
)

RegistryDecisionBody = TypedDict(
    "RegistryDecisionBody", {"decision": "Literal['accept', 'refuse']", "note": "NotRequired[str | None]"}
)

RegistryDuplicatePairView = TypedDict(
    "RegistryDuplicatePairView",
    {
        "id": "str",
        "resident_ids": "list[str]",
        "full_names": "list[str]",
        "unit_codes": "list[str]",
        "reasons": "list[str]",
        "score": "int",
    },
)

RegistryDuplicatePairViewList = TypedDict(
    "RegistryDuplicatePairViewList",
    {"items": "list[RegistryDuplicatePairView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryEndReason = TypedDict("RegistryEndReason", {"reason": "NotRequired[str | None]"})

RegistryImportAccepted = TypedDict("RegistryImportAccepted", {"id": "str", "status": "str"})

RegistryImportView = TypedDict(
    "RegistryImportView",
    {
        "id": "str",
        "unit_code": "str",
        "status": "Literal['queued', 'running', 'completed', 'failed']",
        "total_rows": "int",
        "created": "int",
        "updated": "int",
        "unchanged": "int",
        "rejected": "int",
        "warnings": "int",
        "failure": "str | None",
        "created_at": "str",
        "finished_at": "str | None",
    },
)

RegistryImportViewList = TypedDict(
    "RegistryImportViewList", {"items": "list[RegistryImportView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryLinkReason = TypedDict("RegistryLinkReason", {"reason": "str"})

RegistryLinkView = TypedDict(
    "RegistryLinkView",
    {
        "id": "str",
        "issuer": "str",
        "linked_at": "str",
        "ended_at": "str | None",
        "status": "Literal['active', 'ended']",
    },
)

RegistryLinkViewList = TypedDict(
    "RegistryLinkViewList", {"items": "list[RegistryLinkView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryLookedUp = TypedDict(
    "RegistryLookedUp",
    {
        "personal_id": "str",
        "id": "NotRequired[str | None]",
        "unit_id": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
        "status": "NotRequired[str | None]",
    },
)

RegistryLookupBody = TypedDict("RegistryLookupBody", {"personal_id": "str"})

RegistryLookupsBody = TypedDict("RegistryLookupsBody", {"personal_ids": "list[str]"})

RegistryLookupsView = TypedDict("RegistryLookupsView", {"items": "list[RegistryLookedUp]"})

RegistryMergeBody = TypedDict("RegistryMergeBody", {"duplicate_id": "str"})

RegistryNotificationBody = TypedDict("RegistryNotificationBody", {"notified_at": "str", "reference": "str"})

RegistryOrganizationCreate = TypedDict(
    "RegistryOrganizationCreate",
    {
        "tax_code": "str",
        "name": "str",
        "kind": "Literal['enterprise', 'household_business', 'cooperative']",
        "unit_code": "str",
        "representative": "NotRequired[RegistryRepresentative | None]",
        "phone": "NotRequired[str | None]",
        "has_smartphone": "NotRequired[bool | None]",
    },
)

RegistryOrganizationPatch = TypedDict(
    "RegistryOrganizationPatch",
    {
        "name": "NotRequired[str | None]",
        "kind": "NotRequired[Literal['enterprise', 'household_business', 'cooperative'] | None]",
        "unit_code": "NotRequired[str | None]",
        "representative": "NotRequired[RegistryRepresentative | None]",
        "phone": "NotRequired[str | None]",
        "has_smartphone": "NotRequired[bool | None]",
        "active": "NotRequired[bool | None]",
    },
)

RegistryOrganizationView = TypedDict(
    "RegistryOrganizationView",
    {
        "id": "str",
        "tax_code": "str",
        "name": "str",
        "kind": "str",
        "unit_code": "str",
        "representative": "RegistryRepresentative | None",
        "representative_status": "Literal['claimed', 'confirmed'] | None",
        "representative_confirmed": "bool",
        "phone": "str | None",
        "has_smartphone": "bool",
        "active": "bool",
        "registered_at": "str",
        "changed_at": "str",
    },
)

RegistryOrganizationViewList = TypedDict(
    "RegistryOrganizationViewList",
    {"items": "list[RegistryOrganizationView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryPrefillBody = TypedDict("RegistryPrefillBody", {"fields": "list[str]", "purpose": "NotRequired[str | None]"})

RegistryPrefillView = TypedDict(
    "RegistryPrefillView",
    {
        "fields": "dict[str, RegistryPrefilledField]",
        "missing": "list[str]",
        "once_only_ratio": "float",
        "degraded_sources": "list[str]",
    },
)

RegistryPrefilledField = TypedDict(
    "RegistryPrefilledField",
    {
        "value": "Any",
        "source": "str | None",
        "verified": "bool",
        "observed_at": "str | None",
        "state": "Literal['fresh', 'stale', 'missing']",
    },
)

RegistryProposedField = TypedDict(
    "RegistryProposedField", {"value": "Any", "source": "Literal['provider', 'population', 'person']"}
)

RegistryRefreshBody = TypedDict("RegistryRefreshBody", {"sources": "NotRequired[list[str] | None]"})

RegistryRefreshCreate = TypedDict(
    "RegistryRefreshCreate", {"unit_code": "str", "sources": "NotRequired[list[str] | None]"}
)

RegistryRefreshView = TypedDict(
    "RegistryRefreshView",
    {
        "id": "str",
        "status": "str",
        "sources": "list[str]",
        "done": "int",
        "changed": "int",
        "failed": "int",
        "requested_at": "str",
        "finished_at": "str | None",
    },
)

RegistryRefreshViewList = TypedDict(
    "RegistryRefreshViewList", {"items": "list[RegistryRefreshView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryRefreshedSource = TypedDict(
    "RegistryRefreshedSource", {"source": "str", "state": "str", "reason": "str | None", "changed": "list[str]"}
)

RegistryRefreshedView = TypedDict(
    "RegistryRefreshedView", {"resident_id": "str", "sources": "list[RegistryRefreshedSource]"}
)

RegistryRegistrationCreate = TypedDict(
    "RegistryRegistrationCreate",
    {
        "unit_code": "str",
        "sex": "NotRequired[Literal['male', 'female'] | None]",
        "residence_status": "NotRequired[Literal['permanent', 'temporary']]",
        "address_line": "NotRequired[str | None]",
        "household_code": "NotRequired[str | None]",
        "phone": "NotRequired[str | None]",
        "has_smartphone": "NotRequired[bool | None]",
    },
)

RegistryRegistrationDecision = TypedDict(
    "RegistryRegistrationDecision",
    {
        "decision": "Literal['accept', 'refuse']",
        "note": "NotRequired[str | None]",
        "unit_code": "NotRequired[str | None]",
        "sex": "NotRequired[Literal['male', 'female'] | None]",
        "household_code": "NotRequired[str | None]",
    },
)

RegistryRegistrationView = TypedDict(
    "RegistryRegistrationView",
    {
        "id": "str",
        "status": "Literal['proposed', 'accepted', 'refused']",
        "unit_code": "str",
        "proposed_at": "str",
        "decided_at": "str | None",
        "note": "str | None",
        "resident_id": "str | None",
        "fields": "dict[str, RegistryProposedField]",
    },
)

RegistryRegistrationViewList = TypedDict(
    "RegistryRegistrationViewList",
    {"items": "list[RegistryRegistrationView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryRejectionView = TypedDict(
    "RegistryRejectionView", {"row": "int", "column": "str", "code": "str", "message": "str"}
)

RegistryRejectionViewList = TypedDict(
    "RegistryRejectionViewList", {"items": "list[RegistryRejectionView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryRepresentative = TypedDict("RegistryRepresentative", {"resident_id": "str"})

RegistryRepresentativeClaimView = TypedDict(
    "RegistryRepresentativeClaimView",
    {
        "resident_id": "str",
        "status": "Literal['claimed', 'confirmed', 'refused']",
        "claimed_at": "str",
        "decided_at": "str | None",
        "reason": "str | None",
    },
)

RegistryRepresentativeClaimViewList = TypedDict(
    "RegistryRepresentativeClaimViewList",
    {"items": "list[RegistryRepresentativeClaimView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryRepresentativeCreate = TypedDict(
    "RegistryRepresentativeCreate",
    {
        "representative_id": "str",
        "scope": "list[Literal['dossiers', 'payments', 'onboarding', 'documents']]",
        "until": "str",
        "basis": "NotRequired[Literal['guardian', 'consent', 'paper']]",
        "paper": "NotRequired[str | None]",
    },
)

RegistryRepresentativeDecision = TypedDict(
    "RegistryRepresentativeDecision", {"resident_id": "NotRequired[str | None]", "reason": "NotRequired[str | None]"}
)

RegistryRepresentativeView = TypedDict(
    "RegistryRepresentativeView",
    {
        "id": "str",
        "resident_id": "str",
        "representative_id": "str",
        "representative_name": "str",
        "scope": "list[Literal['dossiers', 'payments', 'onboarding', 'documents']]",
        "until": "str",
        "basis": "Literal['guardian', 'consent', 'paper']",
        "created_at": "str",
        "ended_at": "str | None",
        "status": "Literal['active', 'ended']",
    },
)

RegistryRepresentativeViewList = TypedDict(
    "RegistryRepresentativeViewList",
    {"items": "list[RegistryRepresentativeView]", "next_cursor": "NotRequired[str | None]"},
)

RegistryRepresentedView = TypedDict(
    "RegistryRepresentedView",
    {
        "id": "str",
        "kind": "Literal['resident', 'organization']",
        "acting_for": "str",
        "resident_id": "str | None",
        "organization_id": "str | None",
        "name": "str",
        "scope": "list[Literal['dossiers', 'payments', 'onboarding', 'documents']]",
        "until": "str | None",
        "basis": "str",
    },
)

RegistryRepresentedViewList = TypedDict(
    "RegistryRepresentedViewList", {"items": "list[RegistryRepresentedView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryResidentCreate = TypedDict(
    "RegistryResidentCreate",
    {
        "personal_id": "str",
        "id_document": "Literal['can_cuoc', 'cccd', 'cmnd', 'none']",
        "full_name": "str",
        "date_of_birth": "str",
        "birth_precision": "NotRequired[Literal['day', 'month', 'year']]",
        "sex": "Literal['male', 'female']",
        "unit_code": "str",
        "residence_status": "NotRequired[Literal['permanent', 'temporary', 'away']]",
        "phone_owner_verified": "NotRequired[bool]",
        "address_line": "NotRequired[str | None]",
        "household_code": "NotRequired[str | None]",
        "phone": "NotRequired[str | None]",
        "social_insurance_no": "NotRequired[str | None]",
        "has_smartphone": "NotRequired[bool | None]",
        "has_bank_account": "NotRequired[bool | None]",
        "social_protection": "NotRequired[bool | None]",
    },
)

RegistryResidentPatch = TypedDict(
    "RegistryResidentPatch",
    {
        "personal_id": "NotRequired[str | None]",
        "id_document": "NotRequired[Literal['can_cuoc', 'cccd', 'cmnd', 'none'] | None]",
        "deceased_on": "NotRequired[str | None]",
        "reason": "NotRequired[str | None]",
        "full_name": "NotRequired[str | None]",
        "date_of_birth": "NotRequired[str | None]",
        "birth_precision": "NotRequired[Literal['day', 'month', 'year'] | None]",
        "sex": "NotRequired[Literal['male', 'female'] | None]",
        "unit_code": "NotRequired[str | None]",
        "residence_status": "NotRequired[Literal['permanent', 'temporary', 'away'] | None]",
        "address_line": "NotRequired[str | None]",
        "household_code": "NotRequired[str | None]",
        "phone": "NotRequired[str | None]",
        "phone_owner_verified": "NotRequired[bool | None]",
        "social_insurance_no": "NotRequired[str | None]",
        "has_smartphone": "NotRequired[bool | None]",
        "has_bank_account": "NotRequired[bool | None]",
        "social_protection": "NotRequired[bool | None]",
    },
)

RegistryResidentView = TypedDict(
    "RegistryResidentView",
    {
        "id": "str",
        "status": "str",
        "deceased_on": "str | None",
        "merged_into": "str | None",
        "registered_at": "str",
        "changed_at": "str",
        "warnings": "NotRequired[list[RegistryWarningView]]",
        "pending_corrections": "NotRequired[list[str]]",
        "personal_id": "str",
        "id_document": "str",
        "full_name": "str",
        "date_of_birth": "str",
        "birth_precision": "str",
        "sex": "str",
        "unit_code": "str",
        "residence_status": "str",
        "address_line": "str | None",
        "household_code": "str | None",
        "phone": "str | None",
        "phone_owner_verified": "bool",
        "social_insurance_no": "str | None",
        "has_smartphone": "bool | None",
        "has_bank_account": "bool | None",
        "social_protection": "bool | None",
    },
)

RegistryResidentViewList = TypedDict(
    "RegistryResidentViewList", {"items": "list[RegistryResidentView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryResolveBody = TypedDict("RegistryResolveBody", {"resident_id": "str"})

RegistryResolvedView = TypedDict("RegistryResolvedView", {"id": "str", "resident_id": "str", "resolved_at": "str"})

RegistryRevealBody = TypedDict("RegistryRevealBody", {"fields": "list[str]", "reason": "str"})

RegistryRevealView = TypedDict("RegistryRevealView", {"resident_id": "str", "fields": "dict[str, Any]"})

RegistryRotationView = TypedDict(
    "RegistryRotationView",
    {"name": "str", "key_id": "str", "rows": "int", "started_at": "str", "finished_at": "str | None"},
)

RegistryRotationViewList = TypedDict(
    "RegistryRotationViewList", {"items": "list[RegistryRotationView]", "next_cursor": "NotRequired[str | None]"}
)

RegistrySealsView = TypedDict(
    "RegistrySealsView",
    {
        "intact": "bool",
        "first_broken_seal": "int | None",
        "checked_from": "int",
        "checked_to": "int",
        "next_after": "int | None",
    },
)

RegistrySourceView = TypedDict(
    "RegistrySourceView",
    {
        "name": "str",
        "title": "str",
        "state": "str",
        "reason": "str | None",
        "last_success_at": "str | None",
        "last_failure_at": "str | None",
        "facts": "list[str]",
    },
)

RegistrySourceViewList = TypedDict(
    "RegistrySourceViewList", {"items": "list[RegistrySourceView]", "next_cursor": "NotRequired[str | None]"}
)

RegistrySuccessorView = TypedDict("RegistrySuccessorView", {"code": "str", "kind": "str", "effective_on": "str"})

RegistryTaxCodeBody = TypedDict("RegistryTaxCodeBody", {"tax_code": "str"})

RegistryUndecidedView = TypedDict(
    "RegistryUndecidedView", {"resident_id": "str", "from_unit_code": "str", "unit_code": "str"}
)

RegistryUndecidedViewList = TypedDict(
    "RegistryUndecidedViewList", {"items": "list[RegistryUndecidedView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryUnitImportView = TypedDict(
    "RegistryUnitImportView",
    {
        "id": "str",
        "imported_at": "str",
        "units_created": "int",
        "units_changed": "int",
        "residents_moved": "int",
        "residents_undecided": "int",
    },
)

RegistryUnitView = TypedDict(
    "RegistryUnitView",
    {
        "id": "str",
        "code": "str",
        "name": "str",
        "level": "str",
        "kind": "str",
        "parent_code": "str | None",
        "path": "str",
        "valid_from": "str | None",
        "valid_to": "str | None",
        "successors": "list[RegistrySuccessorView]",
    },
)

RegistryUnitViewList = TypedDict(
    "RegistryUnitViewList", {"items": "list[RegistryUnitView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryUnmatchedView = TypedDict(
    "RegistryUnmatchedView",
    {
        "id": "str",
        "delivery_id": "str",
        "partner_id": "str",
        "event": "str",
        "occurred_at": "str",
        "received_at": "str",
        "reason": "str",
        "subject_kind": "str",
        "subject": "str",
        "unit_code": "str | None",
        "candidates": "list[RegistryCandidateView]",
    },
)

RegistryUnmatchedViewList = TypedDict(
    "RegistryUnmatchedViewList", {"items": "list[RegistryUnmatchedView]", "next_cursor": "NotRequired[str | None]"}
)

RegistryWarningView = TypedDict("RegistryWarningView", {"pointer": "str", "code": "str", "message": "str"})

ReportingChildView = TypedDict(
    "ReportingChildView", {"unit_code": "str", "name": "str", "level": "str", "indicators": "list[ReportingFigureView]"}
)

ReportingCommendationView = TypedDict(
    "ReportingCommendationView", {"category": "str", "unit_code": "str", "name": "str", "reached": "float"}
)

ReportingCounterView = TypedDict("ReportingCounterView", {"counter": "str", "meaning": "str"})

ReportingFigureView = TypedDict(
    "ReportingFigureView",
    {
        "code": "str",
        "title": "str",
        "numerator": "int | None",
        "denominator": "int | None",
        "percent": "float | None",
        "target": "float | None",
    },
)

ReportingFiledListView = TypedDict(
    "ReportingFiledListView", {"items": "list[ReportingFiledView]", "next_cursor": "NotRequired[str | None]"}
)

ReportingFiledProgressView = TypedDict(
    "ReportingFiledProgressView",
    {
        "id": "str",
        "filing_id": "str",
        "campaign_id": "str | None",
        "unit_code": "str",
        "kind": "str",
        "period": "str | None",
        "as_of": "str",
        "filed_on": "str",
        "frozen_at": "str",
        "indicators": "list[ReportingFigureView]",
        "children": "list[ReportingChildView]",
    },
)

ReportingFiledView = TypedDict(
    "ReportingFiledView",
    {
        "id": "str",
        "filing_id": "str",
        "campaign_id": "str | None",
        "unit_code": "str",
        "kind": "str",
        "period": "str | None",
        "as_of": "str",
        "filed_on": "str",
        "frozen_at": "str",
    },
)

ReportingForecastView = TypedDict(
    "ReportingForecastView",
    {
        "code": "str",
        "target": "float | None",
        "due_on": "str | None",
        "state": "str",
        "pace_per_day": "float",
        "reached_on": "str | None",
        "method": "str",
    },
)

ReportingForecastsView = TypedDict(
    "ReportingForecastsView",
    {
        "unit_code": "str",
        "as_of": "str",
        "items": "list[ReportingForecastView]",
        "next_cursor": "NotRequired[str | None]",
    },
)

ReportingIndicatorView = TypedDict(
    "ReportingIndicatorView",
    {
        "code": "str",
        "title": "str",
        "pillar": "str",
        "plan_item": "int | None",
        "kind": "str",
        "unit": "str | None",
        "population": "str | None",
        "numerator": "ReportingCounterView",
        "denominator": "ReportingCounterView | None",
        "source": "str",
        "decimals": "int",
    },
)

ReportingIndicatorsView = TypedDict(
    "ReportingIndicatorsView",
    {"version": "int", "items": "list[ReportingIndicatorView]", "next_cursor": "NotRequired[str | None]"},
)

ReportingPointView = TypedDict(
    "ReportingPointView",
    {"day": "str", "numerator": "int | None", "denominator": "int | None", "value": "float | None"},
)

ReportingProgressView = TypedDict(
    "ReportingProgressView",
    {
        "unit_code": "str",
        "name": "str",
        "level": "str",
        "as_of": "str",
        "fresh_at": "str",
        "indicators": "list[ReportingFigureView]",
        "children": "list[ReportingChildView]",
    },
)

ReportingRankedView = TypedDict(
    "ReportingRankedView",
    {
        "place": "int | None",
        "unit_code": "str",
        "name": "str",
        "numerator": "int | None",
        "denominator": "int | None",
        "percent": "float | None",
        "value": "float | None",
    },
)

ReportingReconciledView = TypedDict(
    "ReportingReconciledView",
    {
        "service": "str",
        "unit_code": "str",
        "indicator": "str",
        "announced": "int",
        "projected": "int",
        "differs": "bool",
        "taken_at": "str",
    },
)

ReportingReconciliationView = TypedDict(
    "ReportingReconciliationView",
    {
        "agrees": "bool",
        "state": "Literal['agrees', 'differs', 'nothing_compared']",
        "items": "list[ReportingReconciledView]",
        "next_cursor": "NotRequired[str | None]",
    },
)

ReportingTrendView = TypedDict(
    "ReportingTrendView", {"unit_code": "str", "indicator": "str", "title": "str", "points": "list[ReportingPointView]"}
)

ReportingUnitRankingView = TypedDict(
    "ReportingUnitRankingView",
    {
        "level": "str",
        "parent": "str",
        "indicator": "str",
        "as_of": "str",
        "items": "list[ReportingRankedView]",
        "commendations": "list[ReportingCommendationView]",
        "next_cursor": "NotRequired[str | None]",
    },
)


def _path(value: object) -> str:
    return quote(str(value), safe="")


class Operations:
    """One method per operation; arguments and answers as the API document has them."""

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        files: Any = None,
    ) -> Any:
        raise NotImplementedError

    def post_dev_token(self, *, body: GatewayDevelopmentSignIn, accept_language: str | None = None) -> GatewayToken:
        "A token for a fictitious caller. Does not exist in production. (POST /dev/token)"
        answer: GatewayToken = self._ask(
            "POST",
            "/dev/token",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_oauth_token(
        self, *, files: Any, body: dict[str, Any] | None = None, accept_language: str | None = None
    ) -> GatewayPartnerToken:
        "OAuth 2.0 client credentials (RFC 6749 section 4.4), by HTTP Basic or in the form. (POST /oauth/token)"
        answer: GatewayPartnerToken = self._ask(
            "POST",
            "/oauth/token",
            body=body,
            files=files,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_access_seals(self, *, after: int | None = None, accept_language: str | None = None) -> RegistrySealsView:
        "Verify a part of the registry's access log against its chain of seals: at most 100 links, the newest by default. (GET /v1/access-seals)"
        answer: RegistrySealsView = self._ask(
            "GET",
            "/v1/access-seals",
            query={"after": after},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_administrative_acts(
        self,
        *,
        actor: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayAdministrativeActViewList:
        "Administrative acts, oldest first: on partners, their secrets and documents, deliveries and dead letters. (GET /v1/administrative-acts)"
        answer: GatewayAdministrativeActViewList = self._ask(
            "GET",
            "/v1/administrative-acts",
            query={"actor": actor, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_banks(
        self, *, as_of: str | None = None, bin: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrBankViewList:
        "Banks, wallets and mobile money with their BIN. A renamed bank keeps its BIN. (GET /v1/banks)"
        answer: PaymentsQrBankViewList = self._ask(
            "GET",
            "/v1/banks",
            query={"as_of": as_of, "bin": bin},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_bill_imports(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrImportView:
        "Imports a supplier's bill file: each valid row becomes a bill with its code; the same file again changes nothing. (POST /v1/bill-imports)"
        answer: PaymentsQrImportView = self._ask(
            "POST",
            "/v1/bill-imports",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_bill_imports_by_import_id(
        self, *, import_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrImportView:
        "The counts of an imported bill file. (GET /v1/bill-imports/{import_id})"
        answer: PaymentsQrImportView = self._ask(
            "GET",
            f"/v1/bill-imports/{_path(import_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_bill_imports_rejections(
        self,
        *,
        import_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrRejectionViewList:
        "Every rejected cell; also as CSV. (GET /v1/bill-imports/{import_id}/rejections)"
        answer: PaymentsQrRejectionViewList = self._ask(
            "GET",
            f"/v1/bill-imports/{_path(import_id)}/rejections",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_bills(
        self,
        *,
        body: PaymentsQrBillCreate,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrBillView:
        "Issues a bill of a customer for a period, with a code that pays exactly this bill. (POST /v1/bills)"
        answer: PaymentsQrBillView = self._ask(
            "POST",
            "/v1/bills",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_bills(
        self,
        *,
        resident_id: str | None = None,
        merchant_id: str | None = None,
        unit_code: str | None = None,
        customer_code: str | None = None,
        period: str | None = None,
        status: Literal["unpaid", "overdue", "paid", "cancelled"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrBillViewList:
        "Bills: a resident's own, a merchant's, or those of an officer's units; a named resident's need a purpose. (GET /v1/bills)"
        answer: PaymentsQrBillViewList = self._ask(
            "GET",
            "/v1/bills",
            query={
                "resident_id": resident_id,
                "merchant_id": merchant_id,
                "unit_code": unit_code,
                "customer_code": customer_code,
                "period": period,
                "status": status,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_bills_by_bill_id(
        self,
        *,
        bill_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrBillView:
        "A bill; an officer states a purpose where it is known whose bill it is. (GET /v1/bills/{bill_id})"
        answer: PaymentsQrBillView = self._ask(
            "GET",
            f"/v1/bills/{_path(bill_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_bills_by_bill_id(
        self, *, bill_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> Any:
        "Cancels an unpaid bill and revokes its code. (DELETE /v1/bills/{bill_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/bills/{_path(bill_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_campaign_plans(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingCampaignView:
        "Draws up the campaign of a plan's file with all it asks for; the same file is one campaign. (POST /v1/campaign-plans)"
        answer: OnboardingCampaignView = self._ask(
            "POST",
            "/v1/campaign-plans",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_campaigns(
        self, *, body: OnboardingCampaignCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> OnboardingCampaignView:
        "Draws up a campaign from a template; its unit is meant as of its start. (POST /v1/campaigns)"
        answer: OnboardingCampaignView = self._ask(
            "POST",
            "/v1/campaigns",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> OnboardingCampaignViewList:
        "List Campaigns (GET /v1/campaigns)"
        answer: OnboardingCampaignViewList = self._ask(
            "GET",
            "/v1/campaigns",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_by_campaign_id(
        self, *, campaign_id: str, accept_language: str | None = None
    ) -> OnboardingCampaignView:
        "Get Campaign (GET /v1/campaigns/{campaign_id})"
        answer: OnboardingCampaignView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_by_campaign_id(
        self,
        *,
        campaign_id: str,
        body: OnboardingCampaignPatch,
        if_match: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingCampaignView:
        "Update Campaign (PATCH /v1/campaigns/{campaign_id})"
        answer: OnboardingCampaignView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_announcement(
        self, *, campaign_id: str, unit_code: str | None = None, accept_language: str | None = None
    ) -> OnboardingAnnouncementView:
        "A text to read over the loudspeaker: the next session, the chosen services, what to bring. (GET /v1/campaigns/{campaign_id}/announcement)"
        answer: OnboardingAnnouncementView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/announcement",
            query={"unit_code": unit_code},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_communications(
        self,
        *,
        campaign_id: str,
        body: OnboardingCommunicationCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingCommunicationView:
        "Create Communication (POST /v1/campaigns/{campaign_id}/communications)"
        answer: OnboardingCommunicationView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/communications",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_communications(
        self,
        *,
        campaign_id: str,
        kind: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingCommunicationViewList:
        "List Communications (GET /v1/campaigns/{campaign_id}/communications)"
        answer: OnboardingCommunicationViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/communications",
            query={"kind": kind, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_communications_by_communication_id(
        self, *, campaign_id: str, communication_id: str, accept_language: str | None = None
    ) -> OnboardingCommunicationView:
        "Get Communication (GET /v1/campaigns/{campaign_id}/communications/{communication_id})"
        answer: OnboardingCommunicationView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/communications/{_path(communication_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_communications_by_communication_id(
        self,
        *,
        campaign_id: str,
        communication_id: str,
        body: OnboardingCommunicationPatch,
        accept_language: str | None = None,
    ) -> OnboardingCommunicationView:
        "Update Communication (PATCH /v1/campaigns/{campaign_id}/communications/{communication_id})"
        answer: OnboardingCommunicationView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/communications/{_path(communication_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_communications_by_communication_id(
        self, *, campaign_id: str, communication_id: str, accept_language: str | None = None
    ) -> Any:
        "Takes back a publication that was recorded by mistake; the counts fall again. (DELETE /v1/campaigns/{campaign_id}/communications/{communication_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/communications/{_path(communication_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_filings(
        self,
        *,
        campaign_id: str,
        body: OnboardingFilingCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingFilingView:
        "Demands a filing of the units (by officers who lead the campaign), or hands one in (by officers who lead the unit). (POST /v1/campaigns/{campaign_id}/filings)"
        answer: OnboardingFilingView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/filings",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_filings(
        self, *, campaign_id: str, accept_language: str | None = None
    ) -> OnboardingFilingViewList:
        "Each unit that owes a filing, with its state. (GET /v1/campaigns/{campaign_id}/filings)"
        answer: OnboardingFilingViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/filings",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_filings_by_filing_id(
        self, *, campaign_id: str, filing_id: str, body: OnboardingFilingPatch, accept_language: str | None = None
    ) -> OnboardingFilingView:
        "Corrects a filing: its day and document by officers who lead the unit, the last day by those who lead the campaign. (PATCH /v1/campaigns/{campaign_id}/filings/{filing_id})"
        answer: OnboardingFilingView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/filings/{_path(filing_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_models(
        self,
        *,
        campaign_id: str,
        body: OnboardingModelCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingModelView:
        "Create Digital Model (POST /v1/campaigns/{campaign_id}/models)"
        answer: OnboardingModelView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/models",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_models(
        self,
        *,
        campaign_id: str,
        body: str | None = None,
        missing: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingModelViewList:
        "Models of bodies; with `missing=true` the communes in which the body has none. (GET /v1/campaigns/{campaign_id}/models)"
        answer: OnboardingModelViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/models",
            query={"body": body, "missing": missing, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_models_by_model_id(
        self, *, campaign_id: str, model_id: str, accept_language: str | None = None
    ) -> OnboardingModelView:
        "Get Digital Model (GET /v1/campaigns/{campaign_id}/models/{model_id})"
        answer: OnboardingModelView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/models/{_path(model_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_models_by_model_id(
        self, *, campaign_id: str, model_id: str, body: OnboardingModelPatch, accept_language: str | None = None
    ) -> OnboardingModelView:
        "Update Digital Model (PATCH /v1/campaigns/{campaign_id}/models/{model_id})"
        answer: OnboardingModelView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/models/{_path(model_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_models_by_model_id(
        self, *, campaign_id: str, model_id: str, accept_language: str | None = None
    ) -> Any:
        "Deletes a model that is not nominated. (DELETE /v1/campaigns/{campaign_id}/models/{model_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/models/{_path(model_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_nominations(
        self,
        *,
        campaign_id: str,
        body: OnboardingNominationCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingNominationView:
        "Nominates a model for the vote; by officers who lead its unit. (POST /v1/campaigns/{campaign_id}/nominations)"
        answer: OnboardingNominationView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/nominations",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_nominations(
        self,
        *,
        campaign_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingNominationViewList:
        "List Nominations (GET /v1/campaigns/{campaign_id}/nominations)"
        answer: OnboardingNominationViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/nominations",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_nominations_by_nomination_id(
        self, *, campaign_id: str, nomination_id: str, accept_language: str | None = None
    ) -> OnboardingNominationView:
        "Get Nomination (GET /v1/campaigns/{campaign_id}/nominations/{nomination_id})"
        answer: OnboardingNominationView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/nominations/{_path(nomination_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_nominations_by_nomination_id(
        self, *, campaign_id: str, nomination_id: str, accept_language: str | None = None
    ) -> Any:
        "Takes a nomination back, and the votes for it; by officers who lead the unit of its model. (DELETE /v1/campaigns/{campaign_id}/nominations/{nomination_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/nominations/{_path(nomination_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_nominations_votes(
        self,
        *,
        campaign_id: str,
        nomination_id: str,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingNominationView:
        "One account, one vote for one nomination; again changes nothing. Officers of the model's unit do not vote for it. (POST /v1/campaigns/{campaign_id}/nominations/{nomination_id}/votes)"
        answer: OnboardingNominationView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/nominations/{_path(nomination_id)}/votes",
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_campaigns_nominations_votes(
        self, *, campaign_id: str, nomination_id: str, accept_language: str | None = None
    ) -> Any:
        "Takes the caller's own vote back. (DELETE /v1/campaigns/{campaign_id}/nominations/{nomination_id}/votes)"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/nominations/{_path(nomination_id)}/votes",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_official_signatures(
        self,
        *,
        campaign_id: str,
        body: OnboardingOfficialSignatureCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingOfficialSignatureView:
        "Create Official Signature (POST /v1/campaigns/{campaign_id}/official-signatures)"
        answer: OnboardingOfficialSignatureView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/official-signatures",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_official_signatures(
        self,
        *,
        campaign_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingOfficialSignatureViewList:
        "List Official Signatures (GET /v1/campaigns/{campaign_id}/official-signatures)"
        answer: OnboardingOfficialSignatureViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/official-signatures",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_official_signatures_by_signature_id(
        self, *, campaign_id: str, signature_id: str, accept_language: str | None = None
    ) -> OnboardingOfficialSignatureView:
        "Get Official Signature (GET /v1/campaigns/{campaign_id}/official-signatures/{signature_id})"
        answer: OnboardingOfficialSignatureView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/official-signatures/{_path(signature_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_official_signatures_by_signature_id(
        self,
        *,
        campaign_id: str,
        signature_id: str,
        body: OnboardingOfficialSignaturePatch,
        accept_language: str | None = None,
    ) -> OnboardingOfficialSignatureView:
        "Update Official Signature (PATCH /v1/campaigns/{campaign_id}/official-signatures/{signature_id})"
        answer: OnboardingOfficialSignatureView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/official-signatures/{_path(signature_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_official_signatures_by_signature_id(
        self, *, campaign_id: str, signature_id: str, accept_language: str | None = None
    ) -> Any:
        "Takes back a signature that was recorded by mistake; the counts fall again. (DELETE /v1/campaigns/{campaign_id}/official-signatures/{signature_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/official-signatures/{_path(signature_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_ranking(
        self, *, campaign_id: str, accept_language: str | None = None
    ) -> OnboardingCampaignRankingView:
        "Units by what they reached of the campaign's targets; models by votes. (GET /v1/campaigns/{campaign_id}/ranking)"
        answer: OnboardingCampaignRankingView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/ranking",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_readiness_checks(
        self,
        *,
        campaign_id: str,
        body: OnboardingReadinessCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingReadinessView:
        "Records what works at a venue; each gap opens a task for the body that closes it. (POST /v1/campaigns/{campaign_id}/readiness-checks)"
        answer: OnboardingReadinessView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/readiness-checks",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_readiness_checks(
        self,
        *,
        campaign_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingReadinessViewList:
        "List Readiness Checks (GET /v1/campaigns/{campaign_id}/readiness-checks)"
        answer: OnboardingReadinessViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/readiness-checks",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_readiness_checks_by_check_id(
        self, *, campaign_id: str, check_id: str, accept_language: str | None = None
    ) -> OnboardingReadinessView:
        "Get Readiness Check (GET /v1/campaigns/{campaign_id}/readiness-checks/{check_id})"
        answer: OnboardingReadinessView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/readiness-checks/{_path(check_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_sessions(
        self,
        *,
        campaign_id: str,
        body: OnboardingSessionCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingOwnSessionView:
        "Plans a session; its unit is resolved as of the day of the session. (POST /v1/campaigns/{campaign_id}/sessions)"
        answer: OnboardingOwnSessionView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/sessions",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_sessions(
        self,
        *,
        campaign_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSessionViewList:
        "List Campaign Sessions (GET /v1/campaigns/{campaign_id}/sessions)"
        answer: OnboardingSessionViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/sessions",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_steps_by_number(
        self, *, campaign_id: str, number: int, body: OnboardingStepPatch, accept_language: str | None = None
    ) -> OnboardingCampaignStepView:
        "Records the progress of a step. (PATCH /v1/campaigns/{campaign_id}/steps/{number})"
        answer: OnboardingCampaignStepView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/steps/{_path(number)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_tasks(
        self,
        *,
        campaign_id: str,
        body: OnboardingTaskCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingTaskView:
        "Create Campaign Task (POST /v1/campaigns/{campaign_id}/tasks)"
        answer: OnboardingTaskView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/tasks",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_tasks(
        self,
        *,
        campaign_id: str,
        overdue: bool | None = None,
        body: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingTaskViewList:
        "List Campaign Tasks (GET /v1/campaigns/{campaign_id}/tasks)"
        answer: OnboardingTaskViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/tasks",
            query={"overdue": overdue, "body": body, "status": status, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_tasks_by_task_id(
        self, *, campaign_id: str, task_id: str, accept_language: str | None = None
    ) -> OnboardingTaskView:
        "Get Campaign Task (GET /v1/campaigns/{campaign_id}/tasks/{task_id})"
        answer: OnboardingTaskView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/tasks/{_path(task_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_tasks_by_task_id(
        self, *, campaign_id: str, task_id: str, body: OnboardingTaskPatch, accept_language: str | None = None
    ) -> OnboardingTaskView:
        "Changes a task: officers who lead its unit; its owner records progress. (PATCH /v1/campaigns/{campaign_id}/tasks/{task_id})"
        answer: OnboardingTaskView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/tasks/{_path(task_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_tasks_by_task_id(
        self, *, campaign_id: str, task_id: str, accept_language: str | None = None
    ) -> Any:
        "Delete Campaign Task (DELETE /v1/campaigns/{campaign_id}/tasks/{task_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/tasks/{_path(task_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_campaigns_teams(
        self,
        *,
        campaign_id: str,
        body: OnboardingTeamCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingTeamView:
        "Sets up a team in a unit; the answer names the bodies that the plan wants and that send no member. (POST /v1/campaigns/{campaign_id}/teams)"
        answer: OnboardingTeamView = self._ask(
            "POST",
            f"/v1/campaigns/{_path(campaign_id)}/teams",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_campaigns_teams(
        self,
        *,
        campaign_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingTeamViewList:
        "List Teams (GET /v1/campaigns/{campaign_id}/teams)"
        answer: OnboardingTeamViewList = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/teams",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_campaigns_teams_by_team_id(
        self, *, campaign_id: str, team_id: str, accept_language: str | None = None
    ) -> OnboardingTeamView:
        "Get Team (GET /v1/campaigns/{campaign_id}/teams/{team_id})"
        answer: OnboardingTeamView = self._ask(
            "GET",
            f"/v1/campaigns/{_path(campaign_id)}/teams/{_path(team_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def put_campaigns_teams_by_team_id(
        self, *, campaign_id: str, team_id: str, body: OnboardingTeamPut, accept_language: str | None = None
    ) -> OnboardingTeamView:
        "Replaces the members; those who are not on the list any more lose access. (PUT /v1/campaigns/{campaign_id}/teams/{team_id})"
        answer: OnboardingTeamView = self._ask(
            "PUT",
            f"/v1/campaigns/{_path(campaign_id)}/teams/{_path(team_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_teams_by_team_id(
        self, *, campaign_id: str, team_id: str, accept_language: str | None = None
    ) -> Any:
        "Dissolves a team; its members lose access. (DELETE /v1/campaigns/{campaign_id}/teams/{team_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/teams/{_path(team_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_campaigns_teams_members_by_member_id(
        self,
        *,
        campaign_id: str,
        team_id: str,
        member_id: str,
        body: OnboardingMemberPatch,
        accept_language: str | None = None,
    ) -> OnboardingTeamView:
        "Changes one member, for instance the last day on which they are listed. (PATCH /v1/campaigns/{campaign_id}/teams/{team_id}/members/{member_id})"
        answer: OnboardingTeamView = self._ask(
            "PATCH",
            f"/v1/campaigns/{_path(campaign_id)}/teams/{_path(team_id)}/members/{_path(member_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_campaigns_teams_members_by_member_id(
        self, *, campaign_id: str, team_id: str, member_id: str, accept_language: str | None = None
    ) -> OnboardingTeamView:
        "Takes a member off the list at once. (DELETE /v1/campaigns/{campaign_id}/teams/{team_id}/members/{member_id})"
        answer: OnboardingTeamView = self._ask(
            "DELETE",
            f"/v1/campaigns/{_path(campaign_id)}/teams/{_path(team_id)}/members/{_path(member_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_corrections(
        self,
        *,
        unit_code: str | None = None,
        due_by: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryCorrectionViewList:
        "Open requests of the caller's units. (GET /v1/corrections)"
        answer: RegistryCorrectionViewList = self._ask(
            "GET",
            "/v1/corrections",
            query={"unit_code": unit_code, "due_by": due_by, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_corrections_by_correction_id(
        self,
        *,
        correction_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryCorrectionView:
        "Get Correction (GET /v1/corrections/{correction_id})"
        answer: RegistryCorrectionView = self._ask(
            "GET",
            f"/v1/corrections/{_path(correction_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_corrections_decision(
        self,
        *,
        correction_id: str,
        body: RegistryDecisionBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryCorrectionView:
        "Accept or refuse; an accepted value replaces the present one whatever its source. (POST /v1/corrections/{correction_id}/decision)"
        answer: RegistryCorrectionView = self._ask(
            "POST",
            f"/v1/corrections/{_path(correction_id)}/decision",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_data_breaches(
        self, *, body: RegistryBreachCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> RegistryBreachView:
        "Enter a breach; the 72 hours run from its detection. (POST /v1/data-breaches)"
        answer: RegistryBreachView = self._ask(
            "POST",
            "/v1/data-breaches",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_data_breaches(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> RegistryBreachViewList:
        "The register, oldest first. (GET /v1/data-breaches)"
        answer: RegistryBreachViewList = self._ask(
            "GET",
            "/v1/data-breaches",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_data_breaches_by_breach_id(
        self, *, breach_id: str, accept_language: str | None = None
    ) -> RegistryBreachView:
        "Get Data Breach (GET /v1/data-breaches/{breach_id})"
        answer: RegistryBreachView = self._ask(
            "GET",
            f"/v1/data-breaches/{_path(breach_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_data_breaches_notification(
        self,
        *,
        breach_id: str,
        body: RegistryNotificationBody,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryBreachView:
        "Record the notification of the authority, which ends the time limit; accepted once. (POST /v1/data-breaches/{breach_id}/notification)"
        answer: RegistryBreachView = self._ask(
            "POST",
            f"/v1/data-breaches/{_path(breach_id)}/notification",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_data_sources(
        self, *, accept_language: str | None = None, acting_for: str | None = None
    ) -> RegistrySourceViewList:
        "Each linked database with its state and last success. (GET /v1/data-sources)"
        answer: RegistrySourceViewList = self._ask(
            "GET",
            "/v1/data-sources",
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("X-Acting-For", acting_for),
                )
                if value is not None
            },
        )
        return answer

    def get_dead_letters(
        self,
        *,
        service: Literal["registry", "onboarding", "payments-qr", "casework", "reporting", "notifications", "gateway"]
        | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayDeadLetters:
        "Events that services could not apply, oldest first, without their contents. (GET /v1/dead-letters)"
        answer: GatewayDeadLetters = self._ask(
            "GET",
            "/v1/dead-letters",
            query={"service": service, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_dead_letters_by_dead_letter_id(
        self, *, dead_letter_id: str, reason: str | None = None, accept_language: str | None = None
    ) -> dict[str, Any]:
        "Discards an event that can never be applied, and applies what waits behind it, in its service. (DELETE /v1/dead-letters/{dead_letter_id})"
        answer: dict[str, Any] = self._ask(
            "DELETE",
            f"/v1/dead-letters/{_path(dead_letter_id)}",
            query={"reason": reason},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_dead_letters_replay(
        self, *, dead_letter_id: str, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> dict[str, Any]:
        "Applies it and what waits behind it once more, in its service; 409 with the `reason` if that fails. (POST /v1/dead-letters/{dead_letter_id}/replay)"
        answer: dict[str, Any] = self._ask(
            "POST",
            f"/v1/dead-letters/{_path(dead_letter_id)}/replay",
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_documents(
        self,
        *,
        body: CaseworkDocumentCreate,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentView:
        "Sends a document; it gets a number in the sender's register. (POST /v1/documents)"
        answer: CaseworkDocumentView = self._ask(
            "POST",
            "/v1/documents",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_documents(
        self,
        *,
        box: Literal["inbox", "sent"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentLineList:
        "The caller's inbox, or what the caller (or the caller's office) sent. Subjects of people's documents are shown to (GET /v1/documents)"
        answer: CaseworkDocumentLineList = self._ask(
            "GET",
            "/v1/documents",
            query={"box": box, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_documents_edxml(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentViewList:
        "Takes what another agency sent: a document for the caller's units (201, or 200 when it is here already), or what (POST /v1/documents/edxml)"
        answer: CaseworkDocumentViewList = self._ask(
            "POST",
            "/v1/documents/edxml",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_documents_by_document_id(
        self,
        *,
        document_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentView:
        "One document; an officer's reading of a resident's document needs a purpose and is logged. (GET /v1/documents/{document_id})"
        answer: CaseworkDocumentView = self._ask(
            "GET",
            f"/v1/documents/{_path(document_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_documents_edxml(self, *, document_id: str, accept_language: str | None = None) -> Any:
        "The document in its edXML envelope, for the axis that carries it to the other agency. (GET /v1/documents/{document_id}/edxml)"
        answer: Any = self._ask(
            "GET",
            f"/v1/documents/{_path(document_id)}/edxml",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_documents_edxml_status(self, *, document_id: str, accept_language: str | None = None) -> Any:
        "The status reply for the document's sender. (GET /v1/documents/{document_id}/edxml-status)"
        answer: Any = self._ask(
            "GET",
            f"/v1/documents/{_path(document_id)}/edxml-status",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_documents_file(
        self,
        *,
        document_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The document's file. (GET /v1/documents/{document_id}/file)"
        answer: Any = self._ask(
            "GET",
            f"/v1/documents/{_path(document_id)}/file",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_documents_files_by_file_id(
        self,
        *,
        document_id: str,
        file_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "A further file of the document. (GET /v1/documents/{document_id}/files/{file_id})"
        answer: Any = self._ask(
            "GET",
            f"/v1/documents/{_path(document_id)}/files/{_path(file_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_documents_receipt(
        self,
        *,
        document_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentView:
        "Confirms that the document has arrived; twice changes nothing. The answer has the content when a purpose is named. (POST /v1/documents/{document_id}/receipt)"
        answer: CaseworkDocumentView = self._ask(
            "POST",
            f"/v1/documents/{_path(document_id)}/receipt",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_documents_status(
        self,
        *,
        document_id: str,
        body: CaseworkExchangeStep,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDocumentView:
        "Goes one step along the status chain of document exchange; an illegal one answers 409. The answer has the content (POST /v1/documents/{document_id}/status)"
        answer: CaseworkDocumentView = self._ask(
            "POST",
            f"/v1/documents/{_path(document_id)}/status",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers(
        self,
        *,
        body: CaseworkDossierCreate,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierView:
        "Opens a draft with everything that the registry already knows; a registry that is down opens it empty. (POST /v1/dossiers)"
        answer: CaseworkDossierView = self._ask(
            "POST",
            "/v1/dossiers",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers(
        self,
        *,
        unit_code: str | None = None,
        status: CaseworkStatus | None = None,
        procedure_code: str | None = None,
        overdue: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierLineList:
        "The caller's own dossiers, or those of an officer's units; no personal data. (GET /v1/dossiers)"
        answer: CaseworkDossierLineList = self._ask(
            "GET",
            "/v1/dossiers",
            query={
                "unit_code": unit_code,
                "status": status,
                "procedure_code": procedure_code,
                "overdue": overdue,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_track(
        self,
        *,
        code: str | None = None,
        phone_last4: str | None = None,
        key: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkTracked:
        "Where a dossier stands; 404 when code and phone do not fit together, and guessing is limited. The key of the slip's QR (GET /v1/dossiers/track)"
        answer: CaseworkTracked = self._ask(
            "GET",
            "/v1/dossiers/track",
            query={"code": code, "phone_last4": phone_last4, "key": key},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_dossiers_by_dossier_id(
        self,
        *,
        dossier_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierView:
        "One dossier; an officer's reading needs a purpose and is in the access log of every person concerned. (GET /v1/dossiers/{dossier_id})"
        answer: CaseworkDossierView = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def patch_dossiers_by_dossier_id(
        self,
        *,
        dossier_id: str,
        body: CaseworkDossierFillIn,
        if_match: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierView:
        "Takes what the applicant typed, in a draft or while a supplement is asked for. (PATCH /v1/dossiers/{dossier_id})"
        answer: CaseworkDossierView = self._ask(
            "PATCH",
            f"/v1/dossiers/{_path(dossier_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_dossiers_by_dossier_id(
        self, *, dossier_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> Any:
        "Deletes a draft; a submitted dossier is withdrawn instead. (DELETE /v1/dossiers/{dossier_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/dossiers/{_path(dossier_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers_actions(
        self,
        *,
        dossier_id: str,
        body: CaseworkDossierAct,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierProgress:
        "Takes one action of the table; an illegal action answers 409 with the legal ones. (POST /v1/dossiers/{dossier_id}/actions)"
        answer: CaseworkDossierProgress = self._ask(
            "POST",
            f"/v1/dossiers/{_path(dossier_id)}/actions",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers_attachments(
        self,
        *,
        dossier_id: str,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkPaperView:
        "Adds a PDF, JPEG or PNG (detected from its content); it is kept encrypted, and the signatures inside a PDF are checked. (POST /v1/dossiers/{dossier_id}/attachments)"
        answer: CaseworkPaperView = self._ask(
            "POST",
            f"/v1/dossiers/{_path(dossier_id)}/attachments",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_attachments(
        self, *, dossier_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> CaseworkPaperViewList:
        "The papers of a dossier, without their contents. (GET /v1/dossiers/{dossier_id}/attachments)"
        answer: CaseworkPaperViewList = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/attachments",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_attachments_by_attachment_id(
        self,
        *,
        dossier_id: str,
        attachment_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The paper itself. (GET /v1/dossiers/{dossier_id}/attachments/{attachment_id})"
        answer: Any = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/attachments/{_path(attachment_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_dossiers_attachments_by_attachment_id(
        self, *, dossier_id: str, attachment_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> Any:
        "Takes a paper back while the dossier can still be edited. (DELETE /v1/dossiers/{dossier_id}/attachments/{attachment_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/dossiers/{_path(dossier_id)}/attachments/{_path(attachment_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers_prefill(
        self,
        *,
        dossier_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierView:
        "Fetches the registry's values again, for a draft that opened without them; verified values replace typed ones. (POST /v1/dossiers/{dossier_id}/prefill)"
        answer: CaseworkDossierView = self._ask(
            "POST",
            f"/v1/dossiers/{_path(dossier_id)}/prefill",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_receipt_pdf(
        self,
        *,
        dossier_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The electronic receipt of the fee; 404 while nothing is paid here. (GET /v1/dossiers/{dossier_id}/receipt.pdf)"
        answer: Any = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/receipt.pdf",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers_results(
        self,
        *,
        dossier_id: str,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkResultView:
        "Adds the electronic result, or its draft; the hash proves later that it is unchanged. (POST /v1/dossiers/{dossier_id}/results)"
        answer: CaseworkResultView = self._ask(
            "POST",
            f"/v1/dossiers/{_path(dossier_id)}/results",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_results(
        self, *, dossier_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> CaseworkResultViewList:
        "The electronic results of a dossier, drafts among them, with their hashes. (GET /v1/dossiers/{dossier_id}/results)"
        answer: CaseworkResultViewList = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/results",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_results_by_result_id(
        self,
        *,
        dossier_id: str,
        result_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The result itself. (GET /v1/dossiers/{dossier_id}/results/{result_id})"
        answer: Any = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/results/{_path(result_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_dossiers_slip_pdf(
        self,
        *,
        dossier_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The receipt slip with the date of return; before valid receipt, the confirmation that it was filed. (GET /v1/dossiers/{dossier_id}/slip.pdf)"
        answer: Any = self._ask(
            "GET",
            f"/v1/dossiers/{_path(dossier_id)}/slip.pdf",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_dossiers_submit(
        self,
        *,
        dossier_id: str,
        body: CaseworkDossierSubmit,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkDossierProgress:
        "Hands the dossier in: it gets its code, its fee is asked for, and the office decides on valid receipt. (POST /v1/dossiers/{dossier_id}/submit)"
        answer: CaseworkDossierProgress = self._ask(
            "POST",
            f"/v1/dossiers/{_path(dossier_id)}/submit",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_duplicate_candidates(
        self,
        *,
        unit_code: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryDuplicatePairViewList:
        "The likeliest pairs of a unit, best first, at most 200. (GET /v1/duplicate-candidates)"
        answer: RegistryDuplicatePairViewList = self._ask(
            "GET",
            "/v1/duplicate-candidates",
            query={"unit_code": unit_code},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_duplicate_candidates_dismissal(
        self, *, pair_id: str, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> Any:
        "Decide that the two records are two persons: the pair is no candidate any more. (POST /v1/duplicate-candidates/{pair_id}/dismissal)"
        answer: Any = self._ask(
            "POST",
            f"/v1/duplicate-candidates/{_path(pair_id)}/dismissal",
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_duplicate_candidates_dismissal(self, *, pair_id: str, accept_language: str | None = None) -> Any:
        "Take a dismissal back: the pair is a candidate again. (DELETE /v1/duplicate-candidates/{pair_id}/dismissal)"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/duplicate-candidates/{_path(pair_id)}/dismissal",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_event_types(self, *, accept_language: str | None = None) -> NotificationsEventTypeViewList:
        "Every type of event that partners can subscribe to, with its JSON Schema and a sample. (GET /v1/event-types)"
        answer: NotificationsEventTypeViewList = self._ask(
            "GET",
            "/v1/event-types",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_events(
        self,
        *,
        after: str | None = None,
        types: list[str] | None = None,
        limit: int | None = None,
        accept_language: str | None = None,
    ) -> NotificationsEventPage:
        "The events that the partner may see, of the last 30 days, oldest first: the same as are sent to subscriptions. (GET /v1/events)"
        answer: NotificationsEventPage = self._ask(
            "GET",
            "/v1/events",
            query={"after": after, "types": types, "limit": limit},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_feedback(
        self, *, body: CaseworkFeedbackCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> CaseworkFeedbackView:
        "Sends feedback to a unit, with or without one's name; the answer is due in working days. (POST /v1/feedback)"
        answer: CaseworkFeedbackView = self._ask(
            "POST",
            "/v1/feedback",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_feedback(
        self,
        *,
        unit_code: str | None = None,
        status: CaseworkFeedbackStatus | None = None,
        category: CaseworkFeedbackCategory | None = None,
        overdue: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkFeedbackLineList:
        "The caller's own named feedback, or that of an officer's units; neither texts nor authors. (GET /v1/feedback)"
        answer: CaseworkFeedbackLineList = self._ask(
            "GET",
            "/v1/feedback",
            query={
                "unit_code": unit_code,
                "status": status,
                "category": category,
                "overdue": overdue,
                "limit": limit,
                "cursor": cursor,
            },
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_feedback_published(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkPublishedFeedbackList:
        "Published questions and answers; never the author. (GET /v1/feedback/published)"
        answer: CaseworkPublishedFeedbackList = self._ask(
            "GET",
            "/v1/feedback/published",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_feedback_by_feedback_id(
        self,
        *,
        feedback_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> CaseworkFeedbackView:
        "One piece of feedback; reading what a named resident wrote needs a purpose and is logged for them. (GET /v1/feedback/{feedback_id})"
        answer: CaseworkFeedbackView = self._ask(
            "GET",
            f"/v1/feedback/{_path(feedback_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_feedback_actions(
        self,
        *,
        feedback_id: str,
        body: CaseworkFeedbackAct,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkFeedbackLine:
        "Takes one action of the table; an illegal action answers 409 with the legal ones. (POST /v1/feedback/{feedback_id}/actions)"
        answer: CaseworkFeedbackLine = self._ask(
            "POST",
            f"/v1/feedback/{_path(feedback_id)}/actions",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_feedback_attachments_by_photo_id(
        self,
        *,
        feedback_id: str,
        photo_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "A photograph that came with feedback. (GET /v1/feedback/{feedback_id}/attachments/{photo_id})"
        answer: Any = self._ask(
            "GET",
            f"/v1/feedback/{_path(feedback_id)}/attachments/{_path(photo_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_households_checklist_pdf(
        self,
        *,
        code: str,
        unit_code: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "What each member of a household has done, still needs and brings along; names come from registry. (GET /v1/households/{code}/checklist.pdf)"
        answer: Any = self._ask(
            "GET",
            f"/v1/households/{_path(code)}/checklist.pdf",
            query={"unit_code": unit_code},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_incidents(
        self, *, body: CaseworkIncidentCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> CaseworkIncidentView:
        "Reports a technical fault. (POST /v1/incidents)"
        answer: CaseworkIncidentView = self._ask(
            "POST",
            "/v1/incidents",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_incidents(
        self,
        *,
        unit_code: str | None = None,
        system: Literal["portal", "one_stop", "app", "network"] | None = None,
        status: CaseworkIncidentStatus | None = None,
        overdue: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkIncidentViewList:
        "Incidents of an office's units; all for operators; one's own for other callers. (GET /v1/incidents)"
        answer: CaseworkIncidentViewList = self._ask(
            "GET",
            "/v1/incidents",
            query={
                "unit_code": unit_code,
                "system": system,
                "status": status,
                "overdue": overdue,
                "limit": limit,
                "cursor": cursor,
            },
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_incidents_by_incident_id(
        self, *, incident_id: str, accept_language: str | None = None
    ) -> CaseworkIncidentView:
        "One incident. (GET /v1/incidents/{incident_id})"
        answer: CaseworkIncidentView = self._ask(
            "GET",
            f"/v1/incidents/{_path(incident_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_incidents_actions(
        self,
        *,
        incident_id: str,
        body: CaseworkIncidentAct,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkIncidentView:
        "Assigns, resolves or reopens. (POST /v1/incidents/{incident_id}/actions)"
        answer: CaseworkIncidentView = self._ask(
            "POST",
            f"/v1/incidents/{_path(incident_id)}/actions",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_key_rotations(self, *, accept_language: str | None = None) -> RegistryRotationViewList:
        "The progress of the change to the newest keys. (GET /v1/key-rotations)"
        answer: RegistryRotationViewList = self._ask(
            "GET",
            "/v1/key-rotations",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_me(self, *, acting_for: str | None = None, accept_language: str | None = None) -> GatewayMeView:
        "Who the caller is: role, record or unit, the level of the sign-in, and the accounts that sign in as this resident. (GET /v1/me)"
        answer: GatewayMeView = self._ask(
            "GET",
            "/v1/me",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_me_links_by_link_id(self, *, link_id: str, accept_language: str | None = None) -> Any:
        "End an account's link with one's own record: within 60 s it signs in no more. An officer may take it back. (DELETE /v1/me/links/{link_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/me/links/{_path(link_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_me_representations(self, *, accept_language: str | None = None) -> RegistryRepresentedViewList:
        "For whom the caller may act today: people who named the caller, and organizations that the caller owns. (GET /v1/me/representations)"
        answer: RegistryRepresentedViewList = self._ask(
            "GET",
            "/v1/me/representations",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_merchant_imports(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrImportView:
        "Imports a market's stall list: each valid row becomes a submitted merchant; the same file again changes nothing. (POST /v1/merchant-imports)"
        answer: PaymentsQrImportView = self._ask(
            "POST",
            "/v1/merchant-imports",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchant_imports_by_import_id(
        self, *, import_id: str, accept_language: str | None = None
    ) -> PaymentsQrImportView:
        "The counts of an imported stall list. (GET /v1/merchant-imports/{import_id})"
        answer: PaymentsQrImportView = self._ask(
            "GET",
            f"/v1/merchant-imports/{_path(import_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_merchant_imports_rejections(
        self, *, import_id: str, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrRejectionViewList:
        "Every rejected cell; also as CSV. (GET /v1/merchant-imports/{import_id}/rejections)"
        answer: PaymentsQrRejectionViewList = self._ask(
            "GET",
            f"/v1/merchant-imports/{_path(import_id)}/rejections",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_merchants(
        self,
        *,
        body: PaymentsQrMerchantCreate,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrMerchantView:
        "Registers a merchant: it waits for its provider or a second officer. (POST /v1/merchants)"
        answer: PaymentsQrMerchantView = self._ask(
            "POST",
            "/v1/merchants",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchants(
        self,
        *,
        unit_code: str | None = None,
        category: Literal["market_stall", "shop", "electricity", "water", "public_service"] | None = None,
        status: Literal["submitted", "active", "rejected", "suspended", "closed"] | None = None,
        market: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrMerchantViewList:
        "The merchants that the caller may see. (GET /v1/merchants)"
        answer: PaymentsQrMerchantViewList = self._ask(
            "GET",
            "/v1/merchants",
            query={
                "unit_code": unit_code,
                "category": category,
                "status": status,
                "market": market,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchants_duplicates(
        self, *, unit_code: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrAccountDuplicatesList:
        "Merchants of a unit with one settlement account: one owner with several stalls, or an error. (GET /v1/merchants/duplicates)"
        answer: PaymentsQrAccountDuplicatesList = self._ask(
            "GET",
            "/v1/merchants/duplicates",
            query={"unit_code": unit_code},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_merchants_posters_pdf(
        self,
        *,
        unit_code: str | None = None,
        market: str | None = None,
        paper: Literal["a5", "a6"] | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "One sheet per stall of a unit or a market, ready to print: active merchants with a static or external code. (GET /v1/merchants/posters.pdf)"
        answer: Any = self._ask(
            "GET",
            "/v1/merchants/posters.pdf",
            query={"unit_code": unit_code, "market": market, "paper": paper},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_merchants_by_merchant_id(
        self, *, merchant_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrMerchantView:
        "A merchant. (GET /v1/merchants/{merchant_id})"
        answer: PaymentsQrMerchantView = self._ask(
            "GET",
            f"/v1/merchants/{_path(merchant_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def patch_merchants_by_merchant_id(
        self,
        *,
        merchant_id: str,
        body: PaymentsQrMerchantPatch,
        if_match: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrMerchantView:
        "Edits a merchant; `status` is the office's decision: a second officer activates, any officer suspends. (PATCH /v1/merchants/{merchant_id})"
        answer: PaymentsQrMerchantView = self._ask(
            "PATCH",
            f"/v1/merchants/{_path(merchant_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchants_poster_pdf(
        self,
        *,
        merchant_id: str,
        paper: Literal["a5", "a6"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The merchant's posters, one sheet for each counter's code. (GET /v1/merchants/{merchant_id}/poster.pdf)"
        answer: Any = self._ask(
            "GET",
            f"/v1/merchants/{_path(merchant_id)}/poster.pdf",
            query={"paper": paper},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_merchants_qr_codes(
        self,
        *,
        merchant_id: str,
        body: PaymentsQrQrCodeCreate,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrQrCodeView:
        "Issues a code for the settlement account, or imports one of a bank. (POST /v1/merchants/{merchant_id}/qr-codes)"
        answer: PaymentsQrQrCodeView = self._ask(
            "POST",
            f"/v1/merchants/{_path(merchant_id)}/qr-codes",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchants_qr_codes(
        self,
        *,
        merchant_id: str,
        kind: Literal["static", "dynamic", "external"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrQrCodeViewList:
        "A merchant's codes. (GET /v1/merchants/{merchant_id}/qr-codes)"
        answer: PaymentsQrQrCodeViewList = self._ask(
            "GET",
            f"/v1/merchants/{_path(merchant_id)}/qr-codes",
            query={"kind": kind, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_merchants_utility_accounts(
        self,
        *,
        merchant_id: str,
        status: Literal["pending", "confirmed"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrUtilityAccountViewList:
        "The customer codes that residents linked at a supplier, for its point to confirm; with a purpose. (GET /v1/merchants/{merchant_id}/utility-accounts)"
        answer: PaymentsQrUtilityAccountViewList = self._ask(
            "GET",
            f"/v1/merchants/{_path(merchant_id)}/utility-accounts",
            query={"status": status, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_merchants_utility_accounts_confirm(
        self,
        *,
        merchant_id: str,
        link_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrUtilityAccountView:
        "Confirms a customer code for the supplier's point; with a purpose. (POST /v1/merchants/{merchant_id}/utility-accounts/{link_id}/confirm)"
        answer: PaymentsQrUtilityAccountView = self._ask(
            "POST",
            f"/v1/merchants/{_path(merchant_id)}/utility-accounts/{_path(link_id)}/confirm",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_notifications(
        self, *, since: str | None = None, accept_language: str | None = None, acting_for: str | None = None
    ) -> OnboardingNotificationViewList:
        "Tasks due, supplements asked, results ready, feedback answered, sessions near; newest first. (GET /v1/notifications)"
        answer: OnboardingNotificationViewList = self._ask(
            "GET",
            "/v1/notifications",
            query={"since": since},
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("X-Acting-For", acting_for),
                )
                if value is not None
            },
        )
        return answer

    def post_onboarding_batches(
        self,
        *,
        body: OnboardingBatch,
        accept_language: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
    ) -> OnboardingBatchAnswer:
        "Applies offline items in the order sent, each separately; sending them again changes nothing. (POST /v1/onboarding/batches)"
        answer: OnboardingBatchAnswer = self._ask(
            "POST",
            "/v1/onboarding/batches",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_charges(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingChargeViewList:
        "Free steps for which a provider took money: to be examined. (GET /v1/onboarding/charges)"
        answer: OnboardingChargeViewList = self._ask(
            "GET",
            "/v1/onboarding/charges",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_onboarding_imports(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        dry_run: bool | None = None,
        accept_language: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
    ) -> OnboardingImportPreviewView:
        "Takes a list in; each row is applied in the background, the same file again changes nothing. (POST /v1/onboarding/imports)"
        answer: OnboardingImportPreviewView = self._ask(
            "POST",
            "/v1/onboarding/imports",
            query={"dry_run": dry_run},
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_imports(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingImportViewList:
        "Lists that were sent, with who and when. (GET /v1/onboarding/imports)"
        answer: OnboardingImportViewList = self._ask(
            "GET",
            "/v1/onboarding/imports",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_imports_template_xlsx(self, *, accept_language: str | None = None) -> Any:
        "The workbook to fill in: the columns with their Vietnamese titles, an example row, drop-downs. (GET /v1/onboarding/imports/template.xlsx)"
        answer: Any = self._ask(
            "GET",
            "/v1/onboarding/imports/template.xlsx",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_imports_by_import_id(
        self, *, import_id: str, accept_language: str | None = None
    ) -> OnboardingImportView:
        "Get Onboarding Import (GET /v1/onboarding/imports/{import_id})"
        answer: OnboardingImportView = self._ask(
            "GET",
            f"/v1/onboarding/imports/{_path(import_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_imports_rejections(
        self, *, import_id: str, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> OnboardingListedRowViewList:
        "The rows that were refused, as JSON or (Accept: text/csv) as a table. (GET /v1/onboarding/imports/{import_id}/rejections)"
        answer: OnboardingListedRowViewList = self._ask(
            "GET",
            f"/v1/onboarding/imports/{_path(import_id)}/rejections",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_onboarding_imports_undo(
        self, *, import_id: str, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> OnboardingUndoStarted:
        "Takes a list back: rows that nobody changed since go back, the others are kept and listed. (POST /v1/onboarding/imports/{import_id}/undo)"
        answer: OnboardingUndoStarted = self._ask(
            "POST",
            f"/v1/onboarding/imports/{_path(import_id)}/undo",
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_imports_undo(
        self,
        *,
        import_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingUndoView:
        "Which rows were taken back, and which stay and why. (GET /v1/onboarding/imports/{import_id}/undo)"
        answer: OnboardingUndoView = self._ask(
            "GET",
            f"/v1/onboarding/imports/{_path(import_id)}/undo",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_imports_warnings(
        self, *, import_id: str, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> OnboardingListedRowViewList:
        "What was put right or left out, by row, as JSON or (Accept: text/csv) as a table. (GET /v1/onboarding/imports/{import_id}/warnings)"
        answer: OnboardingListedRowViewList = self._ask(
            "GET",
            f"/v1/onboarding/imports/{_path(import_id)}/warnings",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_signature_list(
        self,
        *,
        unit_code: str | None = None,
        provider: str | None = None,
        format: Literal["json", "xlsx"] | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingPreviewView:
        "Who would stand on a list of the unit, masked. (GET /v1/onboarding/signature-list)"
        answer: OnboardingPreviewView = self._ask(
            "GET",
            "/v1/onboarding/signature-list",
            query={"unit_code": unit_code, "provider": provider, "format": format},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_onboarding_signature_lists(
        self,
        *,
        body: OnboardingSignatureListCreate,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSignatureListView:
        "A draft with those of a unit who are ready for a signature and consented to the provider. (POST /v1/onboarding/signature-lists)"
        answer: OnboardingSignatureListView = self._ask(
            "POST",
            "/v1/onboarding/signature-lists",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_signature_lists(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSignatureListViewList:
        "List Signature Lists (GET /v1/onboarding/signature-lists)"
        answer: OnboardingSignatureListViewList = self._ask(
            "GET",
            "/v1/onboarding/signature-lists",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_signature_lists_by_list_id(
        self,
        *,
        list_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSignatureListView:
        "Get Signature List (GET /v1/onboarding/signature-lists/{list_id})"
        answer: OnboardingSignatureListView = self._ask(
            "GET",
            f"/v1/onboarding/signature-lists/{_path(list_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def patch_onboarding_signature_lists_by_list_id(
        self,
        *,
        list_id: str,
        body: OnboardingListAction,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSignatureListView:
        'The next hand: `{"status": "checked"}` and so on; the maker neither checks nor approves. (PATCH /v1/onboarding/signature-lists/{list_id})'
        answer: OnboardingSignatureListView = self._ask(
            "PATCH",
            f"/v1/onboarding/signature-lists/{_path(list_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_onboarding_signature_lists_actions(
        self,
        *,
        list_id: str,
        body: OnboardingListAction,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSignatureListView:
        'The next hand: `{"action": "check"}` and so on; the maker neither checks nor approves. (POST /v1/onboarding/signature-lists/{list_id}/actions)'
        answer: OnboardingSignatureListView = self._ask(
            "POST",
            f"/v1/onboarding/signature-lists/{_path(list_id)}/actions",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_signature_lists_file_xlsx(
        self,
        *,
        list_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The approved list with full numbers; every row is in the access log of its resident. (GET /v1/onboarding/signature-lists/{list_id}/file.xlsx)"
        answer: Any = self._ask(
            "GET",
            f"/v1/onboarding/signature-lists/{_path(list_id)}/file.xlsx",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_steps(self, *, accept_language: str | None = None) -> OnboardingStepsView:
        "The six steps in the order of the plans, with their conditions, dates and routes. (GET /v1/onboarding/steps)"
        answer: OnboardingStepsView = self._ask(
            "GET",
            "/v1/onboarding/steps",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_summary(
        self, *, unit_code: str | None = None, accept_language: str | None = None
    ) -> OnboardingSummaryView:
        "A unit's work at a glance: residents by step and status, and how often each condition is missing. (GET /v1/onboarding/summary)"
        answer: OnboardingSummaryView = self._ask(
            "GET",
            "/v1/onboarding/summary",
            query={"unit_code": unit_code},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_onboarding_visits(
        self,
        *,
        unit_code: str | None = None,
        resident_id: str | None = None,
        outcome: Literal["done", "not_home", "away", "declined", "no_device"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingVisitViewList:
        "Who was visited in a unit, and what came of it: who was not at home is visited again. (GET /v1/onboarding/visits)"
        answer: OnboardingVisitViewList = self._ask(
            "GET",
            "/v1/onboarding/visits",
            query={
                "unit_code": unit_code,
                "resident_id": resident_id,
                "outcome": outcome,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_onboarding_worklist(
        self,
        *,
        unit_code: str | None = None,
        step: Literal[
            "vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"
        ]
        | None = None,
        status: str | None = None,
        condition: str | None = None,
        household_id: str | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
    ) -> OnboardingWorkPage:
        "Who waits for help in a unit, by step, status and missing condition; without a status all that is not completed. (GET /v1/onboarding/worklist)"
        answer: OnboardingWorkPage = self._ask(
            "GET",
            "/v1/onboarding/worklist",
            query={
                "unit_code": unit_code,
                "step": step,
                "status": status,
                "condition": condition,
                "household_id": household_id,
                "since": since,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("X-Purpose", purpose),
                )
                if value is not None
            },
        )
        return answer

    def post_organizations(
        self,
        *,
        body: RegistryOrganizationCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryOrganizationView:
        "Register an organization; a resident claims to represent it, and an officer of its unit decides on the claim. (POST /v1/organizations)"
        answer: RegistryOrganizationView = self._ask(
            "POST",
            "/v1/organizations",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_organizations(
        self,
        *,
        unit_code: str | None = None,
        representative_status: Literal["claimed", "confirmed"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryOrganizationViewList:
        "Organizations of the caller; `representative_status=claimed` lists those whose representative awaits a decision. (GET /v1/organizations)"
        answer: RegistryOrganizationViewList = self._ask(
            "GET",
            "/v1/organizations",
            query={
                "unit_code": unit_code,
                "representative_status": representative_status,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_organizations_lookup(
        self, *, body: RegistryTaxCodeBody, accept_language: str | None = None
    ) -> RegistryOrganizationView:
        "The organization with this tax code, in the caller's units; 404 otherwise. (POST /v1/organizations/lookup)"
        answer: RegistryOrganizationView = self._ask(
            "POST",
            "/v1/organizations/lookup",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_organizations_by_organization_id(
        self, *, organization_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> RegistryOrganizationView:
        "Get Organization (GET /v1/organizations/{organization_id})"
        answer: RegistryOrganizationView = self._ask(
            "GET",
            f"/v1/organizations/{_path(organization_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def patch_organizations_by_organization_id(
        self,
        *,
        organization_id: str,
        body: RegistryOrganizationPatch,
        if_match: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryOrganizationView:
        "Update Organization (PATCH /v1/organizations/{organization_id})"
        answer: RegistryOrganizationView = self._ask(
            "PATCH",
            f"/v1/organizations/{_path(organization_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_organizations_onboarding_province_app(
        self, *, organization_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> OnboardingOrganizationStepView:
        "Whether an organization has the provincial app; its condition is the owner's smartphone. (GET /v1/organizations/{organization_id}/onboarding/province_app)"
        answer: OnboardingOrganizationStepView = self._ask(
            "GET",
            f"/v1/organizations/{_path(organization_id)}/onboarding/province_app",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def put_organizations_onboarding_province_app(
        self,
        *,
        organization_id: str,
        body: OnboardingStepDeclared,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingOrganizationStepView:
        "Records that an organization has, or no longer has, the provincial app. (PUT /v1/organizations/{organization_id}/onboarding/province_app)"
        answer: OnboardingOrganizationStepView = self._ask(
            "PUT",
            f"/v1/organizations/{_path(organization_id)}/onboarding/province_app",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_organizations_representative_claims(
        self, *, organization_id: str, accept_language: str | None = None
    ) -> RegistryRepresentativeClaimViewList:
        "The claims to represent an organization, oldest first. (GET /v1/organizations/{organization_id}/representative/claims)"
        answer: RegistryRepresentativeClaimViewList = self._ask(
            "GET",
            f"/v1/organizations/{_path(organization_id)}/representative/claims",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_organizations_representative_confirmation(
        self,
        *,
        organization_id: str,
        body: RegistryRepresentativeDecision,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryOrganizationView:
        "Confirm a claim: from now on the resident may act for the organization. Another confirmed one is replaced. (POST /v1/organizations/{organization_id}/representative/confirmation)"
        answer: RegistryOrganizationView = self._ask(
            "POST",
            f"/v1/organizations/{_path(organization_id)}/representative/confirmation",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_organizations_representative_refusal(
        self,
        *,
        organization_id: str,
        body: RegistryRepresentativeDecision,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryOrganizationView:
        "Refuse a claim, or take a confirmation back; the reason is shown to officers. (POST /v1/organizations/{organization_id}/representative/refusal)"
        answer: RegistryOrganizationView = self._ask(
            "POST",
            f"/v1/organizations/{_path(organization_id)}/representative/refusal",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_partners(
        self, *, body: GatewayPartnerCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> GatewayPartnerView:
        "Create Partner (POST /v1/partners)"
        answer: GatewayPartnerView = self._ask(
            "POST",
            "/v1/partners",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_partners(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> GatewayPartnerViewList:
        "List Partners (GET /v1/partners)"
        answer: GatewayPartnerViewList = self._ask(
            "GET",
            "/v1/partners",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_partners_by_partner_id(self, *, partner_id: str, accept_language: str | None = None) -> GatewayPartnerView:
        "Get Partner (GET /v1/partners/{partner_id})"
        answer: GatewayPartnerView = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_partners_by_partner_id(
        self,
        *,
        partner_id: str,
        body: GatewayPartnerChange,
        if_match: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayPartnerView:
        "Update Partner (PATCH /v1/partners/{partner_id})"
        answer: GatewayPartnerView = self._ask(
            "PATCH",
            f"/v1/partners/{_path(partner_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_partners_agreements(
        self,
        *,
        partner_id: str,
        body: GatewayAgreementCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayAgreementView:
        "Create Agreement (POST /v1/partners/{partner_id}/agreements)"
        answer: GatewayAgreementView = self._ask(
            "POST",
            f"/v1/partners/{_path(partner_id)}/agreements",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_partners_agreements(
        self, *, partner_id: str, accept_language: str | None = None
    ) -> GatewayAgreementViewList:
        "List Agreements (GET /v1/partners/{partner_id}/agreements)"
        answer: GatewayAgreementViewList = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/agreements",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_partners_deliveries(
        self,
        *,
        partner_id: str,
        status: str | None = None,
        type: str | None = None,
        webhook_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayDeliveryViewList:
        "List Deliveries (GET /v1/partners/{partner_id}/deliveries)"
        answer: GatewayDeliveryViewList = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/deliveries",
            query={"status": status, "type": type, "webhook_id": webhook_id, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_partners_deliveries_by_delivery_id(
        self, *, partner_id: str, delivery_id: str, accept_language: str | None = None
    ) -> GatewayDeliveryView:
        "Get Delivery (GET /v1/partners/{partner_id}/deliveries/{delivery_id})"
        answer: GatewayDeliveryView = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/deliveries/{_path(delivery_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_partners_deliveries_process_again(
        self,
        *,
        partner_id: str,
        delivery_id: str,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayDeliveryView:
        "Reprocess Delivery (POST /v1/partners/{partner_id}/deliveries/{delivery_id}/process-again)"
        answer: GatewayDeliveryView = self._ask(
            "POST",
            f"/v1/partners/{_path(partner_id)}/deliveries/{_path(delivery_id)}/process-again",
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_partners_licences(
        self,
        *,
        partner_id: str,
        body: GatewayLicenceCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayLicenceViewList:
        "Create Licences (POST /v1/partners/{partner_id}/licences)"
        answer: GatewayLicenceViewList = self._ask(
            "POST",
            f"/v1/partners/{_path(partner_id)}/licences",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_partners_licences(self, *, partner_id: str, accept_language: str | None = None) -> GatewayLicenceViewList:
        "List Licences (GET /v1/partners/{partner_id}/licences)"
        answer: GatewayLicenceViewList = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/licences",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_partners_referrals(
        self,
        *,
        partner_id: str,
        step: Literal[
            "vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"
        ]
        | None = None,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingReferralViewList:
        "Residents who consented to this provider and still need the step; gone at once when they withdraw. (GET /v1/partners/{partner_id}/referrals)"
        answer: OnboardingReferralViewList = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/referrals",
            query={"step": step, "unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_partners_secrets(
        self,
        *,
        partner_id: str,
        body: GatewaySecretCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> GatewayNewSecret:
        "Create Secret (POST /v1/partners/{partner_id}/secrets)"
        answer: GatewayNewSecret = self._ask(
            "POST",
            f"/v1/partners/{_path(partner_id)}/secrets",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_partners_secrets(self, *, partner_id: str, accept_language: str | None = None) -> GatewaySecretViewList:
        "List Secrets (GET /v1/partners/{partner_id}/secrets)"
        answer: GatewaySecretViewList = self._ask(
            "GET",
            f"/v1/partners/{_path(partner_id)}/secrets",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_payments(
        self,
        *,
        merchant_id: str | None = None,
        unit_code: str | None = None,
        status: Literal["settled", "reversed", "unmatched", "possible_duplicate"] | None = None,
        from_: str | None = None,
        to: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrPaymentViewList:
        "Payments of the caller's own merchants; officers state a purpose and are recorded in the owner's access log. (GET /v1/payments)"
        answer: PaymentsQrPaymentViewList = self._ask(
            "GET",
            "/v1/payments",
            query={
                "merchant_id": merchant_id,
                "unit_code": unit_code,
                "status": status,
                "from": from_,
                "to": to,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_payments_sums(
        self,
        *,
        unit_code: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrDailySumList:
        "Count and sum of the settled payments by day and category. (GET /v1/payments/sums)"
        answer: PaymentsQrDailySumList = self._ask(
            "GET",
            "/v1/payments/sums",
            query={"unit_code": unit_code, "from": from_, "to": to},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_payments_by_payment_id(
        self,
        *,
        payment_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrPaymentView:
        "A payment. (GET /v1/payments/{payment_id})"
        answer: PaymentsQrPaymentView = self._ask(
            "GET",
            f"/v1/payments/{_path(payment_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_payments_reopen(
        self,
        *,
        payment_id: str,
        body: PaymentsQrReopening,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrPaymentView:
        "Takes the dismissal of a payment back, with a reason: it waits for a decision again. (POST /v1/payments/{payment_id}/reopen)"
        answer: PaymentsQrPaymentView = self._ask(
            "POST",
            f"/v1/payments/{_path(payment_id)}/reopen",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_payments_resolve(
        self,
        *,
        payment_id: str,
        body: PaymentsQrPaymentResolution,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrPaymentView:
        "Decides on a waiting payment: accepted for a merchant and optionally a code, or dismissed. (POST /v1/payments/{payment_id}/resolve)"
        answer: PaymentsQrPaymentView = self._ask(
            "POST",
            f"/v1/payments/{_path(payment_id)}/resolve",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_payments_suggestions(
        self,
        *,
        payment_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSuggestionList:
        "Possible codes of an unmatched payment, the likeliest first. (GET /v1/payments/{payment_id}/suggestions)"
        answer: PaymentsQrSuggestionList = self._ask(
            "GET",
            f"/v1/payments/{_path(payment_id)}/suggestions",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_procedures(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkProcedureLineList:
        "Every procedure that holds today, with the plans' three criteria. (GET /v1/procedures)"
        answer: CaseworkProcedureLineList = self._ask(
            "GET",
            "/v1/procedures",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_procedures_by_code(self, *, code: str, accept_language: str | None = None) -> CaseworkProcedureView:
        "One procedure by the rules that hold today: form, papers, fee, limit. (GET /v1/procedures/{code})"
        answer: CaseworkProcedureView = self._ask(
            "GET",
            f"/v1/procedures/{_path(code)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_qr_codes_decode(
        self, *, body: PaymentsQrDecodeRequest, acting_for: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrDecodedView:
        "The content of a payload, or every fault of it. A code of this platform is valid while its merchant is active. (POST /v1/qr-codes/decode)"
        answer: PaymentsQrDecodedView = self._ask(
            "POST",
            "/v1/qr-codes/decode",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_qr_codes_by_qr_code_id(
        self, *, qr_code_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> PaymentsQrQrCodeView:
        "A code, for its merchant, the officers of its unit, and its payer. (GET /v1/qr-codes/{qr_code_id})"
        answer: PaymentsQrQrCodeView = self._ask(
            "GET",
            f"/v1/qr-codes/{_path(qr_code_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_qr_codes_image(
        self,
        *,
        qr_code_id: str,
        format: Literal["png", "svg"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The image of a code; 409 while the merchant is not active. (GET /v1/qr-codes/{qr_code_id}/image)"
        answer: Any = self._ask(
            "GET",
            f"/v1/qr-codes/{_path(qr_code_id)}/image",
            query={"format": format},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_refreshes(
        self, *, body: RegistryRefreshCreate, idempotency_key: str | None = None, accept_language: str | None = None
    ) -> RegistryRefreshView:
        "Query the linked databases about all residents of a unit, in the background. (POST /v1/refreshes)"
        answer: RegistryRefreshView = self._ask(
            "POST",
            "/v1/refreshes",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_refreshes(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> RegistryRefreshViewList:
        "List Unit Refreshes (GET /v1/refreshes)"
        answer: RegistryRefreshViewList = self._ask(
            "GET",
            "/v1/refreshes",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_refreshes_by_refresh_id(
        self, *, refresh_id: str, accept_language: str | None = None
    ) -> RegistryRefreshView:
        "Get Unit Refresh (GET /v1/refreshes/{refresh_id})"
        answer: RegistryRefreshView = self._ask(
            "GET",
            f"/v1/refreshes/{_path(refresh_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_registrations(
        self,
        *,
        body: RegistryRegistrationCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRegistrationView:
        "Propose to be registered. An officer of the unit decides; nothing counts before. Proposing again replaces it. (POST /v1/registrations)"
        answer: RegistryRegistrationView = self._ask(
            "POST",
            "/v1/registrations",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_registrations(
        self,
        *,
        unit_code: str | None = None,
        status: Literal["proposed", "accepted", "refused"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryRegistrationViewList:
        "Proposals of the caller's units, oldest first. (GET /v1/registrations)"
        answer: RegistryRegistrationViewList = self._ask(
            "GET",
            "/v1/registrations",
            query={"unit_code": unit_code, "status": status, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_registrations_by_registration_id(
        self,
        *,
        registration_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryRegistrationView:
        "A proposal: the person's own, or one of the caller's units. (GET /v1/registrations/{registration_id})"
        answer: RegistryRegistrationView = self._ask(
            "GET",
            f"/v1/registrations/{_path(registration_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_registrations_decision(
        self,
        *,
        registration_id: str,
        body: RegistryRegistrationDecision,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRegistrationView:
        "Register the person, or refuse. An accepted person signs in as a resident from then on. (POST /v1/registrations/{registration_id}/decision)"
        answer: RegistryRegistrationView = self._ask(
            "POST",
            f"/v1/registrations/{_path(registration_id)}/decision",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_reports_export(
        self,
        *,
        unit_code: str | None = None,
        format: Literal["xlsx", "csv", "docx", "pdf"] | None = None,
        as_of: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "The report of a unit as XLSX, CSV, or as an official report (Decree 30/2020/NĐ-CP) in DOCX or PDF. (GET /v1/reports/export)"
        answer: Any = self._ask(
            "GET",
            "/v1/reports/export",
            query={"unit_code": unit_code, "format": format, "as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_filed(
        self, *, unit_code: str | None = None, as_of: str | None = None, accept_language: str | None = None
    ) -> ReportingFiledListView:
        "The reports that a unit, and those that it succeeded, filed; each is a frozen copy. (GET /v1/reports/filed)"
        answer: ReportingFiledListView = self._ask(
            "GET",
            "/v1/reports/filed",
            query={"unit_code": unit_code, "as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_filed_by_filed_id(
        self, *, filed_id: str, accept_language: str | None = None
    ) -> ReportingFiledProgressView:
        "The figures of a report as they were when it was filed. (GET /v1/reports/filed/{filed_id})"
        answer: ReportingFiledProgressView = self._ask(
            "GET",
            f"/v1/reports/filed/{_path(filed_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_forecasts(
        self, *, unit_code: str | None = None, as_of: str | None = None, accept_language: str | None = None
    ) -> ReportingForecastsView:
        "When each target will be reached at the pace of the last four weeks, and how that was computed. (GET /v1/reports/forecasts)"
        answer: ReportingForecastsView = self._ask(
            "GET",
            "/v1/reports/forecasts",
            query={"unit_code": unit_code, "as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_indicators(self, *, accept_language: str | None = None) -> ReportingIndicatorsView:
        "What every indicator counts, over what, and where it comes from. (GET /v1/reports/indicators)"
        answer: ReportingIndicatorsView = self._ask(
            "GET",
            "/v1/reports/indicators",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_progress(
        self, *, unit_code: str | None = None, as_of: str | None = None, accept_language: str | None = None
    ) -> ReportingProgressView:
        "The indicators of a unit and of its children on a day. The public sees no count under five. (GET /v1/reports/progress)"
        answer: ReportingProgressView = self._ask(
            "GET",
            "/v1/reports/progress",
            query={"unit_code": unit_code, "as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_ranking(
        self,
        *,
        indicator: Literal[
            "residents",
            "residents@15_plus",
            "residents@adults",
            "residents@smartphone_users",
            "vneid",
            "vneid@15_plus",
            "vneid@adults",
            "vneid@smartphone_users",
            "vneid_issued",
            "vneid_issued@15_plus",
            "vneid_issued@adults",
            "vneid_issued@smartphone_users",
            "vneid_level_2",
            "vneid_level_2@15_plus",
            "vneid_level_2@adults",
            "vneid_level_2@smartphone_users",
            "portal_account",
            "portal_account@15_plus",
            "portal_account@adults",
            "portal_account@smartphone_users",
            "province_app",
            "province_app@15_plus",
            "province_app@adults",
            "province_app@smartphone_users",
            "digital_signature",
            "digital_signature@15_plus",
            "digital_signature@adults",
            "digital_signature@smartphone_users",
            "payment_account",
            "payment_account@15_plus",
            "payment_account@adults",
            "payment_account@smartphone_users",
            "payment_account_bank",
            "payment_account_bank@15_plus",
            "payment_account_bank@adults",
            "payment_account_bank@smartphone_users",
            "payment_account_e_wallet",
            "payment_account_e_wallet@15_plus",
            "payment_account_e_wallet@adults",
            "payment_account_e_wallet@smartphone_users",
            "payment_account_mobile_money",
            "payment_account_mobile_money@15_plus",
            "payment_account_mobile_money@adults",
            "payment_account_mobile_money@smartphone_users",
            "cyber_protection",
            "cyber_protection@15_plus",
            "cyber_protection@adults",
            "cyber_protection@smartphone_users",
            "organizations_with_app",
            "merchants_with_qr",
            "utility_points_with_qr",
            "cashless_payments",
            "cashless_amount",
            "procedures_chosen",
            "dossiers_online",
            "dossiers_self_service",
            "dossiers_on_time",
            "fees_paid_online",
            "once_only_ratio",
            "data_sources_live",
            "feedback_on_time",
            "sessions_held",
            "people_trained",
            "merchants_trained",
            "residents_guided",
            "officials_with_signature",
            "communications_published",
        ]
        | None = None,
        level: Literal["district", "commune", "village"] | None = None,
        parent: str | None = None,
        as_of: str | None = None,
        accept_language: str | None = None,
    ) -> ReportingUnitRankingView:
        "The units of a level by an indicator, best first, and the units that their targets propose for commendation. (GET /v1/reports/ranking)"
        answer: ReportingUnitRankingView = self._ask(
            "GET",
            "/v1/reports/ranking",
            query={"indicator": indicator, "level": level, "parent": parent, "as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_reconciliation(
        self, *, unit_code: str | None = None, accept_language: str | None = None
    ) -> ReportingReconciliationView:
        "The counts that the services announced beside those of the projections; officers see those of their units. (GET /v1/reports/reconciliation)"
        answer: ReportingReconciliationView = self._ask(
            "GET",
            "/v1/reports/reconciliation",
            query={"unit_code": unit_code},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_stream(self, *, unit_code: str | None = None, accept_language: str | None = None) -> Any:
        "`fresh` once at the beginning, then `changed` whenever something of the unit is counted anew. (GET /v1/reports/stream)"
        answer: Any = self._ask(
            "GET",
            "/v1/reports/stream",
            query={"unit_code": unit_code},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_reports_trend(
        self,
        *,
        indicator: Literal[
            "residents",
            "residents@15_plus",
            "residents@adults",
            "residents@smartphone_users",
            "vneid",
            "vneid@15_plus",
            "vneid@adults",
            "vneid@smartphone_users",
            "vneid_issued",
            "vneid_issued@15_plus",
            "vneid_issued@adults",
            "vneid_issued@smartphone_users",
            "vneid_level_2",
            "vneid_level_2@15_plus",
            "vneid_level_2@adults",
            "vneid_level_2@smartphone_users",
            "portal_account",
            "portal_account@15_plus",
            "portal_account@adults",
            "portal_account@smartphone_users",
            "province_app",
            "province_app@15_plus",
            "province_app@adults",
            "province_app@smartphone_users",
            "digital_signature",
            "digital_signature@15_plus",
            "digital_signature@adults",
            "digital_signature@smartphone_users",
            "payment_account",
            "payment_account@15_plus",
            "payment_account@adults",
            "payment_account@smartphone_users",
            "payment_account_bank",
            "payment_account_bank@15_plus",
            "payment_account_bank@adults",
            "payment_account_bank@smartphone_users",
            "payment_account_e_wallet",
            "payment_account_e_wallet@15_plus",
            "payment_account_e_wallet@adults",
            "payment_account_e_wallet@smartphone_users",
            "payment_account_mobile_money",
            "payment_account_mobile_money@15_plus",
            "payment_account_mobile_money@adults",
            "payment_account_mobile_money@smartphone_users",
            "cyber_protection",
            "cyber_protection@15_plus",
            "cyber_protection@adults",
            "cyber_protection@smartphone_users",
            "organizations_with_app",
            "merchants_with_qr",
            "utility_points_with_qr",
            "cashless_payments",
            "cashless_amount",
            "procedures_chosen",
            "dossiers_online",
            "dossiers_self_service",
            "dossiers_on_time",
            "fees_paid_online",
            "once_only_ratio",
            "data_sources_live",
            "feedback_on_time",
            "sessions_held",
            "people_trained",
            "merchants_trained",
            "residents_guided",
            "officials_with_signature",
            "communications_published",
        ]
        | None = None,
        unit_code: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        accept_language: str | None = None,
    ) -> ReportingTrendView:
        "An indicator at the end of each day; a merged unit keeps a comparable series. (GET /v1/reports/trend)"
        answer: ReportingTrendView = self._ask(
            "GET",
            "/v1/reports/trend",
            query={"indicator": indicator, "unit_code": unit_code, "from": from_, "to": to},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_resident_imports(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryImportAccepted:
        "Accept a commune's list; the same file again answers the first import. (POST /v1/resident-imports)"
        answer: RegistryImportAccepted = self._ask(
            "POST",
            "/v1/resident-imports",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_resident_imports(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> RegistryImportViewList:
        "List Resident Imports (GET /v1/resident-imports)"
        answer: RegistryImportViewList = self._ask(
            "GET",
            "/v1/resident-imports",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_resident_imports_by_import_id(
        self, *, import_id: str, accept_language: str | None = None
    ) -> RegistryImportView:
        "Get Resident Import (GET /v1/resident-imports/{import_id})"
        answer: RegistryImportView = self._ask(
            "GET",
            f"/v1/resident-imports/{_path(import_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_resident_imports_rejections(
        self,
        *,
        import_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        accept: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRejectionViewList:
        "Rejected cells, as JSON or as CSV (`Accept: text/csv`). (GET /v1/resident-imports/{import_id}/rejections)"
        answer: RegistryRejectionViewList = self._ask(
            "GET",
            f"/v1/resident-imports/{_path(import_id)}/rejections",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("Accept", accept),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents(
        self, *, body: RegistryResidentCreate, accept_language: str | None = None, idempotency_key: str | None = None
    ) -> RegistryResidentView:
        "Register a resident; the same person again answers 409 `resident-exists`. (POST /v1/residents)"
        answer: RegistryResidentView = self._ask(
            "POST",
            "/v1/residents",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("Idempotency-Key", idempotency_key),
                )
                if value is not None
            },
        )
        return answer

    def get_residents(
        self,
        *,
        unit_code: str | None = None,
        q: str | None = None,
        status: str | None = None,
        household_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentViewList:
        "Residents of the caller's units; the list is recorded in the access log of each. (GET /v1/residents)"
        answer: RegistryResidentViewList = self._ask(
            "GET",
            "/v1/residents",
            query={
                "unit_code": unit_code,
                "q": q,
                "status": status,
                "household_code": household_code,
                "limit": limit,
                "cursor": cursor,
            },
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_lookup(
        self,
        *,
        body: RegistryLookupBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentView:
        "The resident with this number, in the caller's units; 404 otherwise. (POST /v1/residents/lookup)"
        answer: RegistryResidentView = self._ask(
            "POST",
            "/v1/residents/lookup",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_lookups(
        self,
        *,
        body: RegistryLookupsBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryLookupsView:
        "The owners of numbers, by id and unit alone: for lists that another service imports. (POST /v1/residents/lookups)"
        answer: RegistryLookupsView = self._ask(
            "POST",
            "/v1/residents/lookups",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_by_resident_id(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentView:
        "Get Resident (GET /v1/residents/{resident_id})"
        answer: RegistryResidentView = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def patch_residents_by_resident_id(
        self,
        *,
        resident_id: str,
        body: RegistryResidentPatch,
        if_match: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentView:
        "Change attributes. A value of a higher source stays, and the new one becomes a correction to decide. (PATCH /v1/residents/{resident_id})"
        answer: RegistryResidentView = self._ask(
            "PATCH",
            f"/v1/residents/{_path(resident_id)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_access_log(
        self,
        *,
        resident_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryAccessViewList:
        "Reads of the resident's data in any service, newest first; reading it needs no purpose and is in it. (GET /v1/residents/{resident_id}/access-log)"
        answer: RegistryAccessViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/access-log",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_consents(
        self,
        *,
        resident_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryConsentViewList:
        "List Consents (GET /v1/residents/{resident_id}/consents)"
        answer: RegistryConsentViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/consents",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_consents(
        self,
        *,
        resident_id: str,
        body: RegistryConsentCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryConsentView:
        "Consent to one purpose of one grantee; an officer or volunteer who records it gives the evidence. (POST /v1/residents/{resident_id}/consents)"
        answer: RegistryConsentView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/consents",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_consents_by_consent_id(
        self,
        *,
        resident_id: str,
        consent_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryConsentView:
        "Get Consent (GET /v1/residents/{resident_id}/consents/{consent_id})"
        answer: RegistryConsentView = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/consents/{_path(consent_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_residents_consents_by_consent_id(
        self, *, resident_id: str, consent_id: str, accept_language: str | None = None
    ) -> Any:
        "Withdraw a consent, effective from the next request on. (DELETE /v1/residents/{resident_id}/consents/{consent_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/residents/{_path(resident_id)}/consents/{_path(consent_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_residents_corrections(
        self,
        *,
        resident_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryCorrectionViewList:
        "List Resident Corrections (GET /v1/residents/{resident_id}/corrections)"
        answer: RegistryCorrectionViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/corrections",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_corrections(
        self,
        *,
        resident_id: str,
        body: RegistryCorrectionCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryCorrectionView:
        "A request about a person's data, with the time limits of the law on personal data. (POST /v1/residents/{resident_id}/corrections)"
        answer: RegistryCorrectionView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/corrections",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_export(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> dict[str, Any]:
        "Everything that the registry has about a person, in full. (GET /v1/residents/{resident_id}/export)"
        answer: dict[str, Any] = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/export",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_facts(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryAttributeViewList:
        "Every attribute with its value, source and age. (GET /v1/residents/{resident_id}/facts)"
        answer: RegistryAttributeViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/facts",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_facts_history(
        self,
        *,
        resident_id: str,
        name: str,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryAttributeHistoryViewList:
        "Earlier values of an attribute, and values of other sources. (GET /v1/residents/{resident_id}/facts/{name}/history)"
        answer: RegistryAttributeHistoryViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/facts/{_path(name)}/history",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_links(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryLinkViewList:
        "The accounts that sign in as this resident, and those that did. (GET /v1/residents/{resident_id}/links)"
        answer: RegistryLinkViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/links",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_residents_links_by_link_id(
        self,
        *,
        resident_id: str,
        link_id: str,
        body: RegistryLinkReason,
        reason: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "End a link, with a reason in the body or the query: its account signs in no more, another one may be linked. (DELETE /v1/residents/{resident_id}/links/{link_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/residents/{_path(resident_id)}/links/{_path(link_id)}",
            query={"reason": reason},
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_residents_links_reopen(
        self,
        *,
        resident_id: str,
        link_id: str,
        body: RegistryLinkReason,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryLinkView:
        "Take the end of a link back: its account signs in again. (POST /v1/residents/{resident_id}/links/{link_id}/reopen)"
        answer: RegistryLinkView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/links/{_path(link_id)}/reopen",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_merge(
        self,
        *,
        resident_id: str,
        body: RegistryMergeBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentView:
        "The duplicate's record becomes part of this one. (POST /v1/residents/{resident_id}/merge)"
        answer: RegistryResidentView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/merge",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_residents_merge(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryResidentView:
        "Undo the last merge that this record was part of. (DELETE /v1/residents/{resident_id}/merge)"
        answer: RegistryResidentView = self._ask(
            "DELETE",
            f"/v1/residents/{_path(resident_id)}/merge",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_onboarding(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingOnboardingView:
        "A resident's journey, computed from everything known now. (GET /v1/residents/{resident_id}/onboarding)"
        answer: OnboardingOnboardingView = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/onboarding",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def put_residents_onboarding_by_step(
        self,
        *,
        resident_id: str,
        step: Literal[
            "vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"
        ],
        body: OnboardingStepDeclared,
        if_match: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingResidentStepView:
        "Records what a person declares about one step; the same declaration again changes nothing. (PUT /v1/residents/{resident_id}/onboarding/{step})"
        answer: OnboardingResidentStepView = self._ask(
            "PUT",
            f"/v1/residents/{_path(resident_id)}/onboarding/{_path(step)}",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_prefill(
        self,
        *,
        resident_id: str,
        body: RegistryPrefillBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryPrefillView:
        "Fill a form. A linked database that is down or slow never fails the call. (POST /v1/residents/{resident_id}/prefill)"
        answer: RegistryPrefillView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/prefill",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_refresh(
        self,
        *,
        resident_id: str,
        body: RegistryRefreshBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRefreshedView:
        "Query the linked databases about one resident, now. (POST /v1/residents/{resident_id}/refresh)"
        answer: RegistryRefreshedView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/refresh",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_representatives(
        self,
        *,
        resident_id: str,
        body: RegistryRepresentativeCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRepresentativeView:
        "Let somebody act for a resident: by the resident, or by an officer of the unit with a paper. (POST /v1/residents/{resident_id}/representatives)"
        answer: RegistryRepresentativeView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/representatives",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_representatives(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryRepresentativeViewList:
        "Who may act for a resident, and who might. (GET /v1/residents/{resident_id}/representatives)"
        answer: RegistryRepresentativeViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/representatives",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_representatives_by_representation_id(
        self,
        *,
        resident_id: str,
        representation_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryRepresentativeView:
        "One representation. (GET /v1/residents/{resident_id}/representatives/{representation_id})"
        answer: RegistryRepresentativeView = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/representatives/{_path(representation_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_residents_representatives_by_representation_id(
        self,
        *,
        resident_id: str,
        representation_id: str,
        body: RegistryEndReason,
        reason: str | None = None,
        accept_language: str | None = None,
    ) -> Any:
        "End it: by the resident, by the representative, or by an officer of the unit. It counts within 60 s. (DELETE /v1/residents/{resident_id}/representatives/{representation_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/residents/{_path(resident_id)}/representatives/{_path(representation_id)}",
            query={"reason": reason},
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_residents_reveal(
        self,
        *,
        resident_id: str,
        body: RegistryRevealBody,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryRevealView:
        "Full values, to the resident or an officer of the unit; the reason is kept in the access log. (POST /v1/residents/{resident_id}/reveal)"
        answer: RegistryRevealView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/reveal",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_residents_utility_accounts(
        self,
        *,
        resident_id: str,
        body: PaymentsQrUtilityAccountCreate,
        idempotency_key: str | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrUtilityAccountView:
        "Links a customer code to a resident: `confirmed` with a recent bill's period and amount, else `pending` until the (POST /v1/residents/{resident_id}/utility-accounts)"
        answer: PaymentsQrUtilityAccountView = self._ask(
            "POST",
            f"/v1/residents/{_path(resident_id)}/utility-accounts",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_utility_accounts(
        self,
        *,
        resident_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrUtilityAccountViewList:
        "The customer codes that a resident has linked. (GET /v1/residents/{resident_id}/utility-accounts)"
        answer: PaymentsQrUtilityAccountViewList = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/utility-accounts",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_residents_utility_accounts_by_link_id(
        self,
        *,
        resident_id: str,
        link_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        acting_for: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrUtilityAccountView:
        "One customer code of a resident. (GET /v1/residents/{resident_id}/utility-accounts/{link_id})"
        answer: PaymentsQrUtilityAccountView = self._ask(
            "GET",
            f"/v1/residents/{_path(resident_id)}/utility-accounts/{_path(link_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_residents_utility_accounts_by_link_id(
        self, *, resident_id: str, link_id: str, acting_for: str | None = None, accept_language: str | None = None
    ) -> Any:
        "Unlinks a customer code from a resident. (DELETE /v1/residents/{resident_id}/utility-accounts/{link_id})"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/residents/{_path(resident_id)}/utility-accounts/{_path(link_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Acting-For", acting_for),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_sessions(
        self,
        *,
        unit_code: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingSessionViewList:
        "Sessions in a unit and below, on days from `from` to `to`; public. (GET /v1/sessions)"
        answer: OnboardingSessionViewList = self._ask(
            "GET",
            "/v1/sessions",
            query={"unit_code": unit_code, "from": from_, "to": to, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_sessions_by_session_id(
        self, *, session_id: str, accept_language: str | None = None
    ) -> OnboardingOwnSessionView:
        "A session for those who run it. (GET /v1/sessions/{session_id})"
        answer: OnboardingOwnSessionView = self._ask(
            "GET",
            f"/v1/sessions/{_path(session_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def patch_sessions_by_session_id(
        self, *, session_id: str, body: OnboardingSessionPatch, accept_language: str | None = None
    ) -> OnboardingOwnSessionView:
        "Update Session (PATCH /v1/sessions/{session_id})"
        answer: OnboardingOwnSessionView = self._ask(
            "PATCH",
            f"/v1/sessions/{_path(session_id)}",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_sessions_attendance(
        self,
        *,
        session_id: str,
        body: OnboardingAttendanceBody,
        accept_language: str | None = None,
        idempotency_key: str | None = None,
    ) -> OnboardingAttendanceView:
        "Records who came, each once. (POST /v1/sessions/{session_id}/attendance)"
        answer: OnboardingAttendanceView = self._ask(
            "POST",
            f"/v1/sessions/{_path(session_id)}/attendance",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Accept-Language", accept_language),
                    ("Idempotency-Key", idempotency_key),
                )
                if value is not None
            },
        )
        return answer

    def get_sessions_attendance(
        self,
        *,
        session_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> OnboardingAttendeeViewList:
        "Who came, by id. (GET /v1/sessions/{session_id}/attendance)"
        answer: OnboardingAttendeeViewList = self._ask(
            "GET",
            f"/v1/sessions/{_path(session_id)}/attendance",
            query={"limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def delete_sessions_attendance_by_attendee_id(
        self, *, session_id: str, attendee_id: str, accept_language: str | None = None
    ) -> dict[str, dict[str, int]]:
        "Takes an attendance back that was recorded by mistake; the counts fall again. (DELETE /v1/sessions/{session_id}/attendance/{attendee_id})"
        answer: dict[str, dict[str, int]] = self._ask(
            "DELETE",
            f"/v1/sessions/{_path(session_id)}/attendance/{_path(attendee_id)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_sessions_check_in(
        self,
        *,
        session_id: str,
        body: OnboardingCheckIn,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingAttendanceItem:
        "A resident checks in with the code of the printed sheet. (POST /v1/sessions/{session_id}/check-in)"
        answer: OnboardingAttendanceItem = self._ask(
            "POST",
            f"/v1/sessions/{_path(session_id)}/check-in",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_sessions_check_in_code(
        self, *, session_id: str, format: Literal["pdf", "png", "svg"] | None = None, accept_language: str | None = None
    ) -> Any:
        "The code to scan: a sheet to print (PDF, PNG), or the symbol alone (SVG). (GET /v1/sessions/{session_id}/check-in-code)"
        answer: Any = self._ask(
            "GET",
            f"/v1/sessions/{_path(session_id)}/check-in-code",
            query={"format": format},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_sessions_training_accounts(
        self,
        *,
        session_id: str,
        body: OnboardingTrainingAccountsCreate,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> OnboardingTrainingAccountViewList:
        "Logins for training that end 7 days after the session; their secrets are shown this once. (POST /v1/sessions/{session_id}/training-accounts)"
        answer: OnboardingTrainingAccountViewList = self._ask(
            "POST",
            f"/v1/sessions/{_path(session_id)}/training-accounts",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_sessions_training_accounts(
        self, *, session_id: str, accept_language: str | None = None
    ) -> OnboardingTrainingAccountViewList:
        "List Training Accounts (GET /v1/sessions/{session_id}/training-accounts)"
        answer: OnboardingTrainingAccountViewList = self._ask(
            "GET",
            f"/v1/sessions/{_path(session_id)}/training-accounts",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_settings(self, *, accept_language: str | None = None) -> GatewaySettingsView:
        "The gateway's settings in force; keys, passwords and addresses of databases are not shown. (GET /v1/settings)"
        answer: GatewaySettingsView = self._ask(
            "GET",
            "/v1/settings",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_settlements(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementReport:
        "Compares a partner's file with the record. Count and sum are checked before any row is applied; the same file (POST /v1/settlements)"
        answer: PaymentsQrSettlementReport = self._ask(
            "POST",
            "/v1/settlements",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_settlements(
        self,
        *,
        partner_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementViewList:
        "Settlements, oldest first. For officers: those with lines of merchants in their units, with the figures of these. (GET /v1/settlements)"
        answer: PaymentsQrSettlementViewList = self._ask(
            "GET",
            "/v1/settlements",
            query={"partner_id": partner_id, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_settlements_by_settlement_id(
        self,
        *,
        settlement_id: str,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementReport:
        "A settlement with the lines that did not match; officers state a purpose. (GET /v1/settlements/{settlement_id})"
        answer: PaymentsQrSettlementReport = self._ask(
            "GET",
            f"/v1/settlements/{_path(settlement_id)}",
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_settlements_lines(
        self,
        *,
        settlement_id: str,
        state: Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]
        | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementLineViewList:
        "Every line, in the order of the file; officers state a purpose and see the lines of merchants in their units. (GET /v1/settlements/{settlement_id}/lines)"
        answer: PaymentsQrSettlementLineViewList = self._ask(
            "GET",
            f"/v1/settlements/{_path(settlement_id)}/lines",
            query={"state": state, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_settlements_lines_reopen(
        self,
        *,
        settlement_id: str,
        line_id: str,
        body: PaymentsQrReopening,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementLineView:
        "Takes the decision on a line back, with a reason. (POST /v1/settlements/{settlement_id}/lines/{line_id}/reopen)"
        answer: PaymentsQrSettlementLineView = self._ask(
            "POST",
            f"/v1/settlements/{_path(settlement_id)}/lines/{_path(line_id)}/reopen",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_settlements_lines_resolve(
        self,
        *,
        settlement_id: str,
        line_id: str,
        body: PaymentsQrLineResolution,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> PaymentsQrSettlementLineView:
        "Records a decision on a line that did not match, with account, time and note. (POST /v1/settlements/{settlement_id}/lines/{line_id}/resolve)"
        answer: PaymentsQrSettlementLineView = self._ask(
            "POST",
            f"/v1/settlements/{_path(settlement_id)}/lines/{_path(line_id)}/resolve",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_undecided_residents(
        self, *, limit: int | None = None, cursor: str | None = None, accept_language: str | None = None
    ) -> RegistryUndecidedViewList:
        "Residents of divided units without a decision; PATCH the resident's unit to decide. (GET /v1/undecided-residents)"
        answer: RegistryUndecidedViewList = self._ask(
            "GET",
            "/v1/undecided-residents",
            query={"limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def post_unit_imports(
        self,
        *,
        files: Any,
        body: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryUnitImportView:
        "Import a decree; the same tables again answer the first import. (POST /v1/unit-imports)"
        answer: RegistryUnitImportView = self._ask(
            "POST",
            "/v1/unit-imports",
            body=body,
            files=files,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_units(
        self,
        *,
        parent: str | None = None,
        level: Literal["province", "district", "commune", "village"] | None = None,
        q: str | None = None,
        as_of: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryUnitViewList:
        "List Units (GET /v1/units)"
        answer: RegistryUnitViewList = self._ask(
            "GET",
            "/v1/units",
            query={"parent": parent, "level": level, "q": q, "as_of": as_of, "limit": limit, "cursor": cursor},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_units_by_code(
        self, *, code: str, as_of: str | None = None, accept_language: str | None = None
    ) -> RegistryUnitView:
        "Get Unit (GET /v1/units/{code})"
        answer: RegistryUnitView = self._ask(
            "GET",
            f"/v1/units/{_path(code)}",
            query={"as_of": as_of},
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_units_fee_merchant(self, *, code: str, accept_language: str | None = None) -> PaymentsQrFeeMerchantView:
        "The merchant that receives the fees of the unit's dossiers, and a naming that waits for a second officer. (GET /v1/units/{code}/fee-merchant)"
        answer: PaymentsQrFeeMerchantView = self._ask(
            "GET",
            f"/v1/units/{_path(code)}/fee-merchant",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def put_units_fee_merchant(
        self, *, code: str, body: PaymentsQrFeeMerchantPut, accept_language: str | None = None
    ) -> PaymentsQrFeeMerchantView:
        "Names an active public_service merchant; a second officer confirms by naming the same one. (PUT /v1/units/{code}/fee-merchant)"
        answer: PaymentsQrFeeMerchantView = self._ask(
            "PUT",
            f"/v1/units/{_path(code)}/fee-merchant",
            body=body,
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def delete_units_fee_merchant(self, *, code: str, accept_language: str | None = None) -> Any:
        "Withdraws the pending naming; without one, ends the naming in force: fees are then paid at the counter. (DELETE /v1/units/{code}/fee-merchant)"
        answer: Any = self._ask(
            "DELETE",
            f"/v1/units/{_path(code)}/fee-merchant",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_units_procedures(self, *, code: str, accept_language: str | None = None) -> CaseworkChosenView:
        "The full-process services that a unit chose, and how many it must choose at least today. (GET /v1/units/{code}/procedures)"
        answer: CaseworkChosenView = self._ask(
            "GET",
            f"/v1/units/{_path(code)}/procedures",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def put_units_procedures(
        self,
        *,
        code: str,
        body: CaseworkProcedureChoice,
        if_match: str | None = None,
        accept_language: str | None = None,
    ) -> CaseworkChosenView:
        "Replaces a unit's choice. (PUT /v1/units/{code}/procedures)"
        answer: CaseworkChosenView = self._ask(
            "PUT",
            f"/v1/units/{_path(code)}/procedures",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("If-Match", if_match),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_unmatched_events(
        self,
        *,
        unit_code: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: Literal["dossier", "onboarding", "payment", "feedback", "correction", "support"] | None = None,
        accept_language: str | None = None,
    ) -> RegistryUnmatchedViewList:
        "Waiting events, masked; naming candidates of a shared phone is a read of their data. (GET /v1/unmatched-events)"
        answer: RegistryUnmatchedViewList = self._ask(
            "GET",
            "/v1/unmatched-events",
            query={"unit_code": unit_code, "limit": limit, "cursor": cursor},
            headers={
                name: str(value)
                for name, value in (
                    ("X-Purpose", purpose),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def post_unmatched_events_resolve(
        self,
        *,
        unmatched_id: str,
        body: RegistryResolveBody,
        idempotency_key: str | None = None,
        accept_language: str | None = None,
    ) -> RegistryResolvedView:
        "Decide the subject of an event; it is applied to that resident. (POST /v1/unmatched-events/{unmatched_id}/resolve)"
        answer: RegistryResolvedView = self._ask(
            "POST",
            f"/v1/unmatched-events/{_path(unmatched_id)}/resolve",
            body=body,
            headers={
                name: str(value)
                for name, value in (
                    ("Idempotency-Key", idempotency_key),
                    ("Accept-Language", accept_language),
                )
                if value is not None
            },
        )
        return answer

    def get_vocabularies(self, *, accept_language: str | None = None) -> GatewayVocabularyList:
        "The names of all vocabularies. (GET /v1/vocabularies)"
        answer: GatewayVocabularyList = self._ask(
            "GET",
            "/v1/vocabularies",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer

    def get_vocabularies_by_name(self, *, name: str, accept_language: str | None = None) -> GatewayVocabularyView:
        "The codes of one vocabulary, with the names that people write for them. (GET /v1/vocabularies/{name})"
        answer: GatewayVocabularyView = self._ask(
            "GET",
            f"/v1/vocabularies/{_path(name)}",
            headers={name: str(value) for name, value in (("Accept-Language", accept_language),) if value is not None},
        )
        return answer
