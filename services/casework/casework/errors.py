"""What casework refuses."""

from chassis.errors import FieldError, InvalidBody, NotFound, Problem


class IllegalAction(Problem):
    """This cannot be done to it now; `legal` names what can."""

    slug, status = "illegal-action", 409
    vi, en = "Không thể thực hiện thao tác này ở trạng thái hiện tại.", "This cannot be done in its present state."


class TooFewProcedures(InvalidBody):
    """The unit chose fewer services than its campaigns ask for; `minimum` is how many."""

    slug = "too-few-procedures"
    vi, en = "Số dịch vụ công được chọn ít hơn mức tối thiểu.", "Fewer services were chosen than the minimum."


class NotFullProcess(InvalidBody):
    """A chosen service is not full-process (toàn trình, Decree 42/2022)."""

    slug = "not-full-process"
    vi, en = "Có dịch vụ công không phải toàn trình.", "One of the services is not full-process."


class IncompleteDossier(InvalidBody):
    """Required fields or papers are missing; `errors` names every one."""

    slug = "incomplete-dossier"
    vi, en = "Hồ sơ còn thiếu thông tin hoặc giấy tờ.", "Information or papers are missing."


class InconsistentDossier(InvalidBody):
    """The form contradicts itself, the calendar or the registry; `errors` names every field."""

    slug = "inconsistent-dossier"
    vi, en = "Thông tin trong hồ sơ chưa hợp lý.", "The information in the dossier does not fit together."


class DossierNotEditable(Problem):
    """The form and the papers can be changed only in a draft or while a supplement is asked for."""

    slug, status = "dossier-not-editable", 409
    vi, en = "Hồ sơ không còn ở trạng thái được sửa.", "The dossier can no longer be edited."


class ApplicantDeceased(Problem):
    """The registry knows the applicant as deceased."""

    slug, status = "applicant-deceased", 409
    vi, en = "Người nộp hồ sơ đã được ghi nhận là đã mất.", "The applicant is recorded as deceased."


class MayNotRepresent(InvalidBody):
    """The procedure does not let this applicant act for that person."""

    slug = "may-not-represent"
    vi, en = "Người nộp hồ sơ không được nộp thay trong thủ tục này.", "The applicant may not act for this person here."


class NotCompetent(InvalidBody):
    """The unit named is not the one that decides about this person."""

    slug = "not-competent"
    vi = "Đơn vị này không có thẩm quyền giải quyết thủ tục của người này."
    en = "This unit does not decide this procedure for this person."


class FeeAlreadyPaid(Problem):
    """The fee is paid, or waits to be refunded; it cannot be asked for again."""

    slug, status = "fee-already-paid", 409
    vi, en = "Lệ phí của hồ sơ đã được nộp.", "The fee of this dossier is paid already."


class FeeNotDue(Problem):
    """Only a fee that is owed is recorded as paid at the counter, or waived."""

    slug, status = "fee-not-due", 409
    vi, en = "Hồ sơ không có phí, lệ phí nào đang chờ nộp.", "This dossier owes no fee."


class FeeNotSettled(Problem):
    """The result is returned once the fee is paid, recorded at the counter, or waived."""

    slug, status = "fee-not-settled", 409
    vi = "Chưa hoàn thành phí, lệ phí của hồ sơ nên chưa trả được kết quả."
    en = "The fee is not settled, so the result cannot be returned yet."


class ResultMissing(Problem):
    """Neither a final result file nor a hand-over on paper (`hand_over`) is recorded."""

    slug, status = "result-missing", 409
    vi = "Chưa có tệp kết quả; nếu trả bản giấy thì ghi nhận việc giao nhận (hand_over)."
    en = "There is no final result file; for a result on paper, record the hand-over (hand_over)."


class NoDraftResult(Problem):
    """A draft result is sent once its file is there: silence on nothing is no consent."""

    slug, status = "no-draft-result", 409
    vi = "Chưa có tệp dự thảo kết quả để gửi người nộp hồ sơ xác nhận."
    en = "There is no draft of the result that the applicant could confirm."


class SecondOfficerNeeded(Problem):
    """An officer's action is taken back by another officer of the unit."""

    slug, status = "maker-is-checker", 409
    vi = "Người đã thực hiện không được tự thu hồi; cần cán bộ khác của đơn vị."
    en = "Another officer of the unit must take this action back."


class AlreadyReverted(Problem):
    """The last action was taken back already; one more step back needs If-Match with the version that the caller sees."""

    slug, status = "already-reverted", 409
    vi = "Thao tác gần nhất đã được thu hồi; muốn thu hồi thêm phải gửi If-Match với phiên bản đang xem."
    en = "The last action was taken back already; to go back further, send If-Match with the version that you see."


class NotYourResident(Problem):
    """The person concerned belongs to another unit, which alone decides; transfer the dossier."""

    slug, status = "not-your-resident", 403
    vi = "Người được đề nghị thuộc địa bàn khác, cần chuyển hồ sơ đến đơn vị có thẩm quyền."
    en = "The person concerned belongs to another unit; transfer the dossier to the unit that decides."


class PaperRefused(InvalidBody):
    """The file is not of a kind that is taken here by its content, or the scanner refused it."""

    slug = "paper-refused"
    vi = "Tệp không được chấp nhận (chỉ nhận PDF và ảnh JPEG, PNG, HEIC, WebP)."
    en = "The file is refused (PDF, and JPEG, PNG, HEIC or WebP pictures)."


class TooManyPapers(Problem):
    """A dossier or feedback holds only so many files."""

    slug, status = "too-many-papers", 409
    vi, en = "Đã đủ số tệp được đính kèm.", "No more files can be attached."


class TooManyGuesses(Problem):
    """Too many wrong answers for this code within the hour."""

    slug, status = "too-many-guesses", 429
    vi, en = "Tra cứu sai quá nhiều lần, xin thử lại sau.", "Too many wrong attempts; try again later."

    def __post_init__(self) -> None:
        self.headers = {"Retry-After": "3600"}


class NoMoreExtensions(Problem):
    """The due date was already moved as often as the rules allow."""

    slug, status = "no-more-extensions", 409
    vi, en = "Hồ sơ đã được gia hạn đủ số lần cho phép.", "The due date cannot be moved again."


class InvalidEnvelope(InvalidBody):
    """The file is no edXML envelope, or lacks an element; `errors` names it."""

    slug = "invalid-edxml"
    vi, en = "Tệp không phải gói tin edXML hợp lệ.", "This is not a valid edXML envelope."


class NotBetweenAgencies(Problem):
    """Only documents between agencies travel in envelopes."""

    slug, status = "not-between-agencies", 409
    vi, en = (
        "Chỉ văn bản giữa các cơ quan mới có gói tin edXML.",
        "Only documents between agencies have an edXML envelope.",
    )


class UnknownProcedureCode(NotFound):
    """No procedure has this code."""


def unknown_procedure(pointer: str) -> FieldError:
    """The field error of a code that no procedure bears today."""
    return FieldError(pointer, "unknown-procedure", "Không có thủ tục nào mang mã này.", "No procedure has this code.")
