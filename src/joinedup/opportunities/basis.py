"""The tables that the stored opportunities were last worked out from: how they are kept, and what changed since."""

from __future__ import annotations

import datetime
import io
import zlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict

import polars as pl

from joinedup.engines import matching
from joinedup.opportunities.models import Basis
from joinedup.opportunities.storing import TABLES, Changed
from joinedup.places.models import Footprint

Places = frozenset[str] | None
# What stands beside the tables: by what the list was weighed.
WEIGHED = "weighed"


def basis_of(footprint: Footprint, audience: str) -> Basis | None:
    """Nothing where no run was stored yet."""
    return Basis.objects.filter(footprint=footprint, audience=audience).first()


def remember(
    footprint: Footprint,
    audience: str,
    as_of: datetime.date,
    tables: matching.Tables,
    weights: matching.Weights,
) -> None:
    """Keep the tables and the weights of the run that was stored last, in the place of those before."""
    held = {name: getattr(tables, name) for name in tables.__dataclass_fields__}
    frames = {name: frame for name, frame in held.items() if frame is not None}
    frames[WEIGHED] = pl.DataFrame([asdict(weights)])
    whole = pl.DataFrame({"name": list(frames), "frame": [_packed(frame) for frame in frames.values()]})
    Basis.objects.update_or_create(
        footprint=footprint,
        audience=audience,
        defaults={"as_of": as_of, "tables": zlib.compress(_packed(whole), 1)},
    )


def held_in(basis: Basis) -> tuple[matching.Tables, matching.Weights]:
    """The tables and the weights as they were."""
    whole = _unpacked(zlib.decompress(basis.tables))
    frames = {name: _unpacked(frame) for name, frame in whole.iter_rows()}
    weighed = frames.pop(WEIGHED, None)
    weights = matching.WEIGHTS if weighed is None else matching.Weights(**weighed.row(0, named=True))
    return matching.Tables(**frames), weights


def changed_since(
    basis: Basis | None, tables: matching.Tables, as_of: datetime.date, weights: matching.Weights
) -> tuple[Changed, Places]:
    """What differs from what the stored list was worked out from, and the places that it touches (None is all of
    them)."""
    now = {table: frozenset(tables.frame(table)["id"]) for table in TABLES}
    if basis is None:
        return Changed(seen=now), None
    before, weighed = held_in(basis)
    touched = matching.touched(before, tables, as_of)
    records = {table: frozenset(key[0] for key in touched.rows.get(table, ())) for table in TABLES}
    action = _action_by_cell(tables, records["initiatives"])
    changed = Changed(records, now, is_reweighed=weighed != weights, action=action)
    is_whole = basis.as_of != as_of or changed.is_reweighed
    return changed, None if is_whole else touched.places


def _action_by_cell(
    tables: matching.Tables, changed: Collection[str]
) -> dict[tuple[str, str | None], list[str]]:
    """The names of changed initiatives, by each place where they work, what that lies in, and theme."""
    above = dict(tables.places.select("code", "parent").iter_rows())
    rows = tables.frame("initiatives").filter(pl.col("id").is_in(list(changed)))
    found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for name, places, themes in rows.select("name", "places", "themes").iter_rows():
        wider: set[str] = set()
        for place in places or ():
            at: str | None = place
            while at and at not in wider:
                wider.add(at)
                at = above.get(at)
        for place in wider:
            for theme in themes or ():
                found[place, theme].append(name)
    return dict(found)


def _packed(frame: pl.DataFrame) -> bytes:
    into = io.BytesIO()
    frame.write_ipc(into)
    return into.getvalue()


def _unpacked(frame: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(frame))
