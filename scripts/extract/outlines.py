"""Boundaries as SVG path data: whole numbers, relative commands, shared lines kept shared."""

import json
from pathlib import Path

import numpy as np
import shapely
from grid import national_grid
from writing import write_gzip

# How far a line may move, in metres. Neighbourhoods are looked at closest, so they keep the most.
TOLERANCE = {"borough": 60.0, "ward": 50.0, "lsoa": 40.0}


def _metres(points: np.ndarray) -> np.ndarray:
    return np.column_stack(national_grid(points[:, 0], points[:, 1]))


def _ring(points: np.ndarray) -> str:
    """One closed ring as `m x y dx dy … z`, without points that fall on the one before."""
    grid = np.rint(np.column_stack([points[:-1, 0], -points[:-1, 1]]) / 10).astype(int)
    keep = np.ones(len(grid), dtype=bool)
    keep[1:] = (np.diff(grid, axis=0) != 0).any(axis=1)
    grid = grid[keep]
    if len(grid) < 3:
        return ""
    steps = np.diff(grid, axis=0)
    text = f"M{grid[0, 0]} {grid[0, 1]}l" + " ".join(f"{x} {y}" for x, y in steps)
    return text.replace(" -", "-") + "z"


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for polygon in shapely.get_parts(shape):
        rings.append(_ring(shapely.get_coordinates(polygon.exterior)))
        rings.extend(_ring(shapely.get_coordinates(hole)) for hole in polygon.interiors)
    return "".join(rings)


def _drawn(source: Path, code_field: str, kind: str) -> dict[str, list]:
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    shapes = shapely.transform(shapes, _metres)
    shapes = shapely.coverage_simplify(shapes, TOLERANCE[kind])
    drawn = {}
    for feature, shape in zip(features, shapes, strict=True):
        left, bottom, right, top = (round(edge / 10) for edge in shapely.bounds(shape))
        drawn[feature["properties"][code_field]] = [_path(shape), left, -top, right, -bottom]
    return dict(sorted(drawn.items()))


def write_outlines(london: Path, output: Path) -> None:
    """Write one `outlines_<kind>.json.gz` a kind: `{code: [path, left, top, right, bottom]}`."""
    for kind, name, field in (
        ("borough", "borough_boundaries", "LAD22CD"),
        ("ward", "ward24_bestfit_boundaries", "WD24CD"),
        ("lsoa", "lsoa21_boundaries", "LSOA21CD"),
    ):
        drawn = _drawn(london / f"{name}.geojson", field, kind)
        body = json.dumps(drawn, separators=(",", ":"))
        write_gzip(output / f"outlines_{kind}.json.gz", body.encode())
