"""Whom one person should meet, of what a run found."""

from joinedup.engines.matching import introductions, opportunities
from tests.engines.matching.kinds.test_asks_and_introductions import MET, PARTNERS, PEOPLE, PLACES, need
from tests.engines.matching.making import AS_OF, tables

CAT = {"id": "cat", "partner": "q", "event": "luton", "opted_in": True}
SHY = {"id": "shy", "partner": "q", "event": "luton", "opted_in": False}


def meets(person: str, kinds: list[str] | None = None) -> list[str]:
    world = tables(
        places=PLACES, needs=[need("b")], partners=PARTNERS, asks=list(MET), people=[*PEOPLE, CAT, SHY]
    )
    return [other for other, _why in introductions(opportunities(world, AS_OF, kinds=kinds), person)]


def test_each_meets_who_shares_something_with_their_partner() -> None:
    for kinds in (None, ["introduction"]):
        assert meets("ann", kinds) == ["ben", "cat"]
        assert meets("ben", kinds) == meets("cat", kinds) == ["ann"]
        assert meets("shy", kinds) == meets("nobody", kinds) == []


def test_why_is_among_the_facts_after_that_both_asked() -> None:
    world = tables(places=PLACES, needs=[need("b")], partners=PARTNERS, asks=list(MET), people=PEOPLE)
    ((other, why),) = introductions(opportunities(world, AS_OF, kinds=["introduction"]), "ann")
    assert other == "ben"
    assert [fact.record for fact in why.because[:2]] == [("person", "ann"), ("person", "ben")]
    assert why.because[2].text == "P and Q have asked for and offered the same help on exclusion in b."
