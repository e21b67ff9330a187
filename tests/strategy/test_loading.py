"""The strategy as it ships: every row, nothing twice, no number that public text does not confirm."""

import datetime
from pathlib import Path

import pytest

from joinedup.strategy.loading import PUBLISHED, READING, load
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.strategy.queries import progress
from joinedup.taxonomy import loading as words
from joinedup.taxonomy.models import Theme
from tests.conftest import REPO

SHIPPED = REPO / "src" / "joinedup" / "data" / "reference"
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def strategy(db: None) -> Strategy:
    words.load(SHIPPED)
    load(SHIPPED)
    return Strategy.objects.get()


def test_it_comes_in_whole_and_only_once(strategy: Strategy) -> None:
    assert load(SHIPPED) == {"commitments": 42, "besides": 10, "updates": len(words.rows(PUBLISHED))}
    assert Commitment.objects.count() == 52
    assert Update.objects.count() == len(words.rows(PUBLISHED))


def test_every_reading_and_every_fact_is_of_a_row_that_ships(strategy: Strategy) -> None:
    refs = set(Commitment.objects.values_list("ref", flat=True))
    assert {row["ref"] for row in words.rows(READING)} == refs
    assert {row["ref"] for row in words.rows(PUBLISHED)} <= refs
    themes = set(Theme.objects.values_list("pk", flat=True))
    assert {t for row in words.rows(READING) for t in row["themes"].split(";") if t} <= themes


def test_thirty_three_count_and_the_rest_stands_apart(strategy: Strategy) -> None:
    shown = progress(strategy, TODAY)
    assert (shown.total, len(shown.rows), sum(shown.counts.values())) == (33, 33, 33)
    assert [each.ref for each in shown.envelopes] == ["SVS-34"]
    assert len(shown.besides) == 10
    assert Commitment.objects.filter(part_of__ref="SVS-24").count() == 8


def test_published_facts_are_dated_and_have_a_source(strategy: Strategy) -> None:
    assent = Update.objects.get(commitment__ref="SVS-24", standing="kept")
    assert (assent.on, assent.text) == (datetime.date(2019, 5, 16), "Royal Assent 16 May 2019.")
    assert not Update.objects.filter(source="").exists()
    assert not Update.objects.filter(on__gt=TODAY).exists()


def test_silence_is_shown(strategy: Strategy) -> None:
    counts = progress(strategy, TODAY).counts
    assert counts["silent"] + counts["not_known"] > counts["kept"] > 0
    assert (counts["late"], counts["on_the_way"]) == (0, 0)


def test_what_people_added_stays(strategy: Strategy) -> None:
    commitment = Commitment.objects.get(ref="SVS-02")
    Update.objects.create(commitment=commitment, on=TODAY, standing="kept", text="Seen.", by="Alice")
    load(SHIPPED)
    assert commitment.updates.get().text == "Seen."


def test_a_broken_file_brings_in_nothing(tmp_path: Path, db: None) -> None:
    words.load(SHIPPED)
    for name in ("commitments.csv", "commitments_later.csv"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    whole = (tmp_path / "commitments_later.csv").read_text(encoding="utf-8")
    (tmp_path / "commitments_later.csv").write_text(whole.replace("9500000", "much"), encoding="utf-8")
    with pytest.raises(ValueError):
        load(tmp_path)
    assert not Strategy.objects.exists()
