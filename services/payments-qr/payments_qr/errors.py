"""The problems of this service, each with its stable type and both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import FieldError, InvalidBody, Language, Problem
from payments_qr.qr_payload import PayloadFault
from payments_qr.uploads.tables import Rejection


class MerchantNotActive(Problem):
    """Codes, bills and posters need an active merchant."""

    slug, status = "merchant-not-active", 409
    vi, en = "Điểm bán chưa hoạt động hoặc đang bị tạm dừng.", "The merchant is not active."


class MerchantExists(Problem):
    """The same name with the same account is already registered in this unit."""

    slug, status = "merchant-exists", 409
    vi, en = "Điểm bán này đã đăng ký với cùng tài khoản.", "This merchant is already registered with this account."


class MerchantClosed(Problem):
    """A closed merchant does not change; another officer reopens it with the status active."""

    slug, status = "merchant-closed", 409
    vi, en = "Điểm bán đã đóng.", "The merchant is closed."


class SuspendedByProvider(Problem):
    """The provider suspended the merchant; only the provider lifts that."""

    slug, status = "suspended-by-provider", 409
    vi, en = "Điểm bán bị nhà cung cấp dịch vụ tạm dừng.", "The provider has suspended this merchant."


class NotAFeeMerchant(Problem):
    """Fees are received by an active public_service merchant of the unit itself or of a unit above it."""

    slug, status = "not-a-fee-merchant", 409
    vi = "Chỉ điểm thu dịch vụ công đang hoạt động của đơn vị (hoặc cấp trên) mới được nhận phí."
    en = "Only an active public_service merchant of the unit, or of a unit above it, receives fees."


class BillNotOpen(Problem):
    """Only a bill without a payment can be cancelled."""

    slug, status = "bill-not-open", 409
    vi, en = "Hóa đơn đã có thanh toán hoặc đã hủy.", "The bill has a payment, or is cancelled."


class FeeOfDossier(Problem):
    """The bill is the fee of a dossier: it is settled, waived or ended in the dossier, and its bill follows."""

    slug, status = "fee-of-dossier", 409
    vi = "Đây là phí của một hồ sơ: hãy ghi thu tại quầy, miễn hoặc kết thúc trong hồ sơ, hóa đơn sẽ theo."
    en = "This is the fee of a dossier: settle, waive or end it in the dossier, and the bill follows."


class NotResolved(Problem):
    """The item has not been decided, so there is nothing to reopen."""

    slug, status = "not-resolved", 409
    vi, en = "Mục này chưa được xử lý.", "This has not been resolved."


class TooManyProofs(Problem):
    """Too many wrong proofs for customer codes: the supplier's point confirms, or the resident tries again tomorrow."""

    slug, status = "too-many-proofs", 429
    vi = "Đã thử sai quá nhiều lần; hãy liên hệ điểm thu hoặc thử lại ngày mai."
    en = "Too many wrong attempts; ask the supplier's point, or try again tomorrow."


class MakerIsChecker(Problem):
    """The maker of a merchant cannot verify it; a second officer must."""

    slug, status = "maker-is-checker", 409
    vi, en = "Người đăng ký không được tự duyệt; cần cán bộ thứ hai.", "A second officer must verify this merchant."


class ReferenceExists(Problem):
    """The merchant has issued this reference before."""

    slug, status = "reference-exists", 409
    vi, en = "Mã tham chiếu này đã dùng tại điểm bán.", "The merchant has used this reference before."


class CodeOfBill(Problem):
    """The code pays one bill: cancel the bill, and its code goes with it."""

    slug, status = "code-of-bill", 409
    vi, en = (
        "Đây là mã của một hóa đơn: hãy hủy hóa đơn, mã sẽ theo.",
        "The code of a bill goes with the bill: cancel it.",
    )


class CodeNotOpen(Problem):
    """The code was paid or revoked before."""

    slug, status = "code-not-open", 409
    vi, en = "Mã này đã được thanh toán hoặc thu hồi.", "The code is paid or revoked."


class BillExists(Problem):
    """There is a bill of this customer for this period."""

    slug, status = "bill-exists", 409
    vi, en = "Khách hàng đã có hóa đơn cho kỳ này.", "There is a bill of this customer for this period."


class AlreadyResolved(Problem):
    """The item was decided before, or needs no decision."""

    slug, status = "already-resolved", 409
    vi, en = "Mục này đã được xử lý hoặc không cần xử lý.", "This was resolved before, or needs no decision."


class NothingToPrint(Problem):
    """There is no active merchant with a printable code."""

    slug, status = "nothing-to-print", 404
    vi, en = "Không có mã QR nào để in.", "There is no QR code to print."


class InvalidQr(Problem):
    """The payload is not a code that may be paid; `errors` lists every fault."""

    slug, status = "invalid-qr", 422
    vi, en = "Mã QR không hợp lệ.", "The QR payload is not valid."


class UnreadableUpload(Problem):
    """The file is refused as a whole; nothing of it was applied."""

    slug, status = "unreadable-file", 422
    vi, en = "Không đọc được tệp; chưa dòng nào được ghi nhận.", "The file cannot be read; nothing of it was applied."


@dataclass(frozen=True)
class PayloadError(FieldError):
    """A fault of a payload; `offset` counts characters from its start."""

    offset: int | None = None

    def render(self, language: Language) -> dict[str, Any]:
        return super().render(language) | {"offset": self.offset}


def invalid_qr(faults: Iterable[PayloadFault]) -> InvalidQr:
    """The problem of an unreadable payload."""
    return InvalidQr(errors=[payload_error(fault) for fault in faults])


def no_longer_valid() -> InvalidQr:
    """The problem of a code that was issued here and may not be paid now."""
    vi, en = (
        "Mã này đã bị thu hồi hoặc điểm bán đang dừng hoạt động.",
        "The code was revoked, or its merchant is not active.",
    )
    return InvalidQr(errors=[PayloadError("", "code-not-valid", vi, en, 0)])


def payload_error(fault: PayloadFault) -> PayloadError:
    """A payload fault with its messages in both languages."""
    return PayloadError(fault.pointer, fault.code, fault.message("vi"), fault.message("en"), fault.offset)


def unwritable(faults: Iterable[PayloadFault], pointers: Mapping[str, str]) -> InvalidBody:
    """The problem of content that does not fit into a code; `pointers` maps its fields to pointers into the body."""
    return InvalidBody(
        errors=[
            FieldError(pointers.get(fault.pointer, fault.pointer), fault.code, fault.message("vi"), fault.message("en"))
            for fault in faults
        ]
    )


def unreadable_upload(rejection: Rejection) -> UnreadableUpload:
    """The problem of a refused file, with row and column of the fault."""
    pointer = f"/file/{rejection.row}" + (f"/{rejection.column}" if rejection.column else "")
    return UnreadableUpload(
        detail_vi=rejection.vi,
        detail_en=rejection.en,
        errors=[FieldError(pointer, rejection.code, rejection.vi, rejection.en)],
        members={"row": rejection.row, "column": rejection.column},
    )
