"""Problems of the registry."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from chassis.errors import Problem


class ResidentExists(Problem):
    """The personal number belongs to a resident already; `resident_id` is given only inside the caller's units."""

    slug, status = "resident-exists", 409
    vi, en = "Số định danh này đã có trong hệ thống.", "A resident with this personal number exists already."

    def __init__(self, resident_id: UUID) -> None:
        super().__init__()
        self.resident_id = resident_id


class OrganizationExists(Problem):
    """The tax code belongs to an organization already."""

    slug, status = "organization-exists", 409
    vi, en = "Mã số thuế này đã có trong hệ thống.", "An organization with this tax code exists already."


class TooManyClaims(Problem):
    """The resident has too many open claims: an officer decides some of them first."""

    slug, status = "too-many-claims", 409
    vi = "Còn quá nhiều yêu cầu đại diện chưa được duyệt."
    en = "Too many claims to represent an organization are still undecided."


class TooManyConsents(Problem):
    """The resident has too many consents: some have to be withdrawn first."""

    slug, status = "too-many-consents", 409
    vi = "Có quá nhiều sự đồng ý còn hiệu lực, hãy rút bớt."
    en = "There are too many consents; withdraw some first."


class AlreadyDeceased(Problem):
    """The resident's death is registered with another day."""

    slug, status = "already-deceased", 409
    vi, en = "Người này đã được đăng ký khai tử với ngày khác.", "This death is registered with another day."


class RecordMerged(Problem):
    """The record was merged into another one; the change belongs to the survivor."""

    slug, status = "record-merged", 409
    vi = "Hồ sơ này đã gộp vào hồ sơ khác, hãy sửa ở hồ sơ còn lại."
    en = "This record was merged into another one; change the remaining record."


class AlreadyDecided(Problem):
    """This has been decided before."""

    slug, status = "already-decided", 409
    vi, en = "Việc này đã được quyết định.", "This has been decided already."


class ConsentRequired(Problem):
    """The resident has not consented to this partner for this purpose, or has withdrawn."""

    slug, status = "consent-required", 403
    vi, en = "Cần có sự đồng ý của người dân.", "The resident's consent is needed."


class CannotMerge(Problem):
    """These two records cannot be one person, or one of them is merged already."""

    slug, status = "cannot-merge", 409
    vi, en = "Không thể gộp hai hồ sơ này.", "These two records cannot be merged."


class LinkInUse(Problem):
    """The account or the resident has another active link at this identity provider: end that one first."""

    slug, status = "link-in-use", 409
    vi = "Tài khoản hoặc người dân này đang có liên kết khác với nhà cung cấp định danh này."
    en = "The account or the resident has another link at this identity provider."


class TooManyRepresentatives(Problem):
    """The resident has too many representatives: some have to be ended first."""

    slug, status = "too-many-representatives", 409
    vi = "Đã có quá nhiều người đại diện, hãy kết thúc bớt."
    en = "There are too many representatives; end some first."


class ImportRunning(Problem):
    """The import has not ended yet: it can be undone when it is completed or has failed."""

    slug, status = "import-still-running", 409
    vi = "Danh sách này đang được nhập, hãy chờ nhập xong rồi mới hoàn tác."
    en = "This list is still being imported; wait until it has ended, then undo it."


class MoveNotDue(Problem):
    """The old commune has not decided yet and may until `decide_by`; the unit above may decide after that day."""

    slug, status = "move-not-due", 409
    vi = "Xã cũ còn thời hạn để quyết định; cấp trên chỉ quyết định sau ngày này."
    en = "The old commune still has time to decide; the unit above may decide after that day."

    def __init__(self, decide_by: date) -> None:
        super().__init__(members={"decide_by": decide_by.isoformat()})


class MoveNotPossible(Problem):
    """The move cannot be made or taken back: the registry does not know such a person, or they have moved on or died."""

    slug, status = "move-not-possible", 409
    vi = "Không thể chuyển: chưa có hồ sơ của người này, hoặc người này đã chuyển nơi khác hay đã mất."
    en = "This move cannot be made: there is no such record, or the person has moved on or died."


class UnitEnded(Problem):
    """No unit has this code on that day: the one that had it ended on `valid_to`; `successors` took over."""

    slug, status = "unit-ended", 404
    vi = "Đơn vị mang mã này đã hết hiệu lực, xem các đơn vị kế thừa."
    en = "The unit with this code has ended; see its successors."

    def __init__(self, name: str, valid_to: date | None, successors: Sequence[Mapping[str, Any]]) -> None:
        following = [{**successor, "effective_on": str(successor["effective_on"])} for successor in successors]
        super().__init__(members={"name": name, "valid_to": str(valid_to), "successors": following})


class UnitsChangedSince(Problem):
    """Later decrees changed units of this one (`unit_codes`): take those imports (`import_ids`, newest last) back first."""

    slug, status = "units-changed-since", 409
    vi = "Sau quyết định này, các đơn vị đã thay đổi theo quyết định khác; hãy hoàn tác lần nhập sau trước."
    en = "A later decree changed these units; take back the later import first."

    def __init__(self, unit_codes: Sequence[str], import_ids: Sequence[UUID]) -> None:
        super().__init__(members={"unit_codes": list(unit_codes), "import_ids": [str(each) for each in import_ids]})


class UnitInUse(Problem):
    """People or organizations were recorded in units that this decree made (`unit_codes`): move them to another unit first."""

    slug, status = "unit-in-use", 409
    vi = "Đơn vị mới lập đã có người dân hoặc tổ chức được ghi thêm; hãy chuyển họ sang đơn vị khác rồi mới hoàn tác."
    en = "People or organizations were recorded in the new units; move them to another unit, then undo."

    def __init__(self, unit_codes: Sequence[str]) -> None:
        super().__init__(members={"unit_codes": list(unit_codes)})


class UnitImportNotRecorded(Problem):
    """What this import changed is not recorded: it came with the platform, or an earlier release imported it."""

    slug, status = "unit-import-not-recorded", 409
    vi = "Không hoàn tác được: danh mục này có sẵn trong hệ thống hoặc do phiên bản trước nhập."
    en = "This import cannot be taken back: it came with the platform, or an earlier release imported it."
