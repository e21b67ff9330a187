"""Who is missing where, and on what nobody is recorded."""

import datetime
from typing import Any

from joinedup.evidence.models import Need
from joinedup.firstrun.missing import WHAT_TO_DO, missing
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.taxonomy.models import Sector
from tests.firstrun.making import TODAY, make_figures
from tests.world import SECTORS, World, make_partner


def gaps(world: World) -> dict[str, list[str]]:
    found = missing(world.person("alice"), world.north, TODAY)
    return {row.sector.slug: [place.name for place in row.nowhere] for row in found.gaps}


def test_sectors_and_the_places_they_lack(world: World) -> None:
    everywhere = ["Eastton", "Northton"]
    assert gaps(world) == {
        "health": everywhere, "social_care": everywhere, "youth_justice": everywhere, "housing": everywhere,
        "local_authority": everywhere, "education": ["Eastton"],
    }  # fmt: skip


def test_serving_a_ward_or_the_region_counts(world: World) -> None:
    make_partner("Ward Clinic", "health", world.north, [world.ward], [])
    assert gaps(world)["health"] == ["Eastton"]
    assert world.northton.parent is not None
    make_partner("Regional Health", "health", world.north, [world.northton.parent], [])
    assert "health" not in gaps(world)


def test_partners_who_do_not_say_where_are_asked_first(world: World) -> None:
    make_partner("Clinic", "health", world.north, [], [])
    row = next(
        r for r in missing(world.person("alice"), world.north, TODAY).gaps if r.sector.slug == "health"
    )
    assert (row.unplaced, len(row.nowhere)) == (1, 2)


def test_a_sector_that_not_every_area_has_is_only_thought_of(world: World) -> None:
    Sector.objects.create(slug="prison", name="Prisons", order=20, duty="relevant (prison authority)")
    Sector.objects.create(slug="probation", name="Probation", order=21, duty="specified")
    found = missing(world.person("alice"), world.north, TODAY)
    assert [row.sector.slug for row in found.also] == ["prison"]
    assert "probation" in {row.sector.slug for row in found.gaps}


def test_statutory_bodies_not_here(world: World) -> None:
    names = {body.name for body in missing(world.person("alice"), world.north, TODAY).statutory}
    assert "Northton Council" in names
    assert "Testland Police" not in names


def test_an_organisation_of_young_people(world: World) -> None:
    assert missing(world.person("alice"), world.north, TODAY).has_young_people
    Partner.objects.filter(pk=world.lantern.pk).update(name="Lantern")
    assert not missing(world.person("alice"), world.north, TODAY).has_young_people
    Partner.objects.filter(pk=world.lantern.pk).update(does="Evenings for young people")
    assert missing(world.person("alice"), world.north, TODAY).has_young_people


def test_themes_nobody_works_on_most_need_first(world: World) -> None:
    make_figures(world.eastton, theme="weapon-carrying", need=0.7)
    found = missing(world.person("alice"), world.north, TODAY).themes
    assert [(gap.theme.pk, gap.need) for gap in found] == [("weapon-carrying", "high")]
    assert set(found[0].ask) == {"Police", "Education", "Vcs"}
    initiative = Initiative.objects.create(name="A", slug="a", partner=world.lantern)
    initiative.themes.add("weapon-carrying")
    assert missing(world.person("alice"), world.north, TODAY).themes == []
    initiative.ends = TODAY - datetime.timedelta(days=1)
    initiative.save()
    assert len(missing(world.person("alice"), world.north, TODAY).themes) == 1


def test_work_elsewhere_and_work_out_of_sight_fill_no_gap(world: World) -> None:
    for marking, partner, place in (
        ("public", world.lantern, world.southton),
        ("named", world.lantern, world.northton),
    ):
        each = Initiative.objects.create(name=marking, slug=marking, partner=partner, marking=marking)
        each.places.add(place)
        each.themes.add("weapon-carrying")
    assert [gap.theme.pk for gap in missing(world.person("alice"), world.north, TODAY).themes] == [
        "weapon-carrying"
    ]


def test_every_sector_that_ships_says_what_to_do() -> None:
    assert set(SECTORS) <= set(WHAT_TO_DO)


def test_the_same_number_of_questions_for_few_and_many(world: World, django_assert_num_queries: Any) -> None:
    Initiative.objects.create(name="First", slug="first", partner=world.lantern).places.add(world.eastton)
    for number in (0, 3):
        for n in range(number):
            make_partner(f"More {n}", "health", world.north, [world.northton], ["weapon-carrying"])
            Initiative.objects.create(name=f"I{n}", slug=f"i{n}", partner=world.lantern).places.add(
                world.eastton
            )
        person = world.person("alice")
        with django_assert_num_queries(12):
            missing(person, world.north, TODAY)


def test_action_without_a_theme_may_be_on_any(world: World) -> None:
    made = Initiative.objects.create(name="Evenings", slug="evenings", partner=world.lantern)
    assert missing(world.person("alice"), world.north, TODAY).unsaid == 1
    made.places.add(world.southton)
    assert missing(world.person("alice"), world.north, TODAY).unsaid == 0
    made.places.set([world.ward])
    assert missing(world.person("alice"), world.north, TODAY).unsaid == 1
    made.themes.add("trusted-adult")
    assert missing(world.person("alice"), world.north, TODAY).unsaid == 0


def test_the_page_calls_nobody_missing_and_no_theme_without_action(world: World, as_: Any) -> None:
    Initiative.objects.create(name="Evenings", slug="evenings", partner=world.lantern)
    Sector.objects.filter(slug="health").update(duty="specified (integrated care board)")
    page = as_("alice").get("/start/north/missing/").content.decode()
    assert "missing" not in page.split("<h1")[1].split("</h1>")[0].lower()
    assert "Each of these could say what it already does." in page
    assert "ask first what is already done</span>" in page
    assert "Themes to ask about" in page
    assert "Themes nobody is recorded as working on" not in page
    assert 'href="/initiatives/?unsaid=1&amp;when=running"' in page


def test_need_that_is_too_uncertain_is_not_said_beside_a_theme(world: World) -> None:
    make_figures(world.northton)
    Partner.objects.get(pk=world.lantern.pk).themes.clear()
    for certainty, said in ((0.3, "high"), (0.29, "not known")):
        Need.objects.update(certainty=certainty, need=0.7)
        found = missing(world.person("alice"), world.north, TODAY).themes
        assert {gap.theme.pk: gap.need for gap in found}["trusted-adult"] == said
