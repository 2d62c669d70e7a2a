"""The rules of disclosure, on any table of a unit and its parts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.disclosure import (
    counted_by,
    impersonal_counters,
    public_figure,
    related_counters,
    suppressed_parts,
    suppressed_whole,
)
from reporting.figures import Figure
from reporting.indicators import catalogue

NAMES = sorted(
    related_counters(
        [
            "vneid_level_2@adults",
            "vneid_level_2@smartphone_users",
            "vneid_issued@adults",
            "vneid_issued@smartphone_users",
            "vneid@smartphone_users",
        ]
    )
)
NEEDED = {"vneid"}
"""Never hidden because of a difference."""
PAIRS = [pair for pair in catalogue().nestings() if set(pair) <= set(NAMES)]


@st.composite
def rows(draw: st.DrawFn) -> dict[str, int]:
    """Counts of one part that may be: no one is in a part and not in its whole."""
    counts: dict[str, int] = {}
    for name in sorted(NAMES, key=lambda name: sum(part == name for _, part in PAIRS)):
        most = min((counts[whole] for whole, part in PAIRS if part == name and whole in counts), default=30)
        counts[name] = draw(st.integers(0, most) | st.just(most))
    return counts


Tables = st.lists(rows(), min_size=1, max_size=5).map(lambda found: {f"{n}": counts for n, counts in enumerate(found)})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(Tables)
def test_no_count_and_no_difference_under_five_is_shown_or_follows_from_a_sum(parts: dict[str, dict[str, int]]) -> None:
    whole = {name: sum(counts[name] for counts in parts.values()) for name in NAMES}
    own = suppressed_whole(whole)
    hidden = suppressed_parts(parts, own)

    for counts, unseen in [(whole, own), *((parts[part], hidden[part]) for part in parts)]:
        assert not [name for name in NAMES if name not in unseen and 0 < counts[name] < 5]
        assert not [pair for pair in PAIRS if not {*pair} & unseen and 0 < counts[pair[0]] - counts[pair[1]] < 5]
    for name in NAMES:
        lacking = [counts[name] for part, counts in parts.items() if name in hidden[part] and counts[name]]
        is_all = sum(lacking) == whole[name] and name not in NEEDED
        assert name in own or not lacking or (sum(lacking) >= 5 and (len(lacking) >= 2 or is_all))
        assert name not in own or lacking or not whole[name]
    for first, second in PAIRS:
        apart = [counts[first] - counts[second] for part, counts in parts.items() if {first, second} & hidden[part]]
        assert {first, second} & own or sum(apart) == 0 or sum(apart) >= 5


def test_large_counts_of_one_unit_are_all_shown() -> None:
    assert suppressed_parts({"a": dict.fromkeys(NAMES, 40), "b": dict.fromkeys(NAMES, 7)}, set()) == {
        "a": set(),
        "b": set(),
    }


def test_of_two_nested_counts_the_variant_is_hidden_and_else_what_is_not_compared() -> None:
    assert suppressed_whole({"payment_account": 40, "payment_account@15_plus": 38}) == {"payment_account@15_plus"}
    assert suppressed_whole({"vneid_issued": 40, "vneid": 38}) == {"vneid_issued"}
    assert suppressed_whole({"vneid": 40, "vneid_level_2": 38}) == {"vneid_level_2"}


def test_a_sum_is_hidden_with_the_payments_or_dossiers_behind_it() -> None:
    assert suppressed_whole({"cashless_payments": 2, "cashless_amount": 900_000}) == {
        "cashless_payments",
        "cashless_amount",
    }
    assert suppressed_whole({"dossiers": 1, "fields_asked": 12, "fields_prefilled": 10}) >= {
        "fields_asked",
        "fields_prefilled",
    }
    assert suppressed_whole({"cashless_payments": 5, "cashless_amount": 3}) == set()
    assert set(counted_by().values()) <= catalogue().counters()


def test_which_counters_a_counter_depends_on() -> None:
    assert related_counters(["payment_account", "residents"]) == {"payment_account", "residents"}
    assert related_counters(["residents@adults"]) == {"residents@adults", "residents@15_plus", "residents"}
    assert related_counters(["cashless_amount"]) == {"cashless_amount", "cashless_payments"}


def test_what_is_no_personal_figure_is_never_hidden() -> None:
    assert impersonal_counters() >= {
        "procedures_chosen",
        "data_sources_live",
        "sessions_held",
        "communications_published",
    }
    shown = public_figure(Figure(catalogue().indicators["procedures_chosen"], 2))
    assert (shown.numerator, shown.is_hidden) == (2, False)


def test_no_data_is_something_else_than_a_hidden_count() -> None:
    account = catalogue().indicators["payment_account"]
    assert not public_figure(Figure(account, 0, 0)).is_hidden
    assert public_figure(Figure(account, 0, 40)).is_hidden
    assert public_figure(Figure(account, 3, 40)).is_hidden
