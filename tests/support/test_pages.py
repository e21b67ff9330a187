"""The pages of support: the finder's answer, what is apart, who sees what."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector
from tests.world import World

As = Callable[[str], Client]
TODAY = datetime.date.today()
SECRET = "Quiet money"


def make_offer(name: str, **fields: Any) -> Offer:
    lists = {key: fields.pop(key, []) for key in ("sectors", "via_sectors", "themes", "places")}
    offer = Offer.objects.create(
        name=name,
        slug=fields.pop("slug", "") or name.lower().replace(" ", "-"),
        **{"provider": "City Trust", "kind": "fund", "marking": "public", "last_checked": TODAY}
        | ({"basis": "dated"} if fields.get("closes") else {})
        | fields,
    )
    for key, values in lists.items():
        getattr(offer, key).set(values)
    return offer


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


@pytest.fixture
def hidden(world: World) -> Offer:
    """Something only Lantern Youth's partnership may see."""
    return make_offer(SECRET, provider_partner=world.lantern, marking="partnership", closes=days(3))


def text(response: Any) -> str:
    return str(response.content.decode())


def in_order(page: str, *names: str) -> bool:
    found = [page.find(f">{name}<") for name in names]
    return -1 not in found and found == sorted(found)


def test_open_funds_come_first_by_closing_date_and_history_stands_below(world: World, as_: As) -> None:
    make_offer("Guide", kind="guidance", basis="standing")
    make_offer("Any time", basis="rolling")
    make_offer("No date")
    make_offer("Later", closes=days(30))
    make_offer("Soon", closes=days(2))
    make_offer("Gone", closes=days(-1))
    make_offer("Decided", basis="closed")
    page = text(as_("nobody").get("/support/"))
    assert in_order(page, "Soon", "Later", "Any time", "No date", "Guide", "Gone", "Decided")
    assert page.find("kept as history") < page.find(">Gone<")
    assert page.find(">Guide<") < page.find("kept as history")


def test_three_questions_give_the_answer(world: World, as_: As) -> None:
    make_offer("For us", sectors=["vcs"], places=[world.northton], themes=["trusted-adult"])
    make_offer("Through police", sectors=["vcs"], via_sectors=["police"], lead_only=True)
    make_offer("For schools", sectors=["education"])
    page = text(
        as_("nobody").get(
            "/support/", {"sector": "vcs", "place": world.northton.pk, "theme": "trusted-adult"}
        )
    )
    assert "You may use this." in page
    assert "Not directly: apply through Police." in page
    assert "It is for other sectors: Education." in page
    assert in_order(page, "For us", "Through police", "For schools")


def test_what_charities_may_not_apply_for_is_not_counted_as_perhaps_for_them(world: World, as_: As) -> None:
    """The column names charities as those who lead; the publisher's words say otherwise, and decide."""
    words = "Hospital trusts; charities may be named as delivery partner but may not apply"
    make_offer(
        "Hospital",
        who_may_use=words,
        sectors=["education"],
        via_sectors=["vcs"],
        lead_only=True,
        closes=days(3),
    )
    make_offer("Perhaps", closes=days(4))
    page = text(as_("bob").get("/support/", {"sector": "vcs"}))
    assert "1 for you, or that may be for you" in page
    assert in_order(page, "Perhaps", "Hospital")
    assert page.index('id="through"') < page.index(">Hospital<")
    assert "only these may apply" not in page
    page = text(as_("nobody").get("/support/hospital/?sector=education"))
    assert "apply through" not in page


def test_support_and_my_work_say_why_one_lists_more(world: World, as_: As) -> None:
    make_offer("Perhaps", closes=days(4))
    finder, work = "/support/?sector=vcs", "/work/"
    assert 'href="/work/#funds"' in text(as_("bob").get(finder))
    assert 'href="/work/#funds"' not in text(as_("nobody").get(finder))
    page = text(as_("bob").get(work))
    assert 'id="funds"' in page
    assert f'href="{finder}"' in page
    assert 'id="funds"' not in text(as_("alice").get(work)), "she speaks for no organisation"


def test_a_place_lies_in_its_region_and_its_police_force(world: World, as_: As) -> None:
    make_offer("Regional", places=["E12000099"])
    ask = {"place": world.northton.pk}
    assert "Who may use it is not known here: ask the publisher." in text(as_("nobody").get("/support/", ask))
    make_offer("Elsewhere", places=[world.southton])
    assert "It is for other places: Southton." in text(as_("nobody").get("/support/", ask))


def test_an_answer_nobody_offered_counts_as_not_given(world: World, as_: As) -> None:
    make_offer("For us", sectors=["vcs"])
    response = as_("nobody").get(
        "/support/", {"sector": "x' OR 1", "place": "zz", "kind": "gift", "page": "x"}
    )
    assert response.status_code == 200
    assert "For us" in text(response)


def test_kinds_can_be_told_apart(world: World, as_: As) -> None:
    make_offer("Money")
    make_offer("Reading", kind="guidance")
    page = text(as_("nobody").get("/support/", {"kind": "guidance"}))
    assert "Reading" in page
    assert "Money" not in page


@pytest.mark.parametrize(
    ("checked", "words"),
    [
        (None, "not yet checked; ask the funder before you rely on it"),
        (days(-100), "; ask the funder before you rely on it"),
        (TODAY, None),
    ],
)
def test_what_nobody_checked_for_three_months_says_so(
    world: World, as_: As, checked: datetime.date | None, words: str | None
) -> None:
    make_offer("Fund", last_checked=checked)
    listed, one = text(as_("nobody").get("/support/")), text(as_("nobody").get("/support/fund/"))
    assert (words is None) == ("ju-tag--stale" not in listed)
    assert (words is None) == ("Ask the funder before you rely on it" not in one)
    assert words is None or words in listed


def test_twenty_on_a_page_and_the_answers_survive_turning_it(world: World, as_: As) -> None:
    for number in range(21):
        make_offer(f"Fund {number:02}", closes=days(number))
    page = text(as_("nobody").get("/support/", {"sector": "vcs"}))
    assert "Fund 19" in page
    assert "Fund 20" not in page
    assert "?sector=vcs&amp;page=2" in page
    assert "Fund 20" in text(as_("nobody").get("/support/", {"sector": "vcs", "page": 2}))


def test_all_history_is_one_link_away(world: World, as_: As) -> None:
    for number in range(7):
        make_offer(f"Past {number}", basis="closed", closes=days(-number - 1))
    page = text(as_("nobody").get("/support/"))
    assert "Past 4" in page
    assert "Past 5" not in page
    assert "See all 7 kept as history" in page
    assert "Past 6" in text(as_("nobody").get("/support/", {"history": 1}))


@pytest.mark.parametrize(("name", "sees"), [("alice", True), ("bob", True), ("lead", True)])
def test_the_partnership_sees_what_it_shares(
    world: World, as_: As, hidden: Offer, name: str, sees: bool
) -> None:
    assert SECRET in text(as_(name).get("/support/"))
    assert SECRET in text(as_(name).get("/support.csv"))
    assert as_(name).get("/support/quiet-money/").status_code == 200


@pytest.mark.parametrize("name", ["charlie", "nobody"])
def test_others_see_nothing_of_it(world: World, as_: As, hidden: Offer, name: str) -> None:
    assert SECRET not in text(as_(name).get("/support.csv"))
    page = text(as_(name).get("/support/"))
    assert SECRET not in page
    assert "0 open" not in page
    assert as_(name).get("/support/quiet-money/").status_code == 404
    if name == "charlie":
        assert as_(name).get("/support/quiet-money/edit/").status_code == 404
        assert as_(name).post("/support/quiet-money/confirm/").status_code == 404


def test_the_page_of_an_offer_shows_users_only_to_who_may_see_them(world: World, as_: As) -> None:
    offer = make_offer("Fund", who_may_use="Small groups", source="A leaflet", provider_partner=world.lantern)
    for name, marking in (("Open club", "public"), ("Shared club", "partnership")):
        made = Initiative.objects.create(
            name=name, slug=name[:4].lower(), partner=world.lantern, marking=marking
        )
        made.offers.add(offer)
    seen_by_bob, seen_by_charlie = (text(as_(n).get("/support/fund/")) for n in ("bob", "charlie"))
    for words in ("Small groups", "A leaflet", "Open club"):
        assert words in seen_by_bob
        assert words in seen_by_charlie
    assert "Shared club" in seen_by_bob
    assert "Shared club" not in seen_by_charlie
    # Lantern Youth itself is a record of the partnership, not a public one.
    assert "/partners/lantern-youth/" in seen_by_bob
    assert "/partners/lantern-youth/" not in seen_by_charlie


def test_who_changed_it_is_for_those_who_keep_it(world: World, as_: As) -> None:
    make_offer("Fund")
    as_("admin").post("/support/fund/confirm/")
    assert "Who changed what, and when" in text(as_("lead").get("/support/fund/"))
    for name in ("alice", "charlie"):
        assert "Who changed what, and when" not in text(as_(name).get("/support/fund/"))


def test_get_never_writes_and_post_confirms(world: World, as_: As) -> None:
    make_offer("Fund", last_checked=days(-200))
    assert as_("admin").get("/support/fund/confirm/").status_code == 200
    assert (Offer.objects.get().last_checked, AuditEntry.objects.count()) == (days(-200), 0)
    assert as_("admin").post("/support/fund/confirm/").url == "/support/fund/"
    assert Offer.objects.get().last_checked == TODAY


@pytest.mark.parametrize("path", ["/support/add/", "/support/fund/edit/", "/support/fund/confirm/"])
def test_writing_pages_refuse_those_who_may_not(world: World, as_: As, path: str) -> None:
    make_offer("Fund")
    assert as_("nobody").get(path).url.startswith("/account/login/")
    for method in ("get", "post"):
        assert getattr(as_("bob"), method)(path).status_code == 403, method
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "keeps"), [("admin", True), ("lead", True), ("alice", False), ("bob", False)]
)
def test_what_all_partnerships_share_is_changed_by_those_who_keep_it(as_: As, name: str, keeps: bool) -> None:
    make_offer("Fund")
    page = text(as_(name).get("/support/fund/"))
    assert ("I checked it today" in page) is keeps
    assert ("Change it" in page) is keeps
    assert ("Tell them what is wrong with it" in page) is not keeps
    for path in ("/support/fund/edit/", "/support/fund/confirm/"):
        answer = as_(name).post(path, FILLED_IN)
        assert answer.status_code == (302 if keeps else 403), path
        assert keeps or "Ask an administrator" in text(answer)
    assert Offer.objects.get().name == ("New fund" if keeps else "Fund")


def test_a_correction_goes_to_those_who_keep_it(
    world: World, as_: As, django_capture_on_commit_callbacks: Any
) -> None:
    make_offer("Fund")
    page = text(as_("alice").get("/support/fund/correct/"))
    assert "Nothing is changed before they change it" in page
    with django_capture_on_commit_callbacks(execute=True):
        done = as_("alice").post("/support/fund/correct/", {"text": "It closes in <May>."}, follow=True)
    assert "Those who keep this record are told" in text(done)
    assert Offer.objects.get().name == "Fund"
    assert [(m.to, m.reply_to) for m in mail.outbox] == [(["admin@example.org"], ["alice@example.org"])]
    assert "It closes in <May>." in mail.outbox[0].body
    for name, sees in (
        ("admin", True),
        ("lead", True),
        ("alice", False),
        ("charlie", False),
        ("nobody", False),
    ):
        assert ("It closes in &lt;May&gt;." in text(as_(name).get("/support/fund/"))) is sees, name
    assert as_("nobody").post("/support/fund/correct/", {"text": "No"}).url.startswith("/account/login/")
    as_("admin").post("/support/fund/edit/", FILLED_IN)
    assert "What others say" not in text(as_("admin").get("/support/fund/"))


def test_nobody_corrects_what_they_may_not_see(as_: As, hidden: Offer) -> None:
    assert as_("charlie").get("/support/quiet-money/correct/").status_code == 404
    assert as_("charlie").post("/support/quiet-money/correct/", {"text": "No"}).status_code == 404
    assert not AuditEntry.objects.exists()


FILLED_IN = {
    "name": "New fund",
    "kind": "fund",
    "provider": "City Trust",
    "marking": "public",
    "sectors": ["vcs"],
    "closes": "2027-01-31",
}


def test_adding_and_changing_by_form(world: World, as_: As) -> None:
    response = as_("alice").post("/support/add/", FILLED_IN)
    slug = Offer.objects.get().slug
    assert re.fullmatch(r"new-fund-[a-z0-9]{4}", slug)
    assert response.url == f"/support/{slug}/"
    edit = text(as_("alice").get(f"/support/{slug}/edit/"))
    assert 'value="2027-01-31"' in edit
    assert 'value="vcs" id="id_sectors_7" checked' in edit
    as_("alice").post(f"/support/{slug}/edit/", FILLED_IN | {"name": "Renamed", "sectors": []})
    offer = Offer.objects.get()
    assert (offer.name, offer.slug, offer.sectors.count(), offer.basis) == ("Renamed", slug, 0, "dated")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"opens": "2027-02-01"}, "It cannot close before it opens."),
        ({"basis": "dated", "closes": ""}, "Say on which day it closes"),
        ({"amount_max_gbp": "9", "amount_programme": "8"}, "One award cannot be more than all of them"),
        ({"lead_only": "on"}, "Choose who leads, if nobody else may apply."),
        ({"marking": "named"}, "Choose the partner that provides it"),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(
    world: World, as_: As, wrong: dict[str, str], words: str
) -> None:
    page = text(as_("alice").post("/support/add/", FILLED_IN | wrong))
    assert words in page
    assert 'value="City Trust"' in page
    assert not Offer.objects.exists()


def test_the_form_offers_only_partners_one_may_see(world: World, as_: As) -> None:
    page = text(as_("alice").get("/support/add/"))
    assert "Lantern Youth" in page
    assert "Far Harbour" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(world: World, as_: As, django_assert_num_queries: Any, count: int) -> None:
    for number in range(count):
        make_offer(
            f"Fund {number}",
            sectors=["vcs"],
            places=[world.northton],
            themes=["trusted-adult"],
            provider_partner=world.lantern,
        )
        make_offer(f"Past {number}", basis="closed")
    for number in range(count):
        made = Initiative.objects.create(name=f"I{number}", slug=f"i{number}", partner=world.lantern)
        made.offers.add(Offer.objects.get(slug="fund-0"))
    browser = as_("bob")
    with django_assert_num_queries(20):
        browser.get("/support/", {"sector": "vcs", "place": world.northton.pk, "theme": "trusted-adult"})
    with django_assert_num_queries(9):
        browser.get("/support.csv")
    with django_assert_num_queries(16):
        browser.get("/support/fund-0/")


def test_who_may_use_it_is_said_as_published_or_asked_for(world: World, as_: As) -> None:
    make_offer("Data", who_may_use="Authorised analysts in public bodies only", sectors=["police", "health"])
    make_offer("Grant")
    page = text(as_("nobody").get("/support/", {"sector": "health"}))
    assert "<dt>Who may apply</dt><dd>Authorised analysts in public bodies only</dd>" in page
    assert "<dt>Who may apply</dt><dd>not known here: ask the publisher</dd>" in page
    assert "Perhaps" in page
    assert "You may use this." not in page
    one = text(as_("nobody").get("/support/grant/"))
    assert ">any<" not in one
    assert "not known here: ask the publisher" in one


def test_what_the_law_requires_is_labelled_and_never_called_unused(world: World, as_: As) -> None:
    make_offer("Statute", kind="guidance", is_required_by_law=True)
    for path in ("/support/", "/support/statute/"):
        assert "Required by law" in text(as_("nobody").get(path))
    page = text(as_("nobody").get("/support/statute/"))
    assert "No use of it is recorded here" not in page
    assert "The law requires this of those it names." in page


@pytest.mark.parametrize(
    ("name", "how"), [("nobody", "tell a coordinator"), ("alice", "Paste a funder’s page")]
)
def test_where_nothing_can_be_applied_for_it_says_so_and_how_to_add(
    world: World, as_: As, name: str, how: str
) -> None:
    make_offer("Guide", kind="guidance", basis="standing")
    make_offer("Gone", basis="closed", amount="£22,000,000", amount_programme=22_000_000)
    page = text(as_(name).get("/support/"))
    assert "Nothing that one can apply for now is recorded here." in page
    assert how in page
    assert in_order(page, "Guide", "Gone")


def test_the_shelf_is_sorted_by_duty_and_sector(world: World, as_: As) -> None:
    Sector.objects.filter(pk__in=["police", "health"]).update(duty="specified")
    make_offer("Words only", kind="guidance", basis="standing")
    make_offer("For clubs", kind="guidance", basis="standing", sectors=["vcs"])
    make_offer("For holders", kind="guidance", basis="standing", sectors=["police", "health"])
    make_offer("Statute", kind="guidance", basis="standing", is_required_by_law=True)
    page = text(as_("nobody").get("/support/"))
    assert in_order(page, "Statute", "For holders", "For clubs", "Words only")
    assert "What the law requires of those it names" in page
    asked = text(as_("nobody").get("/support/", {"sector": "vcs"}))
    assert in_order(asked, "Statute", "For clubs", "Words only", "For holders")
    assert "It is for other sectors: Police and Health." in asked


def test_what_one_award_may_be_is_told_from_the_whole_programme(world: World, as_: As) -> None:
    make_offer("Open", closes=days(9), amount_max_gbp=5_000, amount_programme=90_000, awards="about 18")
    make_offer("Unsaid", closes=days(9), amount_programme=80_000)
    page = text(as_("nobody").get("/support/"))
    assert "<dt>One award may be</dt><dd>up to £5,000</dd>" in page
    assert "<dt>All awards together</dt><dd>£90,000</dd>" in page
    assert "<dt>One award may be</dt><dd>not published: ask</dd>" in page


@pytest.mark.parametrize(
    ("basis", "words"), [("closed", "What it was worth then"), ("standing", "not money to")]
)
def test_a_past_sum_is_never_shown_as_money_that_can_be_had(
    world: World, as_: As, basis: str, words: str
) -> None:
    make_offer("Portal", kind="data", basis=basis, amount="£605,000", amount_programme=605_000)
    for path in ("/support/", "/support/portal/"):
        page = text(as_("nobody").get(path))
        assert "All awards together" not in page
        assert "One award" not in page
    assert words in page


def test_who_alone_may_lead_is_said(world: World, as_: As) -> None:
    make_offer("Led", closes=days(9), sectors=["vcs", "health"], via_sectors=["health"], lead_only=True)
    for path in ("/support/", "/support/led/"):
        page = text(as_("nobody").get(path))
        assert "only these may apply, others take part in their bid: Health" in page


def test_what_is_not_open_yet_says_from_when(world: World, as_: As) -> None:
    make_offer("Spring fund", opens=days(20), closes=days(90))
    assert "It is not open yet: it opens on" in text(as_("nobody").get("/support/"))


def test_what_is_known_of_ones_organisation_is_filled_in(world: World, as_: As) -> None:
    def chosen(who: str, query: str = "") -> list[str]:
        page = as_(who).get(f"/support/{query}").content.decode()
        return re.findall(r'<option value="(\w+)" selected', page)

    assert chosen("bob") == ["vcs", world.northton.pk]
    assert chosen("bob", "?sector=police") == ["police"]
    assert chosen("nobody") == chosen("admin") == []
