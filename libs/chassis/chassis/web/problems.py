"""Renders every error as problem+json in the caller's language, without values, stack or query."""

from collections.abc import Sequence
from typing import Any

from asyncpg.exceptions import DataError as PostgresDataError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from chassis.errors import (
    FieldError,
    Forbidden,
    InvalidBody,
    InvalidQuery,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from chassis.observability.log import logger
from chassis.storage.database import is_transient_fault
from chassis.web.routing import language_of

BY_STATUS: dict[int, type[Problem]] = {
    400: InvalidBody,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
    503: Unavailable,
}


class Conflict(Problem):
    """The resource was changed at the same moment, or exists already."""

    slug, status = "conflict", 409
    vi, en = (
        "Dữ liệu vừa được người khác thay đổi hoặc đã tồn tại.",
        "It exists already, or was just changed by another.",
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Registers the handlers that answer every error as a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(UnicodeEncodeError, _not_text)
    for unavailable in (PoolTimeout, ConnectionError, TimeoutError):
        app.add_exception_handler(unavailable, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


def rendered(problem: Problem, request: Request) -> JSONResponse:
    """The answer for a problem, in the caller's language; of an operation that ends it says so too."""
    language = language_of(request.headers.get("accept-language"))
    body = problem.render(language, request.url.path)
    headers = {"Content-Language": language, **problem.headers, **getattr(request.state, "ends", {})}
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return rendered(error, request)


async def _wrong_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = error.errors()
    if wrong and all(item["loc"][:1] == ("path",) for item in wrong):
        return rendered(NotFound(), request)
    kind = InvalidBody if any(item["loc"][:1] == ("body",) for item in wrong) else InvalidQuery
    return rendered(kind(errors=field_errors(wrong)), request)


async def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    problem = BY_STATUS.get(error.status_code, Problem)()
    if error.headers:
        problem.headers = {**problem.headers, **error.headers}
    return rendered(problem, request)


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    if isinstance(error, IntegrityError):
        return rendered(Conflict(), request)
    if isinstance(error.orig and error.orig.__cause__, PostgresDataError):
        # A value that no column holds: NUL in a text, a number beyond 64 bits.
        return rendered(_invalid(request), request)
    if isinstance(error, (OperationalError, InterfaceError)) or is_transient_fault(error):
        return await _unavailable(request, error)
    return await _unexpected(request, error)


async def _not_text(request: Request, error: Exception) -> JSONResponse:
    """A lone surrogate is JSON but no text."""
    return rendered(_invalid(request), request)


def _invalid(request: Request) -> Problem:
    return InvalidQuery() if request.method in ("GET", "HEAD") else InvalidBody()


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    logger.warning("dependency unavailable", error=type(error).__name__)
    return rendered(Unavailable(), request)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # The message of an error may quote personal data: only its kind and place are logged.
    frames: list[str] = []
    trace = error.__traceback__
    while trace:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    logger.error("unexpected error", error=type(error).__name__, at=frames[-4:])
    # Starlette raises the error again after this response and the server closes; announced, so that no client reuses it.
    return rendered(Problem(headers={"Connection": "close"}), request)


def field_errors(wrong: Sequence[Any]) -> list[FieldError]:
    """pydantic's errors as ours: a JSON pointer, a stable code, a sentence in both languages."""
    return [_field_error(item) for item in wrong]


def _field_error(item: Any) -> FieldError:
    where, *location = map(str, item["loc"])
    if where not in ("body", "query", "header"):
        location.insert(0, where)
    pointer = "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in location)
    if item["type"] == "json_invalid":
        return FieldError("", "json", "Nội dung không phải JSON hợp lệ.", "The body is not valid JSON.")
    if item["type"] != "missing" and item.get("input", ...) is None:
        return FieldError(
            pointer, "not-nullable", "Trường này không được để trống (null).", "This field cannot be null."
        )
    context = item.get("ctx") or {}
    if "vi" in context:  # our own PydanticCustomError has its Vietnamese sentence
        return FieldError(pointer, item["type"], str(context["vi"]), item["msg"])
    vi = MESSAGES.get(item["type"], "Giá trị không hợp lệ.")
    limits = {name: value for name, value in context.items() if isinstance(value, (int, float, str))}
    try:
        vi = vi.format(**limits).replace("' or '", "' hoặc '")  # pydantic joins the allowed values in English
    except KeyError:
        vi = "Giá trị không hợp lệ."
    return FieldError(pointer, CODES.get(item["type"], item["type"].replace("_", "-")), vi, item["msg"])


CODES = {"missing": "required", "extra_forbidden": "unknown-field"}
MESSAGES = {
    "missing": "Bắt buộc phải có.",
    "extra_forbidden": "Không có trường này.",
    "string_type": "Phải là chuỗi ký tự.",
    "string_too_short": "Phải có ít nhất {min_length} ký tự.",
    "string_too_long": "Không được quá {max_length} ký tự.",
    "string_pattern_mismatch": "Không đúng định dạng.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": "Phải là số nguyên.",
    "int_from_float": "Phải là số nguyên.",
    "float_type": "Phải là số.",
    "float_parsing": "Phải là số.",
    "bool_type": "Phải là đúng hoặc sai (true, false).",
    "bool_parsing": "Phải là đúng hoặc sai (true, false).",
    "literal_error": "Phải là một trong: {expected}.",
    "enum": "Phải là một trong: {expected}.",
    "uuid_type": "Phải là mã định danh UUID.",
    "uuid_parsing": "Phải là mã định danh UUID.",
    "date_type": "Phải là ngày dạng YYYY-MM-DD.",
    "date_parsing": "Phải là ngày dạng YYYY-MM-DD.",
    "date_from_datetime_parsing": "Phải là ngày dạng YYYY-MM-DD.",
    "datetime_type": "Phải là thời điểm RFC 3339 có múi giờ.",
    "datetime_parsing": "Phải là thời điểm RFC 3339 có múi giờ.",
    "datetime_from_date_parsing": "Phải là thời điểm RFC 3339 có múi giờ.",
    "timezone_aware": "Thời điểm phải có múi giờ.",
    "greater_than": "Phải lớn hơn {gt}.",
    "greater_than_equal": "Không được nhỏ hơn {ge}.",
    "less_than": "Phải nhỏ hơn {lt}.",
    "less_than_equal": "Không được lớn hơn {le}.",
    "list_type": "Phải là danh sách.",
    "too_long": "Không được quá {max_length} mục.",
    "too_short": "Phải có ít nhất {min_length} mục.",
    "dict_type": "Phải là đối tượng.",
    "model_attributes_type": "Phải là đối tượng.",
}
