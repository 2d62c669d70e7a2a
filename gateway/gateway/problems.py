"""Problem documents (RFC 9457) the door itself answers with, in Vietnamese and English."""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal: `slug` names its page under /problems/, the texts are for the caller."""

    slug: str
    status: int
    vi: str
    en: str

    def body(self, language: str, instance: str, **members: Any) -> bytes:
        document = {
            "type": f"/problems/{self.slug}",
            "title": self.vi if language == "vi" else self.en,
            "status": self.status,
            "detail": self.vi if language == "vi" else self.en,
            "instance": instance,
            **members,
        }
        return json.dumps(document, ensure_ascii=False).encode()


class Refused(Exception):
    """Raised anywhere in the door to end a request with a problem, extra headers and extra members."""

    def __init__(self, problem: Problem, *, headers: Headers = (), **members: Any) -> None:
        super().__init__(problem.slug)
        self.problem = problem
        self.headers = list(headers)
        self.members = members


MALFORMED_REQUEST = Problem(
    "malformed-request", 400, "Yêu cầu không đúng dạng HTTP.", "The request is not well-formed HTTP."
)
AMBIGUOUS_PATH = Problem(
    "ambiguous-path", 400, "Đường dẫn không rõ ràng.", "Two readers could understand this path differently."
)
UNAUTHENTICATED = Problem(
    "unauthenticated",
    401,
    "Cần đăng nhập hoặc thông tin xác thực không hợp lệ.",
    "A valid credential is needed.",
)
FORBIDDEN = Problem("forbidden", 403, "Không có quyền thực hiện việc này.", "This caller may not do this.")
NOT_FOUND = Problem("not-found", 404, "Không tìm thấy.", "There is nothing here.")
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed", 405, "Phương thức không được hỗ trợ.", "The resource does not know this method."
)
REQUEST_TIMEOUT = Problem("request-timeout", 408, "Yêu cầu gửi quá chậm.", "The request arrived too slowly to be read.")
BODY_TOO_LARGE = Problem("body-too-large", 413, "Nội dung vượt giới hạn.", "The body is over the limit.")
TARGET_TOO_LONG = Problem("target-too-long", 414, "Đường dẫn quá dài.", "The path and query are too long.")
TOO_MANY_REQUESTS = Problem(
    "too-many-requests", 429, "Quá nhiều yêu cầu, hãy thử lại sau.", "Too many requests; try again later."
)
HEADERS_TOO_LARGE = Problem(
    "headers-too-large", 431, "Phần đầu yêu cầu quá lớn.", "The request has too many or too long headers."
)
BAD_GATEWAY = Problem(
    "bad-gateway",
    502,
    "Dịch vụ bên trong trả lời dở dang; chưa rõ yêu cầu đã được thực hiện hay chưa.",
    "The service broke off its answer; whether the request took effect is not known.",
)
SERVICE_UNAVAILABLE = Problem(
    "service-unavailable",
    503,
    "Dịch vụ tạm thời không sẵn sàng; yêu cầu chưa được thực hiện.",
    "The service cannot be reached now; the request had no effect.",
)
OVERLOADED = Problem(
    "overloaded",
    503,
    "Hệ thống đang quá tải; yêu cầu chưa được nhận, hãy thử lại sau.",
    "The platform is overloaded; the request was not accepted, try again later.",
)
GATEWAY_TIMEOUT = Problem(
    "gateway-timeout",
    504,
    "Dịch vụ bên trong trả lời quá chậm; chưa rõ yêu cầu đã được thực hiện hay chưa.",
    "The service did not answer in time; whether the request took effect is not known.",
)


def language_of(scope: Scope) -> str:
    """`en` when the caller prefers English to Vietnamese by `Accept-Language`, else `vi`."""
    wanted = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
    weights = {"vi": 0.0, "en": 0.0}
    for part in wanted.decode("latin-1").lower().split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().split("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameters))
    return "en" if weights["en"] > weights["vi"] else "vi"


async def send_problem(scope: Scope, send: Send, problem: Problem, *, headers: Headers = (), **members: Any) -> None:
    """Answer with the problem as application/problem+json."""
    language = language_of(scope)
    body = problem.body(language, scope["path"], **members)
    head = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": head})
    await send({"type": "http.response.body", "body": body})


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
