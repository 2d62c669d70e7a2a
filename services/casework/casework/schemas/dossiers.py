"""Request bodies and views of dossiers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from casework.model.applications import (
    Application,
    Decision,
    DeskPaper,
    FormChanges,
    FormSignature,
    HandOver,
    PaperKind,
)
from casework.model.fees import Channel, FeeAct, FeeStatus
from casework.model.forms import State
from casework.model.lifecycle import Action, Status
from casework.signatures import SignatureCheck, Verdict
from chassis.clock import HO_CHI_MINH
from chassis.security.identity import Role
from chassis.web.bodies import NOT_NULL, Day, RequestBody
from chassis.web.past import PastDay, PastInstant
from chassis.web.vocabulary import OneOf

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Local = Annotated[datetime, AfterValidator(lambda instant: instant.astimezone(HO_CHI_MINH))]
"""An instant as the people concerned read it: with the offset of Vietnam."""
Note = Annotated[str, StringConstraints(max_length=2_000)]


class PaperPresented(RequestBody):
    """The paper by which an applicant at the desk acts for, or about, another person."""

    kind: PaperKind = "presented"
    number: Short | None = None
    issued_on: PastDay | None = None


class DossierCreate(RequestBody):
    """Who applies for what; exactly one of `resident_id` and `organization_id`."""

    procedure_code: Code
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    subject_id: UUID | None = None
    unit_code: Code | None = None
    on_behalf_of: UUID | None = None
    assisted_by: Short | None = None
    copies: int = Field(default=1, ge=1, le=100)
    result_delivery: Literal["electronic", "post", "in_person"] = "electronic"
    channel: Channel = Channel.ONLINE
    paper: PaperPresented | None = None

    @model_validator(mode="after")
    def _one_applicant(self) -> "DossierCreate":
        if (self.resident_id is None) == (self.organization_id is None):
            raise PydanticCustomError(
                "one-applicant",
                "Either resident_id or organization_id is needed.",
                {"vi": "Cần đúng một trong hai: resident_id hoặc organization_id."},
            )
        return self

    def to_application(self) -> Application:
        """The value that commands take."""
        paper = DeskPaper(**self.paper.model_dump()) if self.paper else None
        return Application(**self.model_dump(exclude={"paper"}), paper=paper)


class DossierFillIn(RequestBody):
    """What the applicant types; `copies` and `result_delivery` may change too."""

    fields: dict[Short, Any] = Field(default_factory=dict, max_length=200)
    copies: Annotated[int | None, NOT_NULL] = Field(default=None, ge=1, le=100)
    result_delivery: Annotated[Literal["electronic", "post", "in_person"] | None, NOT_NULL] = None

    def to_changes(self) -> FormChanges:
        """The value that commands take."""
        return FormChanges(self.fields, self.copies, self.result_delivery)


class Signature(RequestBody):
    """What is kept of the applicant's signature on the form: never the key, never the certificate's owner."""

    provider: Short
    certificate_serial: Short
    signed_at: Annotated[PastInstant, AfterValidator(lambda instant: instant.astimezone(HO_CHI_MINH))]

    def to_signature(self) -> FormSignature:
        """The value that commands take."""
        return FormSignature(**self.model_dump())


class DossierSubmit(RequestBody):
    """The signature of the form, where the applicant signed it."""

    signature: Signature | None = None


TAKEN_BY_ACTION = {
    "unit_code": "transfer",
    "due_on": "extend",
    "amount": "request_payment",
    "verification": "accept",
    "hand_over": "return_result",
}


def refuse_unused(body: BaseModel, action: str, taken_by: Mapping[str, str]) -> None:
    """A field that the action does not take would have no effect: it is refused."""
    unused = [name for name, owner in taken_by.items() if getattr(body, name) not in (None, False) and action != owner]
    if unused:
        raise PydanticCustomError(
            "not-for-this-action",
            "The action does not take: {fields}.",
            {"vi": f"Thao tác này không dùng: {', '.join(unused)}.", "fields": ", ".join(unused)},
        )


class DossierAct(RequestBody):
    """What is done. `unit_code` goes with `transfer`, `due_on` with `extend`, `amount` with `request_payment`."""

    action: Literal[
        "accept", "refuse", "transfer", "process", "request_supplement", "supplement", "request_payment", "extend",
        "send_draft_result", "confirm_draft_result", "dispute_draft_result", "approve", "reject", "return_result",
        "withdraw", "revert", "revoke_result",
    ]  # fmt: skip
    note: Note | None = None
    """Reason or remark (lý do, ghi chú), kept encrypted in the history; required with `refuse`, `request_supplement`, `reject`,
    `extend`, `revert` and `revoke_result`."""
    unit_code: Code | None = None
    """With `transfer`: the competent unit."""
    due_on: Day | None = None
    """With `extend`: the new date (ngày hẹn trả mới), a working day within the procedure's bound."""
    amount: int | None = Field(default=None, gt=0, le=1_000_000_000)
    """With `request_payment`: VND."""
    verification: bool = False
    """With `accept`: the longer limit for what has to be verified."""
    hand_over: HandOver | None = None
    """With `return_result`: the result was handed over on paper (giao nhận bản giấy), at the counter or by post."""

    @model_validator(mode="after")
    def _has_only_what_the_action_takes(self) -> "DossierAct":
        refuse_unused(self, self.action, TAKEN_BY_ACTION)
        return self

    def to_decision(self) -> Decision:
        """The value that commands take."""
        return Decision(**self.model_dump() | {"action": Action(self.action)})


class FeeSettlement(RequestBody):
    """The fee as an officer settles it without a bank: `record_fee` (paid at the counter) or `waive_fee` (miễn)."""

    way: Literal["record_fee", "waive_fee"]
    """Paid at the counter (nộp tại quầy), or waived (miễn)."""
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
    """Number of the paper receipt (số biên lai), or the ground of the waiver (căn cứ miễn); kept encrypted."""


class DossierLookup(RequestBody):
    """A person by a full number, which never stands in an address; exactly one of the two."""

    personal_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{9,12}$")] | None = None
    """Personal identification number (số định danh cá nhân)."""
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 .]{9,16}$")] | None = None
    """Phone number (số điện thoại) as it stands in the dossier."""

    @model_validator(mode="after")
    def _one_number(self) -> "DossierLookup":
        if (self.personal_id is None) == (self.phone is None):
            raise PydanticCustomError(
                "one-number",
                "Either personal_id or phone is needed.",
                {"vi": "Cần đúng một trong hai: personal_id hoặc phone."},
            )
        return self


class PaperRecorded(BaseModel):
    """The paper that an officer recorded at the desk; shown to officers only."""

    kind: Annotated[str, OneOf(PaperKind)]
    number: str | None
    issued_on: date | None


class DossierSignatureView(BaseModel):
    """The signature of the form: `verdict` is the result of checking its PDF, null where the applicant only declared it."""

    provider: str | None
    certificate_serial: str
    signed_at: Local | None
    verdict: Verdict | None


class FieldView(BaseModel):
    """A field of the form: its value, where that comes from and as of when, and whether it can be changed."""

    value: Any
    source: str | None
    verified: bool
    observed_at: Local | None
    state: Annotated[str, OneOf(State, "not_applicable")]
    editable: bool
    needs_confirmation: bool
    withheld: bool


class FeeView(BaseModel):
    amount: int
    status: Annotated[str, OneOf(FeeStatus)]
    paid_at: Local | None = None
    receipt_number: str | None = None
    payable_at_counter: bool = False
    settled_by: FeeAct | None = None
    """Set where an officer recorded it: paid at the counter, or waived."""
    paid_twice: bool = False
    """Settled by an officer and paid online as well (nộp hai lần): the online payment is to be given back."""


class PaperView(BaseModel):
    id: UUID
    document: str | None
    media_type: str
    size: int
    sha256: str
    attached_at: Local
    signatures: SignatureCheck | None


class ResultView(BaseModel):
    id: UUID
    kind: Annotated[str, OneOf("draft", "result")]
    media_type: str
    size: int
    sha256: str
    issued_at: Local
    revoked_at: Local | None
    signatures: SignatureCheck | None


class DossierStepView(BaseModel):
    action: Annotated[str, OneOf(Action, FeeAct)]
    before: Annotated[str, OneOf(Status)]
    after: Annotated[str, OneOf(Status)]
    at: Local
    role: Annotated[str, OneOf(Role, "platform")]
    unit_code: str | None
    note: str | None


class DossierLine(BaseModel):
    """A dossier in a list: no personal data."""

    id: UUID
    code: str | None
    origin: Annotated[str, OneOf("here", "portal")]
    procedure_code: str
    procedure_name: str | None
    procedure_name_en: str | None
    unit_code: str
    resident_id: UUID | None
    organization_id: UUID | None
    channel: int
    status: Annotated[str, OneOf(Status)]
    national_status: int | None
    created_at: Local
    submitted_at: Local | None
    received_at: Local | None
    due_at: Local | None
    finished_at: Local | None
    is_overdue: bool
    is_on_time: bool | None
    applicant: str | None = None
    """The applicant's name (người nộp), for officers who name a purpose; null in every other answer."""
    fee: FeeView


class DossierProgress(DossierLine):
    """Where a dossier stands after something was done to it, and what the caller may do next; no personal data."""

    legal_actions: list[Annotated[str, OneOf(Action)]]
    tracking_key: str
    qr_code_id: UUID | None
    first_due_at: Local | None
    draft_result_until: Local | None


class FindingView(BaseModel):
    """What does not fit in a dossier (điểm chưa hợp lý)."""

    pointer: str
    """The field, as in errors: `/fields/died_on`, or `/subject_id`."""
    code: str
    """Stable code, e.g. `out-of-order`, `second-claim`."""
    message: str
    """In Vietnamese."""
    message_en: str
    """In English."""
    blocks: bool
    """Whether the dossier cannot be submitted so; what does not block is shown to officers only."""


class AllowanceView(BaseModel):
    """What is paid for a death (mức hỗ trợ), by the rules of its day."""

    amount: int
    """VND."""
    source: str
    """The decree that sets it (căn cứ)."""
    verified: bool
    """False where no readable source confirms the figure."""


class DossierView(DossierProgress):
    """A dossier whole: the form, the papers, the history, and what the caller may do next."""

    subject_id: UUID | None
    on_behalf_of: UUID | None
    assisted_by: str | None
    represented_by: UUID | None
    """The resident who opened the dossier for the applicant (`X-Acting-For`); null for one's own."""
    paper: PaperRecorded | None
    self_service: bool
    copies: int
    result_delivery: str
    returned_at: Local | None
    supplement_requests: int
    extensions: int
    hand_over: HandOver | None
    """How a result on paper reached the applicant; null where it was returned as a file."""
    fields: dict[str, FieldView]
    missing: list[str]
    missing_documents: list[str]
    findings: list[FindingView]
    """What does not fit together; officers also see what does not block, such as a second claim."""
    allowance: AllowanceView | None
    """What the procedure pays; null for other procedures, and until the day of death is known."""
    once_only_ratio: float
    degraded: bool
    attachments: list[PaperView]
    results: list[ResultView]
    history: list[DossierStepView]
    signature: DossierSignatureView | None


class Tracked(BaseModel):
    """What the holder of the code and the phone's last digits may know: no personal data."""

    code: str
    procedure_code: str
    procedure_name: str | None
    procedure_name_en: str | None
    unit_code: str
    status: Annotated[str, OneOf(Status)]
    national_status: int | None
    submitted_at: Local | None
    received_at: Local | None
    due_at: Local | None
    finished_at: Local | None
    fee: FeeView
