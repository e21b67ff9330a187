"""Memory is not searched meanwhile, and is again afterwards, whatever happened."""

import gc

import pytest

from joinedup.engines.garbage_collection import collection_paused


def test_it_pauses_and_goes_on() -> None:
    with collection_paused():
        assert not gc.isenabled()
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(OSError, match="no room"), collection_paused():
        raise OSError("no room")
    assert gc.isenabled()
