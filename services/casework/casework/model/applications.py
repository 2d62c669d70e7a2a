"""What people ask of a dossier, as plain values: a new application, changes of its form, the signature, a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from casework.model.fees import Channel
from casework.model.lifecycle import Action
from casework.procedures import Applicant

PaperKind = Literal[
    "presented", "authorisation", "guardianship", "death_notification", "identity", "civil_status", "other"
]

HandOver = Literal["in_person", "post"]
"""How a result on paper reached the applicant."""


@dataclass(frozen=True)
class DeskPaper:
    """The paper by which an applicant at the desk acts for, or about, another person. `presented`: the officer confirms that
    the papers of the procedure were shown, without naming one."""

    kind: PaperKind = "presented"
    number: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True)
class Application:
    """Who applies for what; exactly one of `resident_id` and `organization_id` is set."""

    procedure_code: str
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    subject_id: UUID | None = None
    unit_code: str | None = None
    on_behalf_of: UUID | None = None
    assisted_by: str | None = None
    copies: int = 1
    result_delivery: str = "electronic"
    channel: Channel = Channel.ONLINE
    paper: DeskPaper | None = None

    @property
    def applicant(self) -> Applicant:
        """Whether a resident or an organization applies."""
        return "organization" if self.organization_id else "resident"


@dataclass(frozen=True)
class FormChanges:
    """What the applicant typed, by field name; None leaves `copies` and `result_delivery` as they are."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    copies: int | None = None
    result_delivery: str | None = None


@dataclass(frozen=True)
class FormSignature:
    """What is kept of the applicant's signature on the form: never the key, never the certificate's owner."""

    provider: str
    certificate_serial: str
    signed_at: datetime


@dataclass(frozen=True)
class Decision:
    """One action on a dossier. `unit_code` goes with `transfer`, `due_on` with `extend`, `amount` (VND) with
    `request_payment`, `verification` with `accept`, `hand_over` with `return_result` on paper."""

    action: Action
    note: str | None = None
    unit_code: str | None = None
    due_on: date | None = None
    amount: int | None = None
    verification: bool = False
    hand_over: HandOver | None = None
