"""Bodies about the rights of people over their own data."""

import json
import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, Field
from pydantic_core import PydanticCustomError

from chassis.clock import now
from chassis.security.identity import Role
from chassis.web.bodies import Instant, RequestBody
from chassis.web.imports import ActorView
from chassis.web.vocabulary import Coded, OneOf, code_of, one_of
from registry.model.attributes import masked
from registry.model.consents import Consent
from registry.model.provenance import Correction
from registry.queries.access import LoggedAccess
from registry.queries.duplicates import CandidatePair
from registry.queries.history import PersonExport
from registry.schemas.checked import ShortText
from registry.schemas.identity_links import LinkView
from registry.schemas.move_requests import MoveView
from registry.schemas.representations import RepresentativeView
from registry.schemas.residents import AttributeHistoryView, AttributeView


class AccessView(BaseModel):
    """An entry of the access log: who read what, when and why."""

    at: datetime
    """When the data were read."""
    actor: str
    """The opaque account; the sign-in provider knows whose it is."""
    role: Annotated[str, OneOf(Role, "platform")]
    """The role of the account, such as `officer`."""
    body: str | None
    """The body (cơ quan) of the account, such as `police`."""
    unit_code: str | None
    """The unit of the account."""
    unit_name: str | None
    """The name of that unit."""
    action: str
    """What was done, such as `read`, `list` or `reveal`."""
    purpose: str | None
    """The purpose that was stated (`X-Purpose`)."""
    fields: list[str]
    """The names of the fields that were shown."""
    legal_basis: str | None
    """The stated reason or legal basis."""
    service: str
    """The service that showed the data."""

    @classmethod
    def of(cls, entry: LoggedAccess) -> Self:
        """The view of an entry."""
        return cls.model_validate(entry, from_attributes=True)


class ActorAccessView(AccessView):
    """A read of an account, for auditors: with the resident's id and no personal data."""

    resident_id: UUID
    """The resident whose data were read."""


MOST_EVIDENCE = 4_000


def _short(evidence: dict[str, Any] | None) -> dict[str, Any] | None:
    if len(json.dumps(evidence, ensure_ascii=False)) > MOST_EVIDENCE:
        raise PydanticCustomError(
            "too-long", "Must have at most 4,000 characters.", {"vi": "Không được quá 4.000 ký tự."}
        )
    return evidence


_PARTNER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def _grantee(written: str) -> str:
    """The id of a partner, or a body by its code or by a name that people write for it."""
    code = code_of("bodies", written)
    if code is None and not _PARTNER_ID.fullmatch(written):
        context = {"vi": "Phải là mã đối tác, hoặc cơ quan trong danh mục (GET /v1/vocabularies/bodies)."}
        raise PydanticCustomError(
            "unknown-code", "Must be a partner's id or a body (GET /v1/vocabularies/bodies).", context
        )
    return code or written


class ConsentCreate(RequestBody):
    """One purpose and one grantee, with the evidence that the law asks for."""

    purpose: Annotated[ShortText, Coded("consent-purposes")]
    """What for: a code of the vocabulary `consent-purposes`, or a name that is read as one."""
    grantee: Annotated[
        ShortText, AfterValidator(_grantee), Field(validation_alias=AliasChoices("grantee", "partner_id", "provider"))
    ]
    expires_at: Instant | None = None
    """When the consent ends by itself; null: it holds until it is withdrawn."""
    evidence: Annotated[dict[str, Any] | None, AfterValidator(_short)] = None
    """At most 4,000 characters as JSON: what was agreed, how and where it is kept; never the document itself."""


class ConsentView(BaseModel):
    """A consent and whether it is valid now."""

    id: UUID
    """The id of the consent."""
    purpose: Annotated[str, one_of("consent-purposes")]
    """What for: a code of `consent-purposes`."""
    grantee: str
    """To whom: the id of a partner, or a body."""
    evidence: dict[str, Any]
    """How it was given."""
    granted_at: datetime
    """When it was given."""
    expires_at: datetime | None
    """When it ends by itself."""
    withdrawn_at: datetime | None
    """When it was withdrawn."""
    status: Literal["valid", "expired", "withdrawn"]
    """Whether it holds now."""

    @classmethod
    def of(cls, consent: Consent) -> Self:
        """The view of a consent now."""
        status = "withdrawn" if consent.withdrawn_at else "valid" if consent.is_valid(now()) else "expired"
        return cls.model_validate(consent.model_dump() | {"status": status, "evidence": consent.decrypted_evidence()})


class CorrectionCreate(RequestBody):
    """A request: an attribute is wrong, or data should be erased, or their use is objected to."""

    kind: Literal["correction", "erasure", "objection"] = "correction"
    """What is asked for."""
    field: Annotated[str | None, Field(validation_alias=AliasChoices("field", "name"))] = None
    """The attribute, also village, household, number and ethnic group; null: everything (not for a correction)."""
    value: Any = None
    """The right value, for a correction."""
    reason: Annotated[str | None, Field(max_length=500)] = None
    """Why."""


class CorrectionView(BaseModel):
    """A request with its time limits; a number is masked."""

    id: UUID
    """The id of the request."""
    resident_id: UUID
    """The person it is about."""
    kind: Literal["correction", "erasure", "objection"]
    """What is asked for."""
    field: str
    """The attribute; `*`: everything."""
    value: Any
    """The proposed value."""
    source: str
    """Who proposes it: `resident`, `officer`, `volunteer`, `import`, or a linked database."""
    state: Literal["received", "accepted", "refused"]
    """`received` until an officer decides."""
    reason: str | None
    """Why it was requested."""
    requested_at: datetime
    """When it was requested."""
    acknowledge_by: date
    """The last day to acknowledge it: two working days."""
    due_on: date
    """The last day to answer, by law."""
    decided_at: datetime | None
    """When an officer decided."""
    decided_by: ActorView | None
    """Who decided: role, body and unit."""
    decision_note: str | None
    """The reason of the decision; a refusal has one."""

    @classmethod
    def of(cls, row: Correction) -> Self:
        """The view of a request."""
        return cls.model_validate(
            row.model_dump()
            | {"field": row.name, "value": masked(row.name, row.proposed_value())}
            | {"reason": row.decrypted_reason(), "decision_note": row.decrypted_note()}
            | {"decided_by": _decider(row)}
        )


def _decider(row: Correction) -> ActorView | None:
    return ActorView(role="officer", body=row.decided_body, unit_code=row.decided_unit_code) if row.decided_at else None


class DecisionBody(RequestBody):
    """The decision of an officer; the person may read the note."""

    decision: Literal["accept", "refuse"]
    """`accept` puts the value in its place, whatever the source of the present one."""
    note: Annotated[str | None, Field(max_length=500, validation_alias=AliasChoices("note", "reason"))] = None
    """The reason; needed to refuse. `reason` is read too."""


class MergeBody(RequestBody):
    """The other record of the same person."""

    duplicate_id: UUID


class DuplicatePairView(BaseModel):
    """Two records that may be one person, and why."""

    id: UUID
    resident_ids: list[UUID]
    full_names: list[str]
    unit_codes: list[str]
    reasons: list[str]
    score: int

    @classmethod
    def of(cls, pair: CandidatePair) -> Self:
        """The view of a pair."""
        return cls.model_validate(pair, from_attributes=True)


def export_view(export: PersonExport) -> dict[str, Any]:
    """Everything about a person as plain data, numbers in full where they are values."""
    resident = export.resident
    return {
        "resident_id": resident.id,
        "status": resident.life,
        "registered_at": resident.registered_at,
        "values": export.values,
        "facts": [AttributeView.of(known).model_dump() for known in export.attributes],
        "history": [AttributeHistoryView.of_record(record, in_full=True).model_dump() for record in export.records],
        "consents": [ConsentView.of(consent).model_dump() for consent in export.consents],
        "corrections": [CorrectionView.of(correction).model_dump() for correction in export.corrections],
        "organizations": list(export.organization_ids),
        "accounts": [LinkView.of(link).model_dump() for link in export.accounts],
        "representatives": [RepresentativeView.of(*each).model_dump() for each in export.representatives],
        "represented": [
            each.model_dump(include={"id", "resident_id", "organization_id", "scope", "until", "basis"})
            for each in export.represented
        ],
        "moves": [MoveView.of(move, in_full=True).model_dump() for move in export.moves],
        "access_log": [AccessView.of(entry).model_dump() for entry in export.access_log],
    }
