"""Tables on a phone: rows stand as blocks, so every cell must say which column it is of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import joinedup

SOURCE = Path(joinedup.__file__).parent
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
HEADS = re.compile(r"<thead.*?</thead>", re.DOTALL)
BODY = re.compile(r"<tbody.*?</tbody>", re.DOTALL)
CELL = re.compile(r"<td\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)

# Of more than two columns and not in blocks, with why.
SIDEWAYS = {
    "events/programme_grid.jinja": "regions by months: one picture, read along its row",
    "opportunities/grid.jinja": "places by themes; a phone gets a list of places instead",
    "opportunities/together.jinja": "sectors by sectors: the same heads along both sides",
    "results/sheet.jinja": "its columns come from what it shows",
    "tables/printouts.jinja": "made for paper",
    "web/chart.jinja": "the numbers of a chart, year by year",
    "web/map.jinja": "two columns: the second is one of two",
    "web/methods.jinja": "themes by sectors",
}
TEMPLATES = sorted(
    file for file in SOURCE.rglob("templates/*/*.jinja") if "<table" in file.read_text(encoding="utf-8")
)


def _columns(table: str) -> int:
    heads = HEADS.search(table)
    assert heads
    loops = re.findall(r"\{%-? for .*?<th\b.*?endfor %\}", heads.group(), re.DOTALL)
    return heads.group().count("<th ") + 2 * len(loops)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_wide_tables_stand_in_blocks_on_a_phone(file: Path) -> None:
    name = f"{file.parent.name}/{file.name}"
    for table in TABLE.findall(file.read_text(encoding="utf-8")):
        is_stacked = "ju-stack" in table[: table.index(">")]
        assert is_stacked or _columns(table) <= 2 or name in SIDEWAYS, table[:80]
        if is_stacked:
            body = BODY.search(table)
            assert body
            bare = [each for each in CELL.findall(body.group()) if "data-label" not in each]
            assert [each for each in bare if "colspan" not in each] == []


def test_the_links_of_the_footer_show_where_the_keyboard_is_as_all_others_do() -> None:
    style = (SOURCE / "web/static/web/joinedup.css").read_text(encoding="utf-8")
    for part in ("header", "footer"):
        focus = re.search(rf"\.ju-{part} a:focus \{{(.*?)\}}", style)
        assert focus
        assert "background: #fd0" in focus.group(1)
