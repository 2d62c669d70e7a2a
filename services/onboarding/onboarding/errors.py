"""Errors of this service, besides those of the chassis."""

from chassis.errors import Problem


class ConditionsMissing(Problem):
    """A person declares a step whose conditions do not hold yet; `missing` names them (requirements R22-R27)."""

    slug, status = "conditions-missing", 409
    vi, en = "Chưa đủ điều kiện để thực hiện bước này.", "The conditions of this step do not hold yet."


class UnlicensedProvider(Problem):
    """The cyber-protection application comes from a provider without a licence of the ministry (requirement R30)."""

    slug, status = "unlicensed-provider", 422
    vi = "Nhà cung cấp chưa được cấp phép cho ứng dụng bảo vệ người dân trên môi trường mạng."
    en = "The provider holds no licence for the application that protects people in cyberspace."


class NotYoursToConfirm(Problem):
    """Only some bodies may confirm this: VNeID level 2 is confirmed by the police or by a partner."""

    slug, status = "not-yours-to-confirm", 403
    vi = "Nội dung này chỉ cơ quan có thẩm quyền (công an) hoặc đơn vị cung cấp mới được xác nhận."
    en = "Only the competent body (the police) or the provider may confirm this."


class NoLongerListed(Problem):
    """The caller has left the team through which they were a volunteer."""

    slug, status = "no-longer-listed", 403
    vi, en = "Tài khoản không còn trong danh sách tổ triển khai.", "Your account is no longer listed in a team."


class MakerIsChecker(Problem):
    """The maker of a list may not check or approve it."""

    slug, status = "maker-is-checker", 409
    vi, en = "Người lập không được tự kiểm tra hoặc phê duyệt.", "The maker may not check or approve."


class EmptyList(Problem):
    """A signature list without residents cannot be approved."""

    slug, status = "empty-list", 409
    vi, en = "Danh sách chưa có ai đủ điều kiện và đồng ý.", "No eligible resident with a consent is on the list."


class OwnModel(Problem):
    """Officers of a model's unit do not vote for it."""

    slug, status = "own-model", 403
    vi, en = "Đơn vị không bình chọn mô hình của chính mình.", "Officers of a unit do not vote for its own model."


class AttendanceClosed(Problem):
    """Attendance is recorded from the start of a session to 7 days after its end, and not when it is cancelled."""

    slug, status = "attendance-closed", 409
    vi = "Chỉ ghi điểm danh từ lúc buổi bắt đầu đến hết 7 ngày sau khi kết thúc."
    en = "Attendance is recorded from the start of a session to 7 days after its end."


class TeamExists(Problem):
    """The village has a team in this campaign already; `id` names the team, which PUT changes."""

    slug, status = "team-exists", 409
    vi, en = "Thôn, tổ dân phố này đã có tổ trong kế hoạch.", "The village has a team in this campaign already."


class FilingExists(Problem):
    """The unit has already handed in this kind for this period; `id` names the filing, which PATCH corrects."""

    slug, status = "filing-exists", 409
    vi, en = "Đơn vị đã nộp văn bản của kỳ này.", "The unit has already filed for this period."


class StillInUse(Problem):
    """Something depends on this: take that back first."""

    slug, status = "still-in-use", 409
    vi, en = "Còn nội dung khác phụ thuộc vào mục này.", "Something else depends on this: take that back first."


class ImportStillRunning(Problem):
    """An import is undone after its last row was applied."""

    slug, status = "import-running", 409
    vi, en = (
        "Danh sách đang được nhập; hãy hoàn tác khi nhập xong.",
        "The import still runs: undo it when it is completed.",
    )


class CampaignCancelled(Problem):
    """The campaign is cancelled: nothing is added to it before it is active again."""

    slug, status = "campaign-cancelled", 409
    vi, en = "Kế hoạch đã hủy.", "The campaign is cancelled."


class IllegalTransition(Problem):
    """The action is not legal in the present state; `legal` names the actions that are."""

    slug, status = "illegal-action", 409
    vi, en = "Không thể thực hiện ở trạng thái hiện tại.", "This cannot be done in the present state."


class PlanUnreadable(Problem):
    """The file of a plan has mistakes; `errors` names each in the terms of the file."""

    slug, status = "plan-unreadable", 422
    vi, en = "Tệp kế hoạch chưa đúng.", "The plan's file has mistakes."


class UnreadableFile(Problem):
    """The uploaded file is not the table that it must be."""

    slug, status = "unreadable-file", 422
    vi, en = "Không đọc được tệp.", "The file cannot be read."


class CaseworkDoesNotAnswer(Problem):
    """Letters are sent by casework, which does not answer now."""

    slug, status = "casework-unavailable", 503
    vi, en = "Chưa gửi được văn bản, xin thử lại.", "Letters cannot be sent now, please retry."


class RegistryDoesNotAnswer(Problem):
    """Names or numbers are needed from the registry, which does not answer now."""

    slug, status = "registry-unavailable", 503
    vi, en = "Chưa lấy được thông tin cư dân, xin thử lại.", "The registry does not answer now, please retry."
