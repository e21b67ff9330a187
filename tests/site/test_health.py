"""Each thing that can be wrong with an installation is found, said in a sentence, and told from a mere note."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from joinedup.about.models import ResponsibleBody
from joinedup.about.queries import NEEDED
from joinedup.accounts.models import Grant
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme, Table
from joinedup.evidence import store
from joinedup.evidence.models import Dataset, FiguresDue
from joinedup.evidence.sources.contract import SCHEMA
from joinedup.evidence.worker import follow_figures
from joinedup.opportunities.models import Opportunity, Run, Touched
from joinedup.places.models import Membership, Succession
from joinedup.registration.models import Attendee
from joinedup.site import health, metrics
from joinedup.spreadsheets.models import Upload
from joinedup.tables.models import Seat, Sitting
from tests.evidence.rows import make_dataset, make_figure
from tests.spreadsheets.making import ready
from tests.world import World

WRONG_DAY = datetime.date(2026, 1, 8)


@pytest.fixture(autouse=True)
def sound(world: World, settings: Any, tmp_path: Path) -> None:
    """An installation with nothing to say: mail is set up, an administrator is there, the store is empty."""
    # Tests with a browser set DJANGO_ALLOW_ASYNC_UNSAFE for the whole process.
    settings.SILENCED_SYSTEM_CHECKS = [*settings.SILENCED_SYSTEM_CHECKS, "async.E001"]
    settings.HOME = tmp_path
    settings.SITE_URL = "http://127.0.0.1:8000"


def said() -> list[tuple[str, bool]]:
    return [(each.what, each.is_wrong) for each in health.findings()]


def behind_a_proxy(settings: Any) -> None:
    """As the settings are with SITE_URL=https://… and TRUSTED_PROXIES=1, and with whole pages about the site."""
    days = dict.fromkeys(("tested_on", "prepared_on", "reviewed_on"), datetime.date(2026, 3, 27))
    facts = dict.fromkeys((*NEEDED, "partnerships"), "x") | days | {"meets": "wholly"}
    ResponsibleBody.objects.get_or_create(**facts)
    settings.SITE_URL, settings.HTTPS = "https://joinedup.example.org", True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER, settings.SECURE_HSTS_SECONDS = (
        ("HTTP_X_FORWARDED_PROTO", "https"),
        31536000,
    )


def only() -> health.HealthFinding:
    (found,) = health.findings()
    return found


def test_a_sound_installation_has_nothing_to_say() -> None:
    assert health.findings() == []


def test_debug_shows_too_much(settings: Any) -> None:
    settings.DEBUG = True
    assert ("settings", True) in said()


def test_an_address_without_encryption(settings: Any) -> None:
    settings.SITE_URL = "http://joinedup.example.org"
    assert "SITE_URL does not start with https://" in only().sentence
    behind_a_proxy(settings)
    assert health.findings() == []


def test_a_proxy_that_nobody_told_us_of(settings: Any) -> None:
    behind_a_proxy(settings)
    settings.SECURE_SSL_REDIRECT = False
    assert "TRUSTED_PROXIES is 0" in only().sentence


def test_a_name_that_the_site_does_not_answer_to(settings: Any) -> None:
    behind_a_proxy(settings)
    settings.ALLOWED_HOSTS = ["localhost"]
    assert only().sentence.startswith("ALLOWED_HOSTS lacks joinedup.example.org")


@pytest.mark.parametrize("key", ["x" * 60, "ab2-" * 5, "django-insecure-" + "abcdefghij" * 5])
def test_a_key_that_can_be_guessed(settings: Any, key: str) -> None:
    settings.SECRET_KEY = key
    assert only().sentence.startswith("The key is short or simple")


def test_cookies_that_anybody_on_the_way_may_read(settings: Any) -> None:
    behind_a_proxy(settings)
    settings.SESSION_COOKIE_SECURE = False
    assert "SESSION_COOKIE_SECURE" in only().sentence


def test_files_that_others_may_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    key, records = tmp_path / "secret-key", tmp_path / "records.sqlite3"
    for path in (key, records):
        path.touch(0o644)
        path.chmod(0o644)
    assert only().sentence == (
        f"Other users of this machine can read 2 files of yours (records.sqlite3): run “chmod -R go= {tmp_path}”."
    )
    tmp_path.chmod(0o700)
    assert health.findings() == []
    tmp_path.chmod(0o755)
    key.chmod(0o600)
    records.chmod(0o600)
    assert health.findings() == []


def test_a_home_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.HOME = tmp_path / "file" / "home"
    assert only().sentence.startswith(f"{settings.HOME} cannot be written to")


def test_what_is_deleted_by_its_age_and_was_not(world: World) -> None:
    upload = ready(world, "Org,E-mail\nRiverside Homes,a@r.example\n")
    assert health.findings() == []
    Upload.objects.filter(pk=upload.pk).update(at=timezone.now() - datetime.timedelta(days=7))
    assert only().sentence == "1 spreadsheet should be deleted by now: run “joinedup worker”."


def test_a_worker_that_runs_no_more() -> None:
    metrics.note_worker(timezone.now() - datetime.timedelta(hours=27))
    assert only().sentence.startswith("The worker last ran on ")
    metrics.note_worker(timezone.now() - datetime.timedelta(hours=25))
    assert health.findings() == []


def test_mail_on_the_console_is_a_note(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert said() == [("mail", False)]


def test_nobody_is_administrator() -> None:
    Grant.objects.filter(role="administrator").delete()
    assert said() == [("accounts", True)]


def test_an_area_without_police_figures_is_a_note(world: World) -> None:
    """Only of forces that publish files: that of the tests' places does not."""
    Membership.objects.create(place=world.northton, kind="police_force", code="E23000006", name="Cheshire")
    assert only() == health.HealthFinding(
        "police", f"No police figures are held for {world.north}: run “joinedup fetch”.", False
    )
    make_figure(make_dataset(), world.northton)
    assert "police" not in [what for what, _ in said()]


def dataset(name: str) -> Dataset:
    return Dataset.objects.create(
        name="wards",
        title="Crime by ward",
        source="mps_ward",
        publisher="Testland Police",
        licence="OGL",
        file_name="wards.csv",
        content_hash="0" * 64,
        stored_as=name,
        rows_read=1,
        rows_kept=1,
    )


def test_a_lost_file_is_wrong_and_an_orphan_is_a_note(tmp_path: Path) -> None:
    held = store.write_observations(tmp_path / "store", pl.DataFrame(schema=SCHEMA))
    dataset(held.name)
    assert health.findings() == []
    whole = held.path.read_bytes()
    for damaged in (whole[:-1], b"", whole[:9] + b"?" + whole[10:]):
        held.path.write_bytes(damaged)
        assert said() == [("store", True)]
        assert f"(wards.csv) are damaged: restore a copy of {held.name}." in only().sentence
    held.path.unlink()
    lost = only()
    assert (lost.what, lost.is_wrong) == ("store", True)
    assert f"“Crime by ward” (wards.csv) are gone: restore a copy of {held.name}." in lost.sentence
    held.path.write_bytes(whole)
    (tmp_path / "store" / f"{store.ASIDE}abc").touch()
    orphan = only()
    assert (orphan.what, orphan.is_wrong) == ("store", False)
    assert orphan.sentence.startswith("1 file that no dataset names")
    assert f"{store.ASIDE}abc" in orphan.sentence


def event(world: World, name: str) -> Event:
    programme, _ = Programme.objects.get_or_create(slug="days", name="Days")
    return Event.objects.create(
        programme=programme, slug=name, name=name, footprint=world.north, date=WRONG_DAY, rounds=1
    )


def sitting(of: Event) -> Sitting:
    return Sitting.objects.create(
        event=of, round=1, table=Table.objects.create(event=of, number=1, seats_min=2, seats_max=8)
    )


def attendee(world: World, of: Event) -> Attendee:
    return Attendee.objects.create(
        event=of, number=1, partner=world.lantern, sector_id="vcs", role="Youth worker"
    )


def test_links_across_events(world: World) -> None:
    one, other = event(world, "one"), event(world, "other")
    for each in (one, other):
        Event.objects.filter(pk=each.pk).update(personal_deleted_on=WRONG_DAY)
    Seat.objects.create(sitting=sitting(one), attendee=attendee(world, other))
    assert only().sentence == "1 seat taken by people of another event: plan it again."
    Seat.objects.all().delete()
    Agreement.objects.create(
        event=other,
        sitting=one.sittings.get(),
        goal="Mentors",
        action="Train them",
        place=world.northton,
        theme_id="trusted-adult",
        measure="How many",
        owner_partner=world.lantern,
        owner_role="Director",
        deputy_partner=world.school,
        deputy_role="Deputy head",
        due=WRONG_DAY,
        review_3=WRONG_DAY,
        review_6=WRONG_DAY,
        review_12=WRONG_DAY,
    )
    assert only().sentence == "1 agreement of one event made at a table of another."


def test_opportunities_that_nothing_proves(world: World) -> None:
    Opportunity.objects.create(
        footprint=world.north,
        audience="partnership",
        key="a",
        kind="match",
        place=world.northton,
        sentence="Do they work together?",
        moves=[],
        first_step="Ask.",
        score=70,
        first_seen=WRONG_DAY,
        last_seen=WRONG_DAY,
    )
    assert [each.sentence for each in health.findings()] == [
        "Opportunities without a reason: 1. Refresh the opportunities.",
        "Opportunities are held that no run found: refresh the opportunities.",
    ]


def a_run(world: World, **fields: Any) -> Run:
    return Run.objects.create(footprint=world.north, audience="partnership", as_of=WRONG_DAY, **fields)


def test_changes_that_nobody_followed(world: World) -> None:
    note = Touched.objects.create(footprint=world.north, what="partners.partner")
    assert health.findings() == []
    Touched.objects.filter(pk=note.pk).update(at=timezone.now() - datetime.timedelta(hours=2))
    assert only().sentence == "Changed records of 1 partnership wait to be followed: run “joinedup worker”."
    assert said() == [("opportunities", True)]


def test_figures_that_an_import_left_behind(world: World) -> None:
    minutes, now = datetime.timedelta(minutes=1), timezone.now()
    for _number in range(2):
        FiguresDue.objects.create(because="dataset.import")
    FiguresDue.objects.update(said_at=now - 4 * minutes)
    assert health.findings() == [], "an import that runs, or that the worker takes up by itself"
    FiguresDue.objects.update(said_at=now - 6 * minutes)
    assert only().sentence == (
        "Figures and need do not follow the data that is held, since working them out was stopped: run “joinedup "
        "worker --once”."
    )
    assert said() == [("figures", True)]
    last = FiguresDue.objects.create(because="dataset.withdraw")
    assert health.findings() == [], "somebody is at it again"
    last.delete()
    follow_figures(now)
    assert health.findings() == [], "what it says to do is enough"


def test_councils_that_became_others_and_nothing_followed(world: World) -> None:
    for place in (world.northton, world.eastton):
        Succession.objects.create(
            old=place.pk, old_name=place.name, kind=place.kind, new="E06000999", new_name="Testshire", day=WRONG_DAY,
            source="an order",
        )  # fmt: skip
    assert only().sentence.startswith("Testshire took over on 08/01/2026 and the records do not follow")
    Succession.objects.update(carried_out_on=WRONG_DAY)
    assert health.findings() == []


def test_a_list_that_is_old_is_a_note(world: World) -> None:
    run = a_run(world)
    Run.objects.filter(pk=run.pk).update(at=timezone.now() - datetime.timedelta(days=3))
    assert said() == [("opportunities", False)]
    assert "joinedup worker --once" in only().sentence


def test_a_deletion_that_is_overdue(world: World) -> None:
    attendee(world, event(world, "the-day"))
    assert only().sentence.startswith("Personal details of “the-day")
    assert said() == [("deletion", True)]


def test_records_of_an_older_version(settings: Any) -> None:
    settings.MIGRATION_MODULES = {}
    MigrationRecorder(connection).migration_qs.filter(app="spreadsheets").delete()
    found = only()
    assert (found.what, found.is_wrong) == ("migrations", True)
    assert "run “joinedup upgrade”" in found.sentence


def test_no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_: [])
    with pytest.raises(ValidationError, match="There is no installation here yet"):
        health.findings()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite is one file that can be damaged")
def test_a_damaged_records_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged:
        def __enter__(self) -> Damaged:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def execute(self, _: str) -> None:
            return None

        def fetchone(self) -> tuple[str]:
            return ("row 3 missing from index",)

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", Damaged)
        found = health._damage()
    assert [each.sentence for each in found] == [
        "The records file is damaged (row 3 missing from index): restore a copy."
    ]
