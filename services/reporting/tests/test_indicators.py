from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.app import create_app
from chassis.runtime import Service
from reporting.indicators import catalogue, share


def test_every_indicator_has_its_texts_in_both_languages_and_a_code_that_fits_a_url() -> None:
    for each in catalogue().indicators.values():
        texts = [each.title, each.source, each.label, *(counter.meaning for counter in each.counters())]
        assert all(text.vi and text.en for text in texts), each.code
        assert re.fullmatch(r"[a-z][a-z0-9_]*(@[a-z0-9_]+)?", each.code), each.code


def test_small_counts_are_shown_only_where_no_people_are_counted() -> None:
    shown = {code for code, each in catalogue().indicators.items() if not each.is_personal}

    assert shown == {
        "communications_published", "data_sources_live", "procedures_chosen", "sessions_held", "utility_points_with_qr",
    }, "`personal = false` is only for what counts no people, cases or payments of people"  # fmt: skip


def test_the_api_document_names_every_indicator_that_may_be_asked_for(service: Service) -> None:
    """The published list of codes is the catalogue itself: a new indicator is added in one file."""
    paths = create_app(service).openapi()["paths"]
    for path in ("/v1/reports/trend", "/v1/reports/ranking"):
        asked = next(each for each in paths[path]["get"]["parameters"] if each["name"] == "indicator")
        assert asked["schema"]["enum"] == list(catalogue().indicators)


def test_all_twelve_items_of_the_plans_are_covered() -> None:
    assert all(catalogue().of_plan_item(number) for number in range(1, 13))
    assert len(catalogue().plan_items) == 12


def test_a_variant_has_its_own_code_and_names_its_population() -> None:
    variant = catalogue().indicators["payment_account@15_plus"]
    assert variant.numerator.name == "payment_account@15_plus"
    assert variant.denominator is not None
    assert variant.denominator.name == "residents@15_plus"
    assert "15" in variant.title.vi
    assert "15" in variant.denominator.meaning.en


def test_every_pillar_leads_with_an_indicator_of_its_own() -> None:
    for pillar in catalogue().pillars.values():
        assert catalogue().indicators[pillar.lead].pillar == pillar.code


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (1189, 1424, "83.50"),
        (1617, 2150, "75.21"),
        (265588, 450684, "58.93"),
        (45158, 53571, "84.30"),
        (1, 8, "12.50"),
        (1, 3, "33.33"),
        (5, 40000, "0.01"),
        (0, 7, "0.00"),
    ],
)
def test_shares_are_those_of_the_printed_reports(numerator: int, denominator: int, percent: str) -> None:
    """The first four were printed for Tây Hồ in 2023 and for the province in 2025."""
    assert share(numerator, denominator) == Decimal(percent)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_share_is_never_off_by_more_than_its_rounding(numerator: int, denominator: int) -> None:
    percent = share(numerator, denominator)
    if denominator == 0:
        assert percent is None
    else:
        assert percent is not None
        assert abs(percent - Decimal(numerator * 100) / denominator) <= Decimal("0.005")
