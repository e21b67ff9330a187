"""Which column is which, without being asked where that can be told."""

from joinedup.spreadsheets.columns import plain, suggest
from joinedup.spreadsheets.headers import read_text
from joinedup.spreadsheets.kinds import KINDS
from tests.spreadsheets.making import OFFERS, PARTNERS, TRACKER

FIELDS = KINDS["partners"].fields


def suggested(kind: str, text: str) -> dict[str, str]:
    sheet = read_text(text)
    return {
        name: sheet.header[n]
        for name, n in suggest(sheet.header, KINDS[kind].table, KINDS[kind].fields, {}).items()
    }


def test_headings_that_people_use_are_recognised() -> None:
    assert suggested("partners", PARTNERS) == {
        "name": "Org",
        "sector": "Type",
        "role": "Job title",
        "contact": "Contact name",
        "email": "E-mail",
        "serves": "Borough",
    }
    assert suggested("initiatives", TRACKER) == {
        "name": "Project",
        "partner": "Lead agency",
        "what": "Description",
        "places": "Area",
        "themes": "Theme",
        "starts": "Start date",
        "ends": "End date",
        "ages": "Ages",
        "reach_per_year": "Beneficiaries",
    }
    assert suggested("offers", OFFERS) == {
        "name": "Fund",
        "provider": "Funder",
        "closes": "Deadline",
        "amount": "Amount",
        "who_may_use": "Eligibility",
    }


def test_like_words_are_recognised_after_the_same_words() -> None:
    assert suggest(["Organisaton name", "Emails"], "partners", FIELDS, {}) == {"name": 0, "email": 1}
    assert suggest(["Quux", "Zzz"], "partners", FIELDS, {}) == {}


def test_what_was_chosen_before_wins_also_leaving_out() -> None:
    assert suggest(["Crew", "Org"], "partners", FIELDS, {"crew": "name"}) == {"name": 0}
    assert suggest(["Org", "Name"], "partners", FIELDS, {"org": ""}) == {"name": 1}


def test_marks_in_a_heading_do_not_matter() -> None:
    assert plain("  Organisation (name)* ") == "organisation name"


def test_every_kind_has_one_name_and_no_heading_that_means_two_things() -> None:
    for kind in KINDS.values():
        assert "name" in {field.name for field in kind.fields if field.required}
        words = [word for field in kind.fields for word in {plain(each) for each in field.called(kind.table)}]
        assert sorted(words) == sorted(set(words))


def test_a_tracker_as_people_head_it() -> None:
    """One list of headings: that of `engines.reading`, by which registers are read too."""
    heads = "Initiative,Lead org,Delivery partners,Ward,Numbers,Start,Finish,Cohort"
    assert suggested("initiatives", f"{heads}\n" + "x," * 7 + "x\n") == {
        "name": "Initiative",
        "partner": "Lead org",
        "co_partners": "Delivery partners",
        "places": "Ward",
        "reach_per_year": "Numbers",
        "starts": "Start",
        "ends": "Finish",
    }
    for heading in ("Lead agency", "Owner", "Who", "Delivery partner"):
        assert suggested("initiatives", f"Project,{heading}\nx,x\n")["partner"] == heading, heading
    asks = suggested("asks", "Who,Need or offer,In their words,Where\nx,x,x,x\n")
    assert asks == {"partner": "Who", "kind": "Need or offer", "name": "In their words", "places": "Where"}
