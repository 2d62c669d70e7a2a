"""The table of kinds of notifications: from which internal event each follows, for whom, its text, what ends it.

A new kind is one line here. Texts stand in the feed; they are filled with codes, amounts and times (see `notification_texts`)
and have no personal data, so that a push may carry the title. Names of kinds are published: they stay.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contracts.access import AccessRecorded
from contracts.casework import (
    DocumentChanged,
    DocumentSent,
    DossierChanged,
    DossierCompleted,
    DossierDraftResultSent,
    DossierExtended,
    DossierFeeDue,
    DossierFeePaid,
    DossierRefused,
    DossierResultReady,
    DossierSupplementRequested,
    FeedbackAnswered,
    IncidentChanged,
)
from contracts.event import Event
from contracts.onboarding import SessionScheduled, StepRevoked, TeamChanged
from contracts.payments_qr import (
    BillCancelled,
    BillIssued,
    BillPaid,
    BillReminded,
    MerchantActivated,
    MerchantSuspended,
    PaymentReversed,
    PaymentSettled,
)
from contracts.registry import (
    CorrectionDecided,
    IdentityLinkChanged,
    MoveRequestChanged,
    RepresentationChanged,
    ResidentConsentChanged,
)
from notifications.model.recipients import (
    Recipients,
    either,
    informed_of,
    members,
    officers,
    owner,
    payers,
    person_of,
    representative,
    staff,
)

Scope = Literal["dossiers", "payments", "onboarding", "documents"]
When = Callable[[Any], bool]


def _always(_event: Any) -> bool:
    return True


@dataclass(frozen=True)
class Cause:
    """An internal event from which news follows.

    `once`: the fields that make it the same news; `about`: the type of what it is about and the field with its id; `fills`:
    the fields that fill the text; `reason`: as long as it holds, the news is worth sending (see `ENDS`).
    """

    event: type[Event]
    recipients: Recipients
    about: tuple[str, str]
    once: tuple[str, ...]
    fills: tuple[str, ...] = ()
    when: When = _always
    at: str = "at"
    reason: str | None = None


@dataclass(frozen=True)
class Kind:
    """A kind. `scope`: which representatives see it, None: the person alone. `is_reminder`: gone from the feed when it ended.

    Without `causes` it comes from a plan (`commands.planning`) or from this service itself.
    """

    name: str
    scope: Scope | None
    vi: tuple[str, str]
    en: tuple[str, str]
    causes: tuple[Cause, ...] = ()
    is_reminder: bool = False
    is_for_staff: bool = False
    """For officers, volunteers and operators."""


@dataclass(frozen=True)
class End:
    """An internal event that ends a reason: what is queued for it is dropped.

    It ends what happened until `at`, so that an event that is read again ends nothing newer; None: everything, where the
    event's time is another's (a bank's time of payment).
    """

    event: type[Event]
    reason: str
    when: When = _always
    at: str | None = "at"


DAY = "day"
"""In `Cause.once`: the day on which it happened."""
DOSSIER, BILL, DOCUMENT, MERCHANT = ("dossier", "dossier_id"), ("bill", "bill_id"), ("document", "document_id"), (
    "merchant", "merchant_id",
)  # fmt: skip
SUPPLEMENT, DRAFT, FEE = "supplement:{dossier_id}", "draft:{dossier_id}", "fee:{dossier_id}"
BILL_DUE = "bill:{bill_id}"
PAYMENT = ("payment", "payment_id")
NAMED = ("dossier_code",)


def _dossier(event: type[Event], *fills: str, reason: str | None = None) -> tuple[Cause, ...]:
    return (Cause(event, person_of, DOSSIER, ("dossier_id", "version"), (*NAMED, *fills), reason=reason),)


def _read(when: When) -> tuple[Cause, ...]:
    """A reader's reads of one day, for one purpose, are one piece of news."""
    once = ("resident_id", "role", "unit_code", "purpose", DAY)
    return (Cause(AccessRecorded, person_of, ("access", "access_id"), once, ("role", "purpose"), when),)


def _consent(given: bool) -> tuple[Cause, ...]:
    when: When = lambda one: one.given is given  # noqa: E731  # one line of the table
    return (Cause(ResidentConsentChanged, person_of, ("consent", "consent_id"), ("consent_id", "at"), when=when),)


def _represented(recipients: Recipients, active: bool) -> tuple[Cause, ...]:
    when: When = lambda one: one.active is active  # noqa: E731  # one line of the table
    about = ("representation", "representation_id")
    return (Cause(RepresentationChanged, recipients, about, ("representation_id", "active"), ("until",), when),)


def _link(active: bool) -> tuple[Cause, ...]:
    when: When = lambda one: one.active is active  # noqa: E731  # one line of the table
    return (Cause(IdentityLinkChanged, person_of, ("link", "link_id"), ("link_id", "active"), when=when),)


KINDS: tuple[Kind, ...] = (
    # Dossiers
    Kind("dossier_accepted", "dossiers",
         ("Hồ sơ đã được tiếp nhận", "Cơ quan đã tiếp nhận hồ sơ {code}. Hẹn trả kết quả: {due_at}."),
         ("Dossier received", "The office has received dossier {code}. The result is promised for {due_at}."),
         (Cause(DossierChanged, person_of, DOSSIER, ("dossier_id",), ("code", "due_at"),
                lambda one: one.status == "accepted" and one.origin == "here"),)),
    Kind("supplement_asked", "dossiers",
         ("Hồ sơ cần bổ sung", "Hồ sơ {dossier_code} của ông/bà cần bổ sung. Mở hồ sơ để xem nội dung."),
         ("Supplement needed", "Your dossier {dossier_code} needs a supplement. Open it to see what is asked."),
         _dossier(DossierSupplementRequested, reason=SUPPLEMENT)),
    Kind("draft_result", "dossiers",
         ("Dự thảo kết quả chờ ý kiến", "Dự thảo kết quả của hồ sơ {dossier_code} chờ ý kiến của ông/bà đến {answer_by}."
          " Quá hạn mà"
          " không có ý kiến được coi là đồng ý."),
         ("Draft result to confirm", "The draft result of dossier {dossier_code} waits for you until {answer_by}. No"
          " answer by then"
          " counts as consent."), _dossier(DossierDraftResultSent, "answer_by", reason=DRAFT)),
    Kind("result_ready", "dossiers", ("Hồ sơ đã có kết quả", "Hồ sơ {dossier_code} của ông/bà đã có kết quả."),
         ("Result ready", "The result of your dossier {dossier_code} is ready."),
         (Cause(DossierResultReady, person_of, DOSSIER, ("dossier_id",), NAMED),)),
    Kind("dossier_refused", "dossiers",
         ("Hồ sơ bị từ chối", "Hồ sơ {dossier_code} không được giải quyết. Mở hồ sơ để xem lý do."),
         ("Dossier refused", "Dossier {dossier_code} was refused. Open it to see the reason."), _dossier(DossierRefused)),
    Kind("dossier_extended", "dossiers", ("Xin lỗi và hẹn lại ngày trả kết quả",
          "Cơ quan xin lỗi vì hồ sơ {dossier_code} chậm; ngày hẹn mới: {due_at}."),
         ("New promised date", "The office apologises: dossier {dossier_code} is late. The new date is {due_at}."),
         _dossier(DossierExtended, "due_at")),
    Kind("fee_due", "dossiers", ("Phí, lệ phí cần nộp", "Hồ sơ {dossier_code} cần nộp {amount}, hạn {due_on}."),
         ("Fee due", "A fee of {amount} is due for dossier {dossier_code} by {due_on}."),
         _dossier(DossierFeeDue, "amount", "due_on", reason=FEE)),
    Kind("fee_paid", "dossiers", ("Đã nhận phí, lệ phí", "Đã nhận {amount} phí, lệ phí của hồ sơ."),
         ("Fee received", "The fee of {amount} for your dossier was received."),
         (Cause(DossierFeePaid, informed_of(FEE), DOSSIER, ("dossier_id", "paid_at"), ("amount",), at="paid_at"),)),
    # Bills and payments
    Kind("bill_due", "payments", ("Có hóa đơn cần thanh toán", "Hóa đơn kỳ {period}: {remaining}, hạn {due_on}."),
         ("Bill to pay", "The bill for {period}: {remaining}, due on {due_on}."),
         (Cause(BillIssued, payers, BILL, ("bill_id", "amount", "due_on"), ("period", "remaining", "due_on"),
                lambda one: one.remaining > 0 and one.dossier_id is None, reason=BILL_DUE),)),
    Kind("bill_reminder", "payments", ("Hóa đơn sắp đến hạn", "Hóa đơn kỳ {period}: còn {remaining}, hạn {due_on}."),
         ("Bill due soon", "The bill for {period}: {remaining} left, due on {due_on}."),
         (Cause(BillReminded, payers, BILL, ("bill_id", "due_on", "days_left"), ("period", "remaining", "due_on"),
                lambda one: one.days_left >= 0, reason=BILL_DUE),)),
    Kind("bill_overdue", "payments", ("Hóa đơn quá hạn", "Hóa đơn kỳ {period} đã quá hạn {due_on}: còn {remaining}."),
         ("Bill overdue", "The bill for {period} was due on {due_on}: {remaining} left."),
         (Cause(BillReminded, payers, BILL, ("bill_id", "due_on", "days_left"), ("period", "remaining", "due_on"),
                lambda one: one.days_left < 0, reason=BILL_DUE),)),
    Kind("bill_paid", "payments", ("Hóa đơn đã được thanh toán", "Đã nhận đủ tiền của hóa đơn: {amount}."),
         ("Bill paid", "Your bill is paid in full: {amount}."),
         (Cause(BillPaid, informed_of(BILL_DUE), BILL, ("bill_id", "payment_id"), ("amount",), at="paid_at"),)),
    Kind("payment_received", "payments", ("Đã nhận tiền", "Điểm bán đã nhận {amount} lúc {settled_at}."),
         ("Payment received", "The merchant received {amount} at {settled_at}."),
         (Cause(PaymentSettled, owner, PAYMENT, ("payment_id",), ("amount", "settled_at"),
                lambda one: one.counted, at="settled_at"),)),
    Kind("payment_reversed", "payments", ("Khoản thu bị hoàn lại", "Khoản {amount} đã bị hoàn lại lúc {reversed_at}."),
         ("Payment reversed", "A payment of {amount} was reversed at {reversed_at}."),
         (Cause(PaymentReversed, owner, PAYMENT, ("payment_id", "reversed_at"), ("amount", "reversed_at"),
                at="reversed_at"),)),
    Kind("merchant_activated", "payments",
         ("Điểm bán đã được kích hoạt", "Điểm bán của ông/bà có thể nhận thanh toán bằng mã QR."),
         ("Merchant activated", "Your merchant may take payments by QR code."),
         (Cause(MerchantActivated, owner, MERCHANT, ("merchant_id", "version")),)),
    Kind("merchant_suspended", "payments", ("Điểm bán bị tạm dừng", "Điểm bán của ông/bà tạm thời không nhận được thanh toán."),
         ("Merchant suspended", "Your merchant may not take payments for now."),
         (Cause(MerchantSuspended, owner, MERCHANT, ("merchant_id", "version")),)),
    # Feedback, documents, incidents
    Kind("feedback_answered", "documents", ("Phản ánh đã được trả lời", "Phản ánh, kiến nghị của ông/bà đã được trả lời."),
         ("Feedback answered", "Your feedback has been answered."),
         (Cause(FeedbackAnswered, person_of, ("feedback", "feedback_id"), ("feedback_id", "version")),)),
    Kind("document_arrived", "documents", ("Có văn bản mới", "Có văn bản gửi đến ông/bà."),
         ("New document", "A document has arrived for you."),
         (Cause(DocumentSent, either("recipient_id"), DOCUMENT, ("document_id",)),)),
    Kind("document_settled", "documents", ("Văn bản đã được xử lý", "Văn bản của ông/bà đã được xử lý xong."),
         ("Document dealt with", "Your document has been dealt with."),
         (Cause(DocumentChanged, either("sender_id"), DOCUMENT, ("document_id",),
                when=lambda one: one.status in ("completed", "refused")),)),
    Kind("incident_resolved", "onboarding", ("Sự cố đã được khắc phục", "Sự cố ông/bà báo đã được khắc phục."),
         ("Fault mended", "The fault you reported has been mended."),
         (Cause(IncidentChanged, either("reporter_id"), ("incident", "incident_id"), ("incident_id", "version"),
                when=lambda one: one.status == "resolved"),)),
    Kind("step_revoked", "onboarding", ("Một bước không còn hiệu lực", "{step} không còn hiệu lực; ông/bà cần làm lại."),
         ("A step holds no longer", "{step} holds no longer and has to be done again."),
         (Cause(StepRevoked, person_of, ("resident", "resident_id"), ("resident_id", "step", "version"), ("step",)),)),
    # My data, and who acts for me
    Kind("record_read", None, ("Thông tin của ông/bà đã được xem", "{role} đã xem thông tin của ông/bà. Mục đích: {purpose}."),
         ("Your data were read", "Your data were read by: {role}. Purpose: {purpose}."),
         _read(lambda one: one.role != "partner" and one.action != "acting")),
    Kind("consent_used", None, ("Sự đồng ý của ông/bà đã được sử dụng", "Một đối tác đã xem thông tin mà ông/bà cho phép."),
         ("Your consent was used", "A partner has read data that you allowed it to read."),
         _read(lambda one: one.role == "partner")),
    Kind("representative_acted", None,
         ("Người đại diện đã thực hiện", "Người đại diện đã thực hiện thay ông/bà. Xem nhật ký truy cập."),
         ("Your representative acted", "Your representative acted for you. See the access log."),
         _read(lambda one: one.action == "acting")),
    Kind("consent_given", None, ("Đã ghi nhận sự đồng ý", "Sự đồng ý của ông/bà đã được ghi nhận."),
         ("Consent recorded", "Your consent has been recorded."), _consent(given=True)),
    Kind("consent_withdrawn", None, ("Đã rút lại sự đồng ý", "Việc rút lại sự đồng ý của ông/bà đã được ghi nhận."),
         ("Consent withdrawn", "The withdrawal of your consent has been recorded."), _consent(given=False)),
    Kind("correction_decided", None, ("Yêu cầu chỉnh lý đã được giải quyết", "Yêu cầu về dữ liệu của ông/bà {accepted}."),
         ("Request about your data decided", "Your request about your data {accepted}."),
         (Cause(CorrectionDecided, person_of, ("correction", "correction_id"), ("correction_id",), ("accepted",)),)),
    Kind("move_decided", None, ("Chuyển nơi cư trú", "Đề nghị chuyển nơi cư trú của ông/bà: {status}."),
         ("Change of residence", "The request to move your residence: {status}."),
         (Cause(MoveRequestChanged, person_of, ("move", "move_id"), ("move_id", "status"), ("status",),
                lambda one: one.status in ("completed", "refused", "reversed")),)),
    Kind("link_added", None,
         ("Đã liên kết tài khoản đăng nhập", "Một tài khoản đăng nhập đã được liên kết với ông/bà. Nếu không phải"
          " ông/bà, hãy hủy liên kết và báo công an xã."),
         ("Sign-in account linked", "A sign-in account was linked to you. If it was not you, end the link and inform the"
          " police."),
         _link(active=True)),
    Kind("link_ended", None, ("Đã hủy liên kết tài khoản", "Một tài khoản đăng nhập không còn liên kết với ông/bà."),
         ("Sign-in account unlinked", "A sign-in account is linked to you no longer."), _link(active=False)),
    Kind("representative_added", None, ("Có người đại diện", "Một người được thay mặt ông/bà{until}."),
         ("Representative added", "A representative may act for you{until}."), _represented(person_of, active=True)),
    Kind("representative_ended", None, ("Người đại diện đã kết thúc", "Một người không còn được thay mặt ông/bà."),
         ("Representative ended", "A representative may no longer act for you."), _represented(person_of, active=False)),
    Kind("representation_given", None, ("Ông/bà là người đại diện", "Ông/bà được thay mặt một người hoặc tổ chức{until}."),
         ("You may act for another", "You may act for another person or organization{until}."),
         _represented(representative, active=True)),
    Kind("representation_ended", None, ("Việc đại diện đã kết thúc", "Ông/bà không còn được thay mặt một người hoặc tổ chức."),
         ("You may act no longer", "You may no longer act for another person or organization."),
         _represented(representative, active=False)),
    # Sessions
    Kind("session_near", "onboarding",
         ("Sắp có buổi hỗ trợ", "Buổi {kind} diễn ra lúc {starts_at}. Xem địa điểm trong ứng dụng."),
         ("A session is near", "{kind}: {starts_at}. See the place in the app."), is_reminder=True),
    Kind("session_moved", "onboarding", ("Buổi hỗ trợ đổi giờ", "Buổi {kind} dời sang {starts_at}."),
         ("A session was moved", "{kind}: moved to {starts_at}."), is_reminder=True),
    Kind("session_cancelled", "onboarding", ("Buổi hỗ trợ bị hủy", "Buổi {kind} lúc {starts_at} không diễn ra."),
         ("A session was cancelled", "{kind} at {starts_at} will not take place.")),
    # Officers, volunteers, operators
    Kind("session_scheduled", None, ("Có lịch buổi hỗ trợ", "Buổi {kind}: {starts_at}."),
         ("A session is scheduled", "{kind}: {starts_at}."),
         (Cause(SessionScheduled, staff, ("session", "session_id"), ("session_id", "starts_at"), ("kind", "starts_at"),
                lambda one: one.status == "planned" and one.starts_at > one.at),), is_for_staff=True),
    Kind("task_due", None, ("Việc đến hạn", "Một việc trong kế hoạch đến hạn ngày {due_on}."),
         ("A task is due", "A task of the plan is due on {due_on}."), is_reminder=True, is_for_staff=True),
    Kind("role_granted", None,
         ("Ông/bà được ghi vào tổ", "Ông/bà là thành viên của tổ triển khai hoặc tổ công nghệ số cộng đồng."),
         ("You are in a team", "You are listed in an implementation or community digital technology team."),
         (Cause(TeamChanged, members, ("team", "team_id"), ("team_id",)),), is_for_staff=True),
    Kind("move_requested", None,
         ("Đề nghị chuyển đi", "Một xã đề nghị nhận một người dân của địa bàn. Trả lời trước hết ngày {decide_by}."),
         ("A move to decide", "A commune requests a resident of your unit. Decide by {decide_by}."),
         (Cause(MoveRequestChanged, officers("from_unit_id"), ("move", "move_id"), ("move_id",), ("decide_by",),
                lambda one: one.status == "requested", reason="move:{move_id}"),), is_reminder=True, is_for_staff=True),
    Kind("move_answered", None, ("Đề nghị chuyển đến đã được trả lời", "Đề nghị chuyển nơi cư trú: {status}."),
         ("A move was decided", "The request to move a resident: {status}."),
         (Cause(MoveRequestChanged, officers("to_unit_id"), ("move", "move_id"), ("move_id", "status"), ("status",),
                lambda one: one.status in ("completed", "refused")),), is_for_staff=True),
    Kind("delivery_failing", None,
         ("Điểm nhận của đối tác đang lỗi", "Điểm nhận sự kiện của một đối tác lỗi từ {failing_since}; bị tắt lúc"
          " {disables_at}."),
         ("A partner's endpoint is failing", "A partner's endpoint has failed since {failing_since}; it is disabled at"
          " {disables_at}."), is_for_staff=True),
)  # fmt: skip
"""Every kind, in the order of the preferences."""

ENDS: tuple[End, ...] = (
    *(End(one, SUPPLEMENT, lambda it: it.status != "supplement_requested") for one in (DossierChanged, DossierCompleted)),
    *(End(one, DRAFT, lambda it: it.status != "draft_result_sent") for one in (DossierChanged, DossierCompleted)),
    End(DossierFeePaid, FEE, at=None),
    *(End(one, FEE, lambda it: it.status in ("refused", "rejected", "withdrawn")) for one in (DossierChanged, DossierCompleted)),
    End(BillPaid, BILL_DUE, at=None),
    End(BillCancelled, BILL_DUE),
    End(MoveRequestChanged, "move:{move_id}", lambda one: one.status != "requested"),
)  # fmt: skip

BY_NAME: Mapping[str, Kind] = {one.name: one for one in KINDS}


def _causes() -> Mapping[type[Event], Sequence[tuple[Kind, Cause]]]:
    found: dict[type[Event], list[tuple[Kind, Cause]]] = defaultdict(list)
    for kind in KINDS:
        for cause in kind.causes:
            found[cause.event].append((kind, cause))
    return found


def _ends() -> Mapping[type[Event], Sequence[End]]:
    found: dict[type[Event], list[End]] = defaultdict(list)
    for end in ENDS:
        found[end.event].append(end)
    return found


CAUSES = _causes()
"""The kinds that follow from each internal event."""
ENDINGS = _ends()
"""The reasons that each internal event ends."""
