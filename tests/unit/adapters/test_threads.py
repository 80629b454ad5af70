"""Threads: as many at once as there are, nothing left under way, and none for a single piece of work."""

from threading import Barrier, get_ident

import pytest

from leadlight.adapters.threads import AT_ONCE, Threads


def test_as_many_work_at_once_as_there_are_threads() -> None:
    """Each waits for all the others; the results come in the order of the items."""
    barrier = Barrier(AT_ONCE, timeout=30)
    assert Threads().abreast(lambda item: (barrier.wait(), item)[1], range(AT_ONCE)) == list(range(AT_ONCE))


def test_a_single_piece_of_work_needs_no_thread() -> None:
    """It is done by the caller."""
    threads = Threads()
    assert threads.abreast(lambda _: get_ident(), ["one"]) == [get_ident()]
    assert "_pool" not in vars(threads)


def test_an_error_is_raised_when_all_have_ended() -> None:
    """A sandbox must not freeze in the middle of the others' work."""
    done: list[int] = []

    def work(item: int) -> None:
        if item == 0:
            raise ValueError("the first")
        done.append(item)

    with pytest.raises(ValueError, match="the first"):
        Threads().abreast(work, range(40))
    assert sorted(done) == list(range(1, 40))


def test_no_work_is_no_work() -> None:
    """Of a batch that nothing can be read of."""
    assert Threads().abreast(lambda item: item, []) == []
