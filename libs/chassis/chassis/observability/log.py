"""JSON log lines with the request's or the event's id and trace. Never log personal data: ids only.

For an exception its class and stack are logged, never its message: a database quotes refused values in it.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

__all__ = [
    "bind_contextvars", "bound_contextvars", "configure_logging", "current_request_id", "current_traceparent", "logger",
]  # fmt: skip

logger: Any = structlog.get_logger()


class LossyStdout:
    """Stdout for log lines. A line that cannot be written (full disk, closed pipe) is lost; the code that logs does not fail."""

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stdout.write(line)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()


def configure_logging(service: str, level: str = "INFO") -> None:
    """Sends our own and the libraries' log lines to stdout as one JSON object each."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _service_name(service),
    ]
    structlog.configure(
        processors=[
            *shared,
            _add_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=LossyStdout()),  # type: ignore[arg-type]  # what a logger needs of a file
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _add_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # The client logs every reconnection attempt; the relay and the consumer log the outage once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_no_refused_upgrade)


def current_request_id() -> str | None:
    """The id of the request being served, if any."""
    value = get_contextvars().get("request_id")
    return str(value) if value else None


def current_traceparent() -> str | None:
    """The W3C traceparent of the request or event being served, if any."""
    value = get_contextvars().get("traceparent")
    return str(value) if value else None


def _is_no_refused_upgrade(record: logging.LogRecord) -> bool:
    """uvicorn warns twice of every offered upgrade, which is ignored on purpose: each default Java client offers one."""
    return not record.getMessage().startswith(("Unsupported upgrade request", "No supported WebSocket library"))


def _add_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["exception"] = {
            "kinds": [type(cause).__name__ for cause in _chain(error)],
            "at": [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
        }
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _service_name(service: str) -> Any:
    def add(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        event["service"] = service
        return event

    return add
