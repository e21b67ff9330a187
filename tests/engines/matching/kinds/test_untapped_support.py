"""Open support that nobody there uses, and who may use it."""

from datetime import date
from typing import Any

import pytest

from joinedup.engines.matching import Opportunity, opportunities
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    SOON,
    Rows,
    initiative,
    mix,
    need,
    offer,
    partner,
    place,
    tables,
)

PLACES = [place("b"), place("c"), place("w1", "b"), place("w2", "b")]
CLUB = partner("club", "vcs", "b", themes=["exclusion"])
PCC = partner("pcc", "local_policing_body", "b")


def found(one: dict[str, Any], partners: Rows | None = None, **more: Rows) -> list[Opportunity]:
    more.setdefault("needs", [need("b")])
    world = tables(
        places=PLACES,
        partners=partners if partners is not None else [CLUB, PCC],
        offers=[one],
        mix=mix(vcs=0.8, education=0.6, local_policing_body=0.2),
        **more,
    )
    return opportunities(world, AS_OF, kinds=["untapped_support"]).opportunities


def test_names_who_could_use_it_and_by_when() -> None:
    (one,) = found(offer("o", "vcs", closes=SOON, last_checked=date(2018, 10, 1), amount_gbp=20000))
    assert one.id == "untapped_support--b--exclusion--o"
    assert (one.parties, one.offers) == (["club"], ["o"])
    assert one.sentence == (
        "In b, CLUB could use “Fund o” from the Home Office for work on exclusion: it is open until 20 October 2018, "
        "and the need is very high."
    )
    assert one.because[1].text == (
        "What is recorded here of its use in b: nothing yet. That is not the same as nothing done; tell us."
    )
    assert one.because[0].text == (
        "“Fund o” may be used by the voluntary and community sector; £20,000 in all. It was last checked on 1 October "
        "2018."
    )
    assert one.would_change[0] == "“Fund o” closes on 20 October 2018: after that, this goes."
    assert one.components["urgency"] == 1.0


def test_who_applies_on_others_behalf_is_a_party() -> None:
    (one,) = found(offer("o", "vcs", via_sectors=["local_policing_body"]))
    assert one.parties == ["club", "pcc"]
    assert "for work on exclusion, applying through PCC: it is listed as open" in one.sentence
    assert one.first_step == "A talk between CLUB and PCC: who may use “Fund o”, and who applies."


def test_nobody_recorded_to_apply_is_named_by_sector_and_weakens() -> None:
    via = {"via_sectors": ["local_policing_body"]}
    (there,), (absent,) = found(offer("o", "vcs", **via)), found(offer("o", "vcs", **via), [CLUB])
    assert absent.parties == ["club", "sector:local_policing_body"]
    assert "applying through the police and crime commissioner or mayor: it is" in absent.sentence
    assert "What is recorded here of who there could apply for it: nothing yet." in str(absent.because)
    assert "who there could apply" not in str(there.because)
    assert absent.components["fit"] == pytest.approx(0.6 * there.components["fit"])


def test_a_provider_that_is_a_partner_is_a_party_and_needs_no_telling() -> None:
    donor = partner("trust", "vcs", "b", "c", themes=["exclusion"])
    (one,) = found(offer("o", "vcs", provider="trust"), [CLUB, donor])
    assert one.parties == ["trust", "club"]
    assert found(offer("o", "vcs", provider="trust"), [donor]) == []


def test_a_provider_that_is_also_the_one_to_apply_through_is_named_once() -> None:
    (one,) = found(offer("o", "vcs", provider="pcc", via_sectors=["local_policing_body"]))
    assert one.parties == ["pcc", "club"]


@pytest.mark.parametrize(
    "change",
    [
        {"closes": date(2018, 10, 7)},
        {"opens": date(2018, 10, 9)},
        {"sectors": ["education"]},
        {"themes": ["drugs"]},
        {"places": ["c"]},
    ],
)
def test_never_what_is_closed_or_may_not_be_used(change: dict[str, Any]) -> None:
    assert len(found(offer("o", "vcs", closes=AS_OF, opens=AS_OF, themes=["exclusion"], places=["b"]))) == 1
    assert found({**offer("o", "vcs"), **change}) == []


@pytest.mark.parametrize(("where", "number"), [("b", 0), ("w1", 0), ("c", 1)])
def test_goes_where_somebody_in_the_place_uses_it(where: str, number: int) -> None:
    assert len(found(offer("o", "vcs"), initiatives=[initiative("i", "pcc", where, offers=["o"])])) == number


def test_goes_where_the_need_is_met() -> None:
    done = initiative("i", "pcc", "b", reach_per_year=100, evidence=1.0)
    assert found(offer("o", "vcs"), initiatives=[done]) == []


@pytest.mark.parametrize("checked", [LONG_AGO, None])
def test_unchecked_for_three_months_weakens_and_says_so(checked: date | None) -> None:
    (good,) = found(offer("o", "vcs", last_checked=date(2018, 9, 1)))
    (bad,) = found(offer("o", "vcs", last_checked=checked))
    assert bad.components["effect"] < good.components["effect"]
    said = (
        "It was last checked on 1 January 2017, more than three months ago"
        if checked
        else "No check of it is recorded"
    )
    assert f"{said}: make sure that it can still be had." in bad.because[0].text
    assert "it is listed as open" in bad.sentence
    assert "make sure" not in good.because[0].text
    assert "it is open" in good.sentence
    assert (
        "If somebody checks that “Fund o” can still be had, this gets stronger; if not, this goes."
        in bad.would_change
    )


def test_every_ward_is_one_in_the_borough() -> None:
    assert [one.place for one in found(offer("o", "vcs"), needs=[need("w1"), need("w2")])] == ["b"]
    assert [one.place for one in found(offer("o", "vcs", places=["w1"]), needs=[need("w1"), need("w2")])] == [
        "w1"
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "guidance",
        "Guidance",
        "toolkit",
        "data service",
        "review",
        "duty",
        "powers",
        "campaign",
        "statutory guidance",
    ],
)
def test_what_one_only_reads_or_follows_is_no_opportunity(kind: str) -> None:
    assert found(offer("o", "vcs", kind=kind)) == []


@pytest.mark.parametrize("kind", ["fund", "grant", "service", "training", "overview training", None])
def test_what_one_can_apply_for_or_take_part_in_is_one(kind: str | None) -> None:
    assert len(found(offer("o", "vcs", kind=kind))) == 1


@pytest.mark.parametrize("change", [{"themes": None}, {"themes": []}, {"required_by_law": True}])
def test_without_a_theme_or_required_by_law_it_is_none(change: dict[str, Any]) -> None:
    assert len(found(offer("o", "vcs"))) == 1
    assert found(offer("o", "vcs", **change)) == []


@pytest.mark.parametrize(
    ("change", "said", "could"),
    [
        (
            {"who_may_use": "Authorised analysts in public bodies only."},
            "“Fund o” is for those whom its publisher names: “Authorised analysts in public bodies only”. ",
            "CLUB could ask the Home Office whether it may use “Fund o” for work on exclusion",
        ),
        (
            {"sectors": ["vcs"], "who_may_use": "Charities"},
            "“Fund o” is for those whom its publisher names: “Charities”. ",
            "CLUB could use “Fund o” from the Home Office for work on exclusion",
        ),
        (
            {},
            "“Fund o” does not say here who may use it: ask the publisher. ",
            "CLUB could ask the Home Office whether it may use “Fund o” for work on exclusion",
        ),
    ],
)
def test_who_may_use_it_is_said_as_its_publisher_does(change: dict[str, Any], said: str, could: str) -> None:
    (one,) = found(offer("o") | change)
    assert one.because[0].text.startswith(said)
    assert could in one.sentence
    assert "any sector" not in str(one.as_dict())
