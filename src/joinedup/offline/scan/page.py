"""The result of a scan as one HTML page: a map, a table, sentences, and what to bear in mind."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader
from numpy.typing import NDArray

from joinedup.engines.scan_words import USUAL
from joinedup.offline.scan.cluster_rows import table_rows
from joinedup.offline.scan.places import Places

WIDTH, HEIGHT, MARGIN = 900.0, 900.0, 30.0
# Most people, including colour-blind ones, can distinguish these on white; for everyone there are numbers.
COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92", "#b35900", "#801650")


def page(document: dict[str, Any], places: Places, explanation: list[str]) -> str:
    """Self-contained HTML: no script, no file, no URL."""
    at, height = _on_paper(places)
    number = {name: i for i, name in enumerate(places.names)}
    clusters = document["clusters"]
    unusual = [each for each in clusters if not (each["adjusted_p"] or each["p"] or 0.0) > USUAL]
    drawn = [
        {
            "rank": row["rank"],
            "colour": COLOURS[i % len(COLOURS)],
            "dots": _dots(at[[number[name] for name in row["areas"]]]),
            "x": round(float(at[number[row["centre"]], 0]), 1),
            "y": round(float(at[number[row["centre"]], 1]), 1),
        }
        for i, row in enumerate(unusual)
    ]
    header, *rows = table_rows(clusters)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.jinja").render(
        width=WIDTH,
        height=height,
        dot=max(1.6, min(8.0, 0.25 * WIDTH / math.sqrt(len(places.names)))),
        everywhere=_dots(at),
        drawn=drawn,
        header=header,
        rows=rows,
        told=unusual or clusters[:1],
        notes=document["notes"],
        explanation=explanation,
        settings=document["settings"],
    )


def _on_paper(places: Places) -> tuple[NDArray[np.float64], float]:
    """Where each area is drawn, north up, and the height of the paper."""
    x, y = places.position[:, 0], places.position[:, 1]
    if places.degrees:
        x, y = y * math.cos(math.radians(float(x.mean()))), x
    wide, high = float(np.ptp(x)), float(np.ptp(y))
    scale = min((WIDTH - 2 * MARGIN) / (wide or 1.0), (HEIGHT - 2 * MARGIN) / (high or 1.0))
    left = (WIDTH - wide * scale) / 2
    at = np.column_stack([left + (x - x.min()) * scale, MARGIN + (y.max() - y) * scale])
    return at, round(high * scale + 2 * MARGIN, 1)


def _dots(at: NDArray[np.float64]) -> str:
    """A path of dots: strokes of no length with round ends."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in at)
