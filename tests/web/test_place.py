"""The page of a place: what it says, to whom, and what it never says."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.events.models import Event, Programme
from joinedup.evidence.models import Figure, Need
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Outline, Place
from joinedup.support.models import Offer
from joinedup.visits.models import PracticeCard
from joinedup.voice.models import Contribution, Conversation, Host
from joinedup.web.place.grid import action_class, coverage_grid
from joinedup.web.place.queries import place_page
from joinedup.web.place.summary import summary
from tests.evidence.rows import make_dataset, make_figure, make_need
from tests.web.test_home import agree, take_up
from tests.world import World, make_partner

As = Callable[[str], Client]
NORTHTON = "/places/E09000991/"


def start(world: World, name: str, marking: str = "public", **fields: Any) -> Initiative:
    given: dict[str, Any] = {
        "partner": world.lantern,
        "level": "secondary",
        "slug": name.lower().replace(" ", "-"),
    }
    made = Initiative.objects.create(name=name, marking=marking, **(given | fields))
    made.places.add(world.northton)
    made.themes.add("trusted-adult")
    return made


def offer(name: str, **fields: Any) -> Offer:
    given: dict[str, Any] = {"slug": name.lower().replace(" ", "-"), "provider": "A fund", "kind": "fund"}
    return Offer.objects.create(name=name, **({"marking": "public"} | given | fields))


def test_one_sentence_on_need_and_what_changed(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.northton, "school-exclusion", 0.3)
    make_figure(make_dataset(), world.northton, trend=-0.2)
    page = as_("nobody").get(NORTHTON).content.decode()
    assert "is highest on mentoring and a trusted adult (very high)." in page
    assert "Violence with injury: down 33% on the year before." in page
    assert "in the 12 months to February 2026 (18.8 the year before): among the highest third" in page


def test_unknown_is_said_and_is_never_nought(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", None)
    figure = make_figure(make_dataset(), world.northton, state="missing")
    page = as_("nobody").get(NORTHTON).content.decode()
    assert "How much need there is in Northton is not known" in page
    assert "Police figures for Northton are not held" in page
    assert "no monthly police figures are held" in page
    assert "joinedup fetch" not in page  # nobody outside can do anything about it
    assert "An administrator brings them in where JoinedUp is installed" in as_("bob").get(NORTHTON).text
    inside = as_("admin").get(NORTHTON).text
    assert "Bring them in where JoinedUp is installed: <code>joinedup fetch</code>" in inside
    assert "Not held for this place: violence with injury." in page
    assert f"/figures/{figure.pk}/" in page


def test_a_weakly_supported_need_is_not_the_headline(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.95, certainty=0.1)
    needs = list(Need.objects.select_related("theme"))
    assert "not known" in summary(world.northton, needs, []).need
    needs[0].certainty = 0.5
    assert "mentoring" in summary(world.northton, needs, []).need
    needs[0].need = 0.5
    assert "is high on none" in summary(world.northton, needs, []).need


def test_what_stands_out_is_said_first_and_what_only_stands_for_a_theme_is_called_so(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.northton, "school-exclusion", 0.95)
    Need.objects.filter(theme="trusted-adult").update(measured=Need.Measured.PROXY)
    needs = list(Need.objects.select_related("theme").order_by("theme"))
    high = "mentoring and a trusted adult (very high, measured only in a roundabout way)"
    assert summary(world.northton, needs, []).need.endswith(
        f"is highest on suspension, exclusion, managed moves (very high); and {high}."
    )
    assert [row.sure_word for row in coverage_grid(needs, [])] == ["measured only in a roundabout way", ""]
    exclusion = needs[1]
    exclusion.verdict, exclusion.stands_out = Need.Verdict.STANDS_OUT, 0.96
    assert summary(world.northton, needs, []).need == (
        "Compared with other boroughs, Northton stands out on suspension, exclusion, managed moves. "
        f"Need is high on {high} too."
    )
    assert summary(world.northton, [exclusion], []).need.endswith("managed moves.")
    exclusion.among = "boroughs in London"
    assert summary(world.northton, [exclusion], []).need.startswith(
        "Compared with the other boroughs in London, Northton stands out on"
    )


def test_the_grid_tells_none_recorded_from_none(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.northton, "school-exclusion", 0.9)
    make_need(world.northton, "weapon-carrying", None)
    one = start(world, "Mentors")
    one.offers.add(offer("Mentor fund"))
    start(world, "More mentors", level="")
    rows = {
        row.theme.slug: row
        for row in coverage_grid(Need.objects.select_related("theme"), list(Initiative.objects.all()))
    }
    assert rows["trusted-adult"].counts == [0, 1, 0, 1]
    assert (rows["trusted-adult"].offers, rows["trusted-adult"].gap) == (1, False)
    assert (rows["school-exclusion"].says, rows["school-exclusion"].gap) == (
        "none recorded here: ask who does this",
        True,
    )
    assert (rows["weapon-carrying"].need_word, rows["weapon-carrying"].gap) == ("not known", False)
    assert list(rows)[-1] == "weapon-carrying"
    assert [action_class(n) for n in (0, 1, 2, 3, 4, 50)] == [0, 1, 2, 2, 3, 3]


def test_an_outsider_sees_nothing_that_is_shared_inside(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    start(world, "Open club")
    start(world, "Inside club", marking="partnership")
    start(world, "Named club", marking="named", partner=world.school)
    take_up(world, "Open opportunity", state="suggested", score=70)
    take_up(
        world,
        "Inside opportunity",
        state="suggested",
        audience="partnership",
        marking="partnership",
        score=90,
    )
    offer("Inside offer", marking="partnership", provider_partner=world.lantern)
    Partner.objects.filter(pk=world.police.pk).update(marking="public")
    secrets = (
        "Inside club",
        "Named club",
        "Inside opportunity",
        "Inside offer",
        "Lantern Youth",
        "Hilltop School",
    )
    for who in ("nobody", "charlie"):
        page = as_(who).get(NORTHTON).content.decode()
        for words in ("Open club", "Open opportunity", "Testland Police", "1 initiative under way"):
            assert words in page, who
        for words in secrets:
            assert words not in page, (who, words)
    page = as_("bob").get(NORTHTON).content.decode()
    for words in ("Inside club", "Inside opportunity", "Inside offer", "Lantern Youth"):
        assert words in page
    assert "Named club" not in page


def test_support_that_the_reader_may_not_see_is_not_counted(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    made = start(world, "Open club")
    made.offers.add(
        offer("Open offer"),
        offer("Inside offer", marking="partnership", provider_partner=world.lantern),
        offer("Named offer", marking="named", provider_partner=world.school),
    )
    today = timezone.localdate()
    counted = {
        who: [row.offers for row in place_page(world.person(who), world.northton, today, "").grid]
        for who in ("nobody", "charlie", "bob")
    }
    # The grid is for members: nothing of it is worked out for anybody else.
    assert counted == {"nobody": [], "charlie": [], "bob": [2]}


def test_action_that_is_over_or_elsewhere_does_not_count(world: World, as_: As) -> None:
    today = timezone.localdate()
    start(world, "Over", ends=today - datetime.timedelta(days=1))
    start(world, "Not begun", starts=today + datetime.timedelta(days=1))
    south = start(world, "In the south")
    south.places.set([world.southton])
    ward = start(world, "In the ward")
    ward.places.set([world.ward])
    page = as_("nobody").get(NORTHTON).content.decode()
    assert "In the ward" in page
    for words in ("Over", "Not begun", "In the south"):
        assert f">{words}</a>" not in page


def test_support_that_is_open_here_today(world: World, as_: As) -> None:
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    offer("Open anywhere")
    offer("Closes today", closes=today)
    here = offer("For Northton")
    here.places.add(world.northton)
    offer("Closed", closes=today - day)
    offer("Not open yet", opens=today + day)
    offer("History", basis="closed")
    elsewhere = offer("For Southton")
    elsewhere.places.add(world.southton)
    page = as_("nobody").get(NORTHTON).content.decode()
    for words in ("Open anywhere", "Closes today", "For Northton"):
        assert f">{words}</a>" in page
    for words in ("Closed", "Not open yet", "History", "For Southton"):
        assert f">{words}</a>" not in page
    assert page.index("Closes today") < page.index("Open anywhere")


def test_only_answers_that_were_read_show_even_to_who_moderates(world: World, as_: As) -> None:
    programme = Programme.objects.create(slug="p", name="Programme")
    event = Event.objects.create(programme=programme, footprint=world.north, slug="e", name="E")
    talk = Conversation.objects.create(
        event=event, slug="talk", question="What would help?", opens="2026-01-01", closes="2026-12-31"
    )
    host = Host.objects.create(conversation=talk, partner=world.lantern)
    for text, state in (("Later buses", "shown"), ("Unread words", "waiting"), ("Refused words", "refused")):
        Contribution.objects.create(
            conversation=talk,
            host=host,
            text=text,
            age_band="14-15",
            state=state,
            reason="unkind" if state == "refused" else "",
            read_by="Alice" if state == "shown" else "",
        )
    for who in ("nobody", "alice"):
        page = as_(who).get(NORTHTON).content.decode()
        assert "Later buses" in page
        assert "Unread words" not in page
        assert "Refused words" not in page
    assert "Later buses" not in as_("nobody").get("/places/E09000993/").content.decode()


def test_wards_on_the_map_and_in_the_table(world: World, as_: As) -> None:
    Outline.objects.create(place=world.ward, path="M1 1l5 0 0 5z", left=1, top=1, right=6, bottom=6)
    make_figure(make_dataset("mps_ward"), world.ward, value=3.25, percentile=0.5)
    page = as_("nobody").get(NORTHTON).content.decode()
    assert 'class="ju-need-3" d="M1 1l5 0 0 5z"' in page
    assert '/places/E05099901/">Mill Ward</a>' in page
    assert "3.2" in page
    ward = as_("nobody").get("/places/E05099901/").content.decode()
    assert "ward in Northton" in ward
    assert "<svg viewBox" not in ward


@pytest.mark.parametrize(
    ("code", "leads_to"), [("E01099901", "/places/E05099901/"), ("E01099900", "/places/E09000991/")]
)
def test_a_neighbourhood_leads_to_its_ward_or_borough(
    world: World, as_: As, code: str, leads_to: str
) -> None:
    Place.objects.create(code="E01099901", name="Northton 001A", kind="lsoa", parent=world.ward, vintage=2021)
    Place.objects.create(
        code="E01099900", name="Northton 001", kind="lsoa", parent=world.northton, vintage=2011, ended=2021
    )
    answer = as_("nobody").get(f"/places/{code}/")
    assert (answer.status_code, answer["Location"]) == (302, leads_to)


@pytest.mark.parametrize("code", ["E09999999", "nonsense", "E01099902", "%00"])
def test_no_such_place(world: World, as_: As, code: str) -> None:
    assert as_("nobody").get(f"/places/{code}/").status_code == 404


def test_the_page_of_the_region(world: World, as_: As) -> None:
    page = as_("nobody").get("/places/E12000099/").content.decode()
    assert "Choose a part of Testland below" in page
    assert "Southton" in page


@pytest.mark.parametrize(("who", "queries"), [("nobody", 21), ("bob", 29)])
def test_as_many_queries_for_three_as_for_one(
    world: World, as_: As, django_assert_num_queries: Any, who: str, queries: int
) -> None:
    def more(n: int) -> None:
        made = start(world, f"Club {n}")
        made.offers.add(offer(f"Fund {n}"))
        one = take_up(world, f"Chance {n}", state="suggested", score=50 + n, kind=f"kind-{n}")
        one.parties.add(
            make_partner(f"Public {n}", "vcs", world.north, [world.northton], [], marking="public")
        )
        make_figure(dataset, world.northton, indicator=["robbery", "knife-crime", "drug-offences"][n])

        agree(world, event, f"Promise {n}", "agreed")
        card = PracticeCard.objects.create(
            footprint=world.north, partner=one.parties.get(), place=[world.eastton, world.ward, world.southton][n],
            slug=f"c{n}", title=f"Card {n}", problem="P", mechanism="M", cost="C", result="R", what_failed="F",
            marking="public",
        )  # fmt: skip
        card.themes.add("trusted-adult")

    programme = Programme.objects.create(slug="p", name="Programme")
    event = Event.objects.create(programme=programme, footprint=world.north, slug="e", name="E")
    dataset = make_dataset()
    for theme in ("trusted-adult", "school-exclusion"):
        make_need(world.northton, theme, 0.7)
    more(0)
    browser = as_(who)
    browser.get(NORTHTON)
    with django_assert_num_queries(queries):
        browser.get(NORTHTON)
    more(1)
    more(2)
    with django_assert_num_queries(queries):
        browser.get(NORTHTON)


def test_reading_writes_nothing(world: World, as_: As) -> None:
    make_figure(make_dataset(), world.northton)
    take_up(world, "Chance")
    before = [list(model.objects.values()) for model in (Figure, Opportunity, Place)]
    as_("alice").get(NORTHTON)
    assert [list(model.objects.values()) for model in (Figure, Opportunity, Place)] == before


def test_action_without_a_theme_or_a_place_leaves_no_theme_without_action(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.northton, "school-exclusion", 0.9)
    silent = start(world, "Silent evenings")
    silent.themes.clear()
    placeless = start(world, "Somewhere")
    placeless.places.clear()
    page = as_("bob").get(NORTHTON).content.decode()
    assert "none recorded here" not in page
    assert "not known: 2 recorded without a theme or place" in page
    assert "not known: 1 recorded without a theme or place" in page
    assert "2 more do not say their theme or their place, and may be on any of these." in page
    assert 'href="/initiatives/?unsaid=1&amp;when=running"' in page
    for who in ("nobody", "charlie"):
        # The grid of need and action is for the partnership.
        public = as_(who).get(NORTHTON).content.decode()
        assert "Local action beside need" not in public
        assert "none recorded here" not in public
        assert "unsaid=1" not in public


def test_action_shared_with_few_betrays_nothing_to_others(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    hidden = start(world, "Hidden evenings", marking="partnership")
    hidden.themes.clear()
    elsewhere = start(world, "Placeless", marking="partnership")
    elsewhere.places.clear()
    for who in ("nobody", "charlie"):
        page = as_(who).get(NORTHTON).content.decode()
        assert "Local action beside need" not in page
        assert "do not say their theme" not in page
        assert "Hidden evenings" not in page


def test_need_that_is_too_uncertain_is_not_known_in_the_grid(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9, certainty=0.29)
    make_need(world.northton, "school-exclusion", 0.9, certainty=0.3)
    rows = coverage_grid(Need.objects.select_related("theme"), [])
    assert [(row.theme.pk, row.need_word, row.gap) for row in rows] == [
        ("school-exclusion", "very high", True),
        ("trusted-adult", "not known", False),
    ]


def test_support_says_for_whom_it_is_as_published(world: World, as_: As) -> None:
    offer("Guidance", kind="guidance", who_may_use="Duty holders", is_required_by_law=True)
    offer("Grant")
    page = as_("nobody").get(NORTHTON).content.decode()
    assert "Required by law. Who may use it: Duty holders." in page
    assert "Who may use it: not known here: ask the publisher." in page
    assert "any sector" not in page
