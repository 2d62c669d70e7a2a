"""Identifiers."""

import time
import uuid

from chassis.ids import new_id


def test_ids_made_at_any_rate_rise_and_tell_the_time_of_their_making():
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(50_000)]
    after = time.time_ns() // 1_000_000

    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert before <= made[0].int >> 80 <= made[-1].int >> 80 <= after
