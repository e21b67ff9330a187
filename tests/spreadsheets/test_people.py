"""Records of single people are refused, and nothing of them is kept; lists of organisations with contacts are not."""

import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Session
from joinedup.evidence.sources.privacy import refuse_people as refuse_in_evidence
from joinedup.offline.delimited import Refused
from joinedup.offline.table_files import open_table
from joinedup.privacy.case_headings import plain_heading
from joinedup.privacy.case_lists import looks_like_data
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.columns import headings_of
from joinedup.spreadsheets.headers import read_text
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import RememberedColumn, Upload
from joinedup.spreadsheets.people import SinglePeople, refuse_people
from joinedup.spreadsheets.worker import forget_uploads
from tests.privacy.lists import CASES, OTHERS
from tests.spreadsheets.making import OFFERS, PARTNERS, TRACKER, ready, xlsx
from tests.world import World

As = Callable[[str], Client]
KEPT = "and has kept nothing of it."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_case_lists_are_refused_as_people_write_them(name: str, kind: str) -> None:
    sheet = read_text(CASES[name], headings_of(KINDS[kind].table, KINDS[kind].fields))
    with pytest.raises(SinglePeople, match="records of single people") as refusal:
        refuse_people(sheet)
    said = refusal.value.messages[0]
    assert said.endswith(KEPT)
    assert said.count(". ") == 0, "one sentence"
    if not looks_like_data(sheet.header):
        values = [cell for row in sheet.rows for cell in row if len(cell) > 4 and cell not in said.split("“")]
        headings = {plain_heading(cell) for row in [sheet.header, *sheet.rows[:5]] for cell in row}
        assert not [each for each in values if each in said and plain_heading(each) not in headings]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*OTHERS, "PARTNERS", "TRACKER", "OFFERS"])
def test_other_lists_are_not(name: str, kind: str) -> None:
    text = (OTHERS | {"PARTNERS": PARTNERS, "TRACKER": TRACKER, "OFFERS": OFFERS})[name]
    refuse_people(read_text(text, headings_of(KINDS[kind].table, KINDS[kind].fields)))


@pytest.mark.parametrize("name", CASES)
def test_the_same_lists_are_refused_as_evidence(name: str, tmp_path: Path) -> None:
    sheet = read_text(CASES[name])
    path = tmp_path / "file.csv"
    rows = [sheet.header, *sheet.rows]
    path.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows))
    with pytest.raises(Refused, match="records of single people") as refusal:
        refuse_in_evidence(open_table(path))
    assert "has kept nothing of it" in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "Ref,DOB\n1,2\n",
        "Name,NHS Number\nA,1\n",
        "Suspect,Area\nA,B\n",
        "Nominal,Area\nA,B\n",
        "Case number,Area\n1,B\n",
        "Pupil name,School\nA,B\n",
        "Organisation,Notes\nA,DOB 1/2/2005\n",
        # In the range that the NHS issues: the well-known example number begins with 9.
        "Organisation,Notes\nA,seen 401 023 2137 today\n",
        "Organisation,Ref\nA,4010232137\n",
        "Name,Age,Address\nA,15,1 High Street N1 1AA\n",
    ],
)
def test_one_sign_is_enough_and_no_value_is_said(text: str) -> None:
    with pytest.raises(SinglePeople) as refusal:
        refuse_people(read_text(text))
    assert "4010232137" not in refusal.value.messages[0]


@pytest.mark.parametrize(
    "text",
    [
        "Organisation,Telephone\nA,2079460000\nB,4010232137\n",
        "Project,Victim support,Age range\nA,yes,10-17\n",
        "Project,Age group,Venue\nA,10-17,N1 1AA\n",
        "Organisation,Address\nA,1 High Street N1 1AA\n",
        "Organisation,Charity number\nVictim Support,298028\n",
    ],
)
def test_numbers_and_addresses_of_organisations_are_none(text: str) -> None:
    refuse_people(read_text(text))


def everything() -> str:
    """All that the database holds, with what sessions hold in clear."""
    found = [repr(list(model._base_manager.values())) for model in apps.get_models()]
    found += [repr(each.get_decoded()) for each in Session.objects.all()]
    return "\n".join(found)


def files() -> str:
    folder = Path(settings.HOME) if hasattr(settings, "HOME") else Path(settings.MEDIA_ROOT or "nowhere")
    return "\n".join(
        each.read_bytes().decode("latin-1") for each in folder.rglob("*") if each.is_file() and folder.name
    )


SECRET = "Unmistakable"
LIST = f"First name,Surname,Offence,Arrest date\n{SECRET},Person,Robbery,01/02/2026\n"


@pytest.mark.parametrize("by", ["text", "csv", "xlsx"])
def test_nothing_of_a_refused_list_is_kept(
    world: World, as_: As, by: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = [line.split(",") for line in LIST.splitlines()]
    brought: dict[str, Any] = {
        "text": {"text": LIST},
        "csv": {"file": SimpleUploadedFile("list.csv", LIST.encode())},
        "xlsx": {"file": SimpleUploadedFile("list.xlsx", xlsx(rows))},
    }[by]
    alice = as_("alice")
    before = AuditEntry.objects.count()
    page = alice.post("/bring/north/new/", {"kind": "partners", **brought})
    assert page.status_code == 200
    assert "“First name”, “Surname”" in page.text or "“Arrest date”" in page.text
    assert SECRET not in page.text
    assert SECRET not in repr(page.cookies)
    assert (Upload.objects.count(), AuditEntry.objects.count()) == (0, before)
    assert SECRET not in everything()
    assert SECRET not in files()
    assert SECRET not in caplog.text
    # Charlie, of another partnership, cannot even ask.
    assert as_("charlie").post("/bring/north/new/", {"kind": "partners", **brought}).status_code == 404


def test_what_nobody_accepted_goes_within_days_by_the_worker(world: World) -> None:
    for text in (f"Org,E-mail,Notes\n{SECRET} Trust,a@{SECRET}.example,{SECRET}\n", "Org\nAnother\n"):
        ready(world, text)
    assert SECRET in everything()
    now = timezone.now()
    assert forget_uploads(now + datetime.timedelta(days=4)) == 0
    assert forget_uploads(now + datetime.timedelta(days=6)) == 2
    assert forget_uploads(now + datetime.timedelta(days=6)) == 0
    assert SECRET not in everything()
    assert SECRET not in files()
    assert AuditEntry.objects.filter(action="spreadsheet.forget").count() == 2


def test_what_was_accepted_is_not_forgotten(world: World) -> None:
    upload = ready(world, PARTNERS)
    intake.accept(by=world.person("alice"), upload=upload)
    assert forget_uploads(timezone.now() + datetime.timedelta(days=400)) == 0
    assert Upload.objects.get().state == "accepted"


def test_only_columns_that_were_chosen_are_kept(world: World, as_: As) -> None:
    upload = ready(world, f"Org,E-mail,Favourite {SECRET}\nRiverside Homes,a@r.example,{SECRET}\n")
    assert upload.mapping == {"name": 0, "email": 1}
    intake.accept(by=world.person("alice"), upload=upload)
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.rows, kept.header) == ([], [])
    assert "a@r.example" in everything()
    assert SECRET not in everything().replace(f"favourite {SECRET}".lower(), "")
    assert as_("charlie").get(f"/bring/upload/{upload.pk}/undo/").status_code == 404


def test_the_first_row_of_a_list_without_headings_is_remembered_nowhere(world: World) -> None:
    alice = world.person("alice")
    text = f"{SECRET} Brown,Lantern Youth,u@lantern.example\nMia Jones,Lantern Youth,m@lantern.example\n"
    upload = actions.bring(by=alice, footprint=world.north, kind="partners", text=text)
    actions.choose_columns(by=alice, upload=upload, mapping={"name": 1, "email": 2})
    assert not RememberedColumn.objects.exists()
    actions.drop(by=alice, upload=upload)
    assert SECRET not in everything()
