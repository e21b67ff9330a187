"""What was taken back or deleted is gone everywhere, and nothing of people is told where it need not be."""

from __future__ import annotations

import datetime
import logging
import re
import smtplib
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.mail.compose import compose
from joinedup.mail.send import deliver_now_or_never
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Partner
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.models import Attendee, Invitation
from joinedup.voice.actions import make_topic, moderate, withdraw
from tests.trust.conftest import Everything
from tests.trust.walking import As, Walk, addresses, everything_kept, read

QUOTE = "Nobody walks with us after dark"


@pytest.mark.parametrize("how", ["withdrawn", "refused"])
def test_words_that_are_taken_back_vanish_from_every_page(everything: Everything, as_: As, how: str):
    alice = everything.world.person("alice")
    given = everything.say(QUOTE, "shown")
    make_topic(by=alice, contribution=given, title=QUOTE, theme=None)
    told = [each for each in addresses() if QUOTE in read(as_("nobody"), each)[1]]
    assert {"/events/" + everything.event.slug + "/", "/voices/what-helps/"} <= set(told)
    if how == "withdrawn":
        withdraw(by=everything.world.person("nobody"), contribution=given)
        # What no row holds any more stands on a page only where the page was stored.
        assert QUOTE not in str(everything_kept())
        wanted = told
    else:
        moderate(by=alice, contribution=given, state="refused", reason="names")
        wanted = addresses()
    for name in ("nobody", "charlie", "bob"):
        browser = as_(name)
        assert [each for each in wanted if QUOTE in read(browser, each)[1]] == []
    kept = [str((each.label, each.before, each.after)) for each in AuditEntry.objects.all()]
    assert [each for each in kept if QUOTE in each] == []


def test_links_of_a_deleted_event_cannot_be_guessed(everything: Everything, as_: As):
    event, alice = everything.event, everything.world.person("alice")
    Invitation.objects.create(event=event, role="Head", email="h@example.org")
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    event.refresh_from_db()
    old = [
        *Attendee.objects.values_list("token", flat=True),
        *Invitation.objects.values_list("token", flat=True),
    ]
    delete_personal(by=alice, event=event)
    browser = as_("nobody")
    for number in range(1, 20):
        for way in ("attending", "invitation"):
            assert browser.get(f"/{way}/deleted-{number}/").status_code == 404
            assert browser.post(f"/{way}/deleted-{number}/", {"cancel": "1"}).status_code == 404
    assert {browser.get(f"/attending/{token}/").status_code for token in old} == {404}
    assert not Attendee.objects.filter(standing="cancelled").exists()


class Refusing(EmailBackend):
    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        raise smtplib.SMTPRecipientsRefused({"secret@example.org": (550, b"no such user secret@example.org")})


def test_a_mail_server_that_refuses_costs_no_registration_and_no_address(
    everything: Everything, as_: As, settings, caplog, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    school = everything.world.school
    typed = {"part": "guest", "partner": school.pk, "role": "Worker", "email": "secret@example.org"}
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        answer = as_("nobody").post(f"/events/{everything.event.slug}/register/", typed)
        assert answer.status_code == 302
    assert everything.event.attendees.filter(email="secret@example.org").exists()
    words = dict.fromkeys(("by", "body", "role", "link"), "x")
    assert not deliver_now_or_never(compose("accounts/mails/invited", "secret@example.org", words))
    assert "could not be sent" in caplog.text
    assert "secret" not in caplog.text


def test_the_public_reads_neither_who_decided_nor_what_partners_answered(everything: Everything, as_: As):
    chance = everything.chance
    Opportunity.objects.filter(pk=chance.pk).update(
        state="dismissed", reason="not_now", decided_by="Alice", decided_on=timezone.localdate()
    )
    Answer.objects.create(opportunity=chance, partner=everything.world.school, word="already", by="Bob")
    page = as_("charlie").get(f"/opportunities/{chance.pk}/").content.decode()
    assert "Not this year" in page
    assert "Alice" not in page
    assert "We already do this" not in page
    Answer.objects.update(word="not_us")
    assert as_("charlie").get(f"/opportunities/{chance.pk}/").status_code == 404, (
        "who said no is not named for it"
    )


def test_an_opportunity_is_public_only_while_all_that_it_names_is(everything: Everything, as_: As):
    address = f"/opportunities/{everything.chance.pk}/"
    assert as_("nobody").get(address).status_code == 200
    for model in (Partner, Initiative):
        model.objects.update(marking="partnership")
        assert as_("nobody").get(address).status_code == 404
        assert "could plan together" not in as_("charlie").get("/opportunities/").content.decode()
        model.objects.update(marking="public")


def test_pages_of_who_signed_in_are_kept_nowhere(everything: Everything, as_: As):
    assert as_("bob").get("/").headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in Client().get("/").headers


def test_every_page_has_its_shields(everything: Everything, as_: As):
    for address in ("/", "/events/", "/search/?q=a", "/partners/none/"):
        headers = as_("nobody").get(address).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


def test_cookies_cannot_be_read_by_scripts(everything: Everything, as_: As):
    browser = Client()
    browser.get("/account/login/")
    assert {(name, bool(each["httponly"]), each["samesite"]) for name, each in browser.cookies.items()} <= {
        ("csrftoken", True, "Lax"),
        ("sessionid", True, "Lax"),
        ("messages", True, "Lax"),
    }


def test_a_stranger_cannot_ask_who_comes_by_way_of_a_companion(everything: Everything, as_: As):
    event, partner = everything.event, everything.world.lantern
    told = set()
    for address in ("p0@example.org", "nobody-of-them@example.org"):
        typed = {"part": "young_person", "partner": partner.pk, "name": "Sky", "companion_email": address}
        answer = as_("nobody").post(f"/events/{event.slug}/register/", typed, follow=True)
        # What they typed is read back to them.
        page = answer.content.decode().replace(address, "the address")
        told.add((answer.redirect_chain[0], page[page.index("Thank you") :][:400]))
    assert len(told) == 1
    assert [each.name for each in event.attendees.filter(email="")] == ["Sky"]


INLINE = re.compile(
    r"<[a-z][^>]*\s(?:style|on[a-z]+)=|<style|<script(?![^>]*(?:src=|nonce=|ld\+json))|javascript:"
)


@pytest.mark.parametrize("name", ["nobody", "alice", "admin"])
def test_no_page_holds_what_the_policy_forbids(walked: Callable[[str], Walk], name: str):
    seen = 0
    for address, (status, kind, page) in walked(name).answers.items():
        if kind.startswith("text/html"):
            found = INLINE.search(page)
            assert found is None, (address, found)
            seen += status == 200
    assert seen > 25


def test_nobody_can_plant_a_session(everything: Everything):
    browser = Client()
    browser.get("/account/login/")
    browser.post("/account/login/", {"email": "bob@example.org"})
    planted = browser.session.session_key
    code = re.search(r"\b(\d{4}-?\d{4})\b", str(mail.outbox[-1].body))
    assert code
    browser.post("/account/login/code/", {"code": code[1]})
    assert browser.get("/work/").status_code == 200
    assert browser.session.session_key != planted


def test_sign_in_leads_only_to_our_own_pages(everything: Everything, as_: As):
    for away in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = as_("bob").get("/account/login/", {"next": away})
        assert answer.headers["Location"].startswith("/work/")
