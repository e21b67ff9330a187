"""Registration asks first who somebody is, then only what concerns them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration.forms.registration import ASKED, WHO, RegistrationForm
from joinedup.registration.models import Attendee, Invitation
from tests.world import World

As = Callable[[str], Client]
HIDDEN = {"csrfmiddlewaretoken", "part", "step"}


@pytest.fixture
def path(event: Event, world: World) -> str:
    Partner.objects.update(marking="public")
    return f"/events/{event.slug}/register/"


def asked_for(page: str) -> set[str]:
    """The names of what can be filled in."""
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page)) - HIDDEN


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    assert found, name
    value = re.search(r'value="([^"]*)"', found[0])
    return value[1] if value else ""


def chosen(page: str) -> list[str]:
    """Values that are chosen among radio buttons, tick boxes and lists."""
    ticked = re.findall(r'<input[^>]* value="([^"]*)"[^>]* checked', page)
    return ticked + [each for each in re.findall(r'<option value="([^"]*)" selected', page) if each]


ORGANISATION = {"partner", "new_partner", "sector", "role", "email", "name", "access", "language", "dietary"}


@pytest.mark.parametrize(
    ("part", "questions"),
    [
        (
            "guest",
            ORGANISATION | {"offer", "colleagues", "together", "doing", "needing", "themes", "opted_in"},
        ),
        ("companion", ORGANISATION | {"young_names", "together", "doing", "needing", "themes", "opted_in"}),
        ("young_person", {"companion_email", "name", "access", "language", "dietary", "themes"}),
        ("resident", {"email", "name", "access", "language", "dietary", "themes"}),
    ],
)
def test_only_what_concerns_them_is_asked(path: str, as_: As, part: str, questions: set[str]) -> None:
    assert asked_for(as_("nobody").get(f"{path}?part={part}").text) == questions


def test_first_comes_who_they_are(path: str, as_: As) -> None:
    page = as_("nobody").get(path).text
    assert re.findall(r'name="part" value="(\w+)"', page) == [value for value, _words, _hint in WHO]
    assert set(ASKED) == {value for value, _words, _hint in WHO}
    assert (asked_for(page), chosen(page)) == (set(), []), "nobody is told who they are"
    assert "There is a problem" not in page


@pytest.mark.parametrize(
    "query", ["?step=questions", "?part=boss", "?part=", "?step=questions&part=facilitator"]
)
def test_who_does_not_say_is_asked_again_beside_the_field(path: str, as_: As, query: str) -> None:
    page = as_("nobody").get(path + query).text
    assert 'href="#id_part_0">Choose which of these you are.</a>' in page
    assert 'id="id_part-error"' in page


@pytest.mark.parametrize(
    ("part", "typed", "kept"),
    [
        ("guest", {"role": "Worker", "email": "a@example.org"}, ("Worker", ["guest"], "")),
        (
            "guest",
            {"role": "Worker", "email": "a@example.org", "offer": "scribe"},
            ("Worker", ["guest"], "scribe"),
        ),
        ("companion", {"role": "Worker", "email": "a@example.org"}, ("Worker", ["companion"], "")),
        ("resident", {"email": "a@example.org"}, ("Resident", ["guest"], "")),
    ],
)
def test_what_is_optional_may_be_left_empty(
    path: str, as_: As, world: World, part: str, typed: dict[str, Any], kept: tuple[str, list[str], str]
) -> None:
    answer = as_("nobody").post(path, {"part": part, "partner": world.lantern.pk, **typed})
    assert answer.status_code == 302
    made = Attendee.objects.get()
    assert (made.role, made.parts, made.offer) == kept
    assert made.partner == (None if part == "resident" else world.lantern)
    assert (made.access, made.dietary, made.opted_in, made.themes.count()) == ([], "", False, 0)


def test_a_young_person_needs_a_name_and_an_adult(
    path: str, as_: As, world: World, come, event: Event
) -> None:
    come(event, world.lantern, email="adult@example.org")
    young = {"part": "young_person", "partner": world.school.pk}
    page = as_("nobody").post(path, young).text
    for field in ("name", "companion_email"):
        assert f'href="#id_{field}"' in page
        assert f'id="id_{field}-error"' in page
    whole = young | {
        "name": "Kit",
        "companion_email": "adult@example.org",
        "role": "Deputy head",
        "opted_in": "on",
    }
    for _twice in range(2):
        assert as_("nobody").post(path, whole).status_code == 302
    kit = Attendee.objects.get(name="Kit")
    assert (kit.role, kit.opted_in, kit.parts) == ("Young person", False, ["young_person"])
    assert kit.partner == world.lantern, "the organisation of their adult, whatever they sent"


@pytest.mark.parametrize("name", ["Lantern Youth", "Nobody has heard of it", "x"])
def test_a_young_person_never_adds_an_organisation(path: str, as_: As, name: str) -> None:
    """Nor learns whether it is known: the page says the same."""
    before = Partner.objects.count()
    typed = {"part": "young_person", "new_partner": name, "name": "Kit", "companion_email": "a@example.org"}
    page = as_("nobody").post(path, typed, follow=True).text
    assert "your adult says yes to our mail" in page
    assert (Partner.objects.count(), Attendee.objects.count()) == (before, 0)


def test_each_fault_is_told_beside_its_field_and_in_the_summary(path: str, as_: As) -> None:
    page = as_("nobody").post(path, {"part": "guest", "doing": "Boxing on Fridays"}).text
    summary = page[page.index("govuk-error-summary") :].split("</ul>")[0]
    assert re.findall(r'href="#(\w+)">([^<]+)<', summary) == [
        ("id_partner", "Choose your organisation, or give its name below."),
        ("id_role", "Give your role in your organisation."),
        ("id_email", "Give an e-mail address: your registration is sent there."),
    ]
    assert re.findall(r'id="(\w+)-error"', page) == ["id_partner", "id_role", "id_email"]
    assert value_of(page, "doing") == "Boxing on Fridays"
    no_sector = as_("nobody").post(path, {"part": "guest", "new_partner": "Bright Corner"}).text
    assert 'href="#id_sector"' in no_sector
    assert 'href="#id_partner"' not in no_sector


WRITTEN = {
    "part": "guest",
    "role": "Youth <worker>",
    "email": "me@example.org",
    "name": "Ro",
    "dietary": "Nuts",
    "access": ["quiet", "bsl"],
    "language": "interpreter_polish",
    "doing": "Boxing",
    "opted_in": "on",
}


def test_going_back_keeps_what_was_written(path: str, as_: As, world: World) -> None:
    written = WRITTEN | {"partner": str(world.lantern.pk), "themes": ["trusted-adult"]}
    browser = as_("nobody")
    page = browser.post(path, written | {"step": "who"}).text
    assert chosen(page) == ["guest"]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    sent = {name: [value for key, value in kept if key == name] for name, _value in kept}
    assert sent.pop("csrfmiddlewaretoken", []) is not None
    assert sent["role"] == ["Youth &lt;worker&gt;"]
    page = browser.post(path, {**sent, "role": "Youth <worker>", "part": "companion"}).text
    assert "There is a problem" not in page
    assert [value_of(page, each) for each in ("role", "email", "name", "dietary", "doing")] == [
        "Youth &lt;worker&gt;",
        "me@example.org",
        "Ro",
        "Nuts",
        "Boxing",
    ]
    assert sorted(chosen(page)) == sorted(
        ["quiet", "bsl", "interpreter_polish", "trusted-adult", "together", str(world.lantern.pk)]
    )
    assert not Attendee.objects.exists()
    # What does not concern a young person is neither shown nor sent on.
    page = browser.post(path, {**sent, "part": "young_person"}).text
    assert {"role", "email", "doing"} & asked_for(page) == set()
    assert (value_of(page, "name"), value_of(page, "companion_email")) == ("Ro", "")


def test_what_is_written_never_stands_in_an_address(path: str, as_: As) -> None:
    for page in (as_("nobody").get(path).text, as_("nobody").post(path, WRITTEN | {"step": "who"}).text):
        form = re.search(r"<form method=\"(\w+)\" action=\"([^\"]+)\" novalidate>(.*?)</form>", page, re.S)
        assert form
        method, address, inside = form.groups()
        assert address == path
        assert (method == "post") == ("me@example.org" in inside)
    assert (
        as_("nobody").get(f"{path}?part=guest&email=x@example.org&role=Chief").text.count("x@example.org")
        == 0
    )


def test_posting_twice_makes_one_attendee(path: str, as_: As, world: World) -> None:
    for part, email in (("guest", "one@example.org"), ("resident", "two@example.org")):
        typed = {"part": part, "partner": world.lantern.pk, "email": email, "role": "Worker"}
        browser = as_("nobody")
        answers = [browser.post(path, typed) for _twice in range(2)]
        assert [each.status_code for each in answers] == [302, 302]
        assert browser.get(answers[0]["Location"]).status_code == 200
    assert Attendee.objects.count() == 2


@pytest.fixture
def invited(event: Event, world: World) -> Invitation:
    return Invitation.objects.create(
        event=event, partner=world.lantern, role="Head of service", name="Sam", email="sam@example.org"
    )


@pytest.mark.parametrize(("brings", "part"), [("", "guest"), ("lived", "guest"), ("young", "companion")])
def test_an_invitation_fills_in_what_it_says(
    path: str, as_: As, world: World, invited: Invitation, brings: str, part: str
) -> None:
    Invitation.objects.update(brings=brings)
    address = f"{path}?invitation={invited.token}"
    first = as_("nobody").get(address).text
    assert chosen(first) == [part]
    assert f'name="invitation" value="{invited.token}"' in first
    page = as_("nobody").get(f"{address}&part={part}").text
    told = [value_of(page, each) for each in ("role", "name", "email")]
    assert told == ["Head of service", "Sam", "sam@example.org"]
    assert str(world.lantern.pk) in chosen(page)
    typed = {
        "part": part,
        "partner": world.lantern.pk,
        "role": "Deputy",
        "email": "sam@example.org",
        "name": "Sam",
    }
    assert as_("nobody").post(address, typed).status_code == 302
    made = Attendee.objects.get()
    assert (made.role, made.standing) == ("Deputy", "placed"), "what is filled in can be changed"


def test_a_young_person_with_the_link_of_a_host_gets_nothing_of_the_one_invited(
    path: str, as_: As, world: World, invited: Invitation
) -> None:
    page = as_("nobody").get(f"{path}?invitation={invited.token}&part=young_person").text
    assert (chosen(page), "Lantern" in page) == ([], False)
    assert "sam@example.org" not in page
    assert value_of(page, "name") == ""


def test_the_last_time_fills_in_all_but_consent(path: str, as_: As, world: World, come, event: Event) -> None:
    world.bob.job = "Manager"
    world.bob.save()
    page = as_("bob").get(f"{path}?part=guest").text
    assert [value_of(page, each) for each in ("role", "name", "email")] == [
        "Manager",
        "Bob",
        "bob@example.org",
    ]
    earlier = Event.objects.create(
        slug="earlier",
        name="Earlier",
        footprint=world.north,
        programme=event.programme,
        date=datetime.date(2026, 1, 5),
    )
    last = Attendee.objects.create(
        event=earlier,
        number=1,
        partner=world.lantern,
        sector_id="vcs",
        role="Club lead",
        name="Bobby",
        email="bob@example.org",
        user=world.bob,
        dietary="Nuts",
        access=["quiet"],
        opted_in=True,
        photo_consent=True,
    )
    page = as_("bob").get(f"{path}?part=guest").text
    told = [value_of(page, each) for each in ("role", "name", "email", "dietary")]
    assert told == ["Club lead", "Bobby", "bob@example.org", "Nuts"]
    assert set(chosen(page)) == {"quiet", "together", str(world.lantern.pk), ""}
    assert value_of(as_("bob").get(f"{path}?part=resident").text, "dietary") == ""
    for who in ("charlie", "nobody"):
        assert "Club lead" not in as_(who).get(f"{path}?part=guest").text
    Event.objects.filter(pk=earlier.pk).update(personal_deleted_on=timezone.localdate())
    assert value_of(as_("bob").get(f"{path}?part=guest").text, "role") == "Manager"
    assert last.user == world.bob


def test_the_link_of_somebody_else_tells_nothing_of_the_account_that_is_signed_in(
    path: str, as_: As, invited: Invitation
) -> None:
    page = as_("bob").get(f"{path}?invitation={invited.token}&part=guest").text
    assert [value_of(page, each) for each in ("role", "name", "email")] == [
        "Head of service",
        "Sam",
        "sam@example.org",
    ]
    assert "bob@example.org" not in page


def test_who_was_invited_before_the_event_is_listed_comes_back_to_their_invitation(
    path: str, as_: As, world: World, invited: Invitation
) -> None:
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    typed = {"part": "guest", "partner": world.lantern.pk, "role": "Head", "email": "sam@example.org"}
    answer = as_("nobody").post(f"{path}?invitation={invited.token}", typed, follow=True)
    assert answer.redirect_chain == [(f"/invitation/{invited.token}/", 302)]
    assert (answer.status_code, "Our mail says whether you have a place" in answer.text) == (200, True)


def test_every_field_is_asked_of_somebody() -> None:
    assert set().union(*ASKED.values()) == set(RegistrationForm.base_fields)


@pytest.mark.parametrize("step", ["who", "questions"])
def test_nonsense_that_travels_along_is_only_shown_again(path: str, as_: As, step: str) -> None:
    odd = {name: ["\x00", "<b>", "9" * 30] for name in RegistrationForm.base_fields}
    for part in ASKED:
        answer = as_("nobody").post(path, odd | {"part": part, "step": step})
        assert answer.status_code == 200
        assert "<b>" not in answer.text
    assert not Attendee.objects.exists()


def test_a_refusal_about_what_is_not_asked_is_told_on_the_page(path: str, as_: As, world: World) -> None:
    typed = {"part": "resident", "partner": world.lantern.pk, "email": "a@example.org", "name": "Resident"}
    answer = as_("nobody").post(path, typed)
    assert (answer.status_code, "There is a problem" in answer.text) == (200, True)
    assert not Attendee.objects.exists()
