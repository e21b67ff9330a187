"""What is kept for readers without a session never says more, nor longer, than the records do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import resolve

from joinedup.web.stored_pages import PAGES, shelf
from tests.trust.conftest import HIDDEN, Everything
from tests.trust.walking import addresses, read


@pytest.fixture
def committed(transactional_db: None, everything: Everything) -> Iterator[Everything]:
    shelf.clear()
    yield everything
    shelf.clear()


def _seen(wanted: list[str]) -> dict[str, tuple[int, str, str]]:
    """As somebody else at each address, who has been nowhere before."""
    return {address: read(Client(), address) for address in wanted}


def _afresh(wanted: list[str]) -> dict[str, tuple[int, str, str]]:
    found = {}
    for address in wanted:
        shelf.clear()
        found[address] = read(Client(), address)
    return found


def test_kept_pages_are_those_of_the_records_before_and_after_something_is_hidden(committed: Everything):
    wanted = _kept()
    _seen(wanted)
    assert shelf.size > 100_000
    assert _seen(wanted) == _afresh(wanted)
    committed.hide()
    after = _seen(_kept())
    assert not {address for address, (_, page, _to) in after.items() if HIDDEN in page}
    assert after == _afresh([*after])
    # Taken back: the next answer has nothing of it.
    type(committed.mentors).objects.update(marking="partnership")
    assert _seen(wanted) == _afresh(wanted)


def test_an_event_that_is_a_draft_again_is_gone_with_the_next_answer(committed: Everything):
    wanted = ["/", "/events/", f"/events/{committed.event.slug}/"]
    assert all(status == 200 for status, _page, _to in _seen(wanted).values())
    type(committed.event).objects.update(is_draft=True)
    gone = _seen(wanted)
    assert gone[wanted[-1]][0] == 404
    assert gone == _afresh(wanted)


def _kept() -> list[str]:
    """The addresses of all pages that may be kept; that no other is: tests/web/test_stored_pages.py."""
    return [each for each in addresses() if resolve(each).view_name in PAGES]
