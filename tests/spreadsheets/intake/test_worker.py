"""A large sheet is left to the worker: accepted once, in the name of who accepted it; it can be stopped and undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.db.models.signals import post_init
from django.test import Client

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.mail import worker_mark
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Touched
from joinedup.partners.actions import add_partner, change_partner
from joinedup.partners.models import Contact, Partner
from joinedup.spreadsheets.intake import acceptance, hold, removal
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.intake.worker import go_on_with_sheets
from joinedup.spreadsheets.models import PlannedRow, Upload
from joinedup.taxonomy.models import Sector
from tests.spreadsheets.making import ready, silent
from tests.waiting import HANGS
from tests.world import World

ROWS = 24
HEADINGS = "Org,Type,E-mail,Borough\n"
SHEET = HEADINGS + "".join(f"Helpers {n},vcs,office@helpers{n}.example,Northton\n" for n in range(ROWS))
As = Callable[[str], Client]


@pytest.fixture(autouse=True)
def a_worker_and_steps_of_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker was seen, a sheet of more than twenty rows is large, and a look makes one row."""
    monkeypatch.setattr(intake, "LARGE", 20)
    monkeypatch.setattr(hold, "STEP", 0.0)
    for room in (acceptance, removal):
        monkeypatch.setattr(room, "let_others_write", lambda: None)
    monkeypatch.setattr(removal, "TO_GO", 1)
    monkeypatch.setattr("joinedup.spreadsheets.intake.worker.GO", 0.0)
    # However slow the machine is.
    monkeypatch.setattr(worker_mark, "SEEN_FOR", 86_400)
    worker_mark.note_worker()
    yield
    cache.clear()


def made() -> tuple[int, int]:
    ours = Partner.objects.filter(name__startswith="Helpers")
    return ours.count(), Contact.objects.filter(partner__in=ours).count()


def look(times: int = 1) -> bool:
    """So many looks of a worker; whether it has more to do."""
    return [go_on_with_sheets(lambda _said: None) for _ in range(times)][-1]


def to_the_end() -> None:
    while look():
        pass


def left(world: World, text: str = SHEET) -> Upload:
    """Accepted by Alice, and left to the worker."""
    upload = ready(world, text)
    assert intake.accept(by=world.person("alice"), upload=upload, may_wait=True) == 0
    return Upload.objects.get(pk=upload.pk)


def page(as_: As, upload: Upload) -> str:
    return as_("alice").get(f"/bring/upload/{upload.pk}/").text


@pytest.mark.parametrize(
    ("large", "seen", "is_left"), [(ROWS, True, False), (ROWS - 1, True, True), (ROWS - 1, False, False)]
)
def test_it_is_left_where_it_is_large_and_a_worker_runs(
    world: World, monkeypatch: pytest.MonkeyPatch, large: int, seen: bool, is_left: bool
):
    monkeypatch.setattr(intake, "LARGE", large)
    if not seen:
        cache.clear()
    upload = ready(world, SHEET)
    number = intake.accept(by=world.person("alice"), upload=upload, may_wait=True)
    upload.refresh_from_db()
    wanted = (0, "accepting", (0, 0)) if is_left else (2 * ROWS, "accepted", (ROWS, ROWS))
    assert (number, upload.state, made()) == wanted


def test_who_does_not_wait_has_it_done(world: World):
    assert intake.accept(by=world.person("alice"), upload=ready(world, SHEET)) == 2 * ROWS


def test_the_page_tells_how_far_it_is(world: World, as_: As):
    upload = ready(world, SHEET)
    answer = as_("alice").post(f"/bring/upload/{upload.pk}/preview/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/bring/upload/{upload.pk}/"
    assert "begins within half a minute" in answer.text
    assert "Accepted by Alice on" in answer.text
    assert look() is True
    assert "Being taken in: 1 of 24 rows" in page(as_, upload)
    fragment = as_("alice").get(f"/bring/upload/{upload.pk}/progress/").text
    assert '<progress class="ju-upload-progress" max="24" value="1"' in fragment
    assert "data-waits" in fragment
    assert "Being taken in: 1 of 24 rows" in as_("alice").get("/bring/north/").text
    to_the_end()
    assert "It is taken in. Made: 24 partners and 24 contacts." in page(as_, upload)
    assert "data-waits" not in page(as_, upload)
    for path in ("", "progress/"):
        for who in ("bob", "charlie", "lead", "admin"):
            assert as_(who).get(f"/bring/upload/{upload.pk}/{path}").status_code == 404


def test_pressed_twice_it_is_accepted_once(world: World, as_: As):
    upload = left(world)
    answer = as_("alice").post(f"/bring/upload/{upload.pk}/preview/")
    assert answer.url == f"/bring/upload/{upload.pk}/"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="is being accepted just now"):
        intake.accept(by=world.person("alice"), upload=upload, may_wait=True)
    to_the_end()
    assert made() == (ROWS, ROWS)
    assert (
        AuditEntry.objects.filter(action="spreadsheet.accept", by="Alice", user_id=world.alice.pk).count()
        == 1
    )
    assert AuditEntry.objects.filter(action="partner.add", by="Alice").count() == ROWS


def test_the_lists_follow_once_at_the_end(world: World):
    refresh(by=world.person("alice"), footprint=world.north)
    Touched.objects.all().delete()
    left(world)
    look(ROWS)
    assert not Touched.objects.exists()
    to_the_end()
    # A list that is short is followed as soon as the change is through.
    assert Touched.objects.count() <= 1
    assert AuditEntry.objects.filter(action="partner.add").count() == ROWS


def test_a_row_that_cannot_be_written_any_more_is_told_and_the_rest_goes_on(world: World, as_: As):
    upload = left(world)
    look(3)
    vcs = Sector.objects.get(pk="vcs")
    add_partner(by=world.person("alice"), footprint=world.north, name="Helpers 9", sector=vcs)
    to_the_end()
    assert made() == (ROWS, ROWS - 1)
    upload.refresh_from_db()
    assert (upload.state, len(upload.made), upload.work.refused) == (
        "accepted", 2 * (ROWS - 1), [[11, "Helpers 9 is already recorded here."]],
    )  # fmt: skip
    assert "Row 11:</strong> Helpers 9 is already recorded here." in page(as_, upload)
    assert "Accepted in part" in as_("alice").get("/bring/north/").text
    # Brought again, it brings what was missing.
    assert intake.accept(by=world.person("alice"), upload=ready(world, SHEET)) == 1
    assert made() == (ROWS, ROWS)


@pytest.mark.postgresql
def test_a_row_refused_halfway_leaves_no_half_and_its_body_is_made_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    from joinedup.spreadsheets.kinds import partners

    add, asked = partners.add_contact, []

    def once(**given: Any) -> Any:
        asked.append(given["role"])
        if len(asked) == 1:
            raise RuntimeError("no such thing")
        return add(**given)

    monkeypatch.setattr(partners, "add_contact", once)
    rows = [
        f"Helpers {n},vcs,Lead,a@helpers{n}.example\nHelpers {n},vcs,Deputy,b@helpers{n}.example\n"
        for n in range(12)
    ]
    upload = left(world, "Org,Type,Job title,E-mail\n" + "".join(rows))
    to_the_end()
    assert made() == (12, 23)
    upload.refresh_from_db()
    assert upload.work.refused == [[2, acceptance.BROKE]]


@pytest.mark.postgresql
def test_a_look_reads_no_more_the_more_was_made(world: World):
    left(world)
    read: list[int] = []

    def note(**_: Any) -> None:
        read[-1] += 1

    post_init.connect(note, sender=Partner)
    try:
        for _ in range(ROWS):
            read.append(0)
            look()
    finally:
        post_init.disconnect(note, sender=Partner)
    assert made() == (ROWS, ROWS)
    assert read[1:] == [read[1]] * (ROWS - 1)


@pytest.mark.parametrize("how", ["no longer coordinates", "the account is closed"])
def test_who_may_no_longer_bring_sheets_stops_it(world: World, as_: As, how: str):
    upload = left(world)
    look(3)
    if how == "the account is closed":
        type(world.alice).objects.filter(pk=world.alice.pk).update(is_active=False)
    else:
        Grant.objects.filter(user=world.alice).delete()
    to_the_end()
    assert made() == (3, 3)
    upload.refresh_from_db()
    assert (upload.state, upload.rows, PlannedRow.objects.count()) == ("accepted", [], 0)
    assert upload.work.stopped.startswith("3 of 24 rows were taken in; then it stopped")
    assert AuditEntry.objects.get(action="spreadsheet.accept").by == "Alice"
    Grant.objects.create(user=world.bob, role="coordinator", footprint=world.north)
    assert "3 of 24 rows were taken in" in as_("bob").get(f"/bring/upload/{upload.pk}/").text
    assert intake.undo(by=world.person("bob"), upload=upload) == 6
    assert made() == (0, 0)


def test_before_the_first_row_it_stops_with_nothing_made_and_the_sheet_kept(world: World, as_: As):
    upload = left(world)
    Grant.objects.filter(user=world.alice).delete()
    to_the_end()
    upload.refresh_from_db()
    assert (upload.state, made(), len(upload.rows)) == ("previewed", (0, 0), ROWS)
    assert AuditEntry.objects.filter(action="spreadsheet.stop", by="Alice").count() == 1
    Grant.objects.create(user=world.bob, role="coordinator", footprint=world.north)
    assert (
        "0 of 24 rows were taken in; then it stopped"
        in as_("bob").get(f"/bring/upload/{upload.pk}/preview/").text
    )


def test_where_no_row_can_be_written_the_sheet_is_kept_and_says_why(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
):
    from joinedup.spreadsheets.kinds import contract

    upload = left(world)
    monkeypatch.setattr(contract, "add_partner", _raise(ValidationError("It is full.")))
    to_the_end()
    upload.refresh_from_db()
    assert (upload.state, made(), len(upload.rows)) == ("previewed", (0, 0), ROWS)
    page = as_("alice").get(f"/bring/upload/{upload.pk}/preview/").text
    assert "None of the rows could be taken in. Row 2: It is full." in page


def test_a_full_disk_waits_for_the_next_minute(world: World, monkeypatch: pytest.MonkeyPatch):
    upload = left(world)
    look(2)
    with monkeypatch.context() as full:
        full.setattr(acceptance, "keys_of", _raise(OperationalError("database or disk is full")))
        assert look() is False
    assert (made(), look()) == ((2, 2), False)
    silent(2)
    to_the_end()
    upload.refresh_from_db()
    assert (made(), upload.work.refused) == ((ROWS, ROWS), [])


def _raise(error: Exception) -> Callable[..., Any]:
    def act(*_: Any, **__: Any) -> Any:
        raise error

    return act


@pytest.mark.postgresql
def test_undo_while_it_is_taken_in_stops_it_and_the_sheet_can_be_accepted_again(world: World, as_: As):
    upload = left(world)
    look(21)
    path = f"/bring/upload/{upload.pk}/undo/"
    assert "21 of 24 rows so far. This stops it" in as_("alice").get(path).text
    assert as_("alice").post(path).url == f"/bring/upload/{upload.pk}/"  # type: ignore[attr-defined]
    assert "It waits to be undone" in page(as_, upload)
    look()
    assert "Being undone: 1 of 42 records" in page(as_, upload)
    to_the_end()
    upload.refresh_from_db()
    assert (upload.state, made(), upload.made, PlannedRow.objects.count()) == ("previewed", (0, 0), [], 0)
    assert intake.accept(by=world.person("alice"), upload=upload) == 2 * ROWS


@pytest.mark.postgresql
def test_undo_by_the_worker_goes_on_where_it_was(world: World, as_: As):
    upload = left(world)
    to_the_end()
    assert intake.undo(by=world.person("alice"), upload=upload, may_wait=True) == 0
    look(5)
    # Killed in the middle of a step: it is held, and what the step did is not there.
    upload.refresh_from_db()
    hold.take_hold(upload, upload.work.said_at)
    assert (look(), made()) == (False, (ROWS, ROWS - 5))
    silent(2)
    to_the_end()
    upload.refresh_from_db()
    assert (upload.state, made(), upload.made) == ("undone", (0, 0), [])
    assert (
        AuditEntry.objects.filter(action="spreadsheet.undo", record="spreadsheets.upload", by="Alice").count()
        == 1
    )
    assert "nothing of what it made is left" in page(as_, upload)


def test_what_is_used_while_the_rest_is_undone_stays(world: World, as_: As):
    upload = left(world)
    to_the_end()
    alice = world.person("alice")
    intake.undo(by=alice, upload=upload, may_wait=True)
    look(3)
    change_partner(by=alice, partner=Partner.objects.get(name="Helpers 23"), does="More")
    to_the_end()
    upload.refresh_from_db()
    assert upload.state == "accepted"
    assert [label for label, _ in upload.made][-1:] == ["partners.Partner"]
    assert "“Helpers 23” was changed since" in page(as_, upload)


def test_an_undo_that_is_refused_changes_nothing(world: World):
    upload = left(world)
    look(4)
    alice = world.person("alice")
    change_partner(by=alice, partner=Partner.objects.get(name="Helpers 1"), does="More")
    with pytest.raises(ValidationError, match="“Helpers 1” was changed since"):
        intake.undo(by=alice, upload=upload, may_wait=True)
    to_the_end()
    assert made() == (ROWS, ROWS)


def test_where_the_worker_has_gone_the_page_says_so_and_it_can_be_taken_back(world: World, as_: As):
    upload = left(world)
    look(2)
    cache.clear()
    silent(6)
    assert "2 of 24 are through, and nothing goes on with it now" in page(as_, upload)
    assert as_("alice").post(f"/bring/upload/{upload.pk}/undo/").status_code == 302
    upload.refresh_from_db()
    assert (upload.state, made()) == ("previewed", (0, 0))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["another worker", "an undo"])
def test_two_at_once_make_each_row_once(world: World, beside: str):
    """Really at once, each with a connection of its own."""
    upload = left(world)
    wrong: list[BaseException] = []
    gate = threading.Barrier(2)

    def work(act: Callable[[], object]) -> None:
        try:
            gate.wait(HANGS)
            act()
        except ValidationError:
            pass
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    def undo() -> None:
        intake.undo(by=world.person("alice"), upload=upload, may_wait=True)

    acts = (to_the_end, to_the_end if beside == "another worker" else undo)
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    to_the_end()
    upload.refresh_from_db()
    if upload.state == "accepted":
        assert (made(), len(upload.made)) == ((ROWS, ROWS), 2 * ROWS)
    else:
        assert (upload.state, made()) == ("undone" if not upload.rows else "previewed", (0, 0))
    assert not PlannedRow.objects.exists()
