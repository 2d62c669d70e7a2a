"""The journey is the same in any order and with any repeats of the evidence."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import local_date
from onboarding.model.journey import (
    Evidence,
    EvidenceEffect,
    JourneyStep,
    KnownAttributes,
    journey,
    missing_conditions,
)
from onboarding.model.steps import STEPS, Step, catalogue

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
EVERYTHING = frozenset(
    {"citizen_id_card", "personal_id_card", "smartphone", "social_insurance_no", "owner_verified_phone"}
)


def evidence(
    step: str,
    effect: EvidenceEffect = EvidenceEffect.HELD,
    day: int = 1,
    holding: str = "",
    id: str = "",
    **more: object,
) -> Evidence:
    at = datetime(2026, 1, day, tzinfo=UTC)
    named = id or f"{step}-{effect}-{day}-{holding}"
    return Evidence(named, step, effect, at, "partner", holding, **more)  # type: ignore[arg-type]


def state(
    step: Step, *evidences: Evidence, attributes: KnownAttributes | None = None, now: datetime = NOW
) -> JourneyStep:
    states = journey(attributes or KnownAttributes(1, EVERYTHING), evidences, now)
    return next(each for each in states if each.step == step)


def test_the_six_steps_come_in_the_order_of_the_plans() -> None:
    assert tuple(each.step for each in journey(KnownAttributes(), [], NOW)) == STEPS


def test_a_step_without_its_conditions_is_blocked_and_names_what_is_missing() -> None:
    blocked = state("vneid", attributes=KnownAttributes(1, frozenset({"personal_id_card"})))

    assert blocked.status == "blocked"
    assert blocked.missing == ("citizen_id_card", "smartphone")


def test_an_old_identity_card_is_enough_for_the_portal_but_not_for_vneid() -> None:
    attributes = KnownAttributes(1, EVERYTHING - {"citizen_id_card"})

    assert state("vneid", attributes=attributes).missing == ("citizen_id_card",)
    assert state("portal_account", attributes=attributes).missing == ("vneid",)


def test_a_portal_account_asks_for_vneid_since_the_first_of_july_2025() -> None:
    last_day = datetime(2025, 6, 30, 16, 59, tzinfo=UTC)

    assert state("portal_account", now=last_day).status == "ready"
    assert state("portal_account", now=last_day + timedelta(minutes=1)).missing == ("vneid",)
    assert state("portal_account", evidence("vneid")).status == "ready"


def test_a_declaration_about_a_past_day_is_judged_by_the_rules_of_that_day() -> None:
    attributes = KnownAttributes(1, EVERYTHING)

    assert missing_conditions("portal_account", attributes, [], date(2025, 6, 30), NOW) == []
    assert missing_conditions("portal_account", attributes, [], date(2025, 7, 1), NOW) == ["vneid"]


def test_mobile_money_may_be_declared_without_a_smartphone_beside_a_bank_account() -> None:
    attributes = KnownAttributes(1, EVERYTHING - {"smartphone"}, has_bank_account=True)
    on = date(2026, 1, 1)

    assert missing_conditions("payment_account", attributes, [], on, NOW) == ["smartphone"]
    assert missing_conditions("payment_account", attributes, [], on, NOW, "mobile_money") == []


def test_vneid_issued_is_not_yet_activated() -> None:
    issued = evidence("vneid", EvidenceEffect.STARTED, day=1, level=2)

    waiting = state("vneid", issued)
    done = state("vneid", issued, evidence("vneid", day=2))

    assert (waiting.status, waiting.level, waiting.marks) == ("in_progress", 2, ("issued", "level_1", "level_2"))
    assert (done.status, done.level) == ("completed", 2)


def test_ekyc_is_a_condition_of_the_digital_signature() -> None:
    assert state("digital_signature").missing == ("ekyc",)
    assert state("digital_signature", evidence("ekyc")).status == "ready"


def test_a_signature_issued_before_its_ekyc_counts() -> None:
    assert state("digital_signature", evidence("digital_signature", holding="S1")).status == "completed"


def test_an_expired_signature_reopens_the_step() -> None:
    until = datetime(2026, 2, 1, tzinfo=UTC)
    issued = evidence("digital_signature", holding="S1", valid_until=until)

    assert state("digital_signature", issued, now=until - timedelta(seconds=1)).status == "completed"
    assert state("digital_signature", issued, now=until).status == "revoked"


def test_a_renewed_signature_outlives_the_first_validity() -> None:
    first = evidence("digital_signature", day=1, holding="S1", valid_until=datetime(2026, 2, 1, tzinfo=UTC))
    renewed = evidence("digital_signature", day=20, holding="S2", valid_until=datetime(2027, 2, 1, tzinfo=UTC))

    assert state("digital_signature", first, renewed).status == "completed"


def test_mobile_money_needs_no_smartphone() -> None:
    no_phone = KnownAttributes(1, EVERYTHING - {"smartphone"})

    assert state("payment_account", attributes=no_phone).route == "open_account"
    assert state("payment_account", attributes=no_phone).status == "ready"


def test_who_has_a_bank_account_activates_its_app_on_a_smartphone() -> None:
    with_account = KnownAttributes(1, EVERYTHING - {"smartphone"}, has_bank_account=True)

    blocked = state("payment_account", attributes=with_account)

    assert (blocked.route, blocked.missing) == ("activate_bank_app", ("smartphone",))


def test_the_route_is_fixed_by_the_attributes_before_the_event() -> None:
    opened = evidence("payment_account", holding="A", had_bank_account=False, account_kind="bank")
    now_has_account = KnownAttributes(2, EVERYTHING, has_bank_account=True)

    assert state("payment_account", opened, attributes=now_has_account).route == "open_account"


def test_the_step_is_complete_while_any_account_is_open() -> None:
    one = evidence("payment_account", day=1, holding="A", account_kind="bank")
    two = evidence("payment_account", day=2, holding="B", account_kind="e_wallet")
    close_one = evidence("payment_account", EvidenceEffect.ENDED, day=3, holding="A")
    close_two = evidence("payment_account", EvidenceEffect.ENDED, day=4, holding="B")

    assert state("payment_account", one, two).marks == ("bank", "e_wallet")
    assert state("payment_account", one, two, close_one).status == "completed"
    assert state("payment_account", one, two, close_one).marks == ("e_wallet",)
    assert state("payment_account", one, two, close_one, close_two).status == "revoked"


def test_a_closing_that_arrives_before_the_opening_of_a_later_day_loses() -> None:
    closed = evidence("payment_account", EvidenceEffect.ENDED, day=3, holding="A")
    opened_again = evidence("payment_account", day=5, holding="A")

    assert state("payment_account", closed, opened_again).completed_at == opened_again.occurred_at


def test_ties_of_time_are_decided_by_the_id() -> None:
    opened = evidence("payment_account", id="b", holding="A")
    closed = evidence("payment_account", EvidenceEffect.ENDED, id="a", holding="A")
    closed_last = evidence("payment_account", EvidenceEffect.ENDED, id="c", holding="A")

    assert state("payment_account", opened, closed).status == "completed"
    assert state("payment_account", opened, closed_last).status == "revoked"


def test_a_revoked_serial_ends_the_nameless_signature_of_its_provider() -> None:
    nameless = evidence("digital_signature", day=1, provider="demo-telecom")
    revoked = evidence("digital_signature", EvidenceEffect.ENDED, day=2, holding="S1", provider="demo-telecom")
    by_other = evidence("digital_signature", EvidenceEffect.ENDED, day=2, holding="S1", provider="other")

    assert state("digital_signature", nameless, revoked).status == "revoked"
    assert state("digital_signature", nameless, by_other).status == "completed"


def test_assisted_work_is_never_self_service() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    helped = Evidence("1", "province_app", EvidenceEffect.HELD, at, "volunteer")
    alone = Evidence("2", "province_app", EvidenceEffect.HELD, at, "self")

    assert state("province_app", helped).marks == ("assisted",)
    assert state("province_app", alone).marks == ("self_service",)


def test_work_of_a_partner_counts_as_assisted_where_the_partner_states_it() -> None:
    assert state("province_app", evidence("province_app", assisted=True)).marks == ("assisted",)
    assert state("province_app", evidence("province_app")).marks == ()


def test_without_a_known_bank_account_the_route_is_to_open_one() -> None:
    assert state("payment_account", evidence("payment_account", holding="A")).route == "open_account"


def test_what_registry_publishes_is_newer_than_attributes_that_are_not_known() -> None:
    assert KnownAttributes().version == 0


def test_a_vneid_account_without_a_level_has_no_mark_of_one() -> None:
    assert state("vneid", evidence("vneid")).marks == ("issued",)


def test_a_step_begun_several_times_names_the_latest_evidence() -> None:
    first = evidence("vneid", EvidenceEffect.STARTED, day=1, level=1)
    second = evidence("vneid", EvidenceEffect.STARTED, day=2, level=2)
    third = evidence("vneid", EvidenceEffect.STARTED, day=3, level=2)

    assert state("vneid", first, second, third).evidence_id == third.id


def test_a_renewal_of_a_serial_ends_at_its_own_validity() -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    first = evidence("digital_signature", day=1, holding="S1", valid_until=datetime(2026, 6, 1, tzinfo=UTC))
    second = evidence("digital_signature", day=2, holding="S1", valid_until=datetime(2026, 9, 1, tzinfo=UTC))
    third = evidence("digital_signature", day=3, holding="S1", valid_until=until)

    assert state("digital_signature", first, second, third).expires_at == until


def test_a_signature_whose_validity_ends_with_its_issue_is_over_at_once() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    assert state("digital_signature", evidence("digital_signature", holding="S1", valid_until=at)).status == "revoked"


def test_the_end_of_one_serial_leaves_the_nameless_signature_of_its_provider() -> None:
    nameless = evidence("digital_signature", day=1, provider="demo-telecom")
    named = evidence("digital_signature", day=2, holding="S1", provider="demo-telecom")
    ended = evidence("digital_signature", EvidenceEffect.ENDED, day=3, holding="S1", provider="demo-telecom")

    assert state("digital_signature", nameless, named, ended).status == "completed"


def test_an_end_without_provider_ends_no_signature_without_provider() -> None:
    nameless = evidence("digital_signature", day=1)
    ended = evidence("digital_signature", EvidenceEffect.ENDED, day=2, holding="S1")

    assert state("digital_signature", nameless, ended).status == "completed"


def test_a_step_changed_last_when_its_last_holding_ended() -> None:
    held = evidence("payment_account", day=1, holding="A")
    ended = evidence("payment_account", EvidenceEffect.ENDED, day=4, holding="A")

    assert state("payment_account", held).changed_at == held.occurred_at
    assert state("payment_account", held, ended).changed_at == ended.occurred_at


def test_a_step_counts_when_it_was_completed_or_has_a_countable_part() -> None:
    assert state("payment_account").counted() is None
    completed = state("payment_account", evidence("payment_account", account_kind="bank")).counted()
    assert completed is not None
    assert completed[0] == "completed"
    issued = state("vneid", evidence("vneid", EvidenceEffect.STARTED, level=1)).counted()
    assert issued is not None
    assert issued[3] == ("issued", "level_1")
    held = evidence("payment_account", day=1, holding="A", account_kind="bank")
    ended = evidence("payment_account", EvidenceEffect.ENDED, day=2, holding="A")
    revoked = state("payment_account", held, ended)
    assert revoked.marks == ()
    assert revoked.counted() is not None


def test_two_steps_are_equal_when_what_is_stored_of_them_is() -> None:
    computed = state("vneid", evidence("vneid"))

    assert computed.evidence is not None
    assert replace(computed, evidence=None) == computed


def test_the_local_date_begins_at_midnight_in_vietnam() -> None:
    assert local_date(datetime(2025, 6, 30, 17, tzinfo=UTC)) == date(2025, 7, 1)


def test_every_condition_of_every_step_has_a_text() -> None:
    names = {rule.condition for step in catalogue().steps for rule in step.conditions}

    assert names <= catalogue().conditions.keys()


HOLDINGS = {"payment_account": ["A", "B", "C"], "digital_signature": ["S1", "S2", ""]}


@st.composite
def stories(draw: st.DrawFn) -> list[Evidence]:
    size = draw(st.integers(0, 14))
    return [
        Evidence(
            id=f"e{number}",
            step=(step := draw(st.sampled_from([*STEPS, "ekyc"]))),
            effect=draw(st.sampled_from(EvidenceEffect)),
            occurred_at=datetime(2026, 1, draw(st.integers(1, 5)), tzinfo=UTC),
            kind=draw(st.sampled_from(["self", "volunteer", "partner"])),
            holding=draw(st.sampled_from(HOLDINGS.get(step, [""]))),
            level=draw(st.sampled_from([None, 1, 2])),
            had_bank_account=draw(st.booleans()),
        )
        for number in range(size)
    ]


@settings(max_examples=150, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.booleans())
def test_any_order_and_any_repetition_ends_in_the_same_journey(
    story: list[Evidence], chance: random.Random, has_account: bool
) -> None:
    attributes = KnownAttributes(3, EVERYTHING, has_account)
    shuffled = story + chance.choices(story, k=len(story)) if story else []
    chance.shuffle(shuffled)

    assert journey(attributes, shuffled, NOW) == journey(attributes, story, NOW)


@settings(max_examples=100, deadline=None)
@given(stories())
def test_a_completed_step_lacks_nothing_and_has_its_evidence(story: list[Evidence]) -> None:
    for each in journey(KnownAttributes(1), story, NOW):
        if each.status == "completed":
            assert each.missing == ()
            assert each.evidence is not None
            assert each.completed_at == each.evidence.occurred_at
        assert (each.status == "blocked") <= bool(each.missing)
