"""A name or a telephone number in the wrong box (case 12): refused with the reason, or gone with the rest."""

import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from joinedup.events.actions.sessions import add_speaker
from joinedup.events.actions.topics import propose_topic
from joinedup.events.models import Event
from joinedup.partners.models import Ask, Partner
from joinedup.registration import worker
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.personal_details import ROLE_NOT_KEPT, forget_lines
from joinedup.registration.actions.registration import change_registration, register
from joinedup.registration.models import Attendee, Invitation
from joinedup.tables.actions.door import walk_in
from tests.world import World

WHO = "Unmistakable Person"
WRONG = "Unmistakable Person runs boxing; call 07700 900123"


def fields(**more: str) -> dict[str, str]:
    whole = {
        "part": "guest",
        "new_partner": "Bright Corner",
        "sector": "vcs",
        "role": "Worker",
        "name": WHO,
        "email": "unmistakable@example.org",
        "needing": "A hall on Fridays",
    }
    return whole | more


@pytest.mark.parametrize("box", ["doing", "needing", "role"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WRONG, "a phone number"),
        ("Ask boxing@example.org", "an e-mail address"),
        ("Patient 943 476 5919", "a number that stands for a person"),
        ("At 12 Mill Road, Northton M14 5RX", "the address of a house"),
        ("unmistakable  PERSON runs boxing", "name"),
    ],
)
def test_the_box_says_why_and_nothing_else_that_was_typed_is_lost(event: Event, as_, box, text, reason):
    answer = as_("nobody").post(f"/events/{event.slug}/register/", fields(**{box: text}))
    page = answer.content.decode()
    assert answer.status_code == 200
    said = page[page.index("govuk-error-summary") :][:900]
    assert reason in said
    for kept in ("Bright Corner", "unmistakable@example.org", WHO):
        assert kept in page
    assert not Attendee.objects.exists()
    assert not Ask.objects.exists()


@pytest.mark.parametrize("name", [WHO, "unmistakable person", "Unmistakable Person Ltd", "07700 900123"])
def test_an_organisation_is_not_called_like_whoever_comes(event: Event, as_, name):
    page = as_("nobody").post(f"/events/{event.slug}/register/", fields(new_partner=name)).content.decode()
    assert "Give the name of your organisation only" in page
    assert not Partner.objects.filter(name__iexact=name).exists()


@pytest.mark.parametrize(
    ("text", "names", "is_refused"),
    [
        ("Lantern Youth runs boxing", ["Ro Lantern"], False),
        ("We play kit football in May", ["Kit", "may"], True),
        ("football kit for all", ["Kit"], False),
        ("Kit runs it", ["Kit"], True),
        ("a summer of boxing", ["Summer"], True),
        ("12 sessions a week in Moss Side, M14 5RX", [], False),
        ("£700 000 for 1,200 young people since 2019", [], False),
        ("Fridays 18:00-20:30, ages 11-16", [], False),
        ("+44 (0)7700 900 123", [], True),
        ("7700 900123", [], True),
        ("\uff10\uff17\uff17\uff10\uff10 900123", [], True),
    ],
)
def test_what_a_line_about_an_organisation_may_hold(event, world: World, come, text, names, is_refused):
    def post() -> None:
        come(event, world.lantern, name=names[0] if names else "", young_names=names[1:], doing=text)

    if is_refused:
        with pytest.raises(ValidationError):
            post()
        assert not Ask.objects.exists()
    else:
        post()
        assert [each.text for each in Ask.objects.all()] == [text]


def test_notes_topics_and_roles_refuse_it_too(event: Event, world: World, come):
    alice, nobody = world.person("alice"), world.person("nobody")
    who = come(event, world.lantern, name=WHO)
    with pytest.raises(ValidationError, match="phone number"):
        propose_topic(by=world.person("bob"), event=event, partner=world.lantern, title=WRONG)
    with pytest.raises(ValidationError, match="not a name"):
        change_registration(by=nobody, attendee=who, role=WHO)
    with pytest.raises(ValidationError, match="not a name"):
        walk_in(by=alice, event=event, partner=world.lantern, role="Pat Doe, manager", name="Pat Doe")
    from joinedup.events.actions import sessions

    with pytest.raises(ValidationError, match="name"):
        sessions.add_session(
            by=alice, event=event, kind="talk", title="Talk", starts=datetime.time(9), notes=f"{WHO} asked"
        )


def test_roles_and_jobs_are_words_alone_in_every_box(event: Event, world: World, come):
    """A page on the web leads to a person too: one box of roles refused it and the others did not."""
    alice, nobody, web = world.person("alice"), world.person("nobody"), "Head, www.example.org/pat"
    asked = Invitation.objects.create(event=event, role="Head", email="h@example.org")
    with pytest.raises(ValidationError, match="a web address"):
        answer_invitation(
            by=nobody,
            invitation=asked,
            answer="substitute",
            substitute_email="x@example.org",
            substitute_role=web,
        )
    with pytest.raises(ValidationError, match="a web address"):
        add_speaker(by=alice, event=event, name="Dana Whole", job=web, partner=world.school)
    # Kept before boxes refused it.
    who = come(event, world.lantern, name=WHO)
    Attendee.objects.filter(pk=who.pk).update(role=web)
    who.refresh_from_db()
    forget_lines(event, [who], [])
    assert who.role == ROLE_NOT_KEPT


@pytest.mark.django_db(transaction=True)
def test_nothing_of_somebody_is_left_anywhere_after_the_deletion(event: Event, world: World, come, theme):
    """The case's text, what stood in the records before it was refused, and every box that takes words."""
    who = come(
        event,
        world.lantern,
        name=WHO,
        email="unmistakable@example.org",
        dietary="Unmistakable diet",
        young_names=["Unmistakable Kit"],
        doing="Boxing on Fridays",
    )
    register(
        by=world.person("nobody"),
        event=event,
        partner=world.lantern,
        role="Held",
        name="Unmistakable Held",
        email="unmistakable-held@example.org",
        needing="A hall on Fridays",
    )
    with pytest.raises(ValidationError):
        come(event, world.lantern, name=WHO, email="unmistakable2@example.org", doing=WRONG)
    # Kept before boxes refused it.
    Ask.objects.create(partner=world.lantern, kind="offer", text=WRONG, event=event, marking="partnership")
    Attendee.objects.filter(pk=who.pk).update(role=f"{WHO}, manager")
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=90))
    assert hits("unmistakable") != []
    assert files_with(b"unmistakable") != [] or connection.vendor != "sqlite"
    assert worker.delete_due_personal(timezone.localdate()) == 3
    assert hits("unmistakable") == []
    assert hits("900123") == []
    assert [each.text for each in Ask.objects.all()] == ["Boxing on Fridays"]
    assert files_with(b"unmistakable") == []


def hits(word: str) -> list[str]:
    """Every table and column of the database that holds the word, whatever its kind."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                cursor.execute(
                    f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)} "
                    f"WHERE LOWER(CAST({name} AS text)) LIKE %s",
                    [f"%{word}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
    return found


def files_with(word: bytes) -> list[str]:
    """Every file of the installation that holds the word, its database and what SQLite keeps beside it too."""
    where = {Path(settings.HOME)}
    if connection.vendor == "sqlite":
        where.add(Path(connection.settings_dict["NAME"]).parent)
    files = (each for folder in where for each in folder.rglob("*") if each.is_file())
    return [each.name for each in files if word in each.read_bytes().lower()]


def test_no_model_of_ours_is_left_out_of_the_search(event: Event):
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert {m._meta.db_table for m in apps.get_models() if m.__module__.startswith("joinedup.")} <= tables
