"""“Since you were there”: one sourced page, on the screen and in Word."""

import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from joinedup.agreements.actions.agreement import start_agreement
from joinedup.agreements.models import Agreement, Progress
from joinedup.documents.sheet import Said, Sheet
from joinedup.events.models import Event
from joinedup.evidence.models import Figure
from joinedup.evidence.points import Point
from joinedup.places.models import Outline
from joinedup.results.queries import figures_since
from joinedup.results.queries.result_sheet import since_sheet
from joinedup.support.models import Offer
from joinedup.voice.models import Contribution, Conversation, Host
from tests.world import World

DAY = datetime.timedelta(days=1)


@pytest.fixture
def over(event: Event) -> Event:
    Event.objects.filter(pk=event.pk).update(date=timezone.localdate() - 300 * DAY)
    return Event.objects.select_related("footprint", "programme").get(pk=event.pk)


@pytest.fixture
def due(over: Event, agree) -> Any:
    def due(goal: str, state: str = "agreed", days: int = 60, **parts: Any) -> Agreement:
        made = agree(goal=goal, event=over, **parts)
        Agreement.objects.filter(pk=made.pk).update(state=state, due=timezone.localdate() - days * DAY)
        if state != "agreed":
            on = timezone.localdate() - 40 * DAY
            Progress.objects.create(agreement=made, on=on, state=state, text=f"Report on {goal}", by="B")
        return made

    return due


def sheet(world: World, who: str, event: Event) -> Sheet:
    return since_sheet(world.person(who), event, timezone.localdate())


def words(sheet: Sheet, heading: str) -> list[str]:
    return [said.text for section in sheet.shown if section.heading == heading for said in section.said]


def test_what_it_says(over, world: World, due, as_):
    due("Mentors", "kept")
    due("Buses")
    agreed = due("Clubs", days=-90)
    started = start_agreement(by=world.person("bob"), agreement=agreed)
    offer = Offer.objects.create(
        name="Open fund", slug="open-fund", provider="The Trust", kind="fund", marking="public"
    )
    started.offers.add(offer)
    found = sheet(world, "nobody", over)
    assert words(found, "What was agreed") == ["3 agreements: Mentoring and a trusted adult (3)."]
    counts, share = words(found, "How they stand")
    assert counts == "1 kept, 2 on the way, 0 not kept, 0 dropped by agreement."
    assert share == "Of the 2 due so far, 50% are kept; counted by what was at stake: 50%."
    examples = words(found, "Three examples")
    assert examples[0] == ("Mentors, in Northton: a partner (vcs) sees to it. Kept. Report on Mentors.")
    assert words(found, "Support taken up") == ["Open fund, from The Trust."]
    (late,) = words(found, "What is past its day")
    assert late.startswith("Buses: was due ")
    assert late.endswith(f"{(timezone.localdate() - 60 * DAY).year}.")
    nothing_of_a_body = ["Which one thing from that day should partners agree on now?"]
    for who in ("nobody", "charlie"):
        assert words(sheet(world, who, over), "What you could ask next") == nothing_of_a_body
    inside = words(sheet(world, "bob", over), "What you could ask next")
    assert [each for each in inside if "learn from “Mentors” that other places could use?" in each]
    assert [each for each in inside if "still need for “Clubs”?" in each]
    page = as_("bob").get(f"/events/{over.slug}/since/").content.decode()
    assert "Lantern Youth (Youth work manager)" in page
    assert "not for publication" in page


def test_every_sentence_says_where_it_comes_from(over, world: World, due, as_):
    due("Mentors", "kept")
    due("Buses")
    nobody, plain = as_("nobody"), []
    for section in sheet(world, "nobody", over).shown:
        for said in section.said:
            if not said.link:
                plain.append(said.text)
                continue
            assert nobody.get(said.link).status_code == 200, said
            assert "".join(text for text, _link in said.pieces()).startswith(said.text)
    assert plain == []


def test_the_public_reads_what_is_public(over, world: World, due, as_):
    due("Secret", "kept", marking="partnership")
    not_kept = due("Hidden for now", "not_kept")
    Progress.objects.filter(agreement=not_kept).update(on=timezone.localdate())
    for who in ("nobody", "charlie"):
        page = as_(who).get(f"/events/{over.slug}/since/").content.decode()
        assert "Secret" not in page
        assert "Report on Hidden" not in page
        assert "0 not kept" in page
    page = as_("alice").get(f"/events/{over.slug}/since/").content.decode()
    assert "Secret" in page
    assert "1 not kept" in page


def test_nobody_outside_is_told_who_is_late_for_ten_working_days(over, world: World, due):
    due("Buses", days=5)
    heading = "What is past its day"
    assert words(sheet(world, "nobody", over), heading) == []
    assert len(words(sheet(world, "bob", over), heading)) == 1
    Agreement.objects.update(due=timezone.localdate() - 30 * DAY)
    assert len(words(sheet(world, "nobody", over), heading)) == 1


def test_a_withdrawn_quote_is_gone(over, world: World, as_):
    today = timezone.localdate()
    asked = Conversation.objects.create(
        event=over, slug="q", question="What helps?", opens=today, closes=today
    )
    host = Host.objects.create(conversation=asked, partner=world.school)
    for age, text in (("14-15", "Somebody who listens"), ("25+", "Words of an adult")):
        Contribution.objects.create(
            conversation=asked, host=host, text=text, state="shown", age_band=age, read_by="A", read_on=today
        )
    path = f"/events/{over.slug}/since/"
    page = as_("nobody").get(path).content.decode()
    assert "Somebody who listens" in page
    assert "Words of an adult" not in page
    Contribution.objects.update(state="withdrawn")
    assert "Somebody who listens" not in as_("nobody").get(path).content.decode()


def test_before_the_day_and_history(event: Event, as_):
    page = as_("nobody").get(f"/events/{event.slug}/since/").content.decode()
    assert "It has not taken place yet." in page
    Event.objects.create(programme=event.programme, slug="past", name="A past event", is_history=True)
    assert "Nothing public says" in as_("nobody").get("/events/past/since/").content.decode()
    assert as_("nobody").get("/events/none/since.docx").status_code == 404


def test_the_word_file(over, world: World, due, as_):
    due("Mentors", "kept")
    due("Buses")
    due("Secret", marking="partnership")
    answer = as_("nobody").get(f"/events/{over.slug}/since.docx")
    assert answer["Content-Disposition"].endswith(
        f'{over.slug}-since-{timezone.localdate().isoformat()}.docx"'
    )
    document = Document(io.BytesIO(answer.content))
    levels = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels == ["Heading 1", *["Heading 2"] * (len(levels) - 1)]
    assert len(levels) > 4
    text = "\n".join(p.text for p in document.paragraphs)
    assert "Since you were there: North meets" in text
    assert "Mentors" in text
    assert "Secret" not in text
    assert document.core_properties.language == "en-GB"
    assert {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert any("/agreements/" in each for each in targets)
    assert all(each.startswith("http") for each in targets)
    assert "What everybody may read." in document.sections[0].footer.paragraphs[0].text


def test_it_takes_a_fixed_number_of_queries(over, world: World, due, as_):
    address = f"/events/{over.slug}/since/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_("nobody").get(address).status_code == 200
        return len(queries)

    due("One", "kept")
    one = cost()
    due("Two")
    due("Three", "not_kept")
    assert cost() == one
    assert one <= 23


def test_pieces_put_the_link_on_its_words():
    assert Said("A goal, late", "/a/", "goal").pieces() == [("A ", ""), ("goal", "/a/"), (", late", "")]
    assert Said("A goal", "/a/", "The page").pieces() == [("A goal ", ""), ("The page", "/a/")]
    assert Said("A goal").pieces() == [("A goal", "")]


# Figures then and now.

MONTHS = [f"{year}-{month:02}" for year in range(2015, 2021) for month in range(1, 13)]


def rate(world: World, figure: Figure, period: str = "2020-06") -> Figure:
    figure.indicator, figure.period, figure.value = "violence-with-injury", period, 12.5
    return figure


def sums(first: float, second: float, changed: str = "2018-10") -> figures_since.Sums:
    """So many a month before a change and from it on, added up; missing where a month is not held."""

    def added(spans: Any) -> list[Point]:
        found = []
        for span in spans:
            there = [first if month < changed else second for month in span if month in MONTHS]
            whole = len(there) == len(span)
            found.append(Point(span[-1], sum(there) if whole else None, "number" if whole else "missing"))
        return found

    return added


def test_counts_then_and_now(world: World, figure: Figure):
    on = datetime.date(2018, 10, 8)
    found = figures_since.sentence(rate(world, figure), on, sums=sums(100, 80))
    assert found.endswith(
        ": 1,200 recorded in the 12 months to September 2018, 960 in the 12 months to June 2020: down 20% "
        "(Testland Police)."
    )
    assert "no clear change" in figures_since.sentence(rate(world, figure), on, sums=sums(2, 2.1))
    assert "up from none" in figures_since.sentence(rate(world, figure), on, sums=sums(0, 9))


@pytest.mark.parametrize(
    ("period", "on", "why"),
    [
        ("2019-03", datetime.date(2018, 10, 8), "too early to compare"),
        ("2020-06", datetime.date(2015, 6, 1), "not held in full"),
        ("2025", datetime.date(2018, 10, 8), "is not held"),
        ("2025-06", datetime.date(2018, 10, 8), "recorded has changed"),
    ],
)
def test_what_cannot_be_compared_says_why(
    world: World, figure: Figure, period: str, on: datetime.date, why: str
):
    found = figures_since.sentence(rate(world, figure, period), on, sums=sums(100, 80))
    assert why in found
    assert "down" not in found


def test_published_values_then_and_now(world: World, figure: Figure):
    figure.indicator, figure.period, figure.value = "permanent-exclusions", "2023/24", 0.2
    on, held = (
        datetime.date(2018, 10, 8),
        [Point("2017/18", 0.1, "number"), Point("2018/19", None, "suppressed")],
    )
    found = figures_since.sentence(figure, on, points=held)
    assert "in 2017/18, 0.20" in found
    assert "not held" in figures_since.sentence(figure, on)
    figure.period = "2017/18"
    assert "no newer figure" in figures_since.sentence(figure, on, points=held)


def test_the_page_shows_the_figure_with_its_caveat(over, world: World, due, figure: Figure, as_, monkeypatch):
    figure.indicator = next(
        slug for slug, each in figures_since.wording.by_slug().items() if "trusted-adult" in each.themes
    )
    figure.save()
    monkeypatch.setattr(figures_since, "series", lambda *a: [])
    monkeypatch.setattr(figures_since, "totals", lambda *a: [Point("2020-01", None, "missing")] * 2)
    due("Mentors", "kept")
    page = as_("nobody").get(f"/events/{over.slug}/since/").content.decode()
    assert f"/figures/{figure.pk}/" in page
    assert "not shown to be because of the event" in page


def test_a_bar_and_a_map_say_what_the_reader_may_know(over, world: World, due, as_):
    assert sheet(world, "nobody", over).drawings == []
    due("Mentors", "kept")
    due("Buses", "not_kept")
    due("Clubs", days=-90)
    Outline.objects.create(
        place=world.northton, path="M0 0l100 0 0 100-100 0z", left=0, top=0, right=100, bottom=100
    )
    told = {
        who: [each.about for each in sheet(world, who, over).drawings] for who in ("nobody", "charlie", "bob")
    }
    bar = "A bar of the agreements: 1 kept, 1 on the way, 1 not kept and 0 dropped by agreement."
    where = "Map: Northton: 3 agreements."
    assert told == {who: [where, bar] for who in told}
    page = as_("bob").get(f"/events/{over.slug}/since/").content.decode()
    assert f'aria-label="{bar}"' in page
    document = Document(io.BytesIO(as_("bob").get(f"/events/{over.slug}/since.docx").content))
    assert [each._inline.docPr.get("descr") for each in document.inline_shapes] == [where, bar]
