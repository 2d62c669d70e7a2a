"""What is measured is kept for 30 days: the state, since when, and how often it worked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.journeys.history import History
from deploy.journeys.measuring import write_status
from gateway.status.document import PlatformStatus

NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_since_is_when_the_state_began_and_the_level_counts_every_check() -> None:
    history = History()
    for minute, state in enumerate(("works", "works", "down", "down", "works")):
        part = history.note("dossier", state, at(minute))

    assert (part.state, part.since) == ("works", at(4))
    assert part.level == 60.0
    assert history.note("dossier", "impaired", at(5)).level == 50.0


def test_a_level_is_rounded_down_so_that_100_means_always() -> None:
    history = History()
    history.note("payment", "down", at(0))
    for minute in range(1, 20_000):
        part = history.note("payment", "works", at(minute))

    assert part.level == 99.99


def test_days_before_the_last_30_are_forgotten_by_the_date_in_viet_nam() -> None:
    history = History()
    history.note("report", "down", at(0))
    almost = history.note("report", "works", at(0) + timedelta(days=29, hours=11))
    assert (len(almost.days), almost.level) == (2, 50.0)

    after = history.note("report", "works", at(0) + timedelta(days=29, hours=13))

    assert (len(after.days), after.level) == (2, 100.0)


def test_the_files_are_written_whole_and_a_damaged_history_begins_anew(tmp_path: Path) -> None:
    write_status(tmp_path, {"dossier": "works"}, {"casework": "works"}, at(0))
    write_status(tmp_path, {"dossier": "down"}, {"casework": "down"}, at(1))
    status = PlatformStatus.model_validate_json((tmp_path / "status.json").read_bytes())

    assert [(part.state, part.since, part.level) for part in status.journeys] == [("down", at(1), 50.0)]
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "history.json",
        "status.en.html",
        "status.json",
        "status.vi.html",
    ]
    assert '<html lang="en">' in (tmp_path / "status.en.html").read_text()
    (tmp_path / "history.json").write_text("{")
    assert History.read(tmp_path).parts == {}


def test_without_journeys_the_services_alone_are_shown(tmp_path: Path) -> None:
    write_status(tmp_path, {}, {"gateway": "works"}, at(0))

    assert PlatformStatus.model_validate_json((tmp_path / "status.json").read_bytes()).journeys == []
    assert "chưa được kiểm tra tự động" in (tmp_path / "status.vi.html").read_text()
