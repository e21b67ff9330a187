"""The brief on a page or two, as Word reads it."""

import datetime
import io
import zipfile

from docx.oxml.ns import qn
from docx.shared import Pt

from joinedup.evidence.models import Figure, Need
from joinedup.evidence.plain_words import highest_needs
from joinedup.firstrun.brief import brief
from joinedup.firstrun.queries import figures_of
from joinedup.firstrun.word import HEADER, as_word
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.documents import footprints_covering
from joinedup.partners.models import Partner
from joinedup.places.models import Outline, Place
from joinedup.places.queries import whole_counties_of
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector
from tests.firstrun.making import TODAY, make_figures, make_opportunity, opened, words_of
from tests.world import World

HEADINGS = [
    "Need",
    "Who is round the table, and whom to ask",
    "Already running",
    "Support open now",
    "Opportunities to work together, and the first step",
    "What is not known",
]
DAY = datetime.timedelta(days=1)


def made(world: World, who: str = "alice") -> bytes:
    return as_word(brief(world.person(who), world.north, TODAY))


def test_headings_table_footer_and_properties(world: World) -> None:
    make_figures(world.northton)
    document = opened(made(world))
    styles = {p.text: p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")}
    assert styles == {"North partnership: where we stand": "Heading 1"} | dict.fromkeys(HEADINGS, "Heading 2")
    (table,) = document.tables
    assert tuple(cell.text for cell in table.rows[0].cells) == HEADER
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr is None or row._tr.trPr.find(qn("w:tblHeader")) is None for row in table.rows[1:])
    rows = {row.cells[0].text: (row.cells[1].text, row.cells[2].text) for row in table.rows[1:]}
    assert rows["Education"] == ("Hilltop School", "Eastton")
    assert rows["Health"] == ("none recorded here", "everywhere")
    assert rows["Vcs"] == ("Lantern Youth", "")
    footer = document.sections[0].footer.paragraphs[0].text
    assert "Testland Police, Recorded crime" in footer
    assert f"{TODAY:%d/%m/%Y}" in footer
    core = document.core_properties
    assert (core.title, core.language, core.comments) == ("North partnership: brief", "en-GB", "")
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_a_whole_file_without_links_to_elsewhere(world: World) -> None:
    with zipfile.ZipFile(io.BytesIO(made(world))) as archive:
        assert archive.testzip() is None
        assert "word/document.xml" in archive.namelist()
        assert all(b'TargetMode="External"' not in archive.read(name) for name in archive.namelist())


def test_need_in_sentences_with_figures_and_without(world: World) -> None:
    make_figures(world.northton, value=12.3)
    make_figures(world.eastton, value=4.5)
    text = words_of(opened(made(world)))
    assert "need is highest on mentoring and a trusted adult (very high in Eastton and Northton)." in text
    assert "Highest among them: Violence with injury in Northton: 12.3" in text
    assert "(Testland Police)" in text
    Figure.objects.filter(place=world.eastton).delete()
    text = words_of(opened(made(world)))
    assert "No figures on violence with injury for Eastton." in text
    assert "There are no figures for Eastton." in text
    Figure.objects.all().delete()
    world.northton.needs.all().delete()
    world.eastton.needs.all().delete()
    text = words_of(opened(made(world)))
    assert "is not known: no figures are held" in text
    assert "There are no figures for Eastton and Northton." in text
    assert "no figures are held for this area" in opened(made(world)).sections[0].footer.paragraphs[0].text


def test_the_highest_is_named_only_where_its_interval_lies_apart(world: World) -> None:
    make_figures(world.northton, value=12.3)
    make_figures(world.eastton, value=11.9)
    text = words_of(opened(made(world)))
    assert "Highest" not in text
    assert "Lowest" not in text
    assert "One figure: Violence with injury in Northton: 12.3" in text
    # Nor where the months are others.
    Figure.objects.filter(place=world.eastton).update(value=1.0, low=0.9, high=1.1, period="2025-01")
    assert "Highest" not in words_of(opened(made(world)))


def test_one_place_speaks_as_its_page_does(world: World) -> None:
    world.north.places.set([world.northton])
    make_figures(world.northton)
    text = words_of(opened(made(world)))
    assert "need in Northton is highest on mentoring and a trusted adult (very high)." in text
    assert "Violence with injury in Northton: 12.3" in text


def test_what_runs_what_is_open_and_what_could_be_done(world: World) -> None:
    for n in range(7):
        Initiative.objects.create(name=f"Running {n}", slug=f"r{n}", partner=world.lantern)
    Initiative.objects.create(name="Over long ago", slug="over", partner=world.lantern, ends=TODAY - DAY)
    Offer.objects.create(
        name="Open grant",
        slug="o",
        provider="A Foundation",
        kind="fund",
        closes=datetime.date(2090, 10, 8),
        marking="public",
    )
    Offer.objects.create(
        name="Shut grant", slug="s", provider="A", kind="fund", closes=TODAY - DAY, marking="public"
    )
    for n in range(7):
        make_opportunity(world, n).parties.add(world.lantern)
    text = words_of(opened(made(world)))
    assert text.count("Running ") == 5
    assert "and 2 more" in text
    assert "Over long ago" not in text
    assert (
        "Open grant (A Foundation, closes 8 October 2090), ask the publisher who may use it: check first that it is "
        "still open"
    ) in text
    assert "Shut grant" not in text
    assert text.count("First step: Ring each other") == 5


def test_it_says_what_bodies_have_not_confirmed_themselves(world: World) -> None:
    Initiative.objects.create(
        name="Clubs", slug="clubs", partner=world.lantern, came="list", came_by="coordinator", came_on=TODAY
    )
    Initiative.objects.create(name="Walks", slug="walks", partner=world.lantern, confirmed_on=TODAY)
    assert "have not confirmed" not in words_of(opened(made(world)))
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=None)
    Partner.objects.filter(pk=world.police.pk).update(confirmed_on=None, came="lookups")
    text = words_of(opened(made(world)))
    day = f"{TODAY.day} {TODAY:%B %Y}"
    told = f"brought in by the coordinator from a spreadsheet or list on {day}, not yet confirmed by the body"
    assert f"Clubs (Lantern Youth): {told}" in text
    assert "Walks (Lantern Youth):" not in text
    assert (
        "2 of the 3 partners have not confirmed within a year what is recorded of them (1 proposed from public "
        "look-ups)."
    ) in text


def test_nothing_recorded_is_said_not_left_out(world: World) -> None:
    text = words_of(opened(made(world)))
    for sentence in (
        "Nothing is recorded here yet: ask each partner for one line.",
        "None recorded that is open for this area today.",
        "Not looked for yet.",
        "no record is not no action",
    ):
        assert sentence in text


def test_what_the_reader_may_not_see_is_not_in_it(world: World) -> None:
    Initiative.objects.create(name="HIDDEN named", slug="h1", partner=world.lantern, marking="named")
    Initiative.objects.create(name="HIDDEN south", slug="h2", partner=world.harbour)
    Opportunity.objects.create(
        key="h", footprint=world.north, audience="partnership", marking="named", kind="join",
        place=world.northton, score=99, sentence="HIDDEN overlap", first_seen=TODAY, last_seen=TODAY,
    )  # fmt: skip
    assert "HIDDEN" not in words_of(opened(made(world)))


def test_the_highest_need_is_said_first_and_what_is_left_out_is_counted(world: World) -> None:
    """A theme that is very high in one place comes before one that is high in two."""
    for n, (slug, north, east) in enumerate(
        [("weapon-carrying", 0.7, 0.65), ("school-exclusion", 0.3, 0.95), ("trusted-adult", 0.9, 0.7)]
    ):
        for place, need in ((world.northton, north), (world.eastton, east)):
            Need.objects.create(
                place=place, theme_id=slug, need=need, certainty=0.8, worked_out_on=TODAY,
                among="boroughs in London", compared=32 + n,
            )  # fmt: skip
    needs = [(each.place.name, each) for each in Need.objects.select_related("place", "theme")]
    assert highest_needs(needs, 2, 3) == (
        "need is highest on suspension, exclusion, managed moves (very high in Eastton); and mentoring and a trusted "
        "adult (very high in Northton and high in Eastton). It is high on 1 more theme."
    )
    text = words_of(opened(made(world)))
    assert "Compared with the other boroughs in London, need is highest on suspension" in text
    assert "weapon carrying (high in Northton and Eastton)." in text


def test_what_is_published_for_a_county_that_is_covered_whole_is_said_once(world: World) -> None:
    county = Place.objects.create(code="E10000999", name="Testshire", kind="county", vintage=2024)
    districts = [
        Place.objects.create(
            code=f"E0700099{n}", name=name, kind="local_authority", parent=county, vintage=2024
        )
        for n, name in enumerate(("Low Vale", "High Vale"))
    ]
    world.north.places.set(districts)
    Need.objects.create(
        place=county, theme_id="school-exclusion", need=0.9, certainty=0.8, worked_out_on=TODAY,
        among="county councils in England", compared=21,
    )  # fmt: skip
    text = words_of(opened(made(world)))
    assert (
        "Compared with the other county councils in England, need is highest on suspension, exclusion, managed moves "
        "(very high in the county of Testshire)."
    ) in text
    assert "published for the county of Testshire, not for districts" in text
    (whole,) = figures_of(districts)
    assert (whole.place, whole.is_whole, whole.districts) == (county, True, districts)
    assert [each.place for each in figures_of(districts[:1])] == districts[:1]
    assert whole_counties_of([districts, districts[1:], []]) == [[county], [], []]
    assert list(footprints_covering(county)) == [world.north]


def test_nobody_is_blamed_before_anybody_could_confirm(world: World) -> None:
    Partner.objects.update(confirmed_on=None, came="lookups")
    text = words_of(opened(made(world)))
    assert "No partner has confirmed its record yet: ask each to read it." in text
    assert "within a year" not in text


def test_a_list_that_was_looked_for_and_is_empty_says_so(world: World) -> None:
    Run.objects.create(footprint=world.north, audience="partnership", as_of=TODAY)
    text = words_of(opened(made(world)))
    assert f"None found in what was recorded on {TODAY.day} {TODAY:%B %Y}" in text


def test_it_stays_within_two_pages_and_can_be_read(world: World) -> None:
    """Lines of 11-point Arial on A4 as Word would break them: about 95 letters a line, 52 lines a page."""
    make_figures(world.northton)
    make_figures(world.eastton)
    for n in range(6):
        Initiative.objects.create(
            name=f"A piece of local action number {n}", slug=f"r{n}", partner=world.lantern
        )
        long = "Two partners could work together on this. " * 4
        opportunity = make_opportunity(world, n, long, "Ring each other and agree a day to meet. " * 3)
        opportunity.parties.add(world.lantern)
    document = opened(made(world))
    lines = sum(1 + len(p.text) // 95 + p.style.name.startswith("Heading") * 0.6 for p in document.paragraphs)
    lines += sum(
        1 + max(len(cell.text) / (26, 50, 24)[n] for n, cell in enumerate(row.cells)) // 1
        for row in document.tables[0].rows
    )
    # A line is 0.45 cm high.
    lines += max(each.height.cm for each in document.inline_shapes) / 0.45
    assert lines <= 2 * 52
    assert document.styles["Normal"].font.size == document.styles["List Bullet"].font.size == Pt(11)
    cells = [run for row in document.tables[0].rows for cell in row.cells for run in cell.paragraphs[0].runs]
    assert {run.font.size for run in cells} == {Pt(10)}


def test_support_says_for_whom_it_is_as_published_and_what_the_law_requires(world: World) -> None:
    Offer.objects.create(
        name="Duty guidance", slug="d", provider="Home Office", kind="guidance", marking="public",
        who_may_use="Specified authorities.", is_required_by_law=True,
    )  # fmt: skip
    text = words_of(opened(made(world)))
    assert "Duty guidance (Home Office, required by law), for: Specified authorities: check first" in text
    assert "any sector" not in text


def test_need_that_is_too_uncertain_is_not_said(world: World) -> None:
    make_figures(world.northton, value=12.3)
    make_figures(world.eastton, value=4.5)
    Need.objects.update(certainty=0.09)
    text = words_of(opened(made(world)))
    assert "How much need there is here is not known" in text
    assert "need is high" not in text


def test_action_without_a_theme_leaves_no_theme_without_action(world: World) -> None:
    assert "Nobody is recorded as working on: " in words_of(opened(made(world)))
    made_action = Initiative.objects.create(name="Evenings", slug="evenings", partner=world.lantern)
    for _ in range(2):
        text = words_of(opened(made(world)))
        assert "Nobody is recorded as working on" not in text
        assert (
            "1 piece of local action does not say its theme, so whether anybody works on these has to be asked"
            in text
        )
        made_action.places.add(world.ward)


def test_a_map_and_a_picture_say_in_words_what_they_show(world: World) -> None:
    make_figures(world.northton, value=12.3)
    make_figures(world.eastton, value=4.5)
    Figure.objects.filter(place=world.northton).update(percentile=0.9)
    Figure.objects.filter(place=world.eastton).update(percentile=0.1)
    for left, place in enumerate((world.northton, world.eastton)):
        path = f"M{100 * left} 0l100 0 0 100-100 0z"
        Outline.objects.create(
            place=place, path=path, left=100 * left, top=0, right=100 * left + 100, bottom=100
        )
    document = opened(made(world))
    told = [each._inline.docPr.get("descr") for each in document.inline_shapes]
    assert told[0] == "Map: Eastton: 4.5; Northton: 12.3."
    assert told[1].startswith(
        "A table with the partners by sector: Police 1, Education 1 and Vcs 1. Empty chairs"
    )
    (caption,) = (p.text for p in document.paragraphs if p.text.startswith("Left: "))
    left, right = caption.split(" Right: ")
    assert left.startswith("Left: Violence with injury, per 1,000 residents, ")
    assert "(Testland Police)" in left
    assert f"as recorded on {TODAY.day} {TODAY:%B %Y}" in right
    # One place is shown where it is, and compared with nothing.
    world.north.places.set([world.northton])
    told = [each._inline.docPr.get("descr") for each in opened(made(world)).inline_shapes]
    assert told[0] == "Map: Northton. Near it: Eastton."


def test_of_sectors_that_the_law_names_nothing_is_called_missing(world: World) -> None:
    Sector.objects.filter(slug="health").update(duty="specified (integrated care board)")
    (table,) = opened(made(world)).tables
    rows = {row.cells[0].text: row.cells[1].text for row in table.rows[1:]}
    assert rows["Health"] == "ask first what is already done"
    assert rows["Housing"] == "none recorded here"
