"""Figures and files for the tests of the first run."""

import datetime
import io
from typing import Any

from docx import Document

from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.opportunities.models import Opportunity
from joinedup.places.models import Place
from joinedup.web.layers import HEADLINES
from tests.world import THEMES, World

KINDS = ["match", "bid", "join", "bring_in", "learn", "keep"]
TODAY = datetime.date.today()
CONTACTS = """Hilltop School, education, Head, , head@hilltop.example
Lantern Youth, Director, director@lantern.example
Riverside Homes\tHousing\tHead of safety\tA Person\tsafety@riverside.example
"""


def make_figures(
    place: Place, value: float = 12.3, theme: str = "trusted-adult", need: float = 0.9
) -> Dataset:
    """A published figure and a need for a place."""
    dataset, _ = Dataset.objects.get_or_create(
        name="police",
        defaults={
            "title": "Recorded crime",
            "source": "test",
            "publisher": "Testland Police",
            "licence": "OGL",
            "file_name": "a.csv",
            "content_hash": "a",
            "stored_as": "a",
            "rows_read": 1,
            "rows_kept": 1,
        },
    )
    Figure.objects.create(
        indicator=HEADLINES[0], place=place, period=f"{TODAY.year}-01", state="number", value=value, count=120,
        denominator=10_000, low=value * 0.9, high=value * 1.1, compared=32, among="boroughs in London",
        trend=0.2, dataset=dataset,
    )  # fmt: skip
    Need.objects.create(place=place, theme_id=theme, need=need, certainty=0.8, worked_out_on=TODAY)
    return dataset


def make_opportunity(world: World, number: int, sentence: str = "", first_step: str = "") -> Opportunity:
    """What the engine found on what the partnership shares; each on another theme, as an event would choose."""
    return Opportunity.objects.create(
        key=f"o{number}",
        footprint=world.north,
        audience="partnership",
        kind=KINDS[number % len(KINDS)],
        place=world.northton,
        theme_id=list(THEMES)[number % 3],
        score=90 - number,
        sentence=sentence or f"Two could work together {number}.",
        first_step=first_step or f"Ring each other {number}.",
        first_seen=TODAY,
        last_seen=TODAY,
    )


def opened(content: bytes) -> Any:
    """A Word file as python-docx reads it again."""
    return Document(io.BytesIO(content))


def words_of(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
