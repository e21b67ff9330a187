"""Sheets for the tests of this room."""

import datetime
import io
import zipfile
from typing import Any

import openpyxl
from django.db.models import Model
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.models import RememberedColumn, Upload, UploadWork
from joinedup.support.models import Offer
from tests.world import World

PARTNERS = """Org,Type,Job title,Contact name,E-mail,Borough
Riverside Homes,Housing,Head of safety,A Person,safety@riverside.example,Northton
Riverside Homes,,Estate officer,,estates@riverside.example,
Mill Lane School,,Head,,head@mill.example,Northton; Eastton
Lantern Youth,vcs,Director,,director@lantern.example,
"""
TRACKER = """Project,Lead agency,Description,Area,Theme,Start date,End date,Ages,Beneficiaries
Evening mentors,Lantern Youth,Mentors on four evenings,Northton,trusted-adult,8/10/2018,31/3/2030,10-17,120
Safe walk home,Eastton School,Staff on the way home,Eastton,,1 September 2024,,11 to 16,
"""
OFFERS = """Fund,Funder,Deadline,Amount,Eligibility
Small grants,Some Foundation,31/3/2030,"£5,000",Charities
Training in listening,Lantern Youth,,,Anybody
"""


def xlsx(rows: list[list[Any]], *, title_sheet: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if title_sheet:
        sheet = book.create_sheet("List")
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return stream.getvalue()


def ready(world: World, text: str, kind: str = "partners") -> Upload:
    """Brought in by Alice, its columns as suggested."""
    alice = world.person("alice")
    upload = actions.bring(by=alice, footprint=world.north, kind=kind, text=text)
    return actions.choose_columns(by=alice, upload=upload, mapping=upload.mapping)


def silent(minutes: int) -> None:
    """Nothing was heard of what is done with any sheet for so long."""
    UploadWork.objects.update(said_at=timezone.now() - datetime.timedelta(minutes=minutes))


def state() -> dict[str, list[Any]]:
    """Everything that this room may change, to be compared."""
    models: list[type[Model]] = [Partner, Contact, Initiative, Offer, Upload, RememberedColumn, AuditEntry]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


TODAY = datetime.date.today()


def workbook(
    sheets: dict[str, list[list[Any]]],
    *,
    hidden: tuple[str, ...] = (),
    merged: dict[str, list[str]] | None = None,
) -> bytes:
    """Sheets by name, in order. `merged`: ranges of joined cells by sheet, such as A2:A4."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for each in (merged or {}).get(name, []):
            sheet.merge_cells(each)
        if name in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
