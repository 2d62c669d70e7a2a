"""Events of casework: dossiers, units' chosen procedures, feedback, documents, incidents."""

from typing import ClassVar, Literal

from contracts import topics
from contracts.event import Code, Event, Id, Instant, date


class DossierState(Event):
    """A dossier as it stands now. `national_status` is one of the ten codes of the national portal, `channel` 1 in person,
    2 online, 3 by post; `origin` distinguishes a dossier filed here from one that a portal reported."""

    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    procedure_code: Code
    status: str
    national_status: int
    channel: Literal[1, 2, 3]
    origin: Literal["here", "portal"]
    at: Instant
    submitted_at: Instant | None = None
    received_at: Instant | None = None
    due_at: Instant | None = None
    finished_at: Instant | None = None
    is_on_time: bool | None = None
    """False also for a dossier whose date was moved with an apology: an extended dossier is never on time."""
    extensions: int = 0
    """How often the promised date was moved with an apology."""
    self_service: bool = False
    resident_id: Id | None = None
    organization_id: Id | None = None
    fields_asked: int = 0
    fields_prefilled: int = 0
    fee_amount: int = 0
    fee_paid_online: bool = False
    code: str | None = None
    """The dossier's code; None before it is submitted."""
    partner_id: str | None = None
    """The portal that reported it; None for a dossier filed here."""


class DossierSubmitted(DossierState):
    """The applicant sent the dossier in, here or on a portal. To subscribers outside the platform it is `dossier.submitted`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.submitted.v1"


class DossierChanged(DossierState):
    """The dossier moved on: accepted, supplement requested, paused, approved, returned, withdrawn, refused. To subscribers
    outside the platform it is `dossier.status_changed` when the status differs from the one before."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.changed.v1"


class DossierCompleted(DossierState):
    """The dossier is settled; `is_on_time` by the formula of the national index (Decision 766/QĐ-TTg, 2.1). To subscribers
    outside the platform it is `dossier.completed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.completed.v1"


class DossierNotice(Event):
    """What the applicant of a dossier must be informed of, published with the action that is the reason: at `at` the applicant
    counts as informed, and periods that run from that moment are counted from it. A resident is named by `resident_id`,
    organizations in `organization_id`; exactly one of them is set. The reason that the office gave is personal data and is
    read in the dossier, never here."""

    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    version: int
    dossier_code: str
    unit_id: Id
    unit_code: Code
    procedure_code: Code
    status: str
    national_status: int
    at: Instant
    resident_id: Id | None = None
    organization_id: Id | None = None


class DossierSupplementRequested(DossierNotice):
    """The office asks the applicant for a supplement (yêu cầu bổ sung, slip 02). To subscribers outside the platform it is
    `dossier.supplement_requested`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.supplement_requested.v1"

    supplement_requests: int = 1
    """How many supplements were asked for so far, this one included."""


class DossierDraftResultSent(DossierNotice):
    """A draft of the result waits for the applicant, whose silence until `answer_by` is consent; the period is counted from
    `at`. To subscribers outside the platform it is `dossier.status_changed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.draft_result_sent.v1"

    answer_by: Instant
    """The close of the office on the last day on which the applicant may confirm or dispute the draft."""


class DossierRefused(DossierNotice):
    """The office did not receive the dossier (`status` `refused`, slip 03), or stopped it after receipt (`rejected`). To
    subscribers outside the platform it is `dossier.status_changed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.refused.v1"


class DossierExtended(DossierNotice):
    """The office apologised and promised a new date (xin lỗi và hẹn lại ngày trả kết quả, slip 04). To subscribers outside
    the platform it is `dossier.status_changed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.extended.v1"

    due_at: Instant
    """The new promise."""
    previous_due_at: Instant
    """The promise that was not kept."""


class DossierFeeDue(DossierNotice):
    """The applicant owes a fee: at submission, or when the office asks for one. payments-qr is asked for a code by
    `dossier.fee_requested`. To subscribers outside the platform it is `dossier.status_changed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.fee_due.v1"

    amount: int
    """VND."""
    due_on: date
    """The day until which the code to pay by holds."""


class DossierResultReady(DossierNotice):
    """The result waits for the applicant: the dossier is approved, its fee settled. To subscribers outside the platform it is
    part of `dossier.completed`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.result_ready.v1"

    result_delivery: Literal["electronic", "post", "in_person"]
    """How the applicant wishes to get it."""


class DossierFeeRequested(Event):
    """A fee is due for a dossier, or is due again (a refusal or a record at the counter was taken back) or in another amount;
    payments-qr answers with `qr.issued`, later `bill.paid`, or `fee.uncollectable`."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.fee_requested.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    unit_id: Id
    unit_code: Code
    dossier_code: str
    amount: int
    due_on: date
    at: Instant
    version: int = 0
    """The dossier's version: an older event about its fee changes nothing. 0 from a release that did not count."""


class DossierFeeClosed(Event):
    """A fee is no longer asked for online: taken at the counter, waived, or the dossier ended without a result. payments-qr
    closes its bill; `dossier.fee_requested` opens it again."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.fee_closed.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    reason: Literal["paid_at_counter", "waived", "ended"]
    at: Instant


class DossierFeePaid(Event):
    """A dossier's fee is paid; `flagged` when the dossier was withdrawn or refused before."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.dossier.fee_paid.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    unit_id: Id
    unit_code: Code
    amount: int
    paid_at: Instant
    flagged: bool = False


class DeathRegistered(Event):
    """A dossier registered a resident's death (đăng ký khai tử)."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.death.registered.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    resident_id: Id
    deceased_on: date
    at: Instant


class DeathRevoked(Event):
    """A registered death was taken back: the approval of its dossier was reverted, or its result revoked. `deceased_on` is
    the date that was registered; registry makes the resident alive again if that registration is still what it knows."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.death.revoked.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    resident_id: Id
    deceased_on: date
    at: Instant


class ProceduresChosen(Event):
    """The full-process services that a unit has chosen for the model, all of them."""

    topic: ClassVar[str] = topics.DOSSIERS
    type: ClassVar[str] = "vn.bakhong.procedures.chosen.v1"
    key_field: ClassVar[str] = "unit_id"

    unit_id: Id
    unit_code: Code
    codes: list[Code]
    minimum: int
    at: Instant


class FeedbackState(Event):
    """A feedback or petition (phản ánh, kiến nghị) as it stands now."""

    key_field: ClassVar[str] = "feedback_id"

    feedback_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    category: Literal["regulation", "conduct", "field"]
    status: str
    at: Instant
    received_at: Instant
    due_at: Instant
    answered_at: Instant | None = None
    is_on_time: bool | None = None
    rating: int | None = None
    resident_id: Id | None = None
    """The sender, who is notified of the answer; None when anonymous."""
    escalation: int = 0


class FeedbackReceived(FeedbackState):
    """Feedback was received."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.feedback.received.v1"


class FeedbackAnswered(FeedbackState):
    """The competent unit answered. To subscribers outside the platform it is `feedback.answered`."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.feedback.answered.v1"


class FeedbackChanged(FeedbackState):
    """Assigned, escalated, reopened, rated, closed."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.feedback.changed.v1"


class DocumentState(Event):
    """A document between people and agencies as it stands now: never its content.

    `sender_id` and `recipient_id` are residents or organizations; an agency has none.
    """

    key_field: ClassVar[str] = "document_id"

    document_id: Id
    version: int
    status: str
    at: Instant
    sender_unit_code: Code | None = None
    recipient_unit_code: Code | None = None
    sender_id: Id | None = None
    recipient_id: Id | None = None


class DocumentSent(DocumentState):
    """A document lies in its recipient's box. To subscribers outside the platform it is `document.received` when
    `recipient_id` is a resident or an organization."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.document.sent.v1"


class DocumentChanged(DocumentState):
    """Received, refused, assigned, in progress, finished, asked back."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.document.changed.v1"


class IncidentState(Event):
    """A technical fault as it stands now; `reporter_id` is the resident or organization who met it, None for officers."""

    key_field: ClassVar[str] = "incident_id"

    incident_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    system: Literal["portal", "one_stop", "app", "network"]
    severity: Literal["low", "normal", "high"]
    status: str
    at: Instant
    reported_at: Instant
    due_at: Instant | None = None
    resolved_at: Instant | None = None
    is_on_time: bool | None = None
    escalation: int = 0
    reporter_id: Id | None = None


class IncidentReported(IncidentState):
    """A person reported a fault."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.incident.reported.v1"


class IncidentChanged(IncidentState):
    """Assigned, resolved, reopened, or escalated because its time has passed."""

    topic: ClassVar[str] = topics.FEEDBACK
    type: ClassVar[str] = "vn.bakhong.incident.changed.v1"
