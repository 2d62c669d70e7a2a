"""The schedule of retries comes from the environment, and the time to disabling follows it."""

import pytest

from notifications.sender.schedule import seconds_before_retry
from notifications.settings import FIVE_DAYS, SCHEDULE, SHORTEST_FAILURE, NotificationsSettings


def test_without_anything_set_it_is_the_schedule_of_the_contract_and_five_days() -> None:
    settings = NotificationsSettings()

    assert settings.retry_schedule == SCHEDULE
    assert settings.disable_after == FIVE_DAYS


def test_a_shorter_schedule_disables_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRY_SCHEDULE", "1,2, 30")
    assert NotificationsSettings().retry_schedule == (1, 2, 30)
    assert NotificationsSettings().disable_after == pytest.approx(FIVE_DAYS * 33 / sum(SCHEDULE))
    monkeypatch.setenv("RETRY_SCHEDULE", "1")
    assert NotificationsSettings().disable_after == SHORTEST_FAILURE
    monkeypatch.setenv("DISABLE_AFTER_SECONDS", "60")
    assert NotificationsSettings().disable_after == 60
    monkeypatch.setenv("RETRY_SCHEDULE", "")
    assert NotificationsSettings().retry_schedule == SCHEDULE


@pytest.mark.parametrize(
    ("retries", "asked", "least", "most"),
    [(0, None, 5, 5.5), (1, None, 300, 330), (8, None, 86400, 95040), (0, 60.0, 60, 60), (0, 1e9, 86400, 86400)],
)
def test_a_retry_waits_by_schedule_with_jitter_or_as_long_as_the_endpoint_asks(
    retries: int, asked: float | None, least: float, most: float
) -> None:
    seconds = seconds_before_retry(SCHEDULE, retries, asked)
    assert seconds is not None
    assert least <= seconds <= most


def test_after_the_schedule_there_is_no_retry() -> None:
    assert seconds_before_retry(SCHEDULE, len(SCHEDULE), 60.0) is None
