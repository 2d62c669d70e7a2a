"""Log lines name what happened and where, never the values."""

import json
import logging

import pytest
import structlog

from chassis.observability.log import configure_logging, logger


@pytest.fixture
def logs(capsys):
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = root.handlers[:]
    server = logging.getLogger("uvicorn"), logging.getLogger("uvicorn.error")
    before = [(each.handlers[:], each.propagate, each.level, each.disabled) for each in server]
    for each in server:  # a server that another test started has its own handlers
        each.handlers, each.propagate, each.level, each.disabled = [], True, logging.NOTSET, False
    structlog.reset_defaults()
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    for each, (old, propagate, its_level, disabled) in zip(server, before, strict=True):
        each.handlers, each.propagate, each.level, each.disabled = old, propagate, its_level, disabled
    structlog.reset_defaults()


def fail():
    raise ValueError("038099012345")


def test_an_exception_is_logged_by_its_kinds_and_places_without_its_message(logs):
    configure_logging("toy-notes")
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError("Lê Thị Thử") from error
    except RuntimeError:
        logger.error("failed", exc_info=True)
        logging.getLogger("another.library").exception("failed too")

    ours, theirs = logs()

    assert ours["service"] == theirs["service"] == "toy-notes"
    assert ours["exception"]["kinds"] == theirs["exception"]["kinds"] == ["RuntimeError", "ValueError"]
    assert "test_an_exception" in ours["exception"]["at"][-1]
    assert "038099012345" not in json.dumps([ours, theirs])
    assert "Thử" not in json.dumps([ours, theirs], ensure_ascii=False)


def test_a_log_line_that_cannot_be_written_fails_no_request(logs, monkeypatch):
    configure_logging("toy-notes")
    with monkeypatch.context() as disk_full:
        disk_full.setattr("sys.stdout", FullDisk())
        logger.warning("the disk is full")
    logger.warning("there is space again")

    assert [line["event"] for line in logs()] == ["there is space again"]


class FullDisk:
    def write(self, text):
        raise OSError(28, "No space left on device")

    def flush(self):
        raise OSError(28, "No space left on device")


def test_an_ignored_offer_of_an_upgrade_is_not_worth_a_line(logs):
    configure_logging("toy-notes")
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.warning("Unsupported upgrade request.")
    uvicorn.warning("No supported WebSocket library detected. Please use ...")
    uvicorn.warning("Invalid HTTP request received.")

    assert [line["event"] for line in logs()] == ["Invalid HTTP request received."]
