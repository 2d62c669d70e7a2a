"""Error responses: RFC 9457 problems, in Vietnamese and English, naming every wrong field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True)
class FieldError:
    """One wrong field: a JSON pointer into the body, a stable code, and what to do about it."""

    pointer: str
    code: str
    vi: str
    en: str

    def render(self, language: Language) -> dict[str, str]:
        """The member of `errors` for this field."""
        return {"pointer": self.pointer, "code": self.code, "message": self.vi if language == "vi" else self.en}


@dataclass
class Problem(Exception):
    """A refusal. A subclass gives `slug` (the stable type under /problems/), `status` and its titles; an instance may add
    a detail in both languages, wrong fields, further members and headers."""

    slug: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    vi: ClassVar[str] = "Hệ thống gặp lỗi, xin thử lại sau."
    en: ClassVar[str] = "Something went wrong on our side, please try again later."

    guide_vi: ClassVar[str] = ""
    """What a person can do about it, for the answer's detail and the page under /problems/."""

    always: ClassVar[Mapping[str, str]] = {}
    """Headers that every answer of this kind has."""

    detail_vi: str | None = None
    detail_en: str | None = None
    errors: Sequence[FieldError] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers = {**self.always, **self.headers}

    def render(self, language: Language, instance: str) -> dict[str, Any]:
        """The body of the answer."""
        vietnamese = language == "vi"
        title = self.vi if vietnamese else self.en
        body: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": title,
            "status": self.status,
            "detail": (self.detail_vi or self.guide_vi if vietnamese else self.detail_en) or title,
            "instance": instance,
        }
        if self.errors:
            body["errors"] = [error.render(language) for error in self.errors]
        return body | dict(self.members)

    def __str__(self) -> str:
        return f"{self.slug} ({self.status})"


class NotFound(Problem):
    """There is no such thing, or the caller may not know of it."""

    slug, status = "not-found", 404
    vi, en = "Không tìm thấy.", "Not found."


class NotYetKnown(Problem):
    """Another service may have accepted this id a moment ago: the client retries after a second.

    The body equals every other "not found": a resource outside the caller's scope must not differ from one that does not exist.
    """

    slug, status = "not-found", 404
    vi, en = NotFound.vi, NotFound.en
    always = {"Retry-After": "1"}


class Unauthenticated(Problem):
    """No credential, or an invalid one."""

    slug, status = "unauthenticated", 401
    vi, en = "Cần đăng nhập.", "Please sign in."
    always = {"WWW-Authenticate": "Bearer"}


class InvalidToken(Unauthenticated):
    """An access token that is not valid: expired, ended, malformed, or not signed by a trusted issuer (RFC 6750)."""

    slug, status = Unauthenticated.slug, Unauthenticated.status
    always = {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="The access token is not valid"'}
    guide_vi = "Mã truy cập không đúng hoặc không còn hiệu lực: hãy đăng nhập lại để lấy mã mới."
    detail_en = "The access token is not valid or no longer valid: sign in again for a new one."


class ExpiredToken(InvalidToken):
    """An access token whose time is over."""

    always = {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="The access token expired"'}
    guide_vi = "Mã truy cập đã hết hạn: hãy lấy mã mới (làm mới hoặc đăng nhập lại)."
    detail_en = "The access token expired: refresh it or sign in again."


class Forbidden(Problem):
    """The caller's role or unit does not allow this."""

    slug, status = "forbidden", 403
    vi, en = "Tài khoản không có quyền thực hiện việc này.", "Your account may not do this."


class InvalidBody(Problem):
    """The body is invalid; `errors` names every wrong field."""

    slug, status = "invalid-body", 422
    vi, en = "Dữ liệu gửi lên chưa đúng.", "Invalid request body."


BEFORE_START = "Kết thúc trước khi bắt đầu.", "It ends before it begins."


def require_order(first: Any, last: Any, pointer: str) -> None:
    """422 `before-start` at `pointer` where something ends before it begins; None is open."""
    if first is not None and last is not None and last < first:
        raise InvalidBody(errors=[FieldError(pointer, "before-start", *BEFORE_START)])


class InvalidQuery(Problem):
    """A query parameter or header is wrong or unknown."""

    slug, status = "invalid-query", 400
    vi, en = "Tham số chưa đúng.", "Invalid parameter."


class PurposeRequired(Problem):
    """Reading another person's data needs the header X-Purpose (Law 91/2025/QH15: a purpose for every use)."""

    slug, status = "purpose-required", 428
    vi = "Đọc dữ liệu của người khác phải nêu mục đích (tiêu đề X-Purpose)."
    en = "Reading another person's data needs a purpose (header X-Purpose)."


class StaleVersion(Problem):
    """If-Match names a version that is no longer the newest."""

    slug, status = "stale-version", 412
    vi, en = "Bản ghi đã thay đổi, xin tải lại rồi sửa.", "The record has changed; reload it, then edit."


class IdempotencyKeyReused(Problem):
    """The same Idempotency-Key came with another body."""

    slug, status = "idempotency-key-reused", 422
    vi = "Idempotency-Key này đã dùng cho nội dung khác."
    en = "This Idempotency-Key was used with another body."


class StillRunning(Problem):
    """The first request with this Idempotency-Key is not finished."""

    slug, status = "request-still-running", 409
    vi, en = "Yêu cầu trước cùng Idempotency-Key đang chạy.", "The first request with this key is still running."
    always = {"Retry-After": "1"}


class DeadLetterStays(Problem):
    """A dead letter still cannot be applied; `reason` is why. The operator fixes the cause and replays it, or discards it."""

    slug, status = "dead-letter-stays", 409
    vi = "Sự kiện này vẫn chưa áp dụng được."
    en = "This event can still not be applied."


class MethodNotAllowed(Problem):
    """This resource does not know this method."""

    slug, status = "method-not-allowed", 405
    vi, en = "Phương thức không được hỗ trợ.", "This method is not allowed here."


class UnsupportedMediaType(Problem):
    """The operation does not accept this media type."""

    slug, status = "unsupported-media-type", 415
    vi, en = "Kiểu nội dung không được hỗ trợ.", "This media type is not supported."


class TooLarge(Problem):
    """The body is over the limit."""

    slug, status = "too-large", 413
    vi, en = "Nội dung quá lớn.", "The body is too large."


class Unavailable(Problem):
    """Not now: the database or something else that is needed does not answer."""

    slug, status = "unavailable", 503
    vi, en = "Hệ thống tạm thời bận, xin thử lại.", "Temporarily unavailable, please retry."
    always = {"Retry-After": "2"}


def all_problems() -> dict[str, type[Problem]]:
    """Every problem that the loaded code can answer, by slug: for the pages under /problems/."""
    found: dict[str, type[Problem]] = {}
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        problem = waiting.pop()
        found.setdefault(problem.slug, problem)
        waiting.extend(problem.__subclasses__())
    return found
