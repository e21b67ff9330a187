"""Pages of visits and practice cards: who sees what, what an outsider must not find, how many queries."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.evidence.models import Need
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.visits.actions import change_visit
from joinedup.visits.models import PracticeCard, Visit
from tests.world import World, make_partner

LISTS = ["/practice/", "/practice.csv", "/practice.json", "/visits/", "/search/?q=Quietly"]
OUTSIDERS = ["nobody", "charlie"]


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def hidden(tell, visit: Visit, world: World) -> PracticeCard:
    """A public card that leans on what is not, and beside it a card and a visit of the partnership."""
    action = Initiative.objects.create(name="Quietly run", slug="quiet", partner=world.lantern)
    quiet = Visit.objects.create(
        programme=visit.programme, footprint=world.north, place=world.southton, slug="quiet", name="Quietly there",
        host=world.lantern, safeguarding_lead="Lead",
    )  # fmt: skip
    tell(title="Quietly done", place=world.southton, visit=visit)
    return tell(title="Openly done", marking="public", initiative=action, visit=quiet)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsider_finds_what_is_public_and_nothing_else(hidden: PracticeCard, world: World, as_, who: str):
    browser = as_(who)
    pages = [*LISTS, f"/practice/{hidden.slug}/", "/visits/a-day-in-eastton/", "/places/E09000993/",
             "/practice/?like=E09000993", "/practice/?q=Quietly", "/programmes/visits/"]  # fmt: skip
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        for words in ("Quietly done", "Quietly run", "Quietly there", "Lantern Youth", "Alice"):
            assert words not in text(answer), (page, words)
    assert "1 practice card<" in text(browser.get("/practice/"))
    for page in ("/practice/quietly-done/", "/visits/quiet/"):
        assert browser.get(page).status_code == 404
    for page in ("/practice/quietly-done/edit/", "/practice/quietly-done/confirm/", "/visits/quiet/edit/",
                 f"/practice/{hidden.slug}/edit/", f"/practice/{hidden.slug}/confirm/"):  # fmt: skip
        for answer in (browser.get(page), browser.post(page, {"title": "x"})):
            assert answer.status_code == (302 if who == "nobody" else 404), page
    assert AuditEntry.objects.filter(action__in=["practice.change", "practice.confirm"]).count() == 0


def test_the_data_could_leak(hidden: PracticeCard, as_):
    alice = as_("alice")
    for page in LISTS:
        assert "Quietly" in text(alice.get(page)), page
    card = text(alice.get(f"/practice/{hidden.slug}/"))
    for words in ("Quietly run", "Quietly there", "Lantern Youth", "Alice", "£21,000 a year"):
        assert words in card
    assert "Quietly done" in text(alice.get("/visits/a-day-in-eastton/"))


def test_the_visits_of_a_theme_are_not_betrayed(hidden: PracticeCard, as_):
    wanted = "/visits/?theme=school-exclusion"
    assert "A day in Eastton" not in text(as_("charlie").get(wanted))
    assert "A day in Eastton" in text(as_("bob").get(wanted))


def test_filters(tell, visit: Visit, world: World, as_):
    tell(title="First", visit=visit)
    tell(
        title="Second", themes=["trusted-adult"], level="primary", place=world.eastton, problem="A long wait"
    )
    bob = as_("bob")
    for wanted, found in (
        ("theme=trusted-adult", ["Second"]), ("level=secondary", ["First"]), ("place=E09000992", ["Second"]),
        ("q=LONG+wait", ["Second"]), ("place=E12000099", ["First", "Second"]), ("q=nothing", []),
        ("theme=none&level=x&place=none&like=none", ["First", "Second"]), ("like=E09000992", ["First", "Second"]),
        ("like=E09000992&theme=none", ["First", "Second"]),
    ):  # fmt: skip
        page = text(bob.get(f"/practice/?{wanted}"))
        assert [title for title in ("First", "Second") if f">{title}</a>" in page] == found, wanted
        rows = list(csv.reader(io.StringIO(bob.get(f"/practice.csv?{wanted}").content.decode("utf-8-sig"))))
        assert sorted(row[0] for row in rows[1:]) == found
        told = bob.get(f"/practice.json?{wanted}").json()["practice"]
        assert sorted(each["title"] for each in told) == found
    assert "No practice card that you may see fits" in text(bob.get("/practice/?q=nothing"))
    assert "A day in Eastton" in text(bob.get("/visits/?programme=visits&place=E09000992"))
    assert "No visit that you may see fits" in text(bob.get("/visits/?place=E09000993"))
    assert bob.get("/visits/?programme=%00&theme=x&page=z").status_code == 200


def test_a_card_is_told_in_the_browser(world: World, visit: Visit, parts, as_):
    bob = as_("bob")
    assert bob.get("/practice/add/?visit=%00").status_code == 200
    page = text(bob.get(f"/practice/add/?visit={visit.slug}"))
    assert f'<option value="{visit.pk}" selected>' in page
    sent = {**parts, "place": "E09000991", "partner": world.lantern.pk, "footprint": world.north.pk,
            "marking": "public"}  # fmt: skip
    page = text(bob.post("/practice/add/", sent | {"what_failed": " ", "themes": []}))
    assert "Say what did not work. If nothing has failed yet, write that: it cannot be left empty." in page
    assert "Choose at least one theme" in page
    assert "Half as many were sent home twice" in page
    assert not PracticeCard.objects.exists()
    assert bob.post("/practice/add/", sent | {"partner": world.school.pk}).status_code == 200
    assert bob.post("/practice/add/", sent).status_code == 302
    card = PracticeCard.objects.get()
    assert (card.marking, card.footprint) == ("public", world.north)
    page = bob.post(f"/practice/{card.slug}/edit/", sent | {"title": "", "result": "Kept words"})
    assert "Kept words" in text(page)
    assert (
        bob.post(f"/practice/{card.slug}/edit/", sent | {"title": "New", "confirm": "on"}).status_code == 302
    )
    assert bob.get(f"/practice/{card.slug}/confirm/").status_code == 200
    assert bob.post(f"/practice/{card.slug}/confirm/").status_code == 302
    assert [
        each.action for each in AuditEntry.objects.filter(action__startswith="practice").order_by("pk")
    ] == [
        "practice.add",
        "practice.change",
        "practice.confirm",
    ]
    assert "changed it" in text(bob.get(f"/practice/{card.slug}/"))


def test_a_visit_is_kept_in_the_browser(world: World, visit: Visit, as_):
    alice = as_("alice")
    for who in ("bob", "charlie", "admin"):
        assert as_(who).get("/visits/add/").status_code == 404
    assert as_("nobody").get("/visits/add/").status_code == 302
    sent = {"footprint": world.north.pk, "programme": visit.programme_id, "name": "A second day",
            "place": "E09000991", "date": "2027-03-04", "marking": "partnership"}  # fmt: skip
    page = text(alice.post("/visits/add/", sent))
    assert "Name who leads on safeguarding for the visit." in page
    assert "A second day" in page
    sent["safeguarding_lead"] = "Lead"
    assert alice.post("/visits/add/", sent | {"place": "E09000993"}).status_code == 200
    assert alice.post("/visits/add/", sent | {"footprint": world.south.pk}).status_code == 200
    assert alice.post("/visits/add/", sent).status_code == 302
    made = Visit.objects.get(name="A second day")
    assert alice.post(f"/visits/{made.slug}/edit/", sent | {"learned": "They ring first."}).status_code == 302
    assert "They ring first." in text(alice.get(f"/visits/{made.slug}/"))
    assert as_("charlie").get(f"/visits/{made.slug}/").status_code == 404
    page = text(as_("nobody").get("/visits/a-day-in-eastton/"))
    assert "None are taken unless each person agreed." in page
    assert "Add a practice card" not in page


def test_the_page_of_a_place_shows_what_others_do(tell, world: World, as_):
    assert "No practice card is shown to you yet" in text(as_("nobody").get("/places/E09000992/"))
    for place, need in ((world.northton, 0.9), (world.eastton, 0.85)):
        Need.objects.create(
            place=place,
            theme_id="school-exclusion",
            need=need,
            certainty=1,
            worked_out_on=timezone.localdate(),
        )
    tell(marking="public")
    page = text(as_("nobody").get("/places/E09000992/"))
    assert (
        "Northton’s need on suspension, exclusion, managed moves is about as high as here: 0.90 against 0.85."
        in page
    )
    assert "/practice/?like=E09000992" in page


def test_stale_cards_say_so_and_formulas_do_not_run(tell, world: World, as_):
    card = tell(title="=1+1", marking="public")
    PracticeCard.objects.update(confirmed_on=None)
    Partner.objects.filter(pk=world.lantern.pk).update(marking="public")
    nobody = as_("nobody")
    assert "never confirmed" in text(nobody.get(f"/practice/{card.slug}/"))
    assert "'=1+1,Lantern Youth,Northton" in nobody.get("/practice.csv").content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/practice/", 11), ("/practice/?like=E09000993", 12), ("/practice.csv", 7), ("/practice.json", 7),
        ("/visits/", 10), ("/visits/a-day-in-eastton/", 9),
    ],
)  # fmt: skip
def test_as_many_queries_for_three_as_for_one(
    tell, visit: Visit, world: World, as_, django_assert_num_queries, address: str, queries: int
):
    def more(n: int) -> None:
        other = make_partner(f"Other {n}", "vcs", world.north, [], [])
        tell(
            title=f"Card {n}",
            partner=other,
            place=[world.eastton, world.ward, world.southton][n],
            visit=visit,
        )
        Visit.objects.create(
            programme=visit.programme,
            footprint=world.north,
            place=world.southton,
            slug=f"v{n}",
            name=f"V {n}",
        )

    bob = as_("bob")
    more(0)
    change_visit(by=world.person("alice"), visit=visit, learned="Something.")
    with django_assert_num_queries(queries):
        bob.get(address)
    more(1)
    more(2)
    with django_assert_num_queries(queries):
        bob.get(address)
