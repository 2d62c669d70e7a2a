from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.indicators import catalogue, share

CONTRACT = [
    "residents", "vneid", "vneid_issued", "vneid_level_2", "portal_account", "province_app", "digital_signature",
    "payment_account", "payment_account_bank", "payment_account_e_wallet", "payment_account_mobile_money",
    "cyber_protection", "organizations_with_app", "merchants_with_qr", "utility_points_with_qr", "cashless_payments",
    "cashless_amount", "procedures_chosen", "dossiers_online", "dossiers_self_service", "dossiers_on_time",
    "fees_paid_online", "once_only_ratio", "data_sources_live", "feedback_on_time", "sessions_held", "people_trained",
    "merchants_trained", "residents_guided", "officials_with_signature", "communications_published",
]  # fmt: skip


def test_every_indicator_of_the_contract_is_defined_in_both_languages() -> None:
    known = catalogue()
    assert [each.code for each in known.base()] == CONTRACT
    for each in known.indicators.values():
        counters = [each.numerator, *([each.denominator] if each.denominator else [])]
        texts = [each.title, each.source, each.label, *(counter.meaning for counter in counters)]
        assert all(text.vi and text.en for text in texts), each.code


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
