"""Pages of where and when: who sees what, what an outsider must not find, how many queries."""

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from joinedup.accounts.models import AuditEntry
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.initiatives.models import Initiative
from tests.clusters.making import Ground, a_scan, a_wider, neighbourhoods
from tests.world import World

NORTH = "/clusters/north/"


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def ground(world: World) -> Ground:
    return neighbourhoods(world)


@pytest.fixture
def found(ground: Ground, world: World) -> Cluster:
    """What is new in Northton, and beside it what is high in Eastton for its residents."""
    a_scan(world.north, kind="yearly", clusters=[ground.eastton[:2]])
    return a_scan(world.north, clusters=[ground.northton[:3]]).clusters.get()


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts by neighbourhood are held."""
    monkeypatch.setattr("joinedup.clusters.views.has_figures", lambda _: True)
    monkeypatch.setattr("joinedup.clusters.actions.has_figures", lambda _: True)


def every_page(cluster: Cluster, follower: Follower, outcome: Outcome) -> dict[str, str]:
    """Each address, and how it is asked."""
    scan = cluster.scan
    posts = [
        f"{NORTH}scan/", f"{NORTH}scans/{scan.pk}/stop/", f"{NORTH}follow/", f"{NORTH}unfollow/{follower.pk}/",
        f"{NORTH}{cluster.pk}/settle/", f"{NORTH}outcomes/{outcome.pk}/",
    ]  # fmt: skip
    gets = [
        NORTH, "/clusters/north.csv", f"{NORTH}neighbourhoods.csv", f"{NORTH}progress/", f"{NORTH}scans/{scan.pk}/",
        f"{NORTH}{cluster.pk}/",
    ]  # fmt: skip
    return dict.fromkeys(gets, "get") | dict.fromkeys(posts, "post")


@pytest.mark.parametrize("who", ["nobody", "charlie", "admin"])
def test_an_outsider_finds_nothing(found: Cluster, world: World, as_, who: str):
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    outcome = Outcome.objects.create(cluster=found, word="looked_at", by="Bob", by_user=world.bob)
    browser = as_(who)
    sent = {"word": "false_alarm", "kind": "monthly", "place": "E09000991"}
    for address, how in every_page(found, follower, outcome).items():
        answer = getattr(browser, how)(address, sent)
        assert answer.status_code == (302 if who == "nobody" else 404), address
        assert who != "nobody" or answer["Location"].startswith("/account/login/"), address
    assert (Outcome.objects.count(), Follower.objects.count()) == (1, 1)
    assert not Scan.objects.exclude(state="done").exists()
    for page in (
        "/places/E09000991/",
        "/places/E05099901/",
        "/places/E12000099/",
        "/opportunities/",
        "/search/?q=Mill",
    ):
        shown = text(browser.get(page))
        for words in ("where-and-when", "/clusters/north", "neighbourhoods in Northton"):
            assert words not in shown, (page, words)


def test_the_data_could_leak(found: Cluster, as_):
    bob = as_("bob")
    assert "where-and-when" in text(bob.get("/places/E09000991/"))
    for page in (NORTH, f"{NORTH}{found.pk}/", f"{NORTH}scans/{found.scan_id}/"):
        assert "3 neighbourhoods in Northton (Mill Ward)" in text(bob.get(page)), page
    assert "/clusters/" in text(bob.get("/opportunities/"))
    assert NORTH in text(bob.get("/work/"))


def test_the_answer_comes_first_and_its_caveat_stands_beside_it(found: Cluster, as_):
    page = text(as_("bob").get(NORTH))
    assert "1 thing is new in the figures to March 2026." in page
    assert "1 place stands out for the number of their residents from April 2024 to March 2026." in page
    assert page.index("1 thing is new") < page.index("<h2")
    for words in (
        "if cases rise everywhere at once, nothing stands out", "a city centre always stands out",
        "not a finding about the people", "since January 2026", "1 in 1,000", "once in 83 years",
        "not looked at yet", "2.3</td>", ">new<",
        "Recorded crime by neighbourhood, April 2024 to March 2026. OGL v3.0.", "4,321 offences in 12 neighbourhoods",
        "with seed 7, by version 1 of JoinedUp", "at most 10% of the offences",
        "at most 10% of the expected offences",
    ):  # fmt: skip
        assert words in page, words
    assert "Northton 001A" not in page


def test_nothing_new_says_how_the_best_stood(ground: Ground, world: World, as_):
    a_scan(world.north, lowest_p=0.25)
    page = text(as_("bob").get(NORTH))
    assert "Nothing new in the figures to March 2026." in page
    assert "stood out most would come by chance in 1 look in 4" in page


def test_what_goes_on_is_not_new(found: Cluster, ground: Ground, world: World, as_):
    later = a_scan(world.north, clusters=[{"areas": ground.northton[:4], "first": found}], last="2026-04")
    page = text(as_("bob").get(NORTH))
    assert "Nothing new in the figures to April 2026; what stood out before goes on." in page
    assert ">goes on<" in page
    assert f"{NORTH}scans/{found.scan_id}/" in page
    page = text(as_("bob").get(f"{NORTH}{later.clusters.get().pk}/"))
    assert "How it went on" in page
    assert page.index("Figures to March 2026") < page.index("Figures to April 2026")


def test_old_figures_are_called_neither_new_nor_now(
    found: Cluster, ground: Ground, world: World, as_, monkeypatch: pytest.MonkeyPatch
):
    """Nine months after their last month, on every page that speaks of a cluster."""
    monkeypatch.setattr("joinedup.clusters.looks.today", lambda: datetime.date(2026, 12, 20))
    a_scan(world.north, days_ago=40, clusters=[ground.eastton[:2]])
    on = timezone.localdate(found.scan.ended_at)
    held = f"figures to March 2026, the newest held on {on.day} {on:%B %Y}"
    bob = as_("bob")
    for address in (NORTH, f"{NORTH}scans/{found.scan_id}/", f"{NORTH}{found.pk}/"):
        page = text(bob.get(address))
        said = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
        assert f"in {held}" in said, address
        assert "figures to March 2026" in said, address
        assert not re.search(r"\b(new|now|lately|since)\b", said, re.IGNORECASE), address


def test_an_empty_page_says_what_to_do_and_who_may(world: World, as_, figures: None):
    assert "Ask for the first look" in text(as_("alice").get(NORTH))
    page = text(as_("bob").get(NORTH))
    assert "The coordinator of the partnership may ask for the first look" in page
    assert f"{NORTH}scan/" not in page
    assert "No alert in the last 12 months" in page


def test_without_figures_there_is_nothing_to_ask_for(world: World, as_):
    page = text(as_("alice").get(NORTH))
    assert "no counts by neighbourhood are held for this partnership" in page
    assert f"{NORTH}scan/" not in page
    answer = as_("alice").post(f"{NORTH}scan/", {"kind": "monthly"}, follow=True)
    assert "No counts of violence by neighbourhood are held" in text(answer)


def test_a_look_is_asked_for_watched_and_stopped(world: World, as_, figures: None):
    alice, bob = as_("alice"), as_("bob")
    assert bob.post(f"{NORTH}scan/", {"kind": "monthly"}).status_code == 403
    assert "Choose which look" in text(alice.post(f"{NORTH}scan/", {"kind": "x"}, follow=True))
    page = text(alice.post(f"{NORTH}scan/", {"kind": "monthly"}, follow=True))
    assert "A monthly look waits for the worker. Asked for by Alice" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "progress.js" in page
    scan = Scan.objects.get()
    Scan.objects.update(state="running", done=0.426)
    page = text(bob.get(f"{NORTH}progress/"))
    assert "is running: 43% done." in page
    assert "/stop/" not in page
    assert "/stop/" in text(alice.get(f"{NORTH}progress/"))
    assert bob.post(f"{NORTH}scans/{scan.pk}/stop/").status_code == 403
    page = text(alice.post(f"{NORTH}scans/{scan.pk}/stop/", follow=True))
    assert "Stopped by Alice" in page
    assert "<noscript>" not in page
    assert "It has ended already." in text(alice.post(f"{NORTH}scans/{scan.pk}/stop/", follow=True))


def test_what_became_of_it_is_recorded_and_taken_back(found: Cluster, world: World, as_):
    page = f"{NORTH}{found.pk}/"
    bob, alice = as_("bob"), as_("alice")
    assert "Choose what became of it." in text(bob.post(f"{page}settle/", {"note": "kept words"}))
    wrong = text(bob.post(f"{page}settle/", {"word": "acted_on"}))
    assert "Say what was done, or choose the local action that does it." in wrong
    mentors = Initiative.objects.create(
        name="Mentors", slug="mentors", partner=world.school, marking="partnership"
    )
    other = Initiative.objects.create(
        name="Elsewhere", slug="elsewhere", partner=world.harbour, marking="public"
    )
    assert bob.post(f"{page}settle/", {"word": "acted_on", "initiative": other.pk}).status_code == 200
    assert not Outcome.objects.exists()
    sent = {"word": "acted_on", "initiative": mentors.pk, "note": "Mentors on <Fridays>"}
    assert "Recorded." in text(bob.post(f"{page}settle/", sent, follow=True))
    shown = text(alice.get(page))
    for words in ("Acted on", "Mentors on &lt;Fridays&gt;", "/initiatives/mentors/", "Bob,"):
        assert words in shown
    assert "acted on</td>" in text(bob.get(NORTH))
    alice.post(f"{page}settle/", {"word": "false_alarm"})
    newest = Outcome.objects.first()
    assert newest is not None
    assert "There was 1 alert in the last 12 months. 1 was a false alarm." in text(bob.get(NORTH))
    assert bob.post(f"{NORTH}outcomes/{newest.pk}/").status_code == 403
    assert "Taken back." in text(alice.post(f"{NORTH}outcomes/{newest.pk}/", follow=True))
    assert "There was 1 alert in the last 12 months. No false alarm is recorded." in text(bob.get(NORTH))
    assert AuditEntry.objects.filter(action__startswith="cluster.").count() == 3


def test_a_local_action_that_a_reader_may_not_see_is_not_named(found: Cluster, world: World, as_):
    quiet = Initiative.objects.create(name="Quiet club", slug="quiet", partner=world.school, marking="named")
    Outcome.objects.create(cluster=found, word="acted_on", initiative=quiet, by="Alice", by_user=world.alice)
    assert "Quiet club" not in text(as_("bob").get(f"{NORTH}{found.pk}/"))
    quiet.named.add(world.lantern)
    assert "Quiet club" in text(as_("bob").get(f"{NORTH}{found.pk}/"))


def test_a_lead_reads_and_follows_and_settles_nothing(found: Cluster, as_):
    lead = as_("lead")
    page = text(lead.get(f"{NORTH}{found.pk}/"))
    assert "/settle/" not in page
    assert lead.post(f"{NORTH}{found.pk}/settle/", {"word": "false_alarm"}).status_code == 403
    assert lead.post(f"{NORTH}scan/", {"kind": "monthly"}).status_code == 403
    assert lead.post(f"{NORTH}follow/").status_code == 302
    choice = text(lead.get("/clusters/"))
    assert NORTH in choice
    assert "/clusters/south/" in choice


def test_following_and_not(found: Cluster, world: World, ground: Ground, as_):
    bob = as_("bob")
    page = text(bob.post(f"{NORTH}follow/", {"place": ""}, follow=True))
    follower = Follower.objects.get()
    assert f"/clusters/feed/{follower.token}/" in page
    assert follower.token not in text(as_("alice").get(NORTH))
    assert "Choose a place of this partnership." in text(
        bob.post(f"{NORTH}follow/", {"place": world.southton.pk}, follow=True)
    )
    answer = bob.post(f"{NORTH}follow/", {"place": world.ward.pk, "from": "place"})
    assert answer["Location"] == f"/places/{world.ward.pk}/#where-and-when"
    assert Follower.objects.count() == 2
    assert as_("alice").post(f"{NORTH}unfollow/{follower.pk}/").status_code == 404
    assert bob.post(f"{NORTH}unfollow/{follower.pk}/").status_code == 302
    assert Follower.objects.get().place == world.ward
    assert NORTH in text(bob.get("/clusters/"))


def test_the_files_hold_every_code(found: Cluster, ground: Ground, world: World, as_):
    a_wider(found.scan, 1, areas=[world.ward], beside=[found])
    rows = read(as_("bob").get("/clusters/north.csv"))
    assert [(row["Look"], row["Number"], row["Not in the look before"]) for row in rows] == [
        ("monthly", "1", "yes"),
        ("yearly", "1", "yes"),
    ]
    codes = [each.pk for each in ground.northton[:3]]
    assert rows[0]["Codes of the neighbourhoods"].split("; ") == codes
    assert (rows[0]["Authorities"], rows[0]["Wards"], rows[0]["Recorded"], rows[0]["p"]) == (
        "Northton",
        "Mill Ward",
        "46",
        "0.001",
    )
    years, wider = "Once in so many years by chance", "Seen over wider areas"
    assert [(row[years], row[wider]) for row in rows] == [
        ("83.33", "Also seen for the ward Mill Ward, from February 2026 to March 2026."),
        ("", ""),
    ]
    areas = read(as_("bob").get(f"{NORTH}neighbourhoods.csv?scan={found.scan_id}"))
    assert [(row["Code"], row["Ward"], row["Authority code"]) for row in areas] == [
        (code, "Mill Ward", "E09000991") for code in codes
    ]
    assert read(as_("bob").get("/clusters/north.csv?scan=99999999999999999999999")) == []


def read(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("number", [1, 3])
def test_a_fixed_number_of_queries(
    ground: Ground,
    world: World,
    as_,
    figures: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
):
    for each in range(number):
        a_scan(world.north, kind="yearly", days_ago=10 + each)
        a_scan(world.north, days_ago=30 + each, clusters=[ground.northton[:2]])
    scan = a_scan(world.north, clusters=[ground.north[each * 2 : each * 2 + 2] for each in range(number)])
    for cluster in scan.clusters.all():
        for _ in range(number):
            Outcome.objects.create(cluster=cluster, word="looked_at", by="Bob")
        a_wider(scan, cluster.rank, areas=[world.ward], beside=[cluster])
    bob = as_("bob")
    first = scan.clusters.first()
    assert first is not None
    for address, queries in (
        (NORTH, 21), (f"{NORTH}{first.pk}/", 17), (f"{NORTH}scans/{scan.pk}/", 14), ("/clusters/north.csv", 12),
        ("/places/E09000991/", 33),
    ):  # fmt: skip
        with django_assert_num_queries(queries):
            assert bob.get(address).status_code == 200
