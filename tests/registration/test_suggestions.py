"""Who is missing, and whom to invite with reasons."""

import datetime

import pytest
from django.utils import timezone

from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event
from joinedup.evidence.models import Need
from joinedup.partners.models import Contact
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.models import Invitation
from joinedup.registration.queries.suggestions import GapRow, inviting
from joinedup.taxonomy.models import Theme
from tests.world import World, make_partner, published_event

TODAY = timezone.localdate()


def row(event: Event, world: World, gap: str, who: str = "alice") -> GapRow:
    (found,) = [
        row
        for each in inviting(world.person(who), event, TODAY).dimensions
        for row in each.rows
        if row.gap == gap
    ]
    return found


def counts(event: Event, world: World, gap: str) -> tuple[int, int, int]:
    found = row(event, world, gap)
    return found.invited, found.coming, found.could


def invite(event: Event, world: World, partner, n: int = 0, **details) -> Invitation:
    return add_invitation(
        by=world.person("alice"),
        event=event,
        partner=partner,
        role="Head",
        email=f"{partner.slug}{n}@example.org",
        **details,
    )


def test_sectors_count_people_invited_coming_and_partners_who_could(event: Event, world: World, come):
    assert counts(event, world, "sector:vcs") == (0, 0, 1)
    assert counts(event, world, "sector:housing") == (0, 0, 0)
    first, second = invite(event, world, world.lantern), invite(event, world, world.lantern, 1)
    come(event, world.school)
    assert counts(event, world, "sector:vcs") == (2, 0, 0)
    assert counts(event, world, "sector:education") == (0, 1, 0)
    answer_invitation(by=world.person("nobody"), invitation=first, answer="declined")
    assert counts(event, world, "sector:vcs") == (1, 0, 0)
    second.answer = "substitute"
    second.save()
    assert row(event, world, "sector:vcs").is_missing


def test_places_are_served_themselves_in_part_or_with_all_around(event: Event, world: World):
    world.lantern.serves.set([world.ward])
    invite(event, world, world.lantern)
    assert counts(event, world, "place:E09000991") == (1, 0, 2), "a ward of Northton; school and police could"
    assert row(event, world, "place:E09000992").is_missing
    world.lantern.serves.set([world.northton.parent])
    assert counts(event, world, "place:E09000992") == (1, 0, 1)
    world.lantern.serves.set([world.southton])
    assert row(event, world, "place:E09000992").is_missing


def test_themes_of_the_agenda_and_of_the_strongest_needs(event: Event, world: World, opportunity, come):
    for slug, need in (("weapon-carrying", 0.9), ("school-exclusion", None)):
        Need.objects.create(place=world.eastton, theme_id=slug, need=need, certainty=0.7, worked_out_on=TODAY)
    Need.objects.create(
        place=world.southton, theme_id="school-exclusion", need=1.0, certainty=0.7, worked_out_on=TODAY
    )
    themes = inviting(world.person("alice"), event, TODAY).dimensions[2]
    assert [each.key for each in themes.rows] == ["weapon-carrying"], (
        "unknown need is none, Southton is elsewhere"
    )
    choose_opportunity(by=world.person("alice"), event=event, opportunity=opportunity)
    themes = inviting(world.person("alice"), event, TODAY).dimensions[2]
    assert [each.key for each in themes.rows] == ["trusted-adult", "weapon-carrying"]
    invite(event, world, world.lantern)
    assert counts(event, world, "theme:trusted-adult") == (1, 0, 0)
    come(event, world.police, themes=[Theme.objects.get(pk="weapon-carrying")])
    assert counts(event, world, "theme:weapon-carrying") == (0, 1, 0)


def test_parties_of_topics_young_people_and_lived_experience(event: Event, world: World, opportunity, come):
    choose_opportunity(by=world.person("alice"), event=event, opportunity=opportunity)
    assert counts(event, world, f"party:{world.school.pk}") == (0, 0, 1)
    invite(event, world, world.school)
    assert counts(event, world, f"party:{world.school.pk}") == (1, 0, 0)
    assert row(event, world, "who:young").is_missing
    host = invite(event, world, world.lantern, brings="young")
    assert counts(event, world, "who:young") == (1, 0, 0)
    come(event, world.lantern, young_names=["Kit", "Sol"])
    assert counts(event, world, "who:young") == (1, 2, 0)
    answer_invitation(by=world.person("nobody"), invitation=host, answer="declined")
    assert row(event, world, "who:young").invited == 0
    lived = invite(event, world, world.lantern, 1, brings="lived")
    assert counts(event, world, "who:lived")[:2] == (1, 0)
    answer_invitation(by=world.person("nobody"), invitation=lived, answer="accepted")
    assert counts(event, world, "who:lived")[:2] == (1, 1)


def test_suggestions_say_why_and_between_them_fill_the_gaps(event: Event, world: World, opportunity):
    choose_opportunity(by=world.person("alice"), event=event, opportunity=opportunity)
    make_partner("Second Police", "police", world.north, [world.northton], [], is_statutory=True)
    make_partner("Silent House", "police", world.north, [world.northton], [])
    found = inviting(world.person("alice"), event, TODAY)
    sentences = {each.partner.name: each.sentence for each in found.suggested}
    assert list(sentences) == ["Lantern Youth", "Hilltop School", "Testland Police"]
    first = sentences["Lantern Youth"]
    assert first.startswith("Needed for the topic “")
    for words in (
        "would be the first from Vcs",
        "could bring young people",
        "Eastton and Northton, where nobody",
    ):
        assert words in first
    assert "works in" not in sentences["Hilltop School"], "Lantern Youth above it works there"
    assert (
        sentences["Testland Police"] == "Would be the first from Police; named by the serious violence duty."
    )
    others = {each.partner.name: each.sentence for each in found.others}
    assert list(others) == ["Second Police", "Silent House"], "the police are there already"
    assert others["Second Police"].endswith("named by the serious violence duty.")


def test_bodies_that_the_law_names_are_lacked_beside_their_sector(event: Event, world: World):
    quiet = make_partner("Quiet Police Club", "police", world.north, [world.northton], [])
    invite(event, world, quiet)
    assert not row(event, world, "sector:police").is_missing
    assert row(event, world, "duty:police").is_missing
    named = {
        each.partner.name: each.sentence for each in inviting(world.person("alice"), event, TODAY).suggested
    }
    assert "amed by the serious violence duty" in named["Testland Police"]
    assert [
        each.gap for each in inviting(world.person("alice"), event, TODAY).gaps if each.key == "police"
    ] == ["duty:police"]


def test_a_gap_shows_everybody_who_would_fill_it(event: Event, world: World):
    make_partner("Second Police", "police", world.north, [], [])
    found = inviting(world.person("alice"), event, TODAY, "sector:police")
    assert found.chosen is not None
    assert {each.partner.name for each in found.suggested} == {"Testland Police", "Second Police"}
    for nonsense in ("sector:x", "x", ":", "party:999"):
        assert inviting(world.person("alice"), event, TODAY, nonsense).chosen is None


def test_what_the_reader_may_not_see_is_not_suggested(event: Event, world: World, make_opportunity):
    hidden = make_partner("Quietly House", "housing", world.north, [world.northton], [], marking="named")
    found = inviting(world.person("alice"), event, TODAY)
    assert hidden not in [each.partner for each in (*found.suggested, *found.others)]
    assert row(event, world, "sector:housing").could == 0
    names = {each.partner.name for each in found.suggested}
    assert "Far Harbour" not in names, "a partner of another partnership"


def test_inviting_the_suggested_keeps_the_reason_and_whom_they_bring(event: Event, world: World, as_):
    Contact.objects.create(partner=world.lantern, role="Lead", email="lead@lantern.example")
    Contact.objects.create(partner=world.lantern, role="No address")
    alice, path = as_("alice"), f"/events/{event.slug}/invitations/"
    page = alice.get(path).content.decode()
    assert "Invite their 1 contact<" in page
    assert "Add a contact of Hilltop School" in page
    alice.post(
        path, {"do": "suggested", "partner": [world.lantern.pk, "x", world.harbour.pk], "brings": "young"}
    )
    made = event.invitations.get()
    assert (made.email, made.brings) == ("lead@lantern.example", "young")
    assert "Would be the first from Vcs" in made.reason
    assert made.sent_at is None
    assert "Would be the first from Vcs" in alice.get(path).content.decode()
    assert alice.post(path, {"do": "suggested", "partner": "1", "brings": "x"}).status_code == 302


def test_inviting_all_asks_first(event: Event, world: World, as_):
    for partner in (world.lantern, world.school):
        Contact.objects.create(partner=partner, role="Lead", email=f"lead@{partner.slug}.example")
    alice, path = as_("alice"), f"/events/{event.slug}/invitations/"
    assert "Invite all 2 suggested partners" in alice.get(path).content.decode()
    asking = alice.get(f"{path}?all=1").content.decode()
    assert "Put all contacts of these 2 partners into the list?" in asking
    assert not event.invitations.exists()
    alice.post(path, {"do": "suggested", "partner": [world.lantern.pk, world.school.pk]})
    assert event.invitations.count() == 2


def test_the_picture_takes_a_fixed_number_of_queries(
    event: Event, world: World, come, make_opportunity, django_assert_num_queries
):
    def more(n: int) -> None:
        partner = make_partner(f"Partner {n}", "housing", world.north, [world.ward], ["weapon-carrying"])
        invite(event, world, partner)
        come(event, world.school)
        make_partner(f"Free {n}", "health", world.north, [world.eastton], ["trusted-adult"])
        made = make_opportunity(f"k{n}")
        choose_opportunity(by=world.person("alice"), event=event, opportunity=made)

    alice = world.person("alice")
    more(1)
    with django_assert_num_queries(18):
        inviting(alice, event, TODAY)
    more(2)
    more(3)
    with django_assert_num_queries(18):
        inviting(alice, event, TODAY)


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_the_picture_is_for_those_who_plan(event: Event, world: World, as_, who: str):
    path = f"/events/{event.slug}/invitations/"
    one = invite(event, world, world.lantern)
    assert as_(who).get(path).status_code == 404
    assert as_(who).post(path, {"do": "suggested", "partner": world.school.pk}).status_code == 404
    assert as_(who).get(f"{path}{one.pk}/").status_code == 404
    assert as_(who).post(f"{path}{one.pk}/", {"do": "withdraw"}).status_code == 404
    assert as_("nobody").get(f"{path}{one.pk}/").status_code == 302
    assert event.invitations.count() == 1


def test_old_attendance_of_another_event_is_no_presence_here(event: Event, world: World, come):
    other = published_event(
        by=world.person("alice"), footprint=world.north, name="Other", date=TODAY + datetime.timedelta(days=9)
    )
    come(other, world.lantern)
    assert row(event, world, "sector:vcs").is_missing


def test_nobody_is_said_to_be_asked_where_nobody_was(event: Event, world: World, as_):
    """A sector of which no partner is recorded has nobody left to ask: that is not “all are asked”."""
    assert not event.invitations.exists()
    page = as_("alice").get(f"/events/{event.slug}/invitations/").text
    assert "All are asked" not in page
    assert "No partner left to ask is recorded here: find one" in page
