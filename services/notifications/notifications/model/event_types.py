"""The table of public events: from which internal event each follows, what it is about, and which partner may see it.

A new type is one line here, its data in `event_data`, and values of new fields in `samples`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from contracts.access import AccessRecorded
from contracts.casework import (
    DocumentChanged,
    DocumentSent,
    DossierChanged,
    DossierCompleted,
    DossierSubmitted,
    FeedbackAnswered,
)
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.event import Event
from contracts.onboarding import OrganizationStepCompleted, SessionScheduled, StepCompleted, StepRevoked
from contracts.payments_qr import (
    BillIssued,
    BillPaid,
    MerchantActivated,
    MerchantSuspended,
    PaymentReversed,
    PaymentSettled,
    PaymentUnmatched,
    QrIssued,
)
from contracts.registry import ResidentConsentChanged
from notifications.model.event_data import (
    BillIssuedData,
    BillPaidData,
    ConsentData,
    DeliveryProcessedData,
    DeliveryRejectedData,
    DeliveryUnmatchedData,
    DocumentReceivedData,
    DossierData,
    EventData,
    FeedbackAnsweredData,
    MerchantData,
    PaymentReversedData,
    PaymentSettledData,
    PaymentUnmatchedData,
    QrIssuedData,
    RecordReadData,
    SessionScheduledData,
    StepData,
    SubscriptionData,
)


class Reader(Enum):
    """A partner that may see an event."""

    APP = "the province's app"
    PARTNER = "the partner that the event names (`partner_id`)"
    PROVIDER = "the provider of the merchant"


APP = frozenset({Reader.APP})
ITS_PARTNER = frozenset({Reader.PARTNER})
APP_AND_PARTNER = APP | ITS_PARTNER
APP_AND_PROVIDER = frozenset({Reader.APP, Reader.PROVIDER})
PAYMENT_READERS = frozenset(Reader)


def _always(_event: Any) -> bool:
    return True


@dataclass(frozen=True)
class Source:
    """An internal event from which a public one follows.

    `subject` is the field that orders events, `once` the fields that make it the same event, `at` when it happened;
    `is_move`: only when the status of the dossier differs from the one before.
    """

    event: type[Event]
    subject: str
    once: tuple[str, ...]
    at: str = "at"
    when: Callable[[Any], bool] = _always
    is_move: bool = False


@dataclass(frozen=True)
class EventType:
    """A type of public events; `readers` defines who may see it."""

    name: str
    title: str
    data: type[EventData]
    readers: frozenset[Reader]
    sources: tuple[Source, ...] = ()
    """Empty for events of this service itself."""

    @property
    def title_en(self) -> str:
        """What happened, in English."""
        return " ".join((self.data.__doc__ or "").split())


def _dossier(event: type[Event], when: Callable[[Any], bool] = _always, is_move: bool = False) -> tuple[Source, ...]:
    return (Source(event, "dossier_id", ("dossier_id", "version"), when=when, is_move=is_move),)


def _merchant(event: type[Event]) -> tuple[Source, ...]:
    return (Source(event, "merchant_id", ("merchant_id", "version")),)


def _processed(when: Callable[[Any], bool]) -> tuple[Source, ...]:
    return (Source(DeliveryProcessed, "delivery_id", ("delivery_id", "service", "at"), when=when),)


def _consent(is_given: bool) -> tuple[Source, ...]:
    return (
        Source(ResidentConsentChanged, "resident_id", ("consent_id", "at"), when=lambda one: one.given is is_given),
    )


def _organization_step(is_completed: bool) -> Source:
    return Source(
        OrganizationStepCompleted,
        "organization_id",
        ("organization_id", "step", "at"),
        when=lambda one: one.completed is is_completed,
    )


TYPES: tuple[EventType, ...] = (
    EventType("delivery.processed", "Đã xử lý bản tin của đối tác", DeliveryProcessedData, ITS_PARTNER,
              _processed(lambda one: one.outcome != "rejected")),
    EventType("delivery.unmatched", "Bản tin của đối tác chưa khớp với người nào", DeliveryUnmatchedData, ITS_PARTNER,
              (Source(DeliveryUnmatched, "delivery_id", ("delivery_id", "service", "at")),)),
    EventType("delivery.rejected", "Bản tin của đối tác bị từ chối", DeliveryRejectedData, ITS_PARTNER,
              _processed(lambda one: one.outcome == "rejected")),
    EventType("merchant.activated", "Điểm bán đã được kích hoạt", MerchantData, APP_AND_PROVIDER,
              _merchant(MerchantActivated)),
    EventType("merchant.suspended", "Điểm bán bị tạm dừng", MerchantData, APP_AND_PROVIDER,
              _merchant(MerchantSuspended)),
    EventType("qr.issued", "Đã cấp mã QR", QrIssuedData, APP_AND_PROVIDER,
              (Source(QrIssued, "merchant_id", ("qr_code_id",)),)),
    EventType("bill.issued", "Đã phát hành hóa đơn", BillIssuedData, APP_AND_PROVIDER,
              (Source(BillIssued, "merchant_id", ("bill_id", "at")),)),
    EventType("bill.paid", "Hóa đơn đã được thanh toán", BillPaidData, APP_AND_PROVIDER,
              (Source(BillPaid, "merchant_id", ("bill_id", "payment_id"), at="paid_at"),)),
    EventType("payment.settled", "Đã nhận thanh toán", PaymentSettledData, PAYMENT_READERS,
              (Source(PaymentSettled, "merchant_id", ("payment_id", "counted"), at="settled_at"),)),
    EventType("payment.reversed", "Thanh toán đã bị hoàn lại", PaymentReversedData, PAYMENT_READERS,
              (Source(PaymentReversed, "merchant_id", ("payment_id", "reversed_at"), at="reversed_at"),)),
    EventType("payment.unmatched", "Thanh toán chưa khớp với mã nào", PaymentUnmatchedData,
              frozenset({Reader.PARTNER, Reader.PROVIDER}), (Source(PaymentUnmatched, "payment_id", ("payment_id",)),)),
    EventType("dossier.submitted", "Hồ sơ đã được nộp", DossierData, APP_AND_PARTNER, _dossier(DossierSubmitted)),
    EventType("dossier.supplement_requested", "Hồ sơ cần bổ sung", DossierData, APP_AND_PARTNER,
              _dossier(DossierChanged, lambda one: one.status == "supplement_requested", is_move=True)),
    EventType("dossier.status_changed", "Hồ sơ đã chuyển trạng thái", DossierData, APP_AND_PARTNER,
              _dossier(DossierChanged, is_move=True)),
    EventType("dossier.completed", "Hồ sơ đã có kết quả", DossierData, APP_AND_PARTNER, _dossier(DossierCompleted)),
    EventType("feedback.answered", "Phản ánh, kiến nghị đã được trả lời", FeedbackAnsweredData, APP,
              (Source(FeedbackAnswered, "feedback_id", ("feedback_id", "version")),)),
    EventType("document.received", "Văn bản đã đến nơi nhận", DocumentReceivedData, APP,
              (Source(DocumentSent, "document_id", ("document_id", "version"), when=lambda one: one.recipient_id),
               Source(DocumentChanged, "document_id", ("document_id", "version"),
                      when=lambda one: one.sender_id and one.status == "received"))),
    EventType("step.completed", "Đã hoàn thành một bước của công dân số", StepData, APP,
              (Source(StepCompleted, "resident_id", ("resident_id", "step", "completed_at")),
               _organization_step(is_completed=True))),
    EventType("step.revoked", "Một bước của công dân số không còn hiệu lực", StepData, APP,
              (Source(StepRevoked, "resident_id", ("resident_id", "step", "version")),
               _organization_step(is_completed=False))),
    EventType("consent.granted", "Người dân đã đồng ý", ConsentData, APP_AND_PARTNER, _consent(is_given=True)),
    EventType("consent.withdrawn", "Người dân đã rút lại sự đồng ý", ConsentData, APP_AND_PARTNER,
              _consent(is_given=False)),
    EventType("record.read", "Dữ liệu của người dân đã được xem", RecordReadData, APP,
              (Source(AccessRecorded, "resident_id", ("access_id",)),)),
    EventType("session.scheduled", "Đã lên lịch, dời hoặc hủy một buổi", SessionScheduledData, APP,
              (Source(SessionScheduled, "session_id", ("session_id", "version"), when=lambda one: one.starts_at > one.at),)),
    EventType("subscription.failing", "Điểm nhận của đối tác đang lỗi", SubscriptionData, ITS_PARTNER),
    EventType("subscription.disabled", "Điểm nhận của đối tác đã bị tắt", SubscriptionData, ITS_PARTNER),
)  # fmt: skip
"""Every type, in the order of the API."""

BY_NAME: Mapping[str, EventType] = {one.name: one for one in TYPES}


def _by_event() -> Mapping[type[Event], Sequence[tuple[EventType, Source]]]:
    found: dict[type[Event], list[tuple[EventType, Source]]] = defaultdict(list)
    for type_ in TYPES:
        for source in type_.sources:
            found[source.event].append((type_, source))
    return found


BY_EVENT = _by_event()
"""The public types that follow from each internal event."""
