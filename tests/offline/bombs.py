"""Workbooks of a few kilobytes that come to far more when they are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import cache

from tests.offline.workbook import workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
STRINGS, SHEET, STYLES = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"
LISTED = (
    f'<Override PartName="/{STRINGS}" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
).encode()
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))


def packed(name: str, parts: Iterable[str]) -> bytes:
    """A small workbook with one part made anew, written piece by piece."""
    out, small = io.BytesIO(), workbook({"S": [["Name", "Area"], ["One", "Here"]]})
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            body = old.read(each)
            if each == "[Content_Types].xml" and name == STRINGS:
                body = body.replace(b"</Types>", LISTED + b"</Types>")
            if each != name:
                new.writestr(each, body)
        with new.open(name, "w") as part:
            for piece in parts:
                part.write(piece.encode())
    return out.getvalue()


def _zip() -> bytes:
    return packed(SHEET, (" " * 2**20 for _ in range(80)))


def _strings() -> bytes:
    """A million shared strings, and more."""
    return packed(STRINGS, [f"<sst {MAIN}>", *("<si><t>ab</t></si>" * 1_000 for _ in range(2_500)), "</sst>"])


def _styles() -> bytes:
    return packed(
        STYLES, [f"<styleSheet {MAIN}><cellXfs>", *("<xf/>" * 9_000 for _ in range(900)), "</cellXfs></styleSheet>"]
    )  # fmt: skip


def _columns() -> bytes:
    """Every column of a sheet, styled and empty, for many rows."""
    row = "<row>" + '<c s="0"/>' * 16_384 + "</row>"
    return packed(SHEET, [f"<worksheet {MAIN}><sheetData>", *[row] * 330, "</sheetData></worksheet>"])


def _entities() -> bytes:
    """Declared below a comment that is longer than what is looked at first."""
    return packed(STRINGS, [
        f"<?xml version='1.0'?><!--{' ' * 20_000}--><!DOCTYPE sst [<!ENTITY l0 'lol'>{LAUGHS}]>",
        f"<sst {MAIN}><si><t>&l11;</t></si></sst>",
    ])  # fmt: skip


def _repeated() -> bytes:
    """Very long texts."""
    cell = f'<c t="inlineStr"><is><t>{"x" * 30_000}</t></is></c>'
    return packed(
        SHEET, [f"<worksheet {MAIN}><sheetData>", *[f"<row>{cell}</row>"] * 1_900, "</sheetData></worksheet>"]
    )


@cache
def bombs() -> dict[str, bytes]:
    return {
        "a zip bomb": _zip(),
        "shared strings": _strings(),
        "styles": _styles(),
        "columns": _columns(),
        "entities": _entities(),
        "long texts": _repeated(),
    }
