"""The pages about people: who sees whom, and that only a POST acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from joinedup.accounts.models import AuditEntry, Grant, User
from tests.world import World, make_partner, make_user

As = Callable[[str], Client]


def test_a_coordinator_sees_the_people_of_their_partners(as_: As, world: World) -> None:
    Grant.objects.create(user=world.bob, role="partner_member", partner=world.harbour)
    page = as_("alice").get("/people/").content.decode()
    assert "bob@example.org" in page
    assert "Lantern Youth" in page
    assert "alice@example.org" in page
    for hidden in ("charlie@example.org", "Charlie", "Far Harbour", "South partnership", "admin@example.org"):
        assert hidden not in page, hidden


def test_an_administrator_sees_everybody(as_: As, world: World) -> None:
    User.objects.create_user("lonely@example.org")
    page = as_("admin").get("/people/").content.decode()
    for name in ("alice", "bob", "charlie", "lead", "admin", "lonely"):
        assert f"{name}@example.org" in page


@pytest.mark.parametrize("who", ["bob", "charlie", "lead"])
@pytest.mark.parametrize("path", ["/people/", "/people/invite/"])
def test_for_others_the_pages_do_not_exist(as_: As, who: str, path: str) -> None:
    page = as_(who).get(path)
    assert page.status_code == 404
    assert b"alice@example.org" not in page.content
    assert as_(who).post(path, {"email": "x@example.org"}).status_code == 404


@pytest.mark.parametrize("path", ["/people/", "/people/invite/", "/people/roles/1/take-away/"])
def test_the_public_signs_in_first(as_: As, path: str) -> None:
    assert as_("nobody").get(path)["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("who", ["alice", "admin"])
@pytest.mark.parametrize("extra", [1, 3])
def test_people_takes_the_same_queries_for_one_and_for_three(
    as_: As, world: World, who: str, extra: int, django_assert_num_queries: Any
) -> None:
    for number in range(extra):
        partner = make_partner(f"Partner {number}", "vcs", world.north, [], [])
        make_user(f"p{number}@example.org", f"P{number}", "partner_member", partner=partner)
    browser = as_(who)
    with django_assert_num_queries(9):
        assert f"p{extra - 1}@example.org" in browser.get("/people/").content.decode()


def test_a_coordinator_invites_from_the_page(
    as_: As, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    browser = as_("alice")
    page = browser.get("/people/invite/", {"partner": world.school.pk}).content.decode()
    assert f'<option value="{world.school.pk}" selected' in page
    assert "Far Harbour" not in page
    assert 'name="role"' not in page
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(
            "/people/invite/",
            {"email": "dora@example.org", "partner": world.school.pk, "role": "administrator"},
        )
    assert response["Location"] == "/people/"
    assert [(g.role, g.partner) for g in User.objects.get(email="dora@example.org").grants.all()] == [
        ("partner_member", world.school)
    ]
    assert len(mail.outbox) == 1
    assert b"We are writing to dora@example.org" in browser.get("/people/").content


@pytest.mark.parametrize(
    ("who", "values"),
    [
        ("alice", {"email": "dora@example.org", "partner": "harbour"}),
        ("alice", {"email": "dora@example.org"}),
        ("alice", {"email": "nonsense", "partner": "lantern"}),
        ("admin", {"email": "dora@example.org", "role": "coordinator"}),
        ("admin", {"email": "dora@example.org", "role": "partner_member"}),
        ("admin", {"email": "dora@example.org", "role": "emperor"}),
    ],
)
def test_a_form_that_is_not_right_comes_back_and_changes_nothing(
    as_: As, world: World, who: str, values: dict[str, str]
) -> None:
    if "partner" in values:
        values = values | {"partner": getattr(world, values["partner"]).pk}
    before = (User.objects.count(), Grant.objects.count(), AuditEntry.objects.count())
    page = as_(who).post("/people/invite/", values)
    assert page.status_code == 200
    assert b"There is a problem" in page.content
    assert (User.objects.count(), Grant.objects.count(), AuditEntry.objects.count()) == before
    assert mail.outbox == []


def test_an_administrator_makes_a_coordinator(as_: As, world: World) -> None:
    as_("admin").post(
        "/people/invite/",
        {
            "email": "dora@example.org",
            "role": "coordinator",
            "footprint": world.south.pk,
            "partner": world.lantern.pk,
        },
    )
    grant = Grant.objects.get(user__email="dora@example.org")
    assert (grant.role, grant.footprint, grant.partner) == ("coordinator", world.south, None)


def test_taking_a_role_away_asks_first(as_: As, world: World) -> None:
    grant = world.bob.grants.get()
    browser = as_("alice")
    path = f"/people/roles/{grant.pk}/take-away/"
    assert path in browser.get("/people/").content.decode()
    assert browser.get(path)["Location"] == f"/people/{world.bob.pk}/close/", (
        "with the last role the account closes"
    )
    Grant.objects.create(user=world.bob, role="partner_member", partner=world.school)
    page = browser.get(path)
    assert b"Lantern Youth" in page.content
    assert Grant.objects.filter(pk=grant.pk).exists()
    assert browser.post(path)["Location"] == "/people/"
    assert not Grant.objects.filter(pk=grant.pk).exists()


@pytest.mark.parametrize(
    ("who", "whose"), [("alice", "charlie"), ("alice", "alice"), ("bob", "bob"), ("charlie", "bob")]
)
def test_roles_that_are_not_theirs_to_take_do_not_exist_for_them(
    as_: As, world: World, who: str, whose: str
) -> None:
    grant = getattr(world, whose).grants.get()
    path = f"/people/roles/{grant.pk}/take-away/"
    assert as_(who).get(path).status_code == 404
    assert as_(who).post(path).status_code == 404
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_the_last_administrator_is_told_why_they_stay(as_: As, world: World) -> None:
    browser = as_("admin")
    browser.post(f"/people/roles/{world.admin.grants.get().pk}/take-away/")
    assert b"There must be an administrator" in browser.get("/people/").content
    assert world.admin.grants.exists()


def test_ones_own_details(as_: As, world: World) -> None:
    browser = as_("charlie")
    page = browser.get("/account/details/").content.decode()
    assert 'value="Charlie"' in page
    assert AuditEntry.objects.count() == 0
    assert browser.post("/account/details/", {"name": "Chaz", "job": ""})["Location"] == "/work/"
    assert "Signed in as Chaz." in browser.get("/work/").content.decode()
    assert browser.post("/account/details/", {"name": "x" * 121}).status_code == 200
    assert User.objects.get(pk=world.charlie.pk).name == "Chaz"
    assert as_("nobody").post("/account/details/", {"name": "x"}).status_code == 302


@pytest.mark.parametrize("who", ["alice", "admin"])
def test_reading_the_pages_writes_nothing(as_: As, world: World, who: str) -> None:
    browser = as_(who)
    before = (User.objects.count(), Grant.objects.count())
    role = world.bob.grants.get().pk
    for path in ("/people/", "/people/invite/", f"/people/{world.bob.pk}/close/"):
        assert browser.get(path).status_code == 200
    assert browser.get(f"/people/roles/{role}/take-away/").status_code == 302
    assert (User.objects.count(), Grant.objects.count()) == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("path", ["/people/", "/account/yours/"])
def test_a_job_that_is_the_name_or_the_role_again_is_said_once(world: World, as_: As, path: str) -> None:
    for name, job in (("Duty lead", "duty lead"), ("Alex", "ADMINISTRATOR")):
        User.objects.filter(pk=world.admin.pk).update(name=name, job=job)
        assert job not in as_("admin").get(path).content.decode()
    User.objects.filter(pk=world.admin.pk).update(job="Analyst")
    assert "Analyst" in as_("admin").get(path).content.decode()
