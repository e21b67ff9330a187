"""What every kind of opportunity must do, whichever it is."""

from collections import Counter

import polars as pl
import pytest

from joinedup.engines.matching import opportunities
from joinedup.engines.matching.kinds import KINDS
from joinedup.engines.matching.score import COMPONENTS
from tests.engines.matching.making import AS_OF, everything, need, place, tables


@pytest.mark.parametrize("kind", KINDS)
def test_is_found_in_a_world_made_for_it(kind: str) -> None:
    assert len(opportunities(everything(), AS_OF, kinds=[kind])) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_says_who_why_and_what_next(kind: str) -> None:
    for each in opportunities(everything(), AS_OF, kinds=[kind]):
        assert each.kind == kind
        assert each.sentence.endswith(".")
        assert each.sentence.count(".") - each.sentence.count("0.") == 1
        assert "None" not in each.sentence
        assert "nan" not in each.sentence
        assert len(each.because) >= 2
        assert all(fact.text.endswith((".", "?")) for fact in each.because)
        assert all((fact.record is None) != (fact.figure is None) for fact in each.because)
        # Who with whom, as something to agree on: never as an order.
        assert any(who in each.first_step for who in ("between", "by ", "the host"))
        assert each.would_change
        assert len(each.parties) == len(set(each.parties)) >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_has_what_was_promised(kind: str) -> None:
    document = opportunities(everything(), AS_OF, kinds=[kind]).as_dict()
    assert document["as_of"] == "2018-10-08"
    for each in document["opportunities"]:
        assert each.pop("ask", True) is True
        assert list(each) == [
            "id", "kind", "score", "place", "theme", "parties", "initiatives", "offers", "sentence", "because",
            "first_step", "components", "would_change",
        ]  # fmt: skip
        assert tuple(each["components"]) == COMPONENTS
        assert all(0 <= part <= 1 for part in each["components"].values())
        assert 0 < each["score"] <= 100


@pytest.mark.parametrize("kind", KINDS)
def test_is_deterministic_whatever_the_order_of_rows(kind: str) -> None:
    world = everything()
    turned = type(world)(
        **{
            name: frame.reverse() if isinstance(frame := getattr(world, name), pl.DataFrame) else None
            for name in world.__dataclass_fields__
        }
    )
    assert (
        opportunities(turned, AS_OF, kinds=[kind]).as_dict()
        == opportunities(world, AS_OF, kinds=[kind]).as_dict()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_is_the_same_alone_as_among_the_others(kind: str) -> None:
    alone = opportunities(everything(), AS_OF, kinds=[kind]).as_dict()["opportunities"]
    among = opportunities(everything(), AS_OF).as_dict()["opportunities"]
    assert alone == [each for each in among if each["kind"] == kind]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"unmet_need"}))
def test_is_silent_where_the_tables_say_nothing(kind: str) -> None:
    assert len(opportunities(tables(places=[place("b")], needs=[need("b")]), AS_OF, kinds=[kind])) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_is_silent_in_an_empty_world(kind: str) -> None:
    assert len(opportunities(tables(), AS_OF, kinds=[kind])) == 0


def test_every_id_is_used_once() -> None:
    count = Counter(each.id for each in opportunities(everything(), AS_OF))
    assert set(count.values()) == {1}


def test_no_word_speaks_ill_of_young_people() -> None:
    for each in opportunities(everything(), AS_OF):
        told = " ".join([each.sentence, each.first_step, *(fact.text for fact in each.because)]).lower()
        assert not any(word in told for word in ("suspect", "offender", "gang", "problem"))
