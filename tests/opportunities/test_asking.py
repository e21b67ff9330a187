"""Asking by mail those whom an opportunity names, and answering from the mail."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, Grant, Preference, User
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions import asking as asking_actions
from joinedup.opportunities.actions.asking import Asked
from joinedup.opportunities.models import Answer, Enquiry, Opportunity
from tests.opportunities.making import make_opportunity
from tests.world import World, make_user

As = Callable[[str], Client]
Commit = Callable[..., Any]
A_WEEK = datetime.timedelta(days=7)


@pytest.fixture
def asked(world: World) -> Opportunity:
    """Lantern Youth has two contacts (and Bob); the school only a member's account; the police nobody."""
    world.lantern.contacts.create(role="Manager", email="Manager@lantern.example")
    world.lantern.contacts.create(role="Youth worker", email="worker@lantern.example")
    world.lantern.contacts.create(role="Chair")
    make_user("head@school.example", "Head of year", "partner_member", partner=world.school)
    return make_opportunity(world, "one", world.lantern, world.school, world.police)


def ask(world: World, opportunity: Opportunity, commit: Commit) -> Asked:
    with commit(execute=True):
        return asking_actions.ask(by=world.person("alice"), opportunity=opportunity)


def link_in(letter: Any, word: str) -> str:
    found = re.search(rf"http://\S+(/opportunities/answer-by-mail/{word}/\S+/)", str(letter.body))
    assert found is not None
    return found[1]


def test_contacts_are_asked_and_members_where_there_are_none(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    done = ask(world, asked, django_capture_on_commit_callbacks)
    assert sorted(to for letter in mail.outbox for to in letter.to) == [
        "Manager@lantern.example",
        "head@school.example",
        "worker@lantern.example",
    ]
    assert {partner.slug for partner in done.partners} == {"lantern-youth", "hilltop-school"}
    assert done.unreachable == [world.police]
    assert set(Enquiry.objects.values_list("partner__slug", "by")) == {
        ("lantern-youth", "Alice"),
        ("hilltop-school", "Alice"),
    }
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("opportunity.ask", {"asked": ["hilltop-school", "lantern-youth"]})


def test_who_turned_such_mails_off_is_not_asked_and_the_page_says_so(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    head = User.objects.get(email="head@school.example")
    done = ask(world, asked, django_capture_on_commit_callbacks)
    (to_head,) = [letter for letter in mail.outbox if letter.to == [head.email]]
    assert "No more mails about opportunities:" in to_head.body
    assert "List-Unsubscribe" in to_head.extra_headers
    assert done.unwilling == []
    mail.outbox.clear()
    Enquiry.objects.all().delete()
    Preference.objects.create(user=head, not_wanted=[Preference.Mail.OPPORTUNITIES])
    page = as_("alice").get(f"/opportunities/{asked.pk}/").content.decode()
    assert "Ring Hilltop School: they cannot be asked by mail." in page
    done = ask(world, asked, django_capture_on_commit_callbacks)
    assert (done.unwilling, done.unreachable) == ([world.school], [world.police])
    assert head.email not in {to for letter in mail.outbox for to in letter.to}
    Enquiry.objects.all().delete()
    asked.parties.set([world.school])
    with pytest.raises(ValidationError, match="Ring Hilltop School: they cannot be asked by mail"):
        asking_actions.ask(by=world.person("alice"), opportunity=asked)


def test_the_letter_has_the_sentence_the_first_step_and_a_link_an_answer(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    for letter in mail.outbox:
        page = str(letter.alternatives[0][0])  # type: ignore[attr-defined]
        for text in (str(letter.body), page):
            assert asked.sentence in text
            assert asked.first_step in text
            assert "Alice of North partnership" in text
            for word in Answer.Word.values:
                assert text.count(f"/opportunities/answer-by-mail/{word}/") == 1
        assert "\n" not in letter.subject
        assert asked.heading in letter.subject


def test_nothing_is_sent_when_the_asking_fails(world: World, asked: Opportunity) -> None:
    with pytest.raises(PermissionDenied):
        asking_actions.ask(by=world.person("bob"), opportunity=asked)
    assert mail.outbox == []
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "lead", "admin"])
def test_only_the_coordinator_asks(world: World, asked: Opportunity, who: str) -> None:
    with pytest.raises(PermissionDenied):
        asking_actions.ask(by=world.person(who), opportunity=asked)


def test_nobody_is_asked_twice_in_a_week(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    with pytest.raises(ValidationError, match="less than a week ago: ring them, or ask again from"):
        ask(world, asked, django_capture_on_commit_callbacks)
    # A contact found meanwhile is asked, and nobody else again.
    world.police.contacts.create(role="Sergeant", email="sergeant@police.example")
    mail.outbox.clear()
    ask(world, asked, django_capture_on_commit_callbacks)
    assert [letter.to for letter in mail.outbox] == [["sergeant@police.example"]]
    Enquiry.objects.update(at=timezone.now() - A_WEEK)
    mail.outbox.clear()
    ask(world, asked, django_capture_on_commit_callbacks)
    assert len(mail.outbox) == 4
    assert Enquiry.objects.count() == 3


def test_who_has_answered_is_left_in_peace(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    Answer.objects.create(opportunity=asked, partner=world.lantern, word="not_us", by="Bob")
    ask(world, asked, django_capture_on_commit_callbacks)
    assert [letter.to for letter in mail.outbox] == [["head@school.example"]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda each, world: each.parties.clear(), "It names nobody yet"),
        (lambda each, world: each.parties.set([world.police]), "no e-mail address for Testland Police"),
        (
            lambda each, world: [
                Answer.objects.create(opportunity=each, partner=p, word="interested", by="x")
                for p in each.parties.all()
            ],
            "Everybody it names has answered.",
        ),
        (lambda each, world: Opportunity.objects.update(state="agreed"), "This is already agreed."),
        (lambda each, world: Opportunity.objects.update(state="gone"), "This is already no longer found."),
        (lambda each, world: Opportunity.objects.update(audience="public"), "public's copy"),
    ],
)
def test_why_nobody_is_asked(
    world: World, asked: Opportunity, as_: As, change: Callable[[Opportunity, World], object], sentence: str
) -> None:
    change(asked, world)
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        asking_actions.ask(by=world.person("alice"), opportunity=asked)
    assert not Enquiry.objects.exists()


def test_a_mail_server_that_refuses_leaves_them_unasked(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit, settings: Any
) -> None:
    long_ago = timezone.now() - 2 * A_WEEK
    earlier = Enquiry.objects.create(opportunity=asked, partner=world.school, by="Alice")
    Enquiry.objects.update(at=long_ago)
    settings.EMAIL_BACKEND = "tests.mail.refusing.KnowsWorkers"
    ask(world, asked, django_capture_on_commit_callbacks)
    assert Enquiry.objects.filter(partner=world.school).exists()
    assert Enquiry.objects.filter(partner=world.lantern).exists()
    earlier.refresh_from_db()
    assert earlier.at == long_ago
    settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
    Enquiry.objects.filter(partner=world.lantern).delete()
    ask(world, asked, django_capture_on_commit_callbacks)
    assert not Enquiry.objects.filter(partner=world.lantern).exists()


def test_the_page_says_how_many_were_asked_and_who_has_no_address(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    alice = as_("alice")
    assert "Ask by e-mail those it names (2)" in alice.get(f"/opportunities/{asked.pk}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(f"/opportunities/{asked.pk}/ask/", sent(alice, asked))
    page = alice.get(f"/opportunities/{asked.pk}/").content.decode()
    assert "We are writing to 2 partners." in page
    assert "There is no e-mail address for Testland Police: add a contact below." in page
    assert 'href="/partners/testland-police/contacts/add/"' in page
    assert "Lantern Youth was asked by mail on" in page
    assert "Ask by e-mail those it names" not in page
    for who in ("bob", "lead"):
        assert "was asked by mail" not in as_(who).get(f"/opportunities/{asked.pk}/").content.decode()


# Before it is sent.


def sent(browser: Client, opportunity: Opportunity, **fields: str) -> dict[str, str]:
    """What the page's button sends."""
    page = browser.get(f"/opportunities/{opportunity.pk}/ask/").content.decode()
    shown = re.search(r'name="shown" value="([0-9a-f]+)"', page)
    text = html.unescape(re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)[0])
    assert shown is not None
    return {"do": "send", "shown": shown[1], "text": text, "replies": "own"} | fields


def test_the_page_shows_whom_it_goes_to_and_the_mail_as_it_is_sent(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    alice, address = as_("alice"), f"/opportunities/{asked.pk}/ask/"
    page = alice.get(address).content.decode()
    assert mail.outbox == []
    assert not Enquiry.objects.exists()
    for words in (
        "Lantern Youth: Manager", "M…@lantern.example", "Lantern Youth: Youth worker", "w…@lantern.example",
        "Hilltop School: a member with an account", "Send 3 mails", "Answers to it go to alice@example.org.",
        "No e-mail address is known for Testland Police.",
    ):  # fmt: skip
        assert words in page, words
    for full in ("Manager@lantern.example", "worker@lantern.example", "head@school.example"):
        assert full not in page
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(address, sent(alice, asked))
    shown = html.unescape(re.sub(r"<br>", "\n", page))
    for letter in mail.outbox:
        assert letter.reply_to == ["alice@example.org"]
        assert letter.subject in shown
        body = re.sub(r"http://\S+", "[a link, for this reader alone]", str(letter.body).strip())
        assert body in shown


def test_the_sender_changes_the_words_and_not_the_links(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    alice, address = as_("alice"), f"/opportunities/{asked.pk}/ask/"
    own = sent(alice, asked, text="Shall we <b>meet</b>?\nOn Monday.", replies="partnership")
    make_user("other@example.org", "Other", "coordinator", footprint=world.north)
    look = alice.post(address, own | {"do": "look"}).content.decode()
    assert "Shall we &lt;b&gt;meet&lt;/b&gt;?" in look
    assert "alice@example.org, other@example.org" in look
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(address, own)
    assert len(mail.outbox) == 3
    for letter in mail.outbox:
        assert letter.reply_to == ["alice@example.org", "other@example.org"]
        assert "Shall we <b>meet</b>?\nOn Monday." in str(letter.body)
        assert asked.sentence not in str(letter.body)
        assert "&lt;b&gt;meet" in str(letter.alternatives[0][0])  # type: ignore[attr-defined]
        for word in Answer.Word.values:
            assert str(letter.body).count(f"/opportunities/answer-by-mail/{word}/") == 1


def test_it_is_sent_once_however_often_the_button_is_pressed(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    alice, address = as_("alice"), f"/opportunities/{asked.pk}/ask/"
    pressed = sent(alice, asked)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            again = alice.post(address, pressed)
    assert len(mail.outbox) == 3
    assert "They were asked less than a week ago" in again.content.decode()
    assert AuditEntry.objects.filter(action="opportunity.ask").count() == 1


def test_nobody_gets_it_whom_the_sender_was_not_shown(
    world: World, asked: Opportunity, as_: As, django_capture_on_commit_callbacks: Commit
) -> None:
    alice, address = as_("alice"), f"/opportunities/{asked.pk}/ask/"
    pressed = sent(alice, asked)
    world.police.contacts.create(role="Sergeant", email="sergeant@police.example")
    with django_capture_on_commit_callbacks(execute=True):
        page = alice.post(address, pressed).content.decode()
        for wrong in (
            {},
            {"do": "send"},
            {"do": "send", "text": "x", "replies": "own"},
            pressed | {"text": ""},
        ):
            alice.post(address, wrong)
    assert "Whom it goes to has changed meanwhile" in page
    assert "Testland Police: Sergeant" in page
    assert mail.outbox == []


@pytest.mark.parametrize(("who", "status"), [("charlie", 404), ("bob", 403), ("lead", 403), ("nobody", 302)])
def test_the_page_is_for_who_coordinates(asked: Opportunity, as_: As, who: str, status: int) -> None:
    for method in ("get", "post"):
        assert getattr(as_(who), method)(f"/opportunities/{asked.pk}/ask/").status_code == status


# From the mail.


def test_a_link_shows_one_button_and_changes_nothing(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    letter = next(letter for letter in mail.outbox if letter.to == ["worker@lantern.example"])
    for word, label in Answer.Word.choices:
        page = Client().get(link_in(letter, word)).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert main.count("<button") == 1
        assert re.search(rf"<button[^>]*>{label}</button>", main)
        assert main.count("/opportunities/answer-by-mail/") == 2
        assert asked.sentence in main
    assert Client().head(link_in(letter, "not_us")).status_code == 200
    assert not Answer.objects.exists()


def test_the_button_answers_as_that_contact_and_may_be_pressed_again(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    letter = next(letter for letter in mail.outbox if letter.to == ["Manager@lantern.example"])
    for word in ("interested", "interested", "not_us"):
        page = Client().post(link_in(letter, word), follow=True).content.decode()
        given = Answer.objects.get()
        assert (given.partner, given.word, given.by) == (world.lantern, word, "Manager")
        assert f"Lantern Youth has answered: {given.get_word_display()}" in page
        assert "<button" not in page.partition("<main")[2]
    entries = AuditEntry.objects.filter(action="opportunity.answer")
    assert {(entry.user_id, entry.by) for entry in entries} == {(None, "Manager")}


def test_an_account_answers_under_its_name(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    letter = next(letter for letter in mail.outbox if letter.to == ["head@school.example"])
    assert "head@school.example" not in str(letter.body)
    Client().post(link_in(letter, "interested"))
    given = Answer.objects.get()
    assert (given.partner, given.by) == (world.school, "Head of year")
    entry = AuditEntry.objects.get(action="opportunity.answer")
    assert entry.user_id == User.objects.get(email="head@school.example").pk


def test_already_doing_it_makes_one_draft_and_says_how_to_complete_it(
    world: World, asked: Opportunity, django_capture_on_commit_callbacks: Commit
) -> None:
    ask(world, asked, django_capture_on_commit_callbacks)
    letter = next(letter for letter in mail.outbox if letter.to == ["worker@lantern.example"])
    for _ in range(2):
        page = Client().post(link_in(letter, "already"), follow=True).content.decode()
    draft = Initiative.objects.get()
    assert (draft.partner, draft.owner, draft.marking) == (world.lantern, None, "partnership")
    assert f'href="/initiatives/{draft.slug}/edit/"' in page
    assert "Sign in and complete it" in page


def token(opportunity: Opportunity, partner: Any, to: Any) -> str:
    return make_link("opportunity-answer", f"{opportunity.pk}.{partner.pk}", to)


def test_links_of_others_too_old_or_changed_are_not_there(world: World, asked: Opportunity) -> None:
    good = token(asked, world.lantern, "worker@lantern.example")
    bad = [
        good[:-3] + "abc",
        make_link("confirm", f"{asked.pk}.{world.lantern.pk}", "worker@lantern.example"),
        make_link("opportunity-answer", "one.two", "worker@lantern.example"),
        make_link("opportunity-answer", f"{asked.pk}", "worker@lantern.example"),
        make_link("opportunity-answer", f"{asked.pk}.99999999999999999999", "worker@lantern.example"),
        make_link("opportunity-answer", f"9999.{world.lantern.pk}", "worker@lantern.example"),
        token(asked, world.school, "worker@lantern.example"),
        token(asked, world.lantern, ""),
        token(asked, world.lantern, world.charlie),
        "nothing",
    ]
    for each in bad:
        for method in ("get", "post"):
            page = getattr(Client(), method)(f"/opportunities/answer-by-mail/interested/{each}/")
            assert page.status_code == 404
            assert asked.sentence not in page.content.decode()
    assert Client().get(f"/opportunities/answer-by-mail/perhaps/{good}/").status_code == 404
    assert Client().get(f"/opportunities/answer-by-mail/interested/{good}/").status_code == 200
    assert not Answer.objects.exists()


def test_a_link_dies_after_thirty_days(world: World, asked: Opportunity, monkeypatch: Any) -> None:
    good = token(asked, world.lantern, "worker@lantern.example")
    import time

    then = time.time() + 31 * 24 * 3600
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)
    page = Client().post(f"/opportunities/answer-by-mail/interested/{good}/")
    assert page.status_code == 404
    assert "This link no longer works" in page.content.decode()
    assert not Answer.objects.exists()


def test_who_left_the_partner_speaks_for_it_no_longer(world: World, asked: Opportunity) -> None:
    contact = token(asked, world.lantern, "worker@lantern.example")
    member = token(asked, world.lantern, world.bob)
    for each in (contact, member):
        assert Client().get(f"/opportunities/answer-by-mail/interested/{each}/").status_code == 200
    world.lantern.contacts.filter(email="worker@lantern.example").delete()
    Grant.objects.filter(user=world.bob).delete()
    for each in (contact, member):
        assert Client().post(f"/opportunities/answer-by-mail/interested/{each}/").status_code == 404
    assert not Answer.objects.exists()


def test_a_closed_account_does_not_answer(world: World, asked: Opportunity) -> None:
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    link = f"/opportunities/answer-by-mail/interested/{token(asked, world.lantern, world.bob)}/"
    assert Client().post(link).status_code == 404


def test_what_no_longer_names_them_needs_nothing(world: World, asked: Opportunity) -> None:
    link = f"/opportunities/answer-by-mail/interested/{token(asked, world.lantern, world.bob)}/"
    asked.parties.remove(world.lantern)
    page = Client().post(link)
    assert page.status_code == 200
    assert "this no longer names Lantern Youth" in page.content.decode()
    assert asked.sentence not in page.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("agreed", "This is agreed already."),
        ("started", "This has started already."),
        ("dismissed", "The partnership has put this away for now."),
        ("gone", "this is no longer found."),
    ],
)
def test_a_decided_or_gone_one_says_so_instead_of_the_button(
    world: World, asked: Opportunity, state: str, sentence: str
) -> None:
    Opportunity.objects.update(state=state, reason="no_fit" if state == "dismissed" else "")
    link = f"/opportunities/answer-by-mail/interested/{token(asked, world.lantern, world.bob)}/"
    for page in (Client().get(link), Client().post(link)):
        text = page.content.decode()
        assert sentence in text
        assert "Nothing is needed from you." in text
        assert "It does not fit this place" not in text
        assert "<button" not in text.partition("<main")[2]
    assert not Answer.objects.exists()


def test_the_page_is_kept_nowhere(world: World, asked: Opportunity) -> None:
    link = f"/opportunities/answer-by-mail/interested/{token(asked, world.lantern, world.bob)}/"
    assert "no-store" in Client().get(link)["Cache-Control"]


def test_answers_stand_on_the_page_who_is_interested_first(world: World, asked: Opportunity, as_: As) -> None:
    for partner, word in ((world.lantern, "not_us"), (world.school, "already"), (world.police, "interested")):
        Answer.objects.create(opportunity=asked, partner=partner, word=word, by="x")
    page = as_("alice").get(f"/opportunities/{asked.pk}/").content.decode()
    assert "1 is interested, 1 already does it, 1 said “not us”." in page
    who = page[page.index(">Who<") : page.index("What happened with it")]
    names = ["Testland Police", "Hilltop School", "Lantern Youth"]
    assert [who.index(name) for name in names] == sorted(who.index(name) for name in names)
    public = make_opportunity(world, "one", world.lantern, audience="public", marking="public")
    world.lantern.marking = "public"
    world.lantern.save()
    # A body that said “not us” is not named in public, and that it said so is told to nobody outside.
    address = f"/opportunities/{public.pk}/"
    assert as_("nobody").get(address).status_code == as_("charlie").get(address).status_code == 404
    Answer.objects.filter(partner=world.lantern).update(word="interested")
    text = as_("nobody").get(address).content.decode()
    assert "Lantern Youth" in text
    assert "is interested" not in text
