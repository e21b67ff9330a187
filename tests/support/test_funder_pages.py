"""Adding support from a funder's page: proposed with its words, stored only once it is confirmed."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.support.funder_pages import held_already, read_funder_page, said_again
from joinedup.support.models import Offer
from tests.engines.reading.test_funder_page import WHOLE
from tests.support.test_page_fetch import allowed, funder
from tests.support.test_pages import As, make_offer, text
from tests.world import World

__all__ = ["allowed", "funder"]
TODAY = timezone.localdate()
YEAR = TODAY.year + 1
PAGE = f"""Club Grants
City Trust offers up to £5,000 for mentoring.
Who can apply?
Charities in Northton.
Apply by 3 May {YEAR}.
"""
CONFIRMED = {
    "name": "Club Grants", "provider": "City Trust", "kind": "fund", "marking": "public", "sectors": ["vcs"],
    "closes": f"{YEAR}-05-03", "amount_max_gbp": "5000",
}  # fmt: skip


def test_each_proposal_stands_beside_the_words_it_was_read_from(world: World, as_: As) -> None:
    page = text(as_("alice").post("/support/read/", {"text": PAGE, "url": "https://trust.example/clubs"}))
    assert 'value="Club Grants"' in page
    assert f'value="{YEAR}-05-03"' in page
    assert f"Read from: “Apply by 3 May {YEAR}.”".replace("Read from: ", "") in page
    assert 'value="https://trust.example/clubs"' in page
    assert 'value="vcs" id="id_sectors_7" checked' in page
    assert f'<option value="{world.northton.pk}" selected>' in page
    assert (
        page.index("Read from the page")
        < page.index("Not found on the page")
        < page.index("More, if you want")
    )
    assert not Offer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nothing_is_stored_before_a_person_confirms_and_then_as_they_say(world: World, as_: As) -> None:
    as_("alice").post("/support/read/", {"text": PAGE})
    answer = as_("alice").post("/support/add/", CONFIRMED | {"name": "Club money", "said": "{}"})
    offer = Offer.objects.get()
    assert answer.url == f"/support/{offer.slug}/"
    assert (offer.name, offer.closes, offer.last_checked, offer.owner) == (
        "Club money",
        datetime.date(YEAR, 5, 3),
        TODAY,
        world.alice,
    )
    assert [each.action for each in AuditEntry.objects.all()] == ["offer.add"]


def test_a_wrong_form_keeps_the_words_that_were_read(world: World, as_: As) -> None:
    said = json.dumps({"closes": ["Apply by <3 May>", "no year"]})
    page = text(as_("alice").post("/support/add/", CONFIRMED | {"name": "", "said": said}))
    assert "This field is required." in page
    assert "Apply by &lt;3 May&gt;" in page
    assert "Look at this: no year." in page


@pytest.mark.parametrize("typed", ["", "[]", "{", "3", '{"closes": "x"}', "x" * 50_000, '{"a": [1, 2, 3]}'])
def test_words_that_were_tampered_with_are_left_out(typed: str) -> None:
    assert said_again(typed) == {}


def test_a_doubtful_day_is_marked(world: World, as_: As) -> None:
    page = text(as_("alice").post("/support/read/", {"text": f"A fund\nApply by 03/04/{YEAR}."}))
    assert f"Look at this: “03/04/{YEAR}” is read the British way, as 3 April {YEAR}." in page


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_others_may_not(world: World, as_: As, who: str) -> None:
    for method in ("get", "post"):
        assert getattr(as_(who), method)("/support/read/", {"text": PAGE}).status_code == 403
    assert as_("nobody").get("/support/read/").url.startswith("/account/login/")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "  ", "url": ""}, "Paste the text of the page."),
        ({"text": "", "url": "https://trust.example/"}, "does not open pages itself"),
        ({"text": "", "url": "not an address"}, "Enter a valid URL."),
    ],
)
def test_what_cannot_be_read_says_why(world: World, as_: As, given: dict[str, str], words: str) -> None:
    page = text(as_("alice").post("/support/read/", given))
    assert words in page
    assert given["url"] in page


def test_a_link_is_opened_where_the_installation_allows_it(
    world: World, as_: As, allowed: Any, funder: str
) -> None:
    assert "this site opens the page" in text(as_("alice").get("/support/read/"))
    page = text(as_("alice").post("/support/read/", {"url": f"{funder}/"}))
    assert 'value="Club Fund"' in page
    refused = text(as_("alice").post("/support/read/", {"url": f"{funder}/large"}))
    assert "larger than 2 MB" in refused
    assert f'value="{funder}/large"' in refused


@pytest.mark.parametrize(
    ("name", "url", "held"),
    [
        ("Club Grants", "", True),
        ("The club  grants", "", True),
        ("Club Grant", "", True),
        ("Boxing Club Grants", "", False),
        ("Other", "http://WWW.trust.example/clubs/", True),
        ("Other", "https://trust.example/", False),
    ],
)
def test_what_is_held_already(world: World, name: str, url: str, held: bool) -> None:
    make_offer("Club Grants", url="https://trust.example/clubs")
    assert bool(held_already(world.person("alice"), name, "City Trust", url)) is held


def test_a_double_is_said_and_can_be_updated(world: World, as_: As) -> None:
    old = make_offer(
        "Club Grants",
        footprint=world.north,
        purpose="Kept words",
        basis="closed",
        last_checked=None,
        themes=["trusted-adult"],
    )
    alice = as_("alice")
    page = text(alice.post("/support/read/", {"text": PAGE}))
    assert "Already held:" in page
    assert "Update it?" in page
    again = text(alice.post("/support/add/", CONFIRMED))
    assert "Already held:" in again
    assert Offer.objects.count() == 1
    merged = text(alice.post("/support/add/", CONFIRMED | {"instead": old.slug, "purpose": ""}))
    assert "Kept words" in merged
    assert f'value="{YEAR}-05-03"' in merged
    assert f'name="held" value="{old.slug}"' in merged
    assert not AuditEntry.objects.exists()
    done = alice.post(
        "/support/add/", CONFIRMED | {"held": old.slug, "purpose": "Kept words", "basis": "dated"}
    )
    assert done.url == f"/support/{old.slug}/"
    old.refresh_from_db()
    assert (old.closes, old.purpose, old.last_checked) == (datetime.date(YEAR, 5, 3), "Kept words", TODAY)
    assert [each.action for each in AuditEntry.objects.all()] == ["offer.change"]


def test_a_double_that_others_keep_is_said_and_not_changed(world: World, as_: As) -> None:
    old = make_offer("Club Grants")
    page = text(as_("alice").post("/support/add/", CONFIRMED))
    assert "Others keep it:" in page
    assert f"/support/{old.slug}/correct/" in page
    assert 'name="instead"' not in page
    assert as_("alice").post("/support/add/", CONFIRMED | {"held": old.slug}).status_code == 403
    as_("alice").post("/support/add/", CONFIRMED | {"another": "1"})
    assert Offer.objects.count() == 2


def test_what_somebody_may_not_see_is_not_said_to_be_held(world: World, as_: As) -> None:
    hidden = make_offer(
        "Club Grants", provider_partner=world.harbour, footprint=world.south, marking="partnership"
    )
    assert held_already(world.person("alice"), "Club Grants", "City Trust", "") == []
    assert "Already held" not in text(as_("alice").post("/support/read/", {"text": PAGE}))
    assert as_("alice").post("/support/add/", CONFIRMED | {"held": hidden.slug}).status_code == 404


def test_a_page_of_five_megabytes_with_scripts(world: World, as_: As) -> None:
    source = (
        "<html><title>Club Grants</title><script>alert('</p>')</script><p onclick='x'>Apply by 3 May "
        f"{YEAR}.</p><img src=x onerror=alert(1)>"
        + "<p>&lt;script&gt;alert(2)&lt;/script&gt; words</p>"
        * 110_000
    )
    assert len(source) > 5_000_000
    page = text(as_("alice").post("/support/read/", {"text": source}))
    assert f'value="{YEAR}-05-03"' in page
    assert "only its beginning was read" in page
    assert "<script>alert" not in page
    assert "onerror" not in page
    assert len(page) < 200_000


def test_it_reads_a_whole_page_into_the_fields_of_the_form(world: World) -> None:
    read = read_funder_page(WHOLE, "", datetime.date(2026, 11, 30))
    assert read.initial["places"] == [world.northton.pk, world.eastton.pk]
    assert read.initial["themes"] == ["trusted-adult", "weapon-carrying"]
    assert read.initial.keys() - {"source"} == read.said.keys()
    assert read.initial["source"] == "The funder's page, read on 30 November 2026."


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(world: World, as_: As, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make_offer(f"Fund {number}")
    browser = as_("alice")
    with django_assert_num_queries(12):
        browser.post("/support/read/", {"text": PAGE})
