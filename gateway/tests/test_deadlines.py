import asyncio

import pytest

from gateway.deadlines import SECONDS_BETWEEN_LOOKS, Deadlines
from gateway.head import Head

MOMENT = 3 * SECONDS_BETWEEN_LOOKS


async def test_what_takes_too_long_ends_and_what_goes_on_is_not_cancelled() -> None:
    deadlines = Deadlines()

    with pytest.raises(TimeoutError), deadlines.within(0.01):
        await asyncio.sleep(5)

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(MOMENT)


async def test_a_deadline_that_is_pushed_out_lets_work_go_on() -> None:
    with Deadlines().within(MOMENT) as deadline:
        for _ in range(4):
            await asyncio.sleep(0.6 * MOMENT)
            deadline.extend(MOMENT)


async def test_of_two_deadlines_the_inner_one_is_the_one_that_ended() -> None:
    deadlines = Deadlines()

    with deadlines.within(5):
        with pytest.raises(TimeoutError), deadlines.within(0.01):
            await asyncio.sleep(5)
        await asyncio.sleep(0)


async def test_a_cancellation_by_somebody_else_stays_one() -> None:
    async def work() -> None:
        with Deadlines().within(5):
            await asyncio.sleep(5)

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_was_to_be_done_later_is_done_once_unless_it_was_forgotten() -> None:
    deadlines = Deadlines()
    done: list[str] = []
    deadlines.later(0.01, lambda: done.append("kept"))
    deadlines.later(0.01, lambda: done.append("forgotten")).forget()

    await asyncio.sleep(MOMENT)

    assert done == ["kept"]


def test_headers_are_found_by_name_with_every_repetition() -> None:
    head = Head([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")])

    assert list(head.values(b"a")) == [b"1", b"3"]
    assert (head.only(b"a"), head.only(b"b"), head.only(b"c")) == (None, b"2", None)
    assert b"a" in head
    assert list(head.values(b"c")) == []
