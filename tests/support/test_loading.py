"""Shipped support: history or open, in words and dates that people read."""

import csv
import datetime
from collections import Counter
from pathlib import Path

import pytest

from joinedup.accounts.person import PUBLIC
from joinedup.places.models import Place
from joinedup.support.eligibility import answer
from joinedup.support.loading import AREAS, in_words, load
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity, offers_for, terms_of
from joinedup.taxonomy import loading as words
from joinedup.taxonomy.models import Sector, Theme
from tests.conftest import REPO

SHIPPED = REPO / "src" / "joinedup" / "data" / "reference"


@pytest.fixture
def shipped(db: None) -> Path:
    words.load(SHIPPED)
    load(SHIPPED)
    return SHIPPED


def test_it_comes_in_whole_and_only_once(shipped: Path) -> None:
    assert load(shipped) == 46
    assert Offer.objects.count() == 46
    assert Offer.objects.filter(marking="public").count() == 46


def test_readings_use_words_that_exist(shipped: Path) -> None:
    sectors, themes = (
        set(Sector.objects.values_list("pk", flat=True)),
        set(Theme.objects.values_list("pk", flat=True)),
    )
    for row in words.rows(SHIPPED / "support.csv"):
        assert {*row["audience"].split(";"), *row["via"].split(";")} - {""} <= sectors
        assert set(row["themes"].split(";")) - {""} <= themes


def test_what_is_closed_is_history_and_what_is_open_is_not(shipped: Path) -> None:
    open_now = set(Offer.objects.exclude(basis="closed").values_list("name", flat=True))
    assert "YEF Toolkit" in open_now
    assert not open_now & {
        "Young Londoners Fund",
        "Early Intervention Youth Fund",
        "Focused deterrence programme",
    }
    assert not Offer.objects.exclude(basis="closed").filter(closes__lt=datetime.date.today()).exists()


def test_dates_and_sums_are_read_and_written_as_people_write_them(shipped: Path) -> None:
    fund = Offer.objects.get(slug="early-intervention-youth-fund")
    assert (fund.opens, fund.closes) == (datetime.date(2018, 7, 30), None)
    assert (fund.amount, fund.amount_max_gbp, fund.amount_programme) == ("£22,000,000", 700_000, 22_000_000)
    assert "10 November 2018" in fund.dates_note
    assert "£700,000 a bid" in fund.purpose
    assert Offer.objects.get(name="Young Londoners Fund").closes == datetime.date(2018, 7, 9)
    kent = Offer.objects.get(name="Safer in Kent Fund")
    assert (kent.amount_max_gbp, kent.amount_programme) == (10_000, 100_000)


def test_what_ships_is_the_shelf_and_history_and_no_opportunity_may_name_it(shipped: Path) -> None:
    """None of what was published in November 2026 had a closing date to come."""
    said = Counter(Offer.objects.values_list("basis", flat=True))
    assert said == {"standing": 12, "closed": 34}
    assert not Offer.objects.filter(of_an_opportunity(datetime.date(2018, 6, 1))).exists()


def test_who_leads_is_kept_apart_from_who_may_use_it(shipped: Path) -> None:
    led = {o.name: (o.lead_only, [s.pk for s in o.via_sectors.all()]) for o in offers_for(PUBLIC)}
    assert {name for name, (lead_only, _via) in led.items() if lead_only} == {
        "Early Intervention Youth Fund", "Trusted Relationships Fund", "Serious Violence Duty grant",
    }  # fmt: skip
    assert led["Early Intervention Youth Fund"] == (True, ["local_policing_body"])


def test_hospital_data_is_for_analysts_of_public_bodies_and_no_money(shipped: Path) -> None:
    """Schools and charities were sent to it, as to a grant of £605,000."""
    data = offers_for(PUBLIC).get(name__startswith="SafeStats")
    assert (data.kind, data.is_shelf, data.amount_max_gbp) == ("data", True, None)
    for sector in ("education", "vcs", "housing"):
        assert answer(terms_of(data), sector, {"E12000007"}, None, datetime.date(2026, 11, 23)).word == "no"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2018-07-30", "30 July 2018"),
        ("2018-03 Nottingham", "March 2018 Nottingham"),
        ("11000000", "£11,000,000"),
        ("1500000 (2018/19 actual)", "£1,500,000 (2018/19 actual)"),
        ("up to 9999 each", "up to £9,999 each"),
        ("free", "free"),
    ],
)
def test_in_words(text: str, said: str) -> None:
    assert in_words(text) == said


def test_nobody_has_checked_it_here_yet(shipped: Path) -> None:
    assert not Offer.objects.exclude(last_checked=None, confirmed_on=None).exists()


def test_what_is_for_wales_is_not_for_london(shipped: Path) -> None:
    unit = offers_for(PUBLIC).get(name="Wales Violence Prevention Unit")
    london = {"E12000007", "E92000001"}
    assert answer(terms_of(unit), "health", london, None, datetime.date(2026, 11, 23)).word == "no"
    assert answer(terms_of(unit), "health", {"W92000004"}, None, datetime.date(2026, 11, 23)).word == "maybe"


# Row by row, as published: what is open, in its publisher's words, and whether the law requires it.
OPEN = {
    "YEF Toolkit": "Anyone who funds or runs services",
    "Locality reviews": "Local partnerships",
    "Strategic framework reviews": "County or regional partnerships",
    "National County Lines Co-ordination Centre": "Forces and safeguarding partners",
    "County lines guidance": "All front-line staff",
    "#knifefree": "Young people, schools, youth workers",
    "Police social media hub": "Forces",
    "Needs assessment guidance": "Duty holders",
    "Serious Violence Duty statutory guidance": "Specified and relevant authorities",
    "Peer Action Collective": "Young people via delivery partners",
    "SafeStats and hospital violence data": "Authorised analysts in public bodies only",
    "Wales Violence Prevention Unit": "Welsh partners",
}


def test_who_may_use_what_is_open_is_said_as_published(shipped: Path) -> None:
    open_now = Offer.objects.exclude(basis="closed")
    assert dict(open_now.values_list("name", "who_may_use")) == OPEN
    required = Offer.objects.filter(is_required_by_law=True)
    assert [each.name for each in required] == ["Serious Violence Duty statutory guidance"]
    # Of none of them anybody is told a plain yes: their publishers say for whom they are in words.
    for offer in offers_for(PUBLIC).exclude(basis="closed"):
        for sector in ("health", "vcs", "police", None):
            said = answer(terms_of(offer), sector, {"E92000001"}, None, datetime.date(2026, 11, 23))
            assert said.word != "yes", offer


def test_guidance_for_those_with_the_duty_is_not_for_charities(shipped: Path) -> None:
    for name in ("Needs assessment guidance", "Serious Violence Duty statutory guidance"):
        terms = terms_of(offers_for(PUBLIC).get(name=name))
        assert answer(terms, "vcs", {"E92000001"}, None, datetime.date(2026, 11, 23)).word == "no"


def test_guidance_for_england_and_wales_names_both(shipped: Path) -> None:
    guide = Offer.objects.get(name="County lines guidance")
    assert {p.pk for p in guide.places.all()} == {"E92000001", "W92000004"}


def test_places_that_are_there_already_are_left_alone(db: None) -> None:
    words.load(SHIPPED)
    for name, (code, kind, _parent) in AREAS.items():
        Place.objects.create(code=code, name=f"Our {name}", kind=kind, vintage=2026)
    load(SHIPPED)
    assert Place.objects.get(pk="W92000004").name == "Our Wales"


def test_what_somebody_confirmed_since_stays(shipped: Path) -> None:
    today = datetime.date.today()
    Offer.objects.filter(slug="yef-toolkit").update(purpose="Ours", confirmed_on=today)
    Offer.objects.filter(slug="knifefree").update(purpose="Not confirmed")
    load(shipped)
    assert Offer.objects.get(slug="yef-toolkit").purpose == "Ours"
    assert (
        Offer.objects.get(slug="knifefree").purpose
        == "A campaign against carrying knives, with things to show and lessons to give."
    )


def test_an_open_offer_in_an_unknown_area_is_refused_and_nothing_comes_in(tmp_path: Path, db: None) -> None:
    words.load(SHIPPED)
    table = words.rows(SHIPPED / "support.csv")
    past, toolkit = table[0] | {"area": "Mercia"}, table[8] | {"area": "Mercia"}
    for wrong, said in ((toolkit, r"SUP-09.*Mercia"), (past | {"basis": "open"}, r"SUP-01.*basis “open”")):
        _write(tmp_path / "support.csv", [past, wrong])
        with pytest.raises(ValueError, match=said):
            load(tmp_path)
    assert not Offer.objects.exists()


def _write(path: Path, table: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
