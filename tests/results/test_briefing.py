"""The pack for who hosts and speaks: what is in it, who reads what of it, its link, its Word file."""

import datetime
import io
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.sessions import add_session, add_speaker
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event
from joinedup.evidence.models import Need
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact
from joinedup.places.models import Outline
from joinedup.results.actions.briefing import send_brief
from joinedup.results.queries.briefing import pack, recipients
from joinedup.support.models import Offer
from tests.world import World, published_event

DAY = datetime.timedelta(days=1)


@pytest.fixture
def day(event: Event, world: World) -> Event:
    """A day with a talk, one part off the record, a host, a speaker, and a young speaker."""
    alice = world.person("alice")
    add_session(by=alice, event=event, title="Welcome", starts=datetime.time(9, 30), minutes=30)
    quiet = add_session(
        by=alice, event=event, title="Families speak", starts=datetime.time(10), minutes=45, off_record=True
    )
    add_speaker(
        by=alice, event=event, part="host", name="Ada", job="Mayor", email="ada@example.org", is_named=True
    )
    add_speaker(by=alice, event=event, name="Unnamed", job="Doctor", email="DOC@example.org", session=quiet)
    add_speaker(by=alice, event=event, name="Kit", partner=world.lantern, is_young=True)
    Contact.objects.create(partner=world.lantern, role="Manager", email="m@example.org")
    Event.objects.filter(pk=event.pk).update(safeguarding_contact="07700 900000", has_photos=True)
    return Event.objects.select_related("programme", "footprint", "at").get(pk=event.pk)


def text(world: World, who: str, event: Event) -> dict[str, str]:
    found = pack(world.person(who), event, timezone.localdate())
    return {
        each.heading: "\n".join(
            [said.text for said in each.said] + [str(each.grid.rows) if each.grid else each.none]
        )
        for each in found.shown
    }


def link(mails: list[Any], to: str) -> str:
    letter = next(each for each in mails if each.to == [to])
    return "/brief/" + letter.body.split("/brief/")[1].split()[0]


@pytest.fixture
def sent(day: Event, world: World, django_capture_on_commit_callbacks) -> str:
    with django_capture_on_commit_callbacks(execute=True):
        send_brief(by=world.person("alice"), event=day)
    return link(mail.outbox, "ada@example.org")


def test_what_is_in_it(day: Event, world: World, opportunity, come, figure):
    choose_opportunity(by=world.person("alice"), event=day, opportunity=opportunity)
    Need.objects.create(
        place=world.northton,
        theme_id="trusted-adult",
        need=0.9,
        certainty=0.7,
        worked_out_on=timezone.localdate(),
    )
    running = Initiative.objects.create(
        name="Mentors", slug="mentors", partner=world.lantern, marking="public"
    )
    running.themes.add("trusted-adult")
    Offer.objects.create(
        name="Open fund", slug="open-fund", provider="The Trust", kind="fund", marking="public"
    )
    come(day, world.lantern, young_names=["Kit", "Sol", "Bo"])
    for _n in range(3):
        come(day, world.school)
    found = text(world, "alice", day)
    assert list(found) == [
        "What it is for",
        "When, where, access",
        "The day",
        "Who is coming",
        "Topics, with their facts",
        "Need here",
        "What is under way",
        "Support on offer",
        "What was agreed last time, and how it stands",
        "Young people and safeguarding",
        "Off the record",
        "Three questions to ask",
    ]
    assert "Families speak (off the record)" in found["The day"]
    assert "Ada, Mayor" in found["The day"]
    assert "Unnamed" not in found["The day"], "who did not agree to be named is called by their job"
    assert "Doctor" in found["The day"]
    assert "('Education', '3')" in found["Who is coming"]
    assert "Sentence for members only" in found["Topics, with their facts"]
    assert "need is highest on" in found["Need here"]
    assert "Mentors" in found["What is under way"]
    assert "Open fund (The Trust)" in found["Support on offer"]
    for words in (
        "3 young people are coming",
        "Lead of the partnership",
        "07700 900000",
        "of no young person",
    ):
        assert words in found["Young people and safeguarding"]
    assert "Families speak" in found["Off the record"]
    assert len(found["Three questions to ask"].strip().split("\n")) <= 3
    whole = "\n".join(found.values())
    for name in ("Kit", "Sol", "p0@example.org"):
        assert name not in whole


def test_an_empty_event_says_what_is_not_known(event: Event, world: World):
    event = Event.objects.select_related("programme", "footprint", "at").get(pk=event.pk)
    found = text(world, "alice", event)
    assert found["Need here"].startswith("How much need there is here is not known")
    assert found["Who is coming"] == "Nobody has registered yet."
    assert found["What was agreed last time, and how it stands"].startswith("No earlier event")
    assert "No photographs are taken." in found["Young people and safeguarding"]


def test_by_the_link_one_reads_what_everybody_may(day: Event, world: World, opportunity, agree, sent, as_):
    alice = world.person("alice")
    before = published_event(by=alice, footprint=world.north, name="Last year", date=timezone.localdate())
    agree(goal="Open goal", event=before)
    agree(goal="Secret goal", event=before, marking="partnership")
    Event.objects.filter(pk=before.pk).update(date=timezone.localdate() - 300 * DAY)
    Initiative.objects.create(name="Secret scheme", slug="s", partner=world.lantern, marking="partnership")
    choose_opportunity(by=alice, event=day, opportunity=opportunity)
    pages = [as_(who).get(sent).content.decode() for who in ("nobody", "alice")]
    for page in pages:
        for words in ("Open goal", "Families speak", "07700 900000", "Mentoring and a trusted adult"):
            assert words in page
        for words in ("Secret", "Sentence for members only", "Send to host", "ada@example.org", "Kit"):
            assert words not in page
    word = as_("nobody").get(sent + "brief.docx")
    assert word.status_code == 200
    read = "\n".join(p.text for p in Document(io.BytesIO(word.content)).paragraphs)
    assert "Open goal" in read
    assert "Secret" not in read
    planner = as_("alice").get(f"/events/{day.slug}/brief/").content.decode()
    assert "Secret goal" in planner
    assert "Send to host and speakers" in planner


def test_the_pack_of_planners_is_for_planners(day: Event, as_):
    for page in ("brief/", "brief.docx"):
        path = f"/events/{day.slug}/{page}"
        for who, status in (("bob", 404), ("charlie", 404), ("nobody", 302), ("alice", 200), ("lead", 200)):
            assert as_(who).get(path).status_code == status, (page, who)
        assert as_("bob").post(path).status_code in (404, 405)
    assert not mail.outbox


def test_it_goes_to_adults_who_speak_and_to_hosts_of_young_people(
    day: Event, world: World, as_, django_capture_on_commit_callbacks
):
    assert recipients(day) == ["ada@example.org", "bob@example.org", "doc@example.org", "m@example.org"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_("alice").post(f"/events/{day.slug}/brief/", follow=True)
    assert "Sent to 4 addresses." in answer.content.decode()
    assert sorted(each.to[0] for each in mail.outbox) == recipients(day)
    assert len({link(mail.outbox, to) for to in recipients(day)}) == 4
    entry = AuditEntry.objects.get(action="event.send_brief")
    assert "example.org" not in str(entry.after)
    assert "Last sent on" in as_("alice").get(f"/events/{day.slug}/brief/").content.decode()
    with pytest.raises(PermissionDenied):
        send_brief(by=world.person("bob"), event=day)


def test_a_link_ends_with_the_part_in_the_day(day: Event, world: World, sent, as_):
    nobody = as_("nobody")
    assert nobody.get(sent).status_code == 200
    assert nobody.get("/brief/wrong/").status_code == 404
    day.speakers.filter(email="ada@example.org").delete()
    assert nobody.get(sent).status_code == 404
    assert nobody.get(sent + "brief.docx").status_code == 404


def test_what_is_refused(day: Event, event: Event, world: World):
    alice = world.person("alice")
    day.speakers.all().delete()
    with pytest.raises(ValidationError, match="e-mail address"):
        send_brief(by=alice, event=day)
    Event.objects.update(cancelled_on=timezone.localdate())
    with pytest.raises(ValidationError, match="cancelled"):
        send_brief(by=alice, event=Event.objects.get(pk=day.pk))
    Event.objects.update(cancelled_on=None, date=timezone.localdate() - DAY)
    with pytest.raises(ValidationError, match="over"):
        send_brief(by=alice, event=Event.objects.get(pk=day.pk))


def test_the_map_shows_need_on_the_first_topic_where_it_is_known_else_where_it_is(
    day: Event, world: World, opportunity
):
    for left, place in enumerate((world.northton, world.eastton)):
        path = f"M{100 * left} 0l100 0 0 100-100 0z"
        Outline.objects.create(
            place=place, path=path, left=100 * left, top=0, right=100 * left + 100, bottom=100
        )
    on = timezone.localdate()

    def map_of() -> str:
        return next(
            each for each in pack(world.person("nobody"), day, on).drawings if "Map" in each.about
        ).about

    choose_opportunity(by=world.person("alice"), event=day, opportunity=opportunity)
    assert map_of() == "Map: Eastton and Northton."
    for place, need in ((world.northton, 0.9), (world.eastton, 0.3)):
        Need.objects.create(place=place, theme_id="trusted-adult", need=need, certainty=0.7, worked_out_on=on)
    assert map_of() == "Map: Eastton: lower than most; Northton: very high."
    # What only stands for it has no colour.
    Need.objects.update(measured=Need.Measured.PROXY)
    assert map_of() == "Map: Eastton and Northton."


def test_the_word_file(day: Event, as_, come, world: World):
    come(day, world.school)
    answer = as_("alice").get(f"/events/{day.slug}/brief.docx")
    document = Document(io.BytesIO(answer.content))
    levels = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels == ["Heading 1", *["Heading 2"] * 12]
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["Time", "What", "Who"]
    # Northton has no outline here: no map, and the picture has a text of its own.
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr").startswith(
        "A table with those who are coming by sector: Education a few."
    )
    assert document.core_properties.language == "en-GB"
    assert {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert "what they share" in document.sections[0].footer.paragraphs[0].text


def test_it_takes_a_fixed_number_of_queries(day: Event, world: World, make_opportunity, agree, come, as_):
    alice, address = world.person("alice"), f"/events/{day.slug}/brief/"
    before = published_event(by=alice, footprint=world.north, name="Before", date=timezone.localdate())
    signed_in = as_("alice")

    def more(number: int) -> None:
        made = make_opportunity(f"k{number}")
        choose_opportunity(by=alice, event=day, opportunity=made)
        agree(goal=f"Goal {number}", event=before)
        come(day, world.school)
        add_speaker(by=alice, event=day, name=f"S{number}", job="Nurse", email=f"s{number}@example.org")
        running = Initiative.objects.create(name=f"Run {number}", slug=f"r{number}", partner=world.lantern)
        running.themes.add("trusted-adult")
        Offer.objects.create(
            name=f"Fund {number}", slug=f"f{number}", provider="T", kind="fund", marking="public"
        )

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get(address).status_code == 200
        return len(queries)

    more(0)
    one = cost()
    more(1)
    more(2)
    assert cost() == one
    assert one == 53
