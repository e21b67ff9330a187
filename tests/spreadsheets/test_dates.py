"""Dates as people and spreadsheet programs write them; those that can be read in two ways are asked about once."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.spreadsheets import actions, wording
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.parse import open_file
from joinedup.spreadsheets.preview import preview
from tests.spreadsheets.making import ready, workbook
from tests.world import World

As = Callable[[str], Client]
DOUBTFUL = [("04/05/2026", "03/25/2027"), ("06/07/2026", "07/08/2027")]


def sheet(world: World, dates: list[tuple[str, str]]) -> Upload:
    rows = "".join(f'Work {n},Lantern Youth,"{start}","{end}"\n' for n, (start, end) in enumerate(dates, 1))
    return ready(world, f"Project,Lead,Start,End\n{rows}", "initiatives")


def made(world: World, upload: Upload) -> list[tuple[str, str]]:
    intake.accept(by=world.person("alice"), upload=upload)
    found = Initiative.objects.filter(name__startswith="Work ").order_by("name")
    return [(str(each.starts or ""), str(each.ends or "")) for each in found]


@pytest.mark.parametrize(
    ("order", "read"),
    [
        ("month", [("2026-04-05", "2027-03-25"), ("2026-06-07", "2027-07-08")]),
        ("day", [("2026-05-04", ""), ("2026-07-06", "2027-08-07")]),
    ],
)
def test_doubtful_dates_wait_for_one_answer_which_holds(
    world: World, as_: As, order: str, read: list[tuple[str, str]]
) -> None:
    upload, alice = sheet(world, DOUBTFUL), as_("alice")
    path = f"/bring/upload/{upload.pk}/preview/"
    page = alice.get(path).text
    assert "Is the day first in dates, or the month?" in page
    for words in ("4 May 2026", "5 April 2026", "25 March 2027", "no date", "6 July 2026", "7 June 2026"):
        assert words in page
    assert "say first whether the day or the month stands first" in alice.post(path).text
    assert not Initiative.objects.filter(name__startswith="Work ").exists()
    for wrong in ("year", "x" * 300):
        assert (
            "Say whether the day or the month stands first." in alice.post(path, {"date_order": wrong}).text
        )
    page = alice.post(path, {"date_order": order}).text
    assert f"They are read with the {order} first, as you said." in page
    assert ("“03/25/2027, day first” is no date: left empty." in page) is (order == "day")
    upload.refresh_from_db()
    assert made(world, upload) == read
    assert AuditEntry.objects.filter(action="spreadsheet.date_order").count() == 1


def test_the_answer_can_be_changed_and_goes_with_the_sheet(world: World) -> None:
    upload, alice = sheet(world, DOUBTFUL), world.person("alice")
    actions.say_date_order(by=alice, upload=upload, order="day")
    actions.say_date_order(by=alice, upload=upload, order="month")
    upload.refresh_from_db()
    assert upload.date_order == "month"
    actions.choose_sheet(by=alice, upload=upload, sheet=0)
    upload.refresh_from_db()
    assert upload.date_order == ""


@pytest.mark.parametrize(
    ("dates", "is_doubtful"),
    [
        (DOUBTFUL, True),
        (DOUBTFUL[1:], False),
        ([("04/05/2026", ""), ("25/12/2026", "")], False),
        ([("25/12/2026", "12/25/2026")], True),
        ([("3-25-2026", "")], True),
        ([("03.25.26", "")], True),
        ([("03/25/2026 00:00", "")], True),
        ([("05/05/2026", "06/06/2026")], False),
        ([("13/13/2026", "")], False),
        ([("25 March 2026", "2026-03-25"), ("04/05/2026", "")], False),
        ([("ongoing", "tbc"), ("", "Spring 2026")], False),
        ([("03/25/2026", "2026-05-01"), ("1 May 2026", "")], True),
    ],
)
def test_only_a_date_that_has_its_month_first_makes_a_sheet_doubtful(
    world: World, dates: list[tuple[str, str]], is_doubtful: bool
) -> None:
    upload = sheet(world, dates)
    assert (preview(world.person("alice"), upload).dates is not None) is is_doubtful
    if is_doubtful:
        with pytest.raises(ValidationError, match="two ways"):
            intake.accept(by=world.person("alice"), upload=upload, leave_out=True)


@pytest.mark.parametrize(
    ("given", "read", "said"),
    [
        ("2026-05-04", "2026-05-04", ""),
        ("2026/05/04", "2026-05-04", ""),
        ("2026-05-04T00:00:00", "2026-05-04", ""),
        ("04/05/2026", "2026-05-04", ""),
        ("04/05/2026 00:00", "2026-05-04", ""),
        ("4.5.2026", "2026-05-04", ""),
        ("4th May 2026", "2026-05-04", ""),
        ("Monday 4 May 2026", "2026-05-04", ""),
        ("46146", "2026-05-04", "Read as: 4 May 2026 — from “46146”"),
        ("46146.0", "2026-05-04", "Read as: 4 May 2026 — from “46146.0”"),
        ("4 May 26", "2026-05-04", "Read as: 4 May 2026 — from “4 May 26”"),
        ("4/5/26", "2026-05-04", "Read as: 4 May 2026 — from “4/5/26”"),
        ("4/5/98", "1998-05-04", "Read as: 4 May 1998 — from “4/5/98”"),
        ("May 2026", "2026-05-01", "Read as: 1 May 2026 — from “May 2026”"),
        ("2026", "2026-01-01", "Read as: 1 January 2026 — from “2026”"),
        # Shown, and kept only if somebody ticks it.
        ("04/05/1985", "", "Read as: 4 May 1985 — from “04/05/1985”"),
        ("1985-05-04", "", "Read as: 4 May 1985 — from “1985-05-04”"),
        ("04/05/2062", "", "Read as: 4 May 2062 — from “04/05/2062”"),
        # Left empty, and said.
        ("Spring 2026", "", "“Spring 2026” is no date: left empty. (row 2)"),
        ("Q2 2026/27", "", "“Q2 2026/27” is no date: left empty. (row 2)"),
        ("31/02/2026", "", "“31/02/2026” is no date: left empty. (row 2)"),
        ("99999", "", "“99999” is no date: left empty. (row 2)"),
        ("04/05/1885", "", "“04/05/1885” is no date: left empty. (row 2)"),
        ("when funded", "", "“when funded” is no date: left empty. (row 2)"),
        # Says nothing: there is nothing to tell of.
        ("tbc", "", ""),
        ("ongoing", "", ""),
        ("n/a", "", ""),
    ],
)
def test_a_date_is_read_or_said_to_be_none(world: World, given: str, read: str, said: str) -> None:
    upload = sheet(world, [(given, "")])
    kind, seen = KINDS["initiatives"], preview(world.person("alice"), upload)
    told = [wording.says(guess, seen.names) for guess in seen.guesses if guess.field == "starts"]
    told += wording.not_read(kind, seen.unread)
    assert told == ([said] if said else [])
    assert made(world, upload) == [(read, "")]


def test_a_real_date_beside_text_that_has_its_month_first_is_doubtful_too(world: World) -> None:
    """What a British spreadsheet makes of an American list: 04/05 became a date, the wrong one; 03/25 stayed text."""
    day = datetime.date(2026, 5, 4)
    heads, lead = ["Project", "Lead", "Start"], "Lantern Youth"
    rows = [heads, ["Work 1", lead, day], ["Work 2", lead, "03/25/2027"]]
    content = workbook({"T": rows})
    assert open_file(content).sheets[0].rows[1][2] == "04/05/2026"
    alice = world.person("alice")
    upload = actions.bring(by=alice, footprint=world.north, kind="initiatives", content=content)
    upload = actions.choose_columns(by=alice, upload=upload, mapping=upload.mapping)
    upload = actions.say_date_order(by=alice, upload=upload, order="month")
    assert made(world, upload) == [("2026-04-05", ""), ("2027-03-25", "")]
