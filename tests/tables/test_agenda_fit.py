"""Who has something to say at a topic, and what would serve more: said before the tables are planned, with undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.event import set_tables
from joinedup.events.actions.topics import (
    choose_opportunity,
    merge_topics,
    narrow_topic,
    remove_topic,
    separate_topics,
    widen_topic,
)
from joinedup.events.models import Event, Topic
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Outline, Place
from joinedup.tables.actions.plan import plan_event
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.queries.agenda_fit import TopicFit, agenda_fit
from joinedup.tables.queries.own_seats import own_seats
from joinedup.tables.queries.votes import choosers, topics_to_choose
from joinedup.tables.seating import problem_of
from joinedup.taxonomy.models import Theme
from tests.world import World, make_partner


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def bordering(world: World) -> World:
    """Northton, Eastton and Southton in a row, one partnership over the first two and Southton's neighbour."""
    for n, place in enumerate((world.northton, world.eastton, world.southton)):
        left = n * 10
        path = f"M{left} 0l10 0 0 10 -10 0z"
        Outline.objects.create(place=place, path=path, left=left, top=0, right=left + 10, bottom=10)
    world.north.places.add(world.southton)
    return world


@pytest.fixture
def topics(event: Event, world: World, make_opportunity) -> dict[str, Topic]:
    """Weapon carrying in Northton and in Eastton, mentoring in Northton, and one about every place."""
    alice, weapons = world.person("alice"), Theme.objects.get(pk="weapon-carrying")
    found = {}
    for key, place, theme in (
        ("weapons-n", world.northton, weapons),
        ("weapons-e", world.eastton, weapons),
        ("mentors-n", world.northton, Theme.objects.get(pk="trusted-adult")),
    ):
        made = make_opportunity(key, place=place, theme=theme, parties=[world.police])
        found[key] = choose_opportunity(by=alice, event=event, opportunity=made)
    found["all"] = Topic.objects.create(event=event, title="What should change?", order=9)
    return found


def southern(world: World) -> Partner:
    return make_partner("Southton Club", "vcs", world.north, [world.southton], [])


def test_a_topic_of_an_opportunity_is_about_its_place(topics, world: World):
    assert [place.name for place in topics["weapons-n"].places.all()] == ["Northton"]
    assert list(topics["all"].places.all()) == []


def test_how_many_of_those_who_come_belong_to_each_topic(event: Event, topics, world: World, come):
    make_partner("Mill Ward Club", "vcs", world.north, [world.ward], ["weapon-carrying"])
    come(event, world.police)
    come(event, world.school)
    come(event, Partner.objects.get(name="Mill Ward Club"))
    come(event, southern(world))
    make_partner("Nowhere known", "vcs", world.north, [], [])
    come(event, Partner.objects.get(name="Nowhere known"))
    fit = agenda_fit(event)
    assert fit is not None
    assert fit.people == 5
    assert fit.fits[topics["weapons-n"].pk] == TopicFit(belong=3, needed=1, both=1, by_place=1, by_theme=0)
    assert fit.fits[topics["weapons-e"].pk] == TopicFit(belong=2, needed=1, both=0, by_place=0, by_theme=1)
    assert fit.fits[topics["all"].pk].belong == 5
    assert fit.fits[topics["weapons-e"].pk].parts == [
        "1 needed there, or young people who chose it",
        "1 work on this elsewhere",
    ]
    assert (fit.not_served, fit.unknown) == (2, 1)
    assert fit.topics_each == [(0, 0), (1, 2), (2, 0), (3, 3)]


def test_a_place_around_or_inside_the_topics_place_belongs(event: Event, topics, world: World, come):
    region = make_partner("Regional Health", "health", world.north, [world.northton.parent], [])
    force = Place.objects.create(code="E23000099", name="Testland", kind="police_force", vintage=2024)
    police = make_partner("The Force", "police", world.north, [force], [])
    based = make_partner("Based There", "vcs", world.north, [], [], base=world.ward)
    for partner in (region, police, based):
        come(event, partner)
    people = {person.partner: person for person in problem_of(event).people}
    about = {topic.title: set(topic.places) for topic in problem_of(event).topics}
    served = about["Weapon carrying in Northton"]
    assert all(served & set(people[each.name].places) for each in (region, police, based))
    assert not about["Weapon carrying in Eastton"] & set(people["Based There"].places)


def test_proposals_put_together_and_widen(bordering: World, event: Event, topics, come):
    world, club = bordering, southern(bordering)
    for partner in (world.police, world.school, club, club):
        come(event, partner)
    fit = agenda_fit(event)
    assert fit is not None
    assert fit.not_served == 2
    merge, *others = fit.proposals
    assert (merge.topic, merge.others) == (topics["weapons-n"], [topics["weapons-e"]])
    assert (merge.belong, merge.belonged, merge.serves) == (2, 2, 0)
    assert others == [], "mentoring in Northton borders on Eastton, whose people have a topic"
    merge_topics(by=world.person("alice"), topic=topics["weapons-n"], others=[topics["weapons-e"]])
    [wider] = agenda_fit(event).proposals
    assert (wider.topic, wider.others, wider.places_named) == (topics["weapons-n"], [], "Southton")
    assert (wider.serves, wider.belong, wider.belonged) == (2, 4, 2)


def test_topics_put_together_keep_everything_and_come_apart_again(
    event: Event, topics, world: World, come, as_
):
    alice, whole, part = world.person("alice"), topics["weapons-n"], topics["weapons-e"]
    part.parties.add(world.lantern)
    host = come(event, world.lantern, "Youth worker", young_names=["Kit"])
    young = host.with_them.get()
    choose_topics(by=world.person("nobody"), through=host, young=young, topics=[part])
    path = f"/events/{event.slug}/topics/"
    as_("alice").post(path, {"do": "merge", "pk": whole.pk, "with": [part.pk]})
    whole.refresh_from_db()
    part.refresh_from_db()
    assert whole.title == "Weapon carrying in Northton and Eastton"
    assert (part.is_chosen, part.part_of) == (False, whole)
    assert set(whole.parties.all()) == {world.lantern, world.police}
    assert [person.choices for person in problem_of(event).people if person.choices] == [(str(whole.pk),)]
    assert choosers(host)[0].chosen == {whole.pk}
    assert part.pk not in {each.pk for each in topics_to_choose(event)}
    assert part.opportunity.state == "on_agenda"
    client = as_("alice")
    client.post(path, {"do": "widen", "pk": topics["mentors-n"].pk, "places": [world.eastton.pk]})
    assert "Mentoring and a trusted adult in Northton and Eastton" in text(client.get(path))
    client.post(path, {"do": "separate", "pk": whole.pk, "parts": [part.pk], "title": "Weapon carrying in Northton",
                       "weight": "1.7", "parties": [world.police.pk], "places": [world.northton.pk]})  # fmt: skip
    whole.refresh_from_db()
    part.refresh_from_db()
    assert (whole.title, part.is_chosen, part.part_of) == ("Weapon carrying in Northton", True, None)
    assert (set(whole.parties.all()), set(whole.places.all())) == ({world.police}, {world.northton})
    actions = AuditEntry.objects.filter(action__in=["topic.merge", "topic.widen", "topic.separate"])
    assert sorted(actions.values_list("action", flat=True)) == [
        "topic.merge",
        "topic.separate",
        "topic.widen",
    ]
    merge_topics(by=alice, topic=whole, others=[part])
    remove_topic(by=alice, topic=whole)
    part.refresh_from_db()
    assert part.part_of is None
    assert set(Opportunity.objects.filter(key__startswith="weapons").values_list("state", flat=True)) == {
        "taken_up"
    }


def test_one_button_takes_a_proposal_up_and_one_takes_it_back(
    bordering: World, event: Event, topics, come, as_
):
    for _ in range(2):
        come(event, southern(bordering) if not Partner.objects.filter(name="Southton Club").exists()
             else Partner.objects.get(name="Southton Club"))  # fmt: skip
    alice, path = as_("alice"), f"/events/{event.slug}/topics/"
    page = text(alice.get(path))
    assert "2 of 2 people have no topic about a place they serve." in page
    assert "0 of 2 who come have something to say here" in page
    assert "Put together: “Weapon carrying in Northton” and “Weapon carrying in Eastton”" in page
    was = {name: getattr(topics["weapons-n"], name) for name in ("title", "weight")}
    alice.post(path, {"do": "merge", "pk": topics["weapons-n"].pk, "with": [topics["weapons-e"].pk]})
    page = text(alice.get(path))
    assert "Now one topic: Weapon carrying in Northton and Eastton" in page
    assert "Put together from this and: Weapon carrying in Eastton." in page
    assert page.count("Put on the agenda") == 0, "a part is not proposed again"
    undo = fields_of(page)
    assert undo["do"] == ["separate"]
    alice.post(path, undo)
    topic = Topic.objects.get(pk=topics["weapons-n"].pk)
    assert {name: getattr(topic, name) for name in was} == was
    assert list(topic.places.all()) == [bordering.northton]
    alice.post(path, {"do": "widen", "pk": topics["weapons-e"].pk, "places": [bordering.southton.pk, "x"]})
    page = text(alice.get(path))
    assert "Now about more places: Weapon carrying in Eastton and Southton" in page
    assert "look here" not in page
    alice.post(path, fields_of(page))
    assert [place.name for place in topics["weapons-e"].places.all()] == ["Eastton"]
    assert "Weapon carrying in Eastton<" in text(alice.get(path)).replace(".", "")


def fields_of(page: str) -> dict[str, list[str]]:
    """The hidden fields of the undo button."""
    form = page[page.index('class="ju-undo"') :].split("</form>")[0]
    found: dict[str, list[str]] = {}
    for part in form.split('<input type="hidden" name="')[1:]:
        name, value = part.split('"', 1)[0], part.split('value="', 1)[1].split('"', 1)[0]
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found


def test_outsiders_change_nothing_and_see_nothing(event: Event, topics, world: World, come, as_):
    come(event, world.police)
    whole, part = topics["weapons-n"], topics["weapons-e"]
    asked = {"do": "merge", "pk": whole.pk, "with": [part.pk]}
    path = f"/events/{event.slug}/topics/"
    for outsider, status in (("charlie", 404), ("bob", 404), ("nobody", 302)):
        assert as_(outsider).post(path, asked).status_code == status
        assert as_(outsider).get(path).status_code == status
    kept = {"title": whole.title, "weight": 1.0, "parties": [], "places": []}
    for name in ("charlie", "bob", "nobody"):
        by = world.person(name)
        for change in (
            lambda by=by: merge_topics(by=by, topic=whole, others=[part]),
            lambda by=by: widen_topic(by=by, topic=whole, places=[world.eastton]),
            lambda by=by: narrow_topic(by=by, topic=whole, places=[world.northton], title="Other"),
            lambda by=by: separate_topics(by=by, topic=whole, parts=[part.pk], **kept),
        ):
            with pytest.raises(PermissionDenied):
                change()
    assert list(whole.places.all()) == [world.northton]
    assert not AuditEntry.objects.filter(action__in=["topic.merge", "topic.widen"]).exists()
    shown = text(as_("nobody").get(f"/events/{event.slug}/"))
    assert "have something to say" not in shown


def test_what_cannot_be_put_together_is_refused(event: Event, topics, world: World):
    alice, whole = world.person("alice"), topics["weapons-n"]
    for others in ([], [whole], [topics["mentors-n"]]):
        with pytest.raises(ValidationError):
            merge_topics(by=alice, topic=whole, others=others)
    for places in ([], [world.northton]):
        with pytest.raises(ValidationError):
            widen_topic(by=alice, topic=whole, places=places)
    with pytest.raises(ValidationError, match="every place"):
        widen_topic(by=alice, topic=topics["all"], places=[world.northton])
    with pytest.raises(ValidationError):
        narrow_topic(by=alice, topic=whole, places=[world.northton], title="Same")
    with pytest.raises(ValidationError):
        separate_topics(
            by=alice, topic=whole, parts=[whole.pk], title="A title", weight=1, parties=[], places=[]
        )
    assert not AuditEntry.objects.filter(action__in=["topic.merge", "topic.widen", "topic.narrow"]).exists()


def test_own_pages_say_why_and_tell_nothing_that_is_hidden(
    event: Event, topics, world: World, come, as_, make_opportunity
):
    who = come(event, world.school, name="Sam")
    come(event, world.lantern)
    for topic in topics.values():
        topic.parties.clear()
    Topic.objects.exclude(pk__in=[topics["mentors-n"].pk]).filter(event=event).delete()
    set_tables(by=world.person("alice"), event=event, count=1, seats_min=1, seats_max=4)
    plan_event(by=world.person("alice"), event=event, iterations=3)
    path = f"/attending/{who.token}/"
    assert [(each.round, each.table, each.title, each.reason) for each in own_seats(who)] == [
        (1, 1, "Mentoring and a trusted adult", ""),
        (2, 1, "", ""),
    ]
    page = text(as_("nobody").get(path))
    assert "Table 1, round 1: Mentoring and a trusted adult<" in page
    assert "in Northton" not in page.split('id="seats"')[1].split("</ul>")[0]
    sheet = text(as_("alice").get(f"/events/{event.slug}/plan/print/", {"only": "people"}))
    assert "Mentoring and a trusted adult in Northton – you work there<" in sheet
    assert "Mentoring and a trusted adult in Northton – you work there on this<" in sheet
    make_opportunity("mentors-n", audience="public", marking="public", parties=[])
    assert "Mentoring and a trusted adult in Northton – you work there<" in text(as_("nobody").get(path))
    for outsider, status in (("charlie", 404), ("bob", 404), ("nobody", 302)):
        assert as_(outsider).get(f"/events/{event.slug}/plan/print/").status_code == status


def test_the_checklist_says_so_where_many_have_no_topic(bordering: World, event: Event, topics, come, as_):
    come(event, southern(bordering))
    page = text(as_("alice").get(f"/events/{event.slug}/plan/"))
    assert "1 of 1 people have no topic about a place they serve." in page
    assert f"/events/{event.slug}/topics/#fit" in page
