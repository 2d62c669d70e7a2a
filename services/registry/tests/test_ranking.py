"""The ranking of sources, and the age of values: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from chassis.clock import frozen_at
from registry.model.ranking import RANKS, Origin, expires_at, is_stale, origin_of, outranks, rank

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)


def test_the_population_database_is_above_specialised_databases_above_officers_above_the_resident() -> None:
    assert RANKS == {
        "population": 4,
        "social_insurance": 3,
        "civil_status": 3,
        "social_protection": 3,
        "partner": 3,
        "officer": 2,
        "import": 2,
        "volunteer": 2,
        "resident": 1,
    }
    assert rank("a-source-of-tomorrow") == rank("resident") == 1


@pytest.mark.parametrize(
    ("new", "present", "is_later", "replaces"),
    [
        ("population", "officer", False, True),
        ("officer", "resident", False, True),
        ("resident", "officer", True, False),
        ("partner", "population", True, False),
        ("officer", "import", True, True),
        ("officer", "import", False, False),
    ],
)
def test_a_higher_source_replaces_at_any_age_and_an_equal_one_when_it_is_not_older(
    new: str, present: str, is_later: bool, replaces: bool
) -> None:
    observed_at = NOON + SECOND if is_later else NOON - SECOND

    assert outranks(origin_of(new, observed_at), origin_of(present, NOON)) is replaces


def test_of_two_values_of_equal_sources_at_one_instant_the_one_that_came_last_holds() -> None:
    assert outranks(origin_of("officer", NOON), origin_of("volunteer", NOON))


def test_what_residents_state_about_themselves_is_not_verified() -> None:
    assert not origin_of("resident", NOON).verified
    assert origin_of("officer", NOON).verified


def test_an_origin_never_changes() -> None:
    with pytest.raises(ValidationError):
        setattr(Origin(source="resident", verified=False, observed_at=NOON), "verified", True)  # noqa: B010  # mypy


def test_a_value_ages_from_its_observation_and_some_values_never_do() -> None:
    assert expires_at("phone", NOON) == NOON + YEAR
    assert expires_at("full_name", NOON) is None
    assert expires_at("no-such-attribute", NOON) is None


@pytest.mark.parametrize(("later", "stale"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_a_value_is_stale_after_the_instant_of_its_expiry(later: timedelta, stale: bool) -> None:
    with frozen_at(NOON + YEAR + later):
        assert is_stale("phone", NOON) is stale
        assert not is_stale("full_name", NOON)
