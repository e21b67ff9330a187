"""A long sheet is made and undone in steps; whatever stops it, nothing half is left."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.partners.actions import add_contact, add_partner, change_partner
from joinedup.partners.models import Contact, Partner
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.intake import acceptance, hold, removal
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.intake.made_records import what_stands_in_the_way
from joinedup.spreadsheets.intake.worker import go_on_with_sheets
from joinedup.spreadsheets.kinds import partners
from joinedup.spreadsheets.models import PlannedRow, Upload
from joinedup.spreadsheets.worker import forget_uploads
from joinedup.taxonomy.models import Sector
from tests.spreadsheets.making import ready, silent
from tests.world import World

ROWS = 30
SHEET = "Org,Type,E-mail,Borough\n" + "".join(
    f"Helpers {n},vcs,office@helpers{n}.example,Northton\n" for n in range(ROWS)
)


@pytest.fixture(autouse=True)
def each_row_is_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "STEP", 0.0)
    monkeypatch.setattr(removal, "TO_GO", 1)


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """`stops(error)`: the tenth row raises it, nine steps after the first."""

    def after_nine(error: BaseException) -> None:
        make, made = partners.PARTNERS.make, []

        def tenth(*given: Any) -> Any:
            made.append(given)
            if len(made) == 10:
                raise error
            return make(*given)

        monkeypatch.setitem(acceptance.KINDS, "partners", _with(tenth))

    return after_nine


def _with(make: Any) -> Any:
    from dataclasses import replace

    return replace(partners.PARTNERS, make=make)


def made() -> tuple[int, int]:
    ours = Partner.objects.filter(name__startswith="Helpers")
    return ours.count(), Contact.objects.filter(partner__in=ours).count()


def test_all_is_made_and_all_is_undone(world: World):
    alice, upload = world.person("alice"), ready(world, SHEET)
    assert intake.accept(by=alice, upload=upload) == 2 * ROWS
    assert made() == (ROWS, ROWS)
    upload.refresh_from_db()
    assert (upload.state, len(upload.made), upload.rows) == ("accepted", 2 * ROWS, [])
    assert AuditEntry.objects.filter(action="spreadsheet.accept").count() == 1
    assert intake.undo(by=alice, upload=upload) == 2 * ROWS
    assert made() == (0, 0)
    upload.refresh_from_db()
    assert (upload.state, upload.made) == ("undone", [])


def test_memory_is_searched_between_the_steps_only(world: World, monkeypatch: pytest.MonkeyPatch):
    """A search takes a sixth of a second, in which others would wait."""
    inside, between = [], []
    make, pause = partners.PARTNERS.make, acceptance.let_others_write

    def watched(*given: Any) -> Any:
        inside.append(gc.isenabled())
        return make(*given)

    monkeypatch.setitem(acceptance.KINDS, "partners", _with(watched))
    monkeypatch.setattr(acceptance, "let_others_write", lambda: between.append(gc.isenabled()) or pause())
    intake.accept(by=world.person("alice"), upload=ready(world, SHEET))
    assert (inside, between) == ([False] * ROWS, [True] * ROWS)


@pytest.mark.parametrize("error", [ValidationError("It is full."), OSError("no room"), KeyboardInterrupt()])
def test_what_goes_wrong_in_the_middle_leaves_nothing(
    world: World, stops: Callable[[BaseException], None], error: BaseException
):
    alice, upload = world.person("alice"), ready(world, SHEET)
    stops(error)
    with pytest.raises(type(error)):
        intake.accept(by=alice, upload=upload)
    assert made() == (0, 0)
    upload.refresh_from_db()
    assert (upload.state, upload.made, len(upload.rows)) == ("previewed", [], ROWS)


@pytest.fixture
def killed(world: World, stops: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch) -> Upload:
    """An acceptance whose process was killed after nine rows: not even what removes them ran."""
    upload = ready(world, SHEET)
    stops(KeyboardInterrupt())
    with monkeypatch.context() as dead:
        dead.setattr(intake, "_give_up", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            intake.accept(by=world.person("alice"), upload=upload)
    monkeypatch.setitem(acceptance.KINDS, "partners", partners.PARTNERS)
    upload = Upload.objects.get(pk=upload.pk)
    assert (upload.state, made()) == ("accepting", (9, 9))
    return upload


def test_nobody_else_touches_it_while_it_goes_on(world: World, killed: Upload):
    alice = world.person("alice")
    for press in (intake.accept, actions.drop):
        with pytest.raises(ValidationError, match="is being accepted just now"):
            press(by=alice, upload=killed)
    other = ready(world, "Org,Type\nAnother,vcs\n")
    with pytest.raises(
        ValidationError, match="Another spreadsheet of this partnership is being accepted or undone"
    ):
        intake.accept(by=alice, upload=other)
    forget_uploads(timezone.now())
    assert made() == (9, 9)


@pytest.mark.postgresql
def test_what_was_killed_the_worker_goes_on_with(world: World, killed: Upload):
    said: list[str] = []
    # Somebody may still be at it.
    assert (go_on_with_sheets(said.append), made()) == (False, (9, 9))
    silent(2)
    assert go_on_with_sheets(said.append) is False
    assert said == ["Spreadsheet of North partnership: 30 rows taken in."]
    assert made() == (ROWS, ROWS)
    killed.refresh_from_db()
    assert (killed.state, len(killed.made)) == ("accepted", 2 * ROWS)
    entry = AuditEntry.objects.get(action="spreadsheet.accept")
    assert (entry.by, entry.user_id) == ("Alice", world.alice.pk)
    assert not PlannedRow.objects.exists()


def test_where_no_worker_runs_the_next_upload_takes_back_what_was_killed(world: World, killed: Upload):
    silent(6)
    ready(world, "Org,Type\nAnother,vcs\n")
    assert made() == (0, 0)
    assert intake.accept(by=world.person("alice"), upload=killed) == 2 * ROWS


def test_what_somebody_used_meanwhile_stays_and_can_be_undone_later(world: World, killed: Upload):
    change_partner(by=world.person("alice"), partner=Partner.objects.get(name="Helpers 3"), does="More")
    silent(6)
    ready(world, "Org,Type\nAnother,vcs\n")
    killed.refresh_from_db()
    assert (killed.state, len(killed.made), made()) == ("accepted", 18, (9, 9))
    assert (killed.rows, killed.header, killed.sheets) == ([], [], [])
    assert "was changed since" in killed.work.stopped


@pytest.mark.parametrize("press", ["another row of headings", "the order of its dates"])
def test_who_says_meanwhile_how_it_is_read_is_not_passed_over(
    world: World, monkeypatch: pytest.MonkeyPatch, press: str
) -> None:
    alice, upload = world.person("alice"), ready(world, SHEET)
    mapping, look = upload.mapping, intake.preview

    def slow(*given: Any) -> Any:
        seen = look(*given)
        if press == "the order of its dates":
            actions.say_date_order(by=alice, upload=upload, order="day")
        else:
            again = actions.choose_sheet(by=alice, upload=upload, sheet=0, first=1)
            actions.choose_columns(by=alice, upload=again, mapping=mapping)
        return seen

    monkeypatch.setattr(intake, "preview", slow)
    with pytest.raises(ValidationError, match="just changed how it is read"):
        intake.accept(by=alice, upload=upload)
    assert made() == (0, 0)


def test_nobody_chooses_anew_how_it_is_read_while_it_goes_on(world: World, killed: Upload) -> None:
    alice = world.person("alice")
    with pytest.raises(ValidationError, match="is being accepted just now"):
        actions.choose_sheet(by=alice, upload=killed, sheet=0)
    with pytest.raises(ValidationError, match="is being accepted just now"):
        actions.say_date_order(by=alice, upload=killed, order="day")


def test_it_is_read_again_beside_what_others_made_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch):
    alice, upload = world.person("alice"), ready(world, SHEET)
    look, looks = intake.preview, []

    def slow(*given: Any) -> Any:
        seen = look(*given)
        looks.append(len(seen.to_make))
        if len(looks) == 1:
            add_partner(
                by=alice, footprint=world.north, name="Helpers 3", sector=Sector.objects.get(pk="vcs")
            )
        return seen

    monkeypatch.setattr(intake, "preview", slow)
    assert intake.accept(by=alice, upload=upload) == 2 * ROWS - 1
    assert (looks, made()) == ([ROWS, ROWS], (ROWS, ROWS))


@pytest.mark.parametrize(
    ("what", "times"), [("a partner elsewhere", 1), ("a contact elsewhere", 1), ("a contact here", 2)]
)
def test_what_others_make_elsewhere_is_no_reason_to_read_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str, times: int
) -> None:
    """A large sheet of another partnership makes records for minutes."""
    alice, upload, operator = world.person("alice"), ready(world, SHEET), Person.operator()
    look, looks = intake.preview, []

    def slow(*given: Any) -> Any:
        seen = look(*given)
        looks.append(len(seen.to_make))
        if len(looks) == 1 and what == "a partner elsewhere":
            add_partner(
                by=operator, footprint=world.south, name="Helpers 3", sector=Sector.objects.get(pk="vcs")
            )
        elif len(looks) == 1:
            at = world.harbour if what == "a contact elsewhere" else world.lantern
            add_contact(by=operator, partner=at, role="Director")
        return seen

    monkeypatch.setattr(intake, "preview", slow)
    assert intake.accept(by=alice, upload=upload) == 2 * ROWS
    assert looks == [ROWS] * times


@pytest.mark.postgresql
def test_what_a_row_asks_does_not_grow_with_the_number_of_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "STEP", 600.0)
    monkeypatch.setattr(removal, "TO_GO", ROWS)
    alice, asked = world.person("alice"), []
    for times in (1, 2, 3):
        names = [f"{letter} {n}" for letter in "abc"[:times] for n in range(ROWS)]
        rows = [f"Helpers {name},vcs,office@{name[0]}{name[2:]}.example,Northton\n" for name in names]
        upload = ready(world, SHEET.splitlines()[0] + "\n" + "".join(rows))
        with CaptureQueriesContext(connection) as accepting:
            intake.accept(by=alice, upload=upload)
        with CaptureQueriesContext(connection) as undoing:
            assert intake.undo(by=alice, upload=upload) == 2 * ROWS * times
        asked.append((len(accepting), len(undoing)))
    one, two, three = asked
    assert (three[0] - two[0], three[1] - two[1]) == (two[0] - one[0], two[1] - one[1])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "It cannot be undone any more: “Helpers 0” was changed since."),
        (2, "for 2 reasons: “Helpers 0” was changed since. “Helpers 1” was changed since."),
        (5, "for 5 reasons: “Helpers 0” was changed since. “Helpers 1” was changed since. “Helpers 2” was "
            "changed since. And 2 more."),
    ],
)  # fmt: skip
def test_who_may_not_undo_is_told_of_some_records_and_how_many_more(
    world: World, number: int, said: str
) -> None:
    alice, upload = world.person("alice"), ready(world, SHEET)
    intake.accept(by=alice, upload=upload)
    for n in range(number):
        change_partner(by=alice, partner=Partner.objects.get(name=f"Helpers {n}"), does="More")
    with pytest.raises(ValidationError) as refused:
        intake.undo(by=alice, upload=upload)
    assert refused.value.messages[0].endswith(said)
    assert made() == (ROWS, ROWS)


def test_what_stands_in_the_way_is_told_in_the_order_in_which_it_was_made(world: World) -> None:
    """The audit trail keeps keys as text, in which 1000000 comes before 999999."""
    keys = (999_999, 1_000_000)
    for key in keys:
        made = Partner.objects.create(pk=key, name=f"Helpers {key}", slug=f"helpers-{key}", sector_id="vcs")
        made.footprints.add(world.north)
        change_partner(by=world.person("alice"), partner=made, does="More")
    assert what_stands_in_the_way([["partners.Partner", key] for key in keys]) == [
        "“Helpers 999999” was changed since.",
        "“Helpers 1000000” was changed since.",
    ]


@pytest.mark.parametrize("was", ["accepted", "accepting"])
def test_what_is_used_while_an_undo_begins_stays_with_all_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, killed: Upload, was: str
) -> None:
    """Its records are looked at before the transaction that begins it, as that takes long."""
    alice = world.person("alice")
    if was == "accepted":
        silent(2)
        assert go_on_with_sheets(lambda _said: None) is False
    before, begin = made(), intake._to_undo

    def late(*given: Any) -> Upload:
        change_partner(by=alice, partner=Partner.objects.get(name="Helpers 3"), does="More")
        return begin(*given)

    monkeypatch.setattr(intake, "_to_undo", late)
    with pytest.raises(ValidationError, match="“Helpers 3” was changed since"):
        intake.undo(by=alice, upload=killed)
    killed.refresh_from_db()
    assert (killed.state, made(), len(killed.made)) == ("accepted", before, sum(before))
    assert "“Helpers 3” was changed since" in killed.work.stopped


def test_what_is_made_and_used_while_an_undo_begins_refuses_it(
    world: World, monkeypatch: pytest.MonkeyPatch, killed: Upload
) -> None:
    alice, begin = world.person("alice"), intake._to_undo
    monkeypatch.setattr(intake, "_checked", lambda _upload: set())

    def late(*given: Any) -> Upload:
        change_partner(by=alice, partner=Partner.objects.get(name="Helpers 3"), does="More")
        return begin(*given)

    monkeypatch.setattr(intake, "_to_undo", late)
    with pytest.raises(ValidationError, match="“Helpers 3” was changed since"):
        intake.undo(by=alice, upload=killed)
    killed.refresh_from_db()
    assert (killed.state, made()) == ("accepting", (9, 9))
