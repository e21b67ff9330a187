"""The list of people: for those who plan only; numbers for the caterer; who was paid; deleted in time."""

import csv
import datetime
import io
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.registration import worker
from joinedup.registration.actions.attendees import note_payment
from joinedup.registration.models import Attendee
from joinedup.registration.queries.attendees import PEOPLE_HEADER, filtered, to_provide
from joinedup.taxonomy.models import Sector
from tests.world import World


@pytest.fixture
def people(event: Event, world: World, come) -> list[Attendee]:
    Event.objects.update(capacity=4)
    come(event, world.lantern, name="Ro", dietary="Vegan", young_names=["Kit"], access=["step_free"])
    come(event, world.school, name="Sam", dietary=" vegan ")
    come(event, world.police, name="Pat", dietary="halal", part="facilitator")
    come(event, world.police, name="Wren", dietary="waits for a place")
    Attendee.objects.filter(name="Sam").update(arrived_at=timezone.now())
    return list(event.attendees.all())


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["Ro", "Kit", "Sam", "Pat", "Wren"]),
        ({"standing": "waiting"}, ["Wren"]),
        ({"sector": "police"}, ["Pat", "Wren"]),
        ({"part": "young_person"}, ["Kit"]),
        ({"part": "companion"}, ["Ro"]),
        ({"arrived": "yes"}, ["Sam"]),
        ({"arrived": "no", "sector": "police", "standing": "placed"}, ["Pat"]),
    ],
)
def test_filters(event: Event, people, as_, chosen: dict[str, str], names: list[str]):
    wanted = dict(chosen)
    if "sector" in wanted:
        wanted["sector"] = Sector.objects.get(pk=wanted["sector"])
    assert [each.name for each in filtered(event, **wanted)] == names
    page = as_("alice").get(f"/events/{event.slug}/people/", chosen).content.decode().split("<tbody")[1]
    for name in ("Ro", "Kit", "Sam", "Pat", "Wren"):
        assert bool(re.search(rf">{name}[,<]", page.split("</tbody")[0])) is (name in names)


def test_residents_are_those_who_come_for_no_organisation(event: Event, people, come, as_):
    come(event, None, name="Lee", role="Resident")
    walked_in = come(event, None, name="Max", role="Worker")
    Attendee.objects.filter(pk=walked_in.pk).update(unlisted="Lantern")
    assert [each.name for each in filtered(event, part="resident")] == ["Lee"]
    page = as_("alice").get(f"/events/{event.slug}/people/", {"part": "resident"}).content.decode()
    assert "I come for myself" in page
    assert tuple(f"<br>{name}" in page for name in ("Lee", "Max", "Ro")) == (True, False, False)
    Attendee.objects.filter(pk=walked_in.pk).update(unlisted_settled=True)
    assert [each.name for each in filtered(event, part="resident")] == ["Lee", "Max"]


def test_filters_that_mean_nothing_filter_nothing(event: Event, people, as_):
    path = f"/events/{event.slug}/people/"
    page = as_("alice").get(path, {"standing": "x", "sector": "x", "part": "x", "arrived": "x", "page": "x"})
    assert "5 people" in page.content.decode()
    none = as_("alice").get(path, {"part": "speaker"}).content.decode()
    assert "Nobody fits what you chose" in none


def test_numbers_for_the_caterer_name_nobody(event: Event, people, as_):
    needs = to_provide(event)
    assert (needs.people, needs.dietary, needs.access) == (
        4,
        [("vegan", 2), ("halal", 1)],
        [("A step-free table", 1)],
    )
    page = as_("alice").get(f"/events/{event.slug}/people/").content.decode()
    part = page[page.index("For the venue and the caterer") : page.index("Download the whole list")]
    assert "vegan" in part
    # Whole words: a form's token may hold any two letters.
    assert not re.search(r"\b(Ro|Kit|Sam|waits)\b", part)


def test_the_file_is_a_button_that_leaves_a_note(event: Event, people, as_):
    path = f"/events/{event.slug}/people.csv"
    for who in ("nobody", "bob", "charlie"):
        assert as_(who).post(path).status_code in {302, 404}
    assert as_("alice").get(path).status_code == 405
    assert not AuditEntry.objects.filter(action="event.export_people").exists()
    rows = list(csv.reader(io.StringIO(as_("alice").post(path).content.decode("utf-8-sig"))))
    assert rows[0] == PEOPLE_HEADER
    assert [row[1] for row in rows[1:]] == ["Ro", "Kit", "Sam", "Pat", "Wren"]
    assert (rows[2][5], rows[2][8]) == ("", "1"), "a young person has no address, and a companion"
    entry = AuditEntry.objects.get(action="event.export_people")
    assert (entry.by, entry.after) == ("Alice", {"people": 5})


def test_who_was_paid_is_noted_and_undone(event: Event, people, world: World, as_):
    kit = event.attendees.get(name="Kit")
    alice, path = as_("alice"), f"/events/{event.slug}/people/?part=young_person"
    assert "Paid today" in alice.get(path).content.decode()
    assert alice.post(path, {"who": kit.pk, "do": "paid"})["Location"] == path
    kit.refresh_from_db()
    assert kit.paid_on == timezone.localdate()
    assert "Paid on" in alice.get(path).content.decode()
    alice.post(path, {"who": kit.pk, "do": "unpaid"})
    kit.refresh_from_db()
    assert kit.paid_on is None
    assert AuditEntry.objects.filter(action="event.note_payment").count() == 2
    with pytest.raises(PermissionDenied):
        note_payment(by=world.person("bob"), attendee=kit, on=timezone.localdate())
    with pytest.raises(ValidationError, match="young people"):
        note_payment(by=world.person("alice"), attendee=people[0], on=timezone.localdate())
    with pytest.raises(ValidationError, match="not one to come"):
        note_payment(
            by=world.person("alice"), attendee=kit, on=timezone.localdate() + datetime.timedelta(days=1)
        )


def test_no_page_shows_who_comes_to_anybody_else(event: Event, people, world: World, as_):
    """Nor how many come of a sector, where few do, nor that an address is known."""
    for attendee in people:
        Attendee.objects.filter(pk=attendee.pk).update(
            name=f"Secret {attendee.number}", role="Secret role", email=f"secret{attendee.number}@example.org"
        )
    pages = ("", "people/", "invitations/", "invitations.csv", "survey/", "survey.csv", "register/", "plan/")
    # Bob's own partner comes: he may know no more of it than everybody.
    for who in ("nobody", "charlie", "bob"):
        browser = as_(who)
        for page in pages:
            answer = browser.get(f"/events/{event.slug}/{page}").content.decode()
            for secret in ("Secret", "secret", "Vegan", "halal"):
                assert secret not in answer, (who, page)
        shown = browser.get(f"/events/{event.slug}/").content.decode()
        assert "a few" in shown
    assert "Secret 1" in as_("alice").get(f"/events/{event.slug}/people/").content.decode()


def test_the_list_takes_a_fixed_number_of_queries(event: Event, world: World, come, as_):
    def cost() -> int:
        browser = as_("alice")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/events/{event.slug}/people/").status_code == 200
        return len(queries)

    come(event, world.lantern, young_names=["Kit"], doing="Boxing")
    first = cost()
    for _n in range(2):
        come(event, world.police, young_names=["Sol", "Ash"], doing="More")
    assert cost() == first


def test_personal_details_go_by_themselves(event: Event, people):
    event.date = timezone.localdate()
    event.save()
    after = event.date + datetime.timedelta(days=90)
    assert worker.delete_due_personal(after - datetime.timedelta(days=1)) == 0
    assert worker.delete_due_personal(after) == 5
    assert worker.delete_due_personal(after) == 0
    assert set(event.attendees.values_list("name", "email", "dietary")) == {("", "", "")}
    entry = AuditEntry.objects.get(action="event.delete_personal")
    assert (entry.by, entry.user_id) == ("the operator", None)
    assert "Ro" not in str((entry.before, entry.after, entry.label))


def test_what_needs_a_decision_stands_before_the_list(event: Event, people, as_):
    Attendee.objects.filter(name="Kit").update(standing="alone", companion=None)
    page = as_("alice").get(f"/events/{event.slug}/people/").text
    assert page.index("Young people who wait for a companion") < page.index("Everybody who registered")
    assert page.index("stops the day") < page.index("Everybody who registered")


def test_the_same_words_say_how_many_have_a_place(event: Event, people, as_):
    placed, waiting = (event.attendees.filter(standing=each).count() for each in ("placed", "waiting"))
    assert (placed, waiting) == (4, 1)
    page = as_("alice").get(f"/events/{event.slug}/people/").text
    assert "5 people registered: 4 have a place, 1 is on the waiting list." in page
    assert "4 people have a place, of " in as_("alice").get(f"/events/{event.slug}/places/").text


def test_a_row_is_headed_by_role_and_organisation_and_the_list_has_pages(
    event: Event, world: World, people, come, as_, monkeypatch
):
    monkeypatch.setattr("joinedup.registration.views.attendees.PER_PAGE", 2)
    Attendee.objects.update(name="")
    page = as_("alice").get(f"/events/{event.slug}/people/").text
    assert "No name given" not in page
    heads = re.findall(r'<th scope="row" class="govuk-table__header">(\w[^<]*)<a [^>]*>([^<]*)</a>', page)
    assert heads == [("Worker, ", "Lantern Youth"), ("Young person, ", "Lantern Youth")]
    assert "page=2" in page


def test_a_language_is_chosen_from_a_list_and_sign_language_is_ticked(event: Event, world: World, as_):
    form = {"access": ["bsl"], "part": "guest", "partner": world.lantern.pk, "role": "W"}
    bob, path = as_("bob"), f"/events/{event.slug}/register/"
    sent = form | {"email": "bob@example.org", "language": "interpreter_klingon"}
    assert "There is a problem" in bob.post(path, sent).text
    bob.post(path, sent | {"language": "interpreter_polish"})
    who = event.attendees.get(email="bob@example.org")
    assert who.access == ["bsl", "interpreter_polish"]
    people = as_("alice").get(f"/events/{event.slug}/people/").text
    assert "A British Sign Language interpreter; An interpreter for Polish" in people
    own = bob.get(f"/attending/{who.token}/").text
    assert re.search(r'value="interpreter_polish" selected', own)
    bob.post(f"/attending/{who.token}/", {"save": "1", "role": "W", "language": ""})
    who.refresh_from_db()
    assert who.access == []


def test_who_needs_a_language_that_is_not_listed_is_asked_by_mail_which(
    event: Event, world: World, as_, django_capture_on_commit_callbacks
):
    sent = {"part": "guest", "partner": world.lantern.pk, "role": "W", "email": "bob@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        as_("bob").post(f"/events/{event.slug}/register/", sent | {"language": "interpreter"})
    assert "answer this mail and say which language" in mail.outbox[-1].body
    assert mail.outbox[-1].reply_to == ["alice@example.org"]
