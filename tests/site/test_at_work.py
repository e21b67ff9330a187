"""Two threads compute at a time; who waits for something else leaves the place to another."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from threading import Event

import pytest

from joinedup.at_work import AT_A_TIME, at_work, while_waiting

# Only a failure takes so long.
PATIENCE = 30.0


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_A_TIME + 1) as pool:
        yield pool


class Busy:
    """Computes until it is let go."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.begun, self.may_end = Event(), Event()
        self.done: Future[None] = threads.submit(self._compute)

    def _compute(self) -> None:
        with at_work():
            self.begun.set()
            assert self.may_end.wait(PATIENCE)


def test_one_more_begins_when_one_ends(threads: ThreadPoolExecutor) -> None:
    first = [Busy(threads) for _ in range(AT_A_TIME)]
    assert all(each.begun.wait(PATIENCE) for each in first)
    late = Busy(threads)
    assert not late.begun.wait(0.05)
    first[0].may_end.set()
    assert late.begun.wait(PATIENCE)
    for each in (*first, late):
        each.may_end.set()
    assert not wait_for([each.done for each in (*first, late)], PATIENCE).not_done


def test_who_waits_for_another_machine_leaves_the_place_and_gets_one_again(
    threads: ThreadPoolExecutor,
) -> None:
    answered, waits, order = Event(), Event(), list[str]()

    def ask() -> None:
        with at_work():
            with while_waiting():
                waits.set()
                assert answered.wait(PATIENCE)
            order.append("asked")

    asking = threads.submit(ask)
    assert waits.wait(PATIENCE)
    busy = [Busy(threads) for _ in range(AT_A_TIME)]
    assert all(each.begun.wait(PATIENCE) for each in busy)
    answered.set()
    # It has its answer, and waits for a place.
    assert wait_for([asking], 0.05).not_done
    order.append("ended")
    for each in busy:
        each.may_end.set()
    asking.result(PATIENCE)
    assert order == ["ended", "asked"]


def test_places_come_back_whatever_goes_wrong(threads: ThreadPoolExecutor) -> None:
    def fail() -> None:
        with at_work(), while_waiting():
            raise ValueError

    for _ in range(2 * AT_A_TIME):
        with pytest.raises(ValueError):
            threads.submit(fail).result(PATIENCE)
    with pytest.raises(ValueError), at_work():
        raise ValueError
    busy = [Busy(threads) for _ in range(AT_A_TIME)]
    assert all(each.begun.wait(PATIENCE) for each in busy)
    for each in busy:
        each.may_end.set()


def test_who_has_no_place_waits_as_it_is() -> None:
    with while_waiting(), while_waiting():
        pass
