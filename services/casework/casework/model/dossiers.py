"""A dossier and its history."""

from base64 import b32encode
from collections.abc import Sequence
from datetime import date, datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from casework.calendar import Pause
from casework.model import Table
from casework.model.applications import DeskPaper
from casework.model.fees import SETTLED_BY, Channel, FeeAct, FeeStatus
from casework.model.forms import Entry, Form, once_only_ratio
from casework.model.lifecycle import NATIONAL, Action, Actor, Status, legal_actions, next_status
from casework.model.search import name_marks, national, number_marks
from casework.model.timeliness import is_on_time, is_overdue
from chassis.security.encryption import CipherContext, blind_index, blind_indexes, decrypt, decrypt_text, encrypt
from chassis.storage.database import aware

FORM = CipherContext("casework", "dossier", "form")
DESK_PAPER = CipherContext("casework", "dossier", "desk_paper")
NOTE = CipherContext("casework", "dossier_step", "note")
TRACKING = "dossier_tracking"
NAME_WORD, PHONE_NUMBER, PERSON_NUMBER = "dossier_name_word", "dossier_phone", "dossier_personal_id"
TRACKING_KEY = "dossier_tracking_key"

_FORM = TypeAdapter(dict[str, Entry])
_PAPER_PRESENTED = TypeAdapter(DeskPaper)


class Dossier(Table, table=True):
    """A request for a procedure, from draft to result; `unit_id` is the competent commune, `form` is encrypted for this row.

    Instants are UTC. `due_at` is the promise that holds now, `first_due_at` the one given at valid receipt.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_unit", "unit_id", "id"),
        Index("ix_dossier_resident", "resident_id", "id", postgresql_where="resident_id IS NOT NULL"),
        Index("ix_dossier_organization", "organization_id", "id", postgresql_where="organization_id IS NOT NULL"),
        Index("ix_dossier_subject", "subject_id", postgresql_where="subject_id IS NOT NULL"),
        Index("ix_dossier_search", "search_marks", postgresql_using="gin"),
        Index("ix_dossier_unmarked", "id", postgresql_where="search_marks IS NULL"),
        Index("ix_dossier_due", "due_at", postgresql_where="finished_at IS NULL AND due_at IS NOT NULL"),
        Index("ix_dossier_draft_result", "draft_result_until", postgresql_where="status = 'draft_result_sent'"),
        Index("uq_dossier_code_here", "code", unique=True, postgresql_where="code IS NOT NULL AND origin = 'here'"),
        Index("uq_dossier_code_portal", "code", unique=True, postgresql_where="origin = 'portal'"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    code: str | None = Field(default=None, sa_type=Text)
    origin: str = Field(default="here", sa_type=Text)
    procedure_code: str = Field(sa_type=Text)
    rules_on: date
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    receiving_unit_id: UUID | None = None
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    subject_id: UUID | None = None
    on_behalf_of: UUID | None = None
    assisted_by: str | None = Field(default=None, sa_type=Text)
    is_self_service: bool = False
    channel: str = Field(default=Channel.ONLINE.value, sa_type=Text)
    copies: int = 1
    result_delivery: str = Field(default="electronic", sa_type=Text)
    status: str = Field(default=Status.DRAFT.value, sa_type=Text)
    portal_status: int | None = None
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())
    submitted_at: datetime | None = Field(default=None, sa_type=aware())
    received_at: datetime | None = Field(default=None, sa_type=aware())
    first_due_at: datetime | None = Field(default=None, sa_type=aware())
    due_at: datetime | None = Field(default=None, sa_type=aware())
    with_verification: bool = False
    finished_at: datetime | None = Field(default=None, sa_type=aware())
    returned_at: datetime | None = Field(default=None, sa_type=aware())
    draft_result_until: datetime | None = Field(default=None, sa_type=aware())
    supplement_requests: int = 0
    extensions: int = 0
    on_time: bool | None = None
    hand_over: str | None = Field(default=None, sa_type=Text)
    registered_death: bool = False
    form: bytes | None = Field(default=None, sa_type=LargeBinary)
    fields_asked: int = 0
    fields_prefilled: int = 0
    is_degraded: bool = False
    search_marks: list[bytes] | None = Field(default=None, sa_type=ARRAY(LargeBinary))
    phone_mark: bytes | None = Field(default=None, sa_type=LargeBinary)
    desk_paper: bytes | None = Field(default=None, sa_type=LargeBinary)
    fee_amount: int = 0
    fee_status: str = Field(default=FeeStatus.NONE.value, sa_type=Text)
    fee_paid_at: datetime | None = Field(default=None, sa_type=aware())
    fee_paid_online: bool = False
    fee_settled_by: str | None = Field(default=None, sa_type=Text)
    fee_paid_twice_at: datetime | None = Field(default=None, sa_type=aware())
    fee_uncollectable: str | None = Field(default=None, sa_type=Text)
    qr_code_id: UUID | None = None
    signature_serial: str | None = Field(default=None, sa_type=Text)
    signature_provider: str | None = Field(default=None, sa_type=Text)
    signed_at: datetime | None = Field(default=None, sa_type=aware())
    signature_verdict: str | None = Field(default=None, sa_type=Text)

    @property
    def national_status(self) -> int | None:
        """One of the ten codes of the national portal; None for a draft."""
        national = NATIONAL[Status(self.status)]
        return self.portal_status if self.origin == "portal" else national and int(national)

    @property
    def is_received(self) -> bool:
        """Whether the clock was started by a valid receipt."""
        return self.received_at is not None

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change the form and the papers now."""
        return self.status in (Status.DRAFT, Status.SUPPLEMENT_REQUESTED)

    @property
    def is_for_another(self) -> bool:
        """Whether the person concerned or represented is not the applicant."""
        others = {self.subject_id, self.on_behalf_of} - {None, self.resident_id}
        return bool(others)

    @property
    def ratio(self) -> float:
        """The share of the fields known to the registry that did not have to be declared again."""
        return once_only_ratio(self.fields_asked, self.fields_prefilled)

    @property
    def receipt_number(self) -> str | None:
        """The number of the electronic receipt (biên lai điện tử): the dossier's own code; None while nothing is paid."""
        is_paid = self.fee_status in (FeeStatus.PAID, FeeStatus.TO_REFUND)
        return f"BL-{self.code}" if is_paid and self.origin == "here" else None

    @property
    def tracking_key(self) -> str:
        """What the slip's QR code carries beside the code: 80 bits that no one can guess."""
        return _tracking_key(blind_index(TRACKING_KEY, str(self.id)))

    def has_tracking_key(self, key: str) -> bool:
        """Whether this is the tracking key, under any index key still in use."""
        indexes = blind_indexes(TRACKING_KEY, str(self.id))
        return any(compare_digest(_tracking_key(index).encode(), key.encode()) for index in indexes)

    def has_phone(self, last4: str) -> bool:
        """Whether these are the last four digits of the form's telephone, under any index key still in use."""
        return self.phone_mark in blind_indexes(TRACKING, f"{self.id}|{last4}")

    def entries(self) -> Form:
        """The decrypted form."""
        if self.form is None:
            return {}
        return _FORM.validate_json(decrypt(FORM, str(self.id), self.form))

    def values(self) -> dict[str, Any]:
        """The decrypted values by field name."""
        return {name: entry.value for name, entry in self.entries().items()}

    def keep(self, form: Form) -> None:
        """Encrypts the form into this row, with the blind indexes by which it is tracked and found."""
        self.form = encrypt(FORM, str(self.id), _FORM.dump_json(form))
        self._mark(form)

    def mark(self) -> None:
        """Writes the blind indexes of the form again, under the newest key."""
        self._mark(self.entries())

    def _mark(self, form: Form) -> None:
        names = (str(form.get(name, Entry()).value or "") for name in ("full_name", "organization_name"))
        phone, personal_id = (str(form.get(name, Entry()).value or "") for name in ("phone", "personal_id"))
        self.search_marks = [
            *name_marks(NAME_WORD, *names),
            *number_marks(PHONE_NUMBER, national(phone)),
            *number_marks(PERSON_NUMBER, personal_id),
        ]
        digits = [character for character in str(form.get("phone", Entry()).value or "") if character.isdigit()]
        self.phone_mark = phone_mark(self.id, "".join(digits[-4:])) if len(digits) >= 4 else None

    def record_paper(self, paper: DeskPaper) -> None:
        """Encrypts the paper that was presented at the desk into this row."""
        self.desk_paper = encrypt(DESK_PAPER, str(self.id), _PAPER_PRESENTED.dump_json(paper))

    def read_paper(self) -> DeskPaper | None:
        """The decrypted paper that was presented at the desk."""
        if self.desk_paper is None:
            return None
        return _PAPER_PRESENTED.validate_json(decrypt(DESK_PAPER, str(self.id), self.desk_paper))

    @property
    def represented_by(self) -> UUID | None:
        """The resident who opened the dossier for the applicant, as a representative; None for one's own."""
        kind, _, account = self.created_by.partition(":")
        try:
            opened_by = UUID(account) if kind == "resident" else None
        except ValueError:
            return None
        return None if opened_by == self.resident_id else opened_by

    def legal(self, actor: Actor) -> tuple[Action, ...]:
        """The actions that this actor may take now."""
        if self.origin == "portal":
            return ()
        return legal_actions(Status(self.status), actor, received=self.is_received)

    def advance(self, action: Action, actor: Actor) -> None:
        """Moves along the table; raises NotYours or Illegal."""
        self.status = next_status(Status(self.status), action, actor, received=self.is_received).value

    def finish(self, at: datetime) -> None:
        """Stops the clock and judges the dossier by the formula of the index."""
        self.finished_at = at
        self.on_time = is_on_time(
            received_at=self.received_at,
            promised_at=self.due_at,
            finished_at=at,
            supplement_requests=self.supplement_requests,
            extensions=self.extensions,
            now=at,
        )

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promise has passed while the office, not the applicant, had the dossier."""
        return is_overdue(
            promised_at=self.due_at,
            finished_at=self.finished_at,
            paused=self.status == Status.SUPPLEMENT_REQUESTED,
            now=now,
        )

    def state(self) -> dict[str, Any]:
        """The members of a `DossierState`: what other services may know."""
        return {
            "dossier_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": self.unit_code,
            "procedure_code": self.procedure_code,
            "status": self.status,
            "national_status": self.national_status or 1,
            "channel": Channel(self.channel).national_code,
            "origin": self.origin,
            "at": self.changed_at,
            "submitted_at": self.submitted_at,
            "received_at": self.received_at,
            "due_at": self.due_at,
            "finished_at": self.finished_at,
            "is_on_time": self.on_time,
            "extensions": self.extensions,
            "self_service": self.is_self_service,
            "resident_id": self.resident_id,
            "organization_id": self.organization_id,
            "fields_asked": self.fields_asked,
            "fields_prefilled": self.fields_prefilled,
            "fee_amount": self.fee_amount,
            "fee_paid_online": self.fee_paid_online,
            "code": self.code,
            "partner_id": self.created_by if self.origin == "portal" else None,
        }

    def settle_fee(self) -> None:
        """A dossier that ended without a result owes nothing; what was paid is flagged for refund, never lost."""
        ended = {FeeStatus.REQUESTED.value: FeeStatus.CANCELLED, FeeStatus.PAID.value: FeeStatus.TO_REFUND}
        if self.fee_status in ended:
            self.fee_status = ended[self.fee_status].value

    def restore(self, state: "UndoState") -> None:
        """Writes back the state before an action. Money that came in the meantime stays: a payment is never lost."""
        paid = self.fee_status in (FeeStatus.PAID, FeeStatus.TO_REFUND)
        for name, value in state:
            if not name.startswith("fee_"):
                setattr(self, name, value)
        if self.fee_settled_by:
            self.fee_status = SETTLED_BY[FeeAct(self.fee_settled_by)].value
        elif paid:
            self.fee_status, self.fee_paid_online = FeeStatus.PAID.value, True
        elif state.fee_status in (FeeStatus.PAID, FeeStatus.TO_REFUND):
            self.fee_status = FeeStatus.REQUESTED.value  # the payment was reversed in the meantime
        else:
            was_asked = self.fee_status == FeeStatus.REQUESTED and state.fee_status == FeeStatus.NONE
            self.fee_status = FeeStatus.CANCELLED.value if was_asked else state.fee_status
            self.fee_amount = state.fee_amount

    def settle_at_counter(self, act: FeeAct) -> None:
        """An officer recorded the fee as paid at the counter, or waived it."""
        self.fee_status, self.fee_settled_by = SETTLED_BY[act].value, act.value
        self.fee_paid_at = self.changed_at if act is FeeAct.RECORD else None

    def undo_counter_fee(self) -> None:
        """The record at the counter was a mistake: the fee is owed again, unless it was paid online as well."""
        paid_at, self.fee_paid_twice_at, self.fee_settled_by = self.fee_paid_twice_at, None, None
        self.fee_paid_at, self.fee_paid_online = paid_at, paid_at is not None
        self.fee_status = (FeeStatus.PAID if paid_at else FeeStatus.REQUESTED).value


class UndoState(BaseModel):
    """The columns of a dossier that an action changes, as they were before it: what a revert writes back."""

    status: str
    unit_id: UUID
    unit_code: str
    rules_on: date
    received_at: datetime | None
    first_due_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    draft_result_until: datetime | None
    supplement_requests: int
    extensions: int
    on_time: bool | None
    hand_over: str | None = None
    fee_amount: int
    fee_status: str

    @classmethod
    def of(cls, dossier: Dossier) -> "UndoState":
        """The state of a dossier now."""
        return cls(**{name: getattr(dossier, name) for name in cls.model_fields})


class DossierStep(Table, table=True):
    """One action on a dossier: who, when, status before and after, and the competent unit afterwards; the note is encrypted.

    `undo` is the `UndoState` before an officer's action, `undone_by` the step that took it back.
    """

    __tablename__ = "dossier_step"
    __table_args__ = (Index("ix_dossier_step_dossier", "dossier_id", "id"),)

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    action: str = Field(sa_type=Text)
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    unit_code: str | None = Field(default=None, sa_type=Text)
    note: bytes | None = Field(default=None, sa_type=LargeBinary)
    undo: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    undone_by: UUID | None = None

    def write(self, note: str | None) -> None:
        """Encrypts the note for this row."""
        self.note = encrypt(NOTE, str(self.id), note) if note else None

    def read(self) -> str | None:
        """The decrypted note."""
        return decrypt_text(NOTE, str(self.id), self.note) if self.note else None


class DossierPause(Table, table=True):
    """A supplement request that stopped the clock."""

    __tablename__ = "dossier_pause"
    __table_args__ = (Index("ix_dossier_pause_dossier", "dossier_id", "started_at"),)

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    started_at: datetime = Field(sa_type=aware())
    ended_at: datetime | None = Field(default=None, sa_type=aware())


class TrackingGuess(Table, table=True):
    """Wrong phone digits for a tracking code within an hour: guessing is limited."""

    __tablename__ = "tracking_guess"

    code_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    hour: datetime = Field(primary_key=True, sa_type=aware())
    wrong: int


def phone_mark(dossier_id: UUID, last4: str) -> bytes:
    """The blind index of a phone's last four digits, bound to this dossier."""
    return blind_index(TRACKING, f"{dossier_id}|{last4}")


def _tracking_key(index: bytes) -> str:
    return b32encode(index[:10]).decode().lower()


def pauses_of(rows: Sequence[DossierPause]) -> list[Pause]:
    """The pauses as the calendar reads them."""
    return [Pause(row.started_at, row.ended_at) for row in rows]
