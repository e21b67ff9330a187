"""The pages that a public body must have: whole once an administrator said what is asked, honest before."""

import datetime

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client

from joinedup.about.actions import describe_body
from joinedup.about.cookies import cookies
from joinedup.about.models import ResponsibleBody
from joinedup.about.queries import NEEDED, lacking, responsible_body
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.site import health
from tests.world import World

PAGES = ["privacy", "accessibility", "cookies", "terms", "complaints"]
FACTS = {
    "name": "Testshire Council",
    "address": "County Hall\nTestchester",
    "email": "site@testshire.example",
    "telephone": "01632 960000",
    "officer_email": "data@testshire.example",
    "register_number": "ZA123456",
    "basis": "public_task",
    "hosting": "Our own computer room",
    "country": "United Kingdom",
    "partnerships": "North: Testshire Council, data@testshire.example\nSouth: Southshire Council",
    "mail_carrier": "The mail server of the county",
    "meets": "wholly",
    "prepared_on": "1/4/2026",
    "reviewed_on": "2/4/2026",
    "tested_on": "27/3/2026",
    "tested_by": "Six people with a disability",
    "answer_days": "15",
    "second_stage": "The monitoring officer",
}


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    client.force_login(world.admin)
    return client


def text(client: Client, page: str) -> str:
    answer = client.get(f"/about/{page}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("page", PAGES)
def test_everybody_reads_what_is_true_before_anything_is_said(db: None, client: Client, page: str) -> None:
    assert "Nobody has said yet which body is responsible" in text(client, page)
    assert ResponsibleBody.objects.count() == 0


def test_an_administrator_says_it_and_the_pages_are_whole(administrator: Client) -> None:
    answer = administrator.post("/about/change/", FACTS, follow=True)
    assert "The pages about the site are whole" in answer.content.decode()
    administrator.logout()
    words = {page: text(administrator, page) for page in PAGES}
    assert not any("not said yet" in each or "Nobody has said" in each for each in words.values())
    assert "Testshire Council" in words["terms"]
    assert "ZA123456" in words["privacy"]
    assert "27 March 2026" in words["accessibility"]
    assert (
        "fully compliant with the Web Content Accessibility Guidelines version 2.2 AA standard"
        in words["accessibility"]
    )
    assert "Prepared on: 1 April 2026. Last reviewed on: 2 April 2026." in words["accessibility"]
    assert '<li class="ju-break">South: Southshire Council</li>' in words["privacy"]
    assert "United Kingdom" in words["privacy"]
    assert "within 15 working days" in words["complaints"]


@pytest.mark.parametrize(("meets", "status"), [("partly", "partially compliant"), ("not", "not compliant")])
def test_what_is_not_accessible_is_told_with_the_status(
    administrator: Client, meets: str, status: str
) -> None:
    problems = "Maps have no zoom\nOne table is wide"
    administrator.post("/about/change/", FACTS | {"meets": meets, "problems": problems})
    words = text(administrator, "accessibility")
    assert f"This website is {status} with the Web Content Accessibility Guidelines version 2.2 AA" in words
    assert "<li>One table is wide</li>" in words


def test_the_standard_is_named_and_no_status_claimed_before_somebody_says_it(
    db: None, client: Client
) -> None:
    words = text(client, "accessibility")
    assert "(WCAG) version 2.2, level AA" in words
    assert "Nobody has said yet whether this website is fully, partially or not compliant" in words
    assert "compliant with the Web Content" not in words


def test_with_two_partnerships_it_is_asked_who_is_responsible_for_which(world: World) -> None:
    body = ResponsibleBody(meets="wholly", partnerships="")
    assert "who is responsible for which partnership" in lacking(body)
    body.partnerships = "North: Testshire Council"
    assert "who is responsible for which partnership" not in lacking(body)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"register_number": "1234"}, "look like ZA123456"),
        ({"tested_on": "27/3/2999"}, "still to come"),
        ({"reviewed_on": "27/3/2999"}, "still to come"),
        ({"meets": "partly"}, "Say what is not accessible"),
        ({"problems": "One table is wide"}, "say that it meets them partly"),
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"name": " "}, "This field is required"),
        ({"answer_days": "61"}, "60"),
    ],
)
def test_a_wrong_fact_gets_one_sentence_and_loses_nothing(
    administrator: Client, wrong: dict[str, str], sentence: str
) -> None:
    page = administrator.post("/about/change/", FACTS | wrong).content.decode()
    assert sentence in page
    assert "Six people with a disability" in page
    assert ResponsibleBody.objects.count() == 0


def test_a_number_of_the_register_may_have_spaces(administrator: Client) -> None:
    administrator.post("/about/change/", FACTS | {"register_number": "za 123 456"})
    assert responsible_body().register_number == "ZA123456"


@pytest.mark.parametrize("who", ["alice", "lead", "charlie"])
def test_nobody_else_has_the_form(world: World, client: Client, who: str) -> None:
    client.force_login(getattr(world, who))
    assert client.get("/about/change/").status_code == 404
    assert client.post("/about/change/", FACTS).status_code == 404
    assert "about/change" not in text(client, "privacy")
    with pytest.raises(PermissionDenied):
        describe_body(by=Person(user_id=1), name="Somebody else")


def test_the_history_keeps_no_address(administrator: Client) -> None:
    administrator.post("/about/change/", FACTS)
    entry = AuditEntry.objects.get(action="installation.change")
    assert "@" not in str(entry.after)
    assert entry.after["name"] == "Testshire Council"


def test_every_cookie_that_the_settings_name_is_told() -> None:
    assert [each.name for each in cookies()] == [
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        "known_browser",
        "messages",
    ]


def test_the_check_says_what_is_lacking_until_it_is_said(administrator: Client, settings) -> None:
    settings.HTTPS = True
    before = [each for each in health.findings() if each.what == "about"]
    assert before[0].is_wrong
    assert "the lawful basis" in before[0].sentence
    administrator.post("/about/change/", FACTS)
    assert lacking(responsible_body()) == []
    assert [each for each in health.findings() if each.what == "about"] == []


def test_every_fact_that_is_needed_is_a_field(db: None) -> None:
    assert set(NEEDED) < {each.name for each in ResponsibleBody._meta.fields}
    facts = dict.fromkeys(NEEDED, "x") | {"meets": "wholly", "tested_on": datetime.date(2026, 3, 27)}
    assert lacking(ResponsibleBody(**facts)) == []
