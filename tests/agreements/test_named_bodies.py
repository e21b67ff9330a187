"""Whom an agreement names: told at once, asked, named in public once they said yes. Nobody says it for another."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.actions.agreement import (
    Contributed,
    change_agreement,
    record_agreement,
    start_agreement,
)
from joinedup.agreements.actions.named_bodies import answer_naming, confirm_agreement
from joinedup.agreements.actions.table_notes import agree_at_table, correct_at_table
from joinedup.agreements.forms.agreement import AgreementForm
from joinedup.agreements.forms.agreement_defaults import from_sitting
from joinedup.agreements.models import Agreement, Naming
from joinedup.agreements.queries.agreement import find_agreements, waiting
from joinedup.agreements.queries.named_bodies import named_by_mail, named_for, unsettled
from joinedup.agreements.queries.verdicts import public_agreements
from joinedup.agreements.queries.wall import wall
from joinedup.agreements.worker import chase_agreements
from joinedup.events.models import Event
from joinedup.partners.models import Contact, Partner
from joinedup.registration.models import Attendee
from joinedup.tables.models import Sitting
from joinedup.tables.queries import sittings
from tests.world import World, make_partner, make_user

Capture = Callable[..., Any]
As = Callable[[str], Client]
ASKED = "an owner has been asked"


@pytest.fixture
def quiet(world: World) -> Partner:
    """A public body, whose name stands nowhere but where an agreement puts it; with one contact."""
    made = make_partner("Quiet Constabulary", "police", world.north, [], [], marking="public")
    Contact.objects.create(partner=made, role="Inspector", email="inspector@quiet.example")
    return made


@pytest.fixture
def written(
    quiet: Partner,
    agree: Callable[..., Agreement],
    commitment: Any,
    django_capture_on_commit_callbacks: Capture,
) -> Agreement:
    """Alice wrote it down, public; nobody has answered."""
    with django_capture_on_commit_callbacks(execute=True):
        return agree(said="", owner_partner=quiet, owner_role="Borough inspector", commitment=commitment)


def letter_to(address: str) -> Any:
    return next(each for each in mail.outbox if each.to == [address])


def link_in(letter: Any) -> str:
    return "/agreements/named/" + letter.body.split("/agreements/named/")[1].split()[0]


def answer(browser: Client, path: str, word: str, partner: Partner) -> int:
    page = browser.get(path).content.decode()
    forms = page.split('name="partner" value="')[1:]
    mine = next(each for each in forms if each.startswith(f'{partner.pk}"'))
    version = mine.split('name="version" value="')[1].split('"')[0]
    return browser.post(path, {"answer": word, "version": version, "partner": partner.pk}).status_code


def say(person: Person, agreement: Agreement, partner: Partner, word: str) -> Naming:
    named = next(each for each in named_for(person, agreement.pk) if each.partner == partner)
    return answer_naming(by=person, agreement=agreement, partner=partner, answer=word, version=named.version)


def read(browser: Client, path: str) -> str:
    got = browser.get(path)
    if got.status_code != 200:
        return ""
    if path.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(got.content)) as packed:
            return packed.read("word/document.xml").decode()
    return b"".join(got).decode() if got.streaming else got.content.decode()


def pages(agreement: Agreement) -> list[str]:
    """Every page and file that says something of an agreement to everybody."""
    event, place = agreement.event, agreement.place_id
    return [
        "/",
        "/agreements/",
        "/agreements.csv",
        f"/agreements/{agreement.pk}/",
        f"/events/{event.slug}/",
        f"/events/{event.slug}/results/",
        f"/events/{event.slug}/since/",
        f"/events/{event.slug}/since.docx",
        f"/events/{event.slug}/calendar.ics",
        f"/programmes/{event.programme.slug}/results/",
        f"/programmes/{event.programme.slug}/results.csv",
        f"/places/{place}/",
        "/strategy/C01/",
        "/search/?q=mentor",
        f"/partners/{agreement.owner_partner.slug}/agreement",
    ]


def naming_pages(browser: Client, agreement: Agreement, *words: str) -> list[str]:
    """Those of them that hold one of these words."""
    found = {path: read(browser, path) for path in pages(agreement)}
    return [path for path, text in found.items() if any(each in text for each in words)]


class TestUntilYes:
    def test_everybody_named_is_told_at_once_by_one_mail(
        self, written: Agreement, quiet: Partner, world: World
    ) -> None:
        assert sorted(each.to[0] for each in mail.outbox) == ["bob@example.org", "inspector@quiet.example"]
        letter = letter_to("inspector@quiet.example")
        assert "Quiet Constabulary (Borough inspector) makes sure that it happens." in letter.body
        assert letter.reply_to == ["alice@example.org"]
        held = {each.partner.name: (each.answer, each.asked_on) for each in written.namings.all()}
        today = timezone.localdate()
        assert held == {
            "Quiet Constabulary": ("", today),
            "Lantern Youth": ("", today),
            "Hilltop School": ("", None),
        }

    def test_the_public_reads_that_an_owner_has_been_asked(self, written: Agreement, as_: As) -> None:
        Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=40))
        Agreement.objects.update(due=timezone.localdate() - datetime.timedelta(days=30))
        for who in ("nobody", "charlie"):
            browser = as_(who)
            assert naming_pages(browser, written, "Quiet Constab", "Borough inspector") == []
            for path in ("/agreements/", "/agreements.csv", f"/agreements/{written.pk}/", "/strategy/C01/"):
                assert ASKED in read(browser, path), path
            for path in pages(written)[4:8]:
                text = read(browser, path)
                assert not text or written.goal in text, path
            assert "A room" not in read(browser, f"/agreements/{written.pk}/"), "what it puts in may say who"
            assert written.goal not in read(browser, f"/partners/{written.owner_partner.slug}/")
            found = read(browser, f"/agreements/?partner={written.owner_partner.slug}")
            assert written.goal not in found, "nobody finds it by the name that they may not read"

    def test_the_partnership_reads_when_it_was_asked(self, written: Agreement, as_: As) -> None:
        today = timezone.localdate()
        for who in ("alice", "bob", "lead"):
            text = read(as_(who), f"/agreements/{written.pk}/")
            assert f"asked on {today.day} {today:%B %Y}, no answer yet" in text
            assert "Quiet Constabulary" in text
        assert "no answer yet" in read(as_("alice"), "/agreements.csv")

    def test_the_page_of_the_body_does_not_say_that_it_owns_it(
        self, written: Agreement, quiet: Partner, as_: As
    ) -> None:
        text = read(as_("alice"), f"/partners/{quiet.slug}/")
        assert "they are named, and have not said yes" in text
        written.namings.filter(partner=quiet).update(answer="yes", answered_on=timezone.localdate())
        assert "they own it" in read(as_("alice"), f"/partners/{quiet.slug}/")
        assert "they own it" in read(as_("nobody"), f"/partners/{quiet.slug}/")

    def test_the_wall_of_the_room_reads_as_everybody_does(self, written: Agreement, world: World) -> None:
        (card,) = wall(world.person("alice"), written.event).cards
        assert card.partners == [ASKED]
        written.namings.filter(partner=world.school).update(answer="yes", answered_on=timezone.localdate())
        (card,) = wall(world.person("alice"), written.event).cards
        assert card.partners == [ASKED, "Hilltop School"]

    def test_words_that_repeat_the_name_wait_for_it(
        self, agree: Callable[..., Agreement], quiet: Partner, world: World, as_: As
    ) -> None:
        made = agree(said="", goal="The Quiet  constabulary opens its gym", owner_partner=quiet)
        for who in ("nobody", "charlie"):
            assert as_(who).get(f"/agreements/{made.pk}/").status_code == 404
            assert naming_pages(as_(who), made, "onstabulary opens") == []
        assert public_agreements(made.event) == []
        assert as_("bob").get(f"/agreements/{made.pk}/").status_code == 200
        assert "onstabulary" not in wall(world.person("alice"), made.event).cards[0].goal
        made.namings.filter(partner=quiet).update(answer="yes", answered_on=timezone.localdate())
        assert as_("nobody").get(f"/agreements/{made.pk}/").status_code == 200

    def test_local_action_is_not_led_on_somebody_elses_word(
        self, agree: Callable[..., Agreement], world: World
    ) -> None:
        made = agree(said="")
        with pytest.raises(ValidationError, match="Lantern Youth has not said yes"):
            start_agreement(by=world.person("alice"), agreement=made)
        initiative = start_agreement(by=world.person("bob"), agreement=made)
        assert made.namings.get(partner=world.lantern).answer == "yes", "their own button is their yes"
        assert list(initiative.co_partners.all()) == [], "the school has not said yes"
        made.namings.filter(partner=world.school).update(answer="", answered_on=None)
        grace = make_user("grace@example.org", "Grace", "partner_member", partner=world.school)
        say(Person.of(grace), made, world.school, "yes")
        assert list(initiative.co_partners.all()) == [world.school]
        say(Person.of(grace), made, world.school, "no")
        assert list(initiative.co_partners.all()) == []


class TestTheAnswer:
    def test_reading_changes_nothing_and_one_button_names_it(
        self, written: Agreement, quiet: Partner, as_: As
    ) -> None:
        path = link_in(letter_to("inspector@quiet.example"))
        browser = as_("nobody")
        for _scanner in range(3):
            assert browser.get(path).status_code == 200
            browser.head(path)
        assert written.namings.get(partner=quiet).answer == ""
        assert answer(browser, path, "yes", quiet) == 302
        naming = written.namings.get(partner=quiet)
        assert (naming.answer, naming.answered_by) == ("yes", "Inspector")
        entry = AuditEntry.objects.get(action="agreement.answer")
        assert (entry.by, entry.before["answer"], entry.after["answer"]) == ("Inspector", "", "yes")
        text = read(as_("charlie"), f"/agreements/{written.pk}/")
        assert "Quiet Constabulary" in text
        assert "Borough inspector" not in text, "the body, and not who there does it"
        assert "Borough inspector" in read(as_("bob"), f"/agreements/{written.pk}/")
        assert ASKED not in text

    def test_no_takes_the_name_away_at_once_and_those_who_can_name_another_hear_it(
        self, written: Agreement, quiet: Partner, as_: As, django_capture_on_commit_callbacks: Capture
    ) -> None:
        path = link_in(letter_to("inspector@quiet.example"))
        answer(as_("nobody"), path, "yes", quiet)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            answer(as_("nobody"), path, "no", quiet)
        assert [each.to for each in mail.outbox] == [["alice@example.org"]]
        assert "Quiet Constabulary says that it is not the owner" in mail.outbox[0].body
        for who in ("nobody", "charlie"):
            assert naming_pages(as_(who), written, "Quiet Constab", "Borough inspector") == []
            text = read(as_(who), f"/agreements/{written.pk}/")
            assert "an owner is being looked for" in text
            assert "said no" not in text
        assert "said no on" in read(as_("bob"), f"/agreements/{written.pk}/")
        assert "said no: name another owner" in read(as_("alice"), "/work/")

    def test_local_action_that_it_led_is_public_no_longer(
        self, written: Agreement, quiet: Partner, world: World
    ) -> None:
        ines = Person.of(make_user("ines@example.org", "Ines", "partner_member", partner=quiet))
        say(ines, written, quiet, "yes")
        initiative = start_agreement(by=world.person("alice"), agreement=written)
        assert initiative.marking == "public"
        say(ines, written, quiet, "no")
        initiative.refresh_from_db()
        assert initiative.marking == "partnership"

    def test_other_words_and_other_people_ask_again(
        self,
        written: Agreement,
        quiet: Partner,
        world: World,
        parts: dict[str, Any],
        as_: As,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        old = link_in(letter_to("inspector@quiet.example"))
        answer(as_("nobody"), old, "yes", quiet)
        mail.outbox.clear()
        now = parts | {"owner_partner": quiet, "owner_role": "Borough inspector"}
        with django_capture_on_commit_callbacks(execute=True):
            change_agreement(by=world.person("alice"), agreement=written, **now)
        assert mail.outbox == [], "the same words ask nobody"
        assert written.namings.get(partner=quiet).answer == "yes"
        with django_capture_on_commit_callbacks(execute=True):
            change_agreement(
                by=world.person("alice"), agreement=written, **now | {"goal": "Arrest everybody"}
            )
        assert written.namings.get(partner=quiet).answer == ""
        assert letter_to("inspector@quiet.example").subject.startswith("Changed: is this still you?")
        assert ASKED in read(as_("nobody"), f"/agreements/{written.pk}/")
        with django_capture_on_commit_callbacks(execute=True):
            change_agreement(by=world.person("alice"), agreement=written, **parts)
        assert not written.namings.filter(partner=quiet).exists()
        assert as_("nobody").get(old).status_code == 404, "it names them no longer"

    def test_an_answer_to_words_that_were_changed_meanwhile_is_none(
        self, written: Agreement, quiet: Partner, world: World, as_: As
    ) -> None:
        path = link_in(letter_to("inspector@quiet.example"))
        page = as_("nobody").get(path).content.decode()
        version = page.split('name="version" value="')[1].split('"')[0]
        Agreement.objects.filter(pk=written.pk).update(action="Something quite different")
        said = as_("nobody").post(path, {"answer": "yes", "version": version}, follow=True)
        assert "changed meanwhile" in said.content.decode()
        assert written.namings.get(partner=quiet).answer == ""

    def test_who_writes_for_their_own_body_has_said_yes_and_for_no_other(
        self, sitting: Sitting, parts: dict[str, Any], world: World
    ) -> None:
        here = Sitting.objects.get(pk=sitting.pk)
        made = record_agreement(by=world.person("bob"), event=here.event, sitting=here, **parts)
        said = {each.partner.name: each.answer for each in made.namings.all()}
        assert said == {"Lantern Youth": "yes", "Hilltop School": ""}

    def test_a_signed_in_member_answers_and_outsiders_do_not(
        self, written: Agreement, quiet: Partner, as_: As, world: World
    ) -> None:
        make_user("ines@example.org", "Ines", "partner_member", partner=quiet)
        path = f"/agreements/{written.pk}/answer/"
        for who, status in (("alice", 404), ("charlie", 404), ("lead", 404), ("admin", 404), ("nobody", 302)):
            assert as_(who).get(path).status_code == status
            sent = {"answer": "yes", "version": "x", "partner": quiet.pk}
            assert as_(who).post(path, sent).status_code == status
        assert "Lantern Youth" in read(as_("bob"), path)
        assert "Is Quiet Constabulary rightly named?" not in read(as_("bob"), path)
        version = named_for(world.person("bob"), written.pk)[0].version
        sent = {"answer": "yes", "version": version, "partner": quiet.pk}
        assert as_("bob").post(path, sent).status_code == 404, "for another body"
        with pytest.raises(PermissionDenied):
            answer_naming(
                by=world.person("bob"), agreement=written, partner=quiet, answer="yes", version=version
            )
        assert written.namings.get(partner=quiet).answer == ""
        browser = Client()
        ines = make_user("ines2@example.org", "Ines", "partner_member", partner=quiet)
        browser.force_login(ines, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "Agreements that name you" in read(browser, "/work/")
        assert answer(browser, path, "yes", quiet) == 302
        assert written.namings.get(partner=quiet).answered_by == "Ines"
        assert "Agreements that name you" not in read(browser, "/work/")

    def test_whoever_wrote_it_does_not_answer_as_a_contact_of_another(
        self, written: Agreement, quiet: Partner, world: World, as_: As
    ) -> None:
        """Alice puts her own address among the contacts of the body that she named."""
        Contact.objects.create(partner=quiet, role="Me", email="Alice@example.org", added_by=world.alice)
        by_mail = make_link("naming", f"{written.pk}.{quiet.pk}", "alice@example.org")
        assert named_by_mail(by_mail) is None
        assert as_("nobody").post(f"/agreements/named/{by_mail}/", {"answer": "yes"}).status_code == 404
        assert named_for(world.person("alice"), written.pk) == []

    def test_links_of_others_do_nothing(
        self, written: Agreement, quiet: Partner, world: World, as_: As
    ) -> None:
        stranger = make_link("naming", f"{written.pk}.{quiet.pk}", "stranger@example.org")
        for token in (
            stranger,
            make_link("report", f"{written.pk}.{quiet.pk}", "inspector@quiet.example"),
            "x",
        ):
            assert as_("nobody").get(f"/agreements/named/{token}/").status_code == 404
        other = make_link("naming", f"{written.pk}.{world.police.pk}", "inspector@quiet.example")
        assert as_("nobody").get(f"/agreements/named/{other}/").status_code == 404, "not named in it"
        mine = link_in(letter_to("inspector@quiet.example"))
        Contact.objects.all().delete()
        assert as_("nobody").get(mine).status_code == 404, "they have left"

    def test_a_body_that_said_no_is_not_asked_how_it_stands(
        self, written: Agreement, quiet: Partner, django_capture_on_commit_callbacks: Capture
    ) -> None:
        written.namings.filter(partner=quiet).update(answer="no", answered_on=timezone.localdate())
        ines = Person.of(make_user("ines@example.org", "Ines", "partner_member", partner=quiet))
        assert waiting(ines, ines.partner_ids, written.due + datetime.timedelta(days=1)) == []
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            chase_agreements(written.due + datetime.timedelta(days=1))
        assert mail.outbox
        assert ["inspector@quiet.example"] not in [each.to for each in mail.outbox]


class TestNobodyToAsk:
    def test_the_page_and_the_work_of_who_coordinates_say_what_to_do(
        self,
        agree: Callable[..., Agreement],
        world: World,
        as_: As,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        made = agree(said="", owner_partner=world.police)
        text = read(as_("alice"), f"/agreements/{made.pk}/")
        assert "No mail has reached Testland Police." in text
        assert "an owner is still to be asked" in read(as_("nobody"), f"/agreements/{made.pk}/")
        assert [(each.agreement, each.why) for each in unsettled(world.person("alice"))] == [
            (made, "not_asked")
        ]
        assert "No mail has reached Testland Police" in read(as_("alice"), "/work/")
        assert unsettled(world.person("charlie")) == []
        settle = f"/agreements/{made.pk}/settle/"
        sent = {"do": "ask", "partner": world.police.pk}
        assert "add a contact first" in as_("alice").post(settle, sent, follow=True).content.decode()
        Contact.objects.create(partner=world.police, role="Desk", email="desk@police.example")
        for who in ("bob", "charlie"):
            assert as_(who).post(settle, sent).status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            as_("alice").post(settle, sent)
        assert [each.to for each in mail.outbox] == [["desk@police.example"]]
        assert unsettled(world.person("alice")) == []
        assert "asked today already" in as_("alice").post(settle, sent, follow=True).content.decode()

    def test_a_mail_server_that_takes_nothing_has_asked_nobody(
        self,
        quiet: Partner,
        agree: Callable[..., Agreement],
        settings: Any,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
        with django_capture_on_commit_callbacks(execute=True):
            made = agree(said="", owner_partner=quiet)
        assert made.namings.get(partner=quiet).asked_on is None


class TestPublicIsAChoice:
    def test_every_form_starts_with_the_partnership(
        self, sitting: Sitting, event: Event, world: World
    ) -> None:
        assert AgreementForm(person=world.person("alice"), event=event)["marking"].value() == "partnership"
        found = sittings.sitting(sitting.pk)
        assert found is not None
        assert from_sitting(found, world.person("alice"), None)["marking"] == "partnership"
        assert Agreement().marking == "partnership"

    def test_what_is_written_before_the_day_says_so(
        self, sitting: Sitting, world: World, as_: As, agree: Callable[..., Agreement]
    ) -> None:
        page = f"/sittings/{sitting.pk}/"
        assert "it has not taken place" in read(as_("alice"), page)
        made = agree()
        assert "30 days before North meets: no table had heard it" in read(
            as_("bob"), f"/agreements/{made.pk}/"
        )
        assert "no table had heard it" not in read(as_("nobody"), f"/agreements/{made.pk}/")
        Event.objects.update(date=timezone.localdate())
        assert "it has not taken place" not in read(as_("alice"), page)
        assert "no table had heard it" not in read(as_("bob"), f"/agreements/{made.pk}/")


class TestByLink:
    """What is written by the link of a table, without an account."""

    @pytest.fixture
    def by_link(
        self, sitting: Sitting, parts: dict[str, Any], world: World, make_opportunity: Callable[..., Any]
    ) -> Agreement:
        Event.objects.update(date=timezone.localdate())
        leader = next(s.attendee for s in sitting.seats.all() if "facilitator" in s.attendee.parts)
        here = Sitting.objects.get(pk=sitting.pk)
        one = sorted({s.attendee.partner for s in here.seats.all()}, key=lambda partner: partner.name)[0]
        whole = parts | {
            "owner_partner": one,
            "deputy_partner": None,
            "contributions": [Contributed(one, "A room")],
        }
        by = Person.participant(leader.pk, f"{leader.role}, {leader.partner}")
        return agree_at_table(by=by, sitting=here, **whole)[0]

    def test_it_is_for_the_partnership_until_somebody_confirms_it(
        self, by_link: Agreement, as_: As, world: World, opportunity: Any
    ) -> None:
        path = f"/agreements/{by_link.pk}/"
        assert by_link.marking == "public"
        for who in ("nobody", "charlie"):
            assert as_(who).get(path).status_code == 404
            assert naming_pages(as_(who), by_link, by_link.goal) == []
        assert "For the partnership only." in read(as_("bob"), path)
        assert not find_agreements(PUBLIC, timezone.localdate()).exists()
        opportunity.refresh_from_db()
        assert opportunity.state == "on_agenda"
        for who, status in (("bob", 404), ("charlie", 404), ("nobody", 302)):
            assert as_(who).post(f"{path}settle/", {"do": "confirm"}).status_code == status
        assert "confirm that it was agreed" in read(as_("alice"), "/work/") or "No mail" in read(
            as_("alice"), "/work/"
        )
        as_("alice").post(f"{path}settle/", {"do": "confirm"})
        assert as_("nobody").get(path).status_code == 200
        opportunity.refresh_from_db()
        assert opportunity.state == "agreed"
        as_("alice").post(f"{path}settle/", {"do": "take_back"})
        assert as_("nobody").get(path).status_code == 404
        done = ["agreement.confirm_written", "agreement.take_back_confirmation"]
        assert list(AuditEntry.objects.filter(action__in=done).values_list("action", flat=True)) in (
            done,
            done[::-1],
        )

    def test_its_owners_yes_confirms_it(self, by_link: Agreement, as_: As) -> None:
        owner = by_link.owner_partner
        one = Person.of(make_user("one@example.org", "One", "partner_member", partner=owner))
        say(one, by_link, owner, "yes")
        by_link.refresh_from_db()
        assert by_link.confirmed_by == "One"
        assert as_("nobody").get(f"/agreements/{by_link.pk}/").status_code == 200

    def test_a_correction_by_the_link_waits_again(
        self, by_link: Agreement, sitting: Sitting, parts: dict[str, Any], as_: As, world: World
    ) -> None:
        """Also of what somebody wrote there with an account."""
        by = Person.participant(by_link.writer_id or 0, by_link.recorded_by)
        here = Sitting.objects.get(pk=sitting.pk)
        whole = parts | {
            "owner_partner": by_link.owner_partner,
            "deputy_partner": None,
            "contributions": [Contributed(by_link.owner_partner, "A room")],
        }
        signed = record_agreement(
            by=world.person("alice"), event=here.event, sitting=here, **whole | {"goal": "Signed in"}
        )
        confirm_agreement(by=world.person("alice"), agreement=by_link)
        for each in (signed, by_link):
            assert as_("nobody").get(f"/agreements/{each.pk}/").status_code == 200
            correct_at_table(
                by=by, sitting=here, agreement=each, **whole | {"goal": f"Quite different {each.pk}"}
            )
            assert as_("nobody").get(f"/agreements/{each.pk}/").status_code == 404

    def test_its_writer_hears_a_no(
        self, by_link: Agreement, django_capture_on_commit_callbacks: Capture
    ) -> None:
        Attendee.objects.filter(pk=by_link.writer_id).update(email="leader@example.org")
        one = Person.of(make_user("one@example.org", "One", "partner_member", partner=by_link.owner_partner))
        with django_capture_on_commit_callbacks(execute=True):
            say(one, by_link, by_link.owner_partner, "no")
        assert sorted(each.to[0] for each in mail.outbox) == ["alice@example.org", "leader@example.org"]

    def test_nothing_new_is_public_while_it_is_held(self, by_link: Agreement, as_: As, world: World) -> None:
        world.north.held_until = timezone.localdate() + datetime.timedelta(days=30)
        world.north.save()
        with pytest.raises(ValidationError, match="Nothing new is published"):
            confirm_agreement(by=world.person("alice"), agreement=by_link)
        owner = by_link.owner_partner
        one = Person.of(make_user("one@example.org", "One", "partner_member", partner=owner))
        say(one, by_link, owner, "yes")
        assert by_link.namings.get(partner=owner).answer == "yes"
        assert as_("nobody").get(f"/agreements/{by_link.pk}/").status_code == 404
        world.north.held_until = None
        world.north.save()
        by_link.refresh_from_db()
        confirm_agreement(by=world.person("alice"), agreement=by_link)
        assert as_("nobody").get(f"/agreements/{by_link.pk}/").status_code == 200
