"""The word for how far a commitment has come, from its due date and what was heard of it."""

import datetime

import pytest

from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.strategy.queries import is_counted, standing

TODAY = datetime.date(2026, 11, 23)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def promise(due: datetime.date | None = None, *heard: tuple[int, str]) -> Commitment:
    """A commitment that no database holds, with its updates as if prefetched: (days ago, standing)."""
    made = Commitment(pk=1, ref="X-1", text="Do it.", due=due)
    updates = [Update(pk=n, on=ago(days), standing=word) for n, (days, word) in enumerate(heard, 1)]
    made._prefetched_objects_cache = {"updates": updates}  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    ("commitment", "word"),
    [
        (promise(), "not_known"),
        (promise(ago(900)), "not_known"),
        (promise(None, (10, "kept")), "kept"),
        (promise(None, (3000, "kept")), "kept"),
        (promise(ago(2000), (1000, "kept")), "kept"),
        (promise(None, (3000, "not_kept")), "not_kept"),
        (promise(None, (10, "on_the_way")), "on_the_way"),
        (promise(None, (365, "on_the_way")), "on_the_way"),
        (promise(None, (366, "on_the_way")), "silent"),
        (promise(None, (366, "late")), "silent"),
        (promise(None, (10, "late")), "late"),
        (promise(ago(0), (10, "on_the_way")), "on_the_way"),
        (promise(ago(1), (10, "on_the_way")), "late"),
        (promise(ago(1), (900, "on_the_way")), "late"),
        (promise(None, (900, "kept"), (10, "on_the_way")), "on_the_way"),
        (promise(None, (10, "kept"), (900, "late")), "kept"),
        (promise(None, (10, "on_the_way"), (10, "kept")), "kept"),
        (promise(None, (10, "kept"), (10, "late")), "late"),
        (promise(None, (-1, "kept")), "not_known"),
    ],
)
def test_the_newest_update_decides_with_the_due_date(commitment: Commitment, word: str) -> None:
    said = standing(commitment, TODAY)
    assert said.word == word
    assert said.sentence.endswith(".")
    assert (said.last is None) == (word == "not_known")


def test_the_sentence_names_the_days() -> None:
    said = standing(promise(datetime.date(2020, 3, 31), (900, "on_the_way")), TODAY)
    assert said.sentence == (
        "Late: it was due on 31 March 2020, and nothing since says that it was kept. Last heard of on 6 June 2024."
    )
    assert "31 March 2020" in standing(promise(datetime.date(2020, 3, 31)), TODAY).sentence


@pytest.mark.parametrize(
    ("kind", "part_of", "counts"),
    [
        ("commitment", None, True),
        ("commitment (single press source)", None, True),
        ("delivery action (whether separately numbered is not verified)", None, True),
        ("part of SVS-24", 1, False),
        ("commitment", 1, False),
        ("funding envelope, not a numbered commitment", None, False),
        ("announced besides", None, False),
    ],
)
def test_what_counts_as_a_promise_of_its_own(kind: str, part_of: int | None, counts: bool) -> None:
    strategy = Strategy(slug="s", name="S")
    assert is_counted(Commitment(strategy=strategy, kind=kind, part_of_id=part_of)) is counts
