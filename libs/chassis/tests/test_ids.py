"""Identifiers."""

import multiprocessing
import time
import uuid

from chassis.ids import new_id


def test_ids_made_at_any_rate_rise_and_contain_the_time_of_their_making():
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(50_000)]
    after = time.time_ns() // 1_000_000

    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert before <= made[0].int >> 80 <= made[-1].int >> 80 <= after


def test_processes_that_were_one_a_moment_ago_make_different_ids():
    new_id()
    fork = multiprocessing.get_context("fork")
    with fork.Pool(4) as pool:
        made = pool.map(_random_parts, range(4), chunksize=1)

    made.append(_random_parts(4))
    assert len(set().union(*made)) == 5 * 100


def _random_parts(_):
    return {new_id().int & ((1 << 62) - 1) for _ in range(100)}
