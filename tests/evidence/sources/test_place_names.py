import pytest

from joinedup.places.words import plain


@pytest.mark.parametrize(
    "name", ["Hammersmith & Fulham", "HAMMERSMITH AND FULHAM", "Hammersmith-and  Fulham "]
)
def test_names_are_compared_plainly(name: str) -> None:
    assert plain(name) == "hammersmith and fulham"
