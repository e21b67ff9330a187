"""Boundaries as SVG path data: whole numbers, relative commands, shared lines kept shared."""

from collections.abc import Sequence

import numpy as np
import shapely


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


def drawn(codes: Sequence[str], shapes: np.ndarray, tolerance: float) -> dict[str, list]:
    """`{code: [path, left, top, right, bottom]}` of shapes in metres that meet without gaps."""
    shapes = shapely.coverage_simplify(shapes, tolerance)
    lines = {}
    for code, shape in zip(codes, shapes, strict=True):
        left, bottom, right, top = (round(edge / 10) for edge in shapely.bounds(shape))
        lines[code] = [_path(shape), left, -top, right, -bottom]
    return dict(sorted(lines.items()))
