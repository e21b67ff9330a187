"""The audit trail: only ever added to, silent on what is personal, readable as a history."""

from __future__ import annotations

import datetime

import pytest
from django.db import models
from django.template import engines

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.permissions import PERMISSIONS
from joinedup.accounts.queries import DONE, HistoryLine, history_of
from joinedup.partners.models import Partner
from tests.world import World

FRAGMENT = engines["jinja2"].from_string(
    "{% from 'web/history.jinja' import history with context %}{{ history(entries) }}"
)


@pytest.fixture
def entry(world: World) -> AuditEntry:
    return audit.record(by=world.person("bob"), action="partner.change", on=world.lantern)


def test_an_entry_cannot_be_changed(entry: AuditEntry) -> None:
    entry.by = "Somebody else"
    with pytest.raises(TypeError, match="append-only"):
        entry.save()
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.update(by="Somebody else")
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.filter(pk=entry.pk).update(by="Somebody else")
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.bulk_update([entry], ["by"])
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"by": "Somebody else"})
    assert AuditEntry.objects.get().by == "Bob"


def test_an_entry_cannot_be_deleted(entry: AuditEntry) -> None:
    with pytest.raises(TypeError, match="append-only"):
        entry.delete()
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.all().delete()
    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert AuditEntry.objects.count() == 1


def test_history_outlives_the_record_and_the_person(entry: AuditEntry, world: World) -> None:
    Grant.objects.filter(user=world.bob).delete()
    world.bob.delete()
    world.lantern.delete()
    kept = AuditEntry.objects.get()
    assert (kept.by, kept.label) == ("Bob", "Lantern Youth")
    assert not any(isinstance(field, models.ForeignKey) for field in AuditEntry._meta.get_fields())


def test_personal_values_are_neither_in_the_fields_nor_in_the_label(world: World) -> None:
    user = User.objects.create_user("dora@example.org", name="Dora", job="Head of year")
    kept = audit.record(by=world.person("admin"), action="account.invite", on=user)
    assert kept.after is not None
    assert {kept.after[name] for name in ("email", "name", "job")} == {audit.HIDDEN}
    assert kept.label == f"user {user.pk}"
    grant = Grant.objects.create(user=user, role="partner_member", partner=world.lantern)
    assert audit.record(by=world.person("admin"), action="role.grant", on=grant).label == (
        "Partner member, Lantern Youth"
    )


def change(world: World, who: str = "bob", **values: object) -> None:
    partner = Partner.objects.get(pk=world.lantern.pk)
    before = audit.snapshot(partner)
    for name, value in values.items():
        setattr(partner, name, value)
    partner.save()
    audit.record(by=world.person(who), action="partner.change", on=partner, before=before)


def test_history_says_who_did_what_to_which_fields(world: World) -> None:
    audit.record(by=world.person("alice"), action="partner.add", on=world.lantern)
    change(world, does="Mentors", is_statutory=True)
    newest, oldest = history_of(world.lantern)
    assert (oldest.by, oldest.done, oldest.fields) == ("Alice", "added it", [])
    assert (newest.by, newest.done, newest.fields) == ("Bob", "changed it", ["does", "is statutory"])


def test_history_never_shows_what_stood_there_before(world: World) -> None:
    change(world, does="SECRET of named partners", marking="named")
    change(world, does="Mentors", marking="public")
    assert "SECRET" not in FRAGMENT.render({"entries": history_of(world.lantern)})
    assert [each.fields for each in history_of(world.lantern)] == [["does", "marking"]] * 2


@pytest.mark.parametrize("changes", [1, 3])
def test_history_takes_one_query(world: World, changes: int, django_assert_num_queries) -> None:
    for number in range(changes):
        change(world, does=f"version {number}")
    with django_assert_num_queries(1):
        assert len(history_of(world.lantern)) == changes


def test_the_fragment_reads_as_sentences_and_escapes_names() -> None:
    noon = datetime.datetime(2018, 10, 8, 12, tzinfo=datetime.UTC)
    entries = [HistoryLine(at=noon, by="<b>Bo</b>", done="changed it", fields=["does"])]
    page = " ".join(FRAGMENT.render({"entries": entries}).split())
    assert "8 October 2018</time>: &lt;b&gt;Bo&lt;/b&gt; changed it (does)" in page
    assert FRAGMENT.render({"entries": []}).strip() == ""


def test_every_action_reads_as_something_done() -> None:
    verbs = {name.partition(".")[2] for name in PERMISSIONS}
    assert verbs - {"see_attendees"} <= set(DONE)
