"""An account is erased: nothing of its owner is left in any table or file, and the record keeps their role."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from joinedup.accounts.actions import change_details, take_role_away
from joinedup.accounts.leaving.closing import close_account
from joinedup.accounts.leaving.erasure import (
    ENDS_OTHERWISE,
    OWN_NAMES,
    WITHOUT_WORDS,
    erase_account,
    erase_due,
    role_in_words,
)
from joinedup.accounts.models import AuditEntry, Preference, User
from joinedup.accounts.person import Person
from joinedup.accounts.personal import NAMES
from joinedup.agreements.worker import forget_drafts
from joinedup.mail.compose import compose
from joinedup.mail.outbox import send_due, store
from joinedup.opportunities.models import Opportunity, Priority
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import FootprintChange
from joinedup.registration.worker import delete_due_personal
from joinedup.spreadsheets.worker import forget_uploads
from joinedup.support.models import Offer
from joinedup.visits.worker import forget_leads
from joinedup.voice.models import Contradiction, Contribution, PartnerReply
from tests.trust.conftest import Everything, everything  # noqa: F401 (a record of every kind)
from tests.world import World, make_user

NAME, EMAIL = "Zéphyrine Quillfeather", "zephyrine.quillfeather@lantern.example"
MARKS = ("quillfeather", "phyrine")


@pytest.fixture(autouse=True)
def no_earlier_requests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def zee(world: World) -> User:
    user = make_user(EMAIL, NAME, "partner_member", partner=world.lantern)
    user.job = "Falconer of Quillfeather"
    user.save()
    return user


def holds(text: object) -> bool:
    return any(mark in str(text).lower() for mark in MARKS)


def everywhere() -> list[str]:
    """Every cell of every table that holds the name or the address, from the database itself."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [each[0] for each in cursor.description or ()]
            found += [
                f"{table}.{column}" for row in cursor.fetchall()
                for column, value in zip(columns, row, strict=True) if holds(value)
            ]  # fmt: skip
    return sorted(set(found))


def plant(user: User) -> list[str]:
    """Put the name or the address into every field that can hold them, of one record of every model; returns which."""
    planted = []
    for model in apps.get_models():
        label = model._meta.label
        if not model.__module__.startswith("joinedup.") or label in WITHOUT_WORDS:
            continue
        record = model._base_manager.first()
        if record is None or label in {
            "accounts.User",
            "accounts.Session",
            "accounts.AuditEntry",
            "mail.OutgoingMail",
        }:
            continue
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.choices or field.primary_key or field.unique or field.name in OWN_NAMES - {"name"}:
                continue
            if field.name == "name" and label not in ENDS_OTHERWISE and label != "partners.Contact":
                # What records are called by is listed, and left to a person.
                continue
            if isinstance(field, models.EmailField):
                values[field.name] = EMAIL
            elif isinstance(field, models.CharField | models.TextField) and not isinstance(
                field, models.URLField
            ):
                is_name = field.name in NAMES.get(label, ())
                text = NAME if is_name else f"Ask {NAME}, {EMAIL}"
                if field.max_length is None or len(text) <= field.max_length:
                    values[field.name] = text
            elif isinstance(field, models.JSONField) and field.name not in {"made", "changed", "passed"}:
                values[field.name] = {"who": [NAME, EMAIL]}
        if values:
            try:
                model._base_manager.filter(pk=record.pk).update(**values)
            except Exception as error:  # a constraint of the model: the test says which
                pytest.fail(f"{label}: {error}")
            planted += [f"{label}.{name}" for name in values]
    return planted


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_somebody_anywhere(everything: Everything, zee: User) -> None:  # noqa: F811
    world, now = everything.world, timezone.now()
    everything.hide()
    browser = Client()
    browser.post("/account/login/", {"email": EMAIL})
    code = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert code is not None
    browser.post("/account/login/code/", {"code": code[0]})
    assert browser.get("/account/yours/").status_code == 200
    change_details(by=Person.of(zee), name=NAME, job=zee.job)
    AuditEntry.objects.create(
        user_id=zee.pk, by=f"{NAME}, Lantern Youth, by mail", action="agreement.report", record="agreements.agreement",
        record_id="1", label=f"What {NAME} does", before={"note": EMAIL}, after={"note": [f"Ask {NAME.upper()}"]},
    )  # fmt: skip
    Preference.objects.create(user=zee)
    Contact.objects.create(partner=world.lantern, role="Falconer", name=NAME, email=EMAIL)
    letter = compose("accounts/mails/invited", EMAIL, dict.fromkeys(("by", "body", "role", "link"), "x"))
    store([letter], footprint=None, facts={})
    FootprintChange.objects.create(footprint=world.north, day=now.date(), stated_by="x")
    Priority.objects.create(
        footprint=world.north,
        opportunity=Opportunity.objects.first(),
        quarter=now.date(),
        chosen_by="x",
        chosen_on=now.date(),
    )
    PartnerReply.objects.create(
        contribution=Contribution.objects.first(), partner=world.school, word="no", text="x", recorded_by="x",
        recorded_on=now.date(),
    )  # fmt: skip
    Contradiction.objects.create(
        contribution=Contribution.objects.first(),
        partner=world.school,
        on=now,
        settled_on=now,
        settled_by="x",
    )
    planted = plant(zee)
    assert len(planted) > 80, "the test plants too little"
    every = {f"{label}.{name}" for label, names in NAMES.items() for name in names}
    assert every - set(planted) == {"accounts.AuditEntry.by"}, "of these the world holds no record"
    everything.event.__class__.objects.update(date=now.date() - datetime.timedelta(days=200))
    close_account(by=world.person("admin"), user=zee)
    assert everywhere()
    assert connection.vendor != "sqlite" or any(holds_bytes(Path(name)) for name in files_of_the_home())
    later = now + datetime.timedelta(days=181)
    # All terms pass.
    send_due(later)
    delete_due_personal(later.date())
    forget_drafts(later)
    forget_uploads(later)
    forget_leads(later.date())
    assert erase_due(later) == 1
    assert everywhere() == []
    assert [name for name in files_of_the_home() if holds_bytes(Path(name))] == []
    kept = AuditEntry.objects.filter(action="agreement.report").get()
    assert (kept.by, kept.label) == ("a member of Lantern Youth", "What a member of Lantern Youth does")


def files_of_the_home() -> list[str]:
    if connection.vendor != "sqlite":
        return []
    home = Path(str(connection.settings_dict["NAME"])).parent
    found = [str(each) for each in [*home.rglob("*"), *Path(settings.HOME).rglob("*")] if each.is_file()]
    assert any("test" in each and ".sqlite3" in each for each in found), "the database is among them"
    return found


def holds_bytes(file: Path) -> bool:
    data = file.read_bytes().lower()
    return any(mark.encode() in data for mark in MARKS)


def test_an_open_account_is_not_erased_and_nobody_else_may(world: World) -> None:
    with pytest.raises(ValidationError, match="Close the account first"):
        erase_account(by=world.person("admin"), user=world.bob)
    close_account(by=world.person("admin"), user=world.bob)
    for who in ("alice", "lead", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            erase_account(by=world.person(who), user=world.bob)
    assert User.objects.filter(pk=world.bob.pk).exists()


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("alice", "a coordinator"),
        ("bob", "a member of Lantern Youth"),
        ("lead", "a programme lead"),
        ("admin", "an administrator"),
    ],
)
def test_the_role_stands_for_the_name(world: World, who: str, role: str) -> None:
    assert role_in_words(getattr(world, who)) == role


def test_the_last_role_is_known_after_it_was_taken_away(world: World) -> None:
    take_role_away(by=world.person("admin"), grant=world.bob.grants.get())
    assert role_in_words(User.objects.get(pk=world.bob.pk)) == "a member of Lantern Youth"


def test_of_two_people_called_alike_only_one_loses_the_name(world: World) -> None:
    """The other Bob's records keep his name, where it is not known that the first one changed them."""
    other = make_user("bob2@example.org", "Bob", "partner_member", partner=world.harbour)
    theirs = Offer.objects.create(
        name="T", slug="t", kind="fund", confirmed_by="Bob", confirmed_on=timezone.localdate()
    )
    own = Offer.objects.create(
        name="O", slug="o", kind="fund", confirmed_by="Bob", confirmed_on=timezone.localdate()
    )
    for user, offer in ((other, theirs), (world.bob, own)):
        AuditEntry.objects.create(
            user_id=user.pk,
            by="Bob",
            action="offer.confirm",
            record="support.offer",
            record_id=str(offer.pk),
            label="x",
        )
    close_account(by=world.person("admin"), user=world.bob)
    erase_account(by=world.person("admin"), user=world.bob)
    theirs.refresh_from_db(), own.refresh_from_db()
    assert (theirs.confirmed_by, own.confirmed_by) == ("Bob", "a member of Lantern Youth")
    assert list(
        AuditEntry.objects.filter(record="support.offer").order_by("pk").values_list("by", flat=True)
    ) == [
        "Bob",
        "a member of Lantern Youth",
    ]


def test_a_foundation_called_after_somebody_keeps_its_name_and_is_listed(world: World, zee: User) -> None:
    Partner.objects.filter(pk=world.school.pk).update(name=f"{NAME} Foundation")
    close_account(by=world.person("admin"), user=zee)
    done = erase_account(by=world.person("admin"), user=zee)
    assert done.left == [f"partner {world.school.pk}"]
    assert Partner.objects.get(pk=world.school.pk).name == f"{NAME} Foundation"


def test_entries_stay_append_only_for_everything_else(world: World) -> None:
    entry = AuditEntry.objects.create(
        user_id=world.bob.pk, by="Bob", action="x", record="x", record_id="1", label="x"
    )
    for attempt in (
        lambda: AuditEntry.objects.update(by="x"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: entry.save(),
        lambda: entry.delete(),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert AuditEntry.objects.get().by == "Bob"


def test_whoever_asks_is_erased_after_the_day_for_an_undo(world: World) -> None:
    close_account(by=world.person("bob"), user=world.bob, and_erase=True)
    close_account(by=world.person("charlie"), user=world.charlie)
    now = timezone.now()
    assert erase_due(now + datetime.timedelta(hours=23)) == 0
    assert erase_due(now + datetime.timedelta(hours=25)) == 1
    assert not User.objects.filter(pk=world.bob.pk).exists()
    assert erase_due(now + datetime.timedelta(days=181)) == 1
    with pytest.raises(PermissionDenied):
        close_account(
            by=world.person("alice"),
            user=make_user("e@example.org", "E", "partner_member", partner=world.lantern),
            and_erase=True,
        )


def test_the_page_asks_first_and_is_for_administrators(world: World) -> None:
    admin = Client()
    admin.force_login(world.admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = f"/people/{world.bob.pk}/erase/"
    assert admin.get(path).status_code == 404, "an open account is closed first"
    close_account(by=world.person("admin"), user=world.bob)
    alice = Client()
    alice.force_login(world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert (alice.get(path).status_code, alice.post(path).status_code) == (404, 404)
    assert "a member of Lantern Youth" in admin.get(path).content.decode()
    assert User.objects.filter(pk=world.bob.pk).exists()
    admin.post(path)
    assert not User.objects.filter(pk=world.bob.pk).exists()
