"""What is kept for readers without a session never says more, nor longer, than the records do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from joinedup.web.stored_pages import shelf
from tests.trust.conftest import HIDDEN, Everything
from tests.trust.test_two_worlds import _is_a_secret_link
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
    wanted = [each for each in addresses() if _open(each)]
    _seen(wanted)
    assert shelf.size > 100_000
    assert _seen(wanted) == _afresh(wanted)
    committed.hide()
    after = _seen([each for each in addresses() if _open(each)])
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


def _open(address: str) -> bool:
    """Whether anybody may have it: no link of a mail."""
    return not _is_a_secret_link(address) and "/account/" not in address
