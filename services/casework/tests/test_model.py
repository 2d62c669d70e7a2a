"""Fees, codes and timeliness: no database, no clock."""

from datetime import date, datetime, timedelta

import pytest

from casework.calendar import VIETNAM
from casework.model.codes import make_code
from casework.model.fees import Channel, fee_amount
from casework.model.timeliness import is_on_time, is_overdue
from casework.procedures import load_catalogue
from province import get_pack

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 23, 12, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)


def fee_of(code: str, **about: object) -> int:
    return fee_amount(load_catalogue(get_pack().procedures).get_version(code, TODAY).fee, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("copies", "exemption", "amount"), [(1, "none", 8_000), (3, "none", 24_000), (3, "disability", 0)]
)
def test_an_extract_costs_8000_a_copy_and_nothing_for_the_exempt(copies: int, exemption: str, amount: int) -> None:
    assert fee_of("2.000635", copies=copies, exemption=exemption) == amount


@pytest.mark.parametrize(("pages", "amount"), [(1, 2_000), (2, 4_000), (3, 5_000), (500, 200_000)])
def test_a_certified_copy_costs_by_the_page_up_to_a_maximum(pages: int, amount: int) -> None:
    assert fee_of("2.000815", pages=pages) == amount


def test_a_certified_copy_costs_as_much_for_each_copy() -> None:
    assert fee_of("2.000815", pages=3, copies=3) == 15_000


def test_without_a_number_one_page_and_one_copy_are_charged() -> None:
    assert (fee_of("2.000815"), fee_of("2.000635")) == (2_000, 8_000)


@pytest.mark.parametrize(
    ("channel", "amount", "national_code"),
    [(Channel.DIRECT, 15_000, 1), (Channel.ONLINE, 7_000, 2), (Channel.POST, 15_000, 3)],
)
def test_temporary_residence_is_cheaper_online(channel: Channel, amount: int, national_code: int) -> None:
    assert (fee_of("1.004194", channel=channel), channel.national_code) == (amount, national_code)


def test_online_is_assumed_where_no_channel_is_named() -> None:
    assert fee_of("1.004194") == 7_000


def test_funeral_support_is_free() -> None:
    assert fee_of("1.001731", copies=5) == 0


def test_codes_follow_the_configured_pattern() -> None:
    code = make_code("H56.{unit}-{day:%y%m%d}-{serial:04d}", unit_code="15724", day=TODAY, serial=7)

    assert code == "H56.15724-261122-0007"


@pytest.mark.parametrize(
    ("finished", "requests", "expected"),
    [(NOON, 0, True), (NOON - HOUR, 1, True), (NOON + HOUR, 0, False), (NOON - HOUR, 2, False), (None, 0, False)],
)
def test_on_time_by_the_formula_of_the_index(finished: datetime | None, requests: int, expected: bool) -> None:
    on_time = is_on_time(
        received_at=NOON - 9 * HOUR,
        promised_at=NOON,
        finished_at=finished,
        supplement_requests=requests,
        now=NOON + HOUR,
    )

    assert on_time is expected


def test_what_was_never_received_does_not_count() -> None:
    assert is_on_time(received_at=None, promised_at=None, finished_at=NOON, supplement_requests=0, now=NOON) is None


def test_a_dossier_that_waits_for_its_applicant_is_not_overdue() -> None:
    late = {"promised_at": NOON, "finished_at": None, "now": NOON + HOUR}

    assert is_overdue(paused=False, **late)
    assert not is_overdue(paused=True, **late)
    assert not is_overdue(paused=False, **(late | {"now": NOON}))
    assert not is_overdue(paused=False, **(late | {"finished_at": NOON + HOUR}))
    assert not is_overdue(paused=False, **(late | {"promised_at": None}))


def test_a_promise_that_was_moved_with_an_apology_was_not_kept() -> None:
    times = {"received_at": NOON - HOUR, "promised_at": NOON, "finished_at": NOON, "now": NOON}

    assert is_on_time(supplement_requests=0, extensions=0, **times) is True
    assert is_on_time(supplement_requests=0, extensions=1, **times) is False


def test_a_dossier_without_a_promised_time_is_on_time() -> None:
    assert is_on_time(received_at=NOON, promised_at=None, finished_at=None, supplement_requests=0, now=NOON) is True
