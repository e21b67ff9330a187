"""The work of `joinedup match`: read, leave out what the reader may not see, match, compare, write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import islice
from os.path import realpath
from pathlib import Path
from typing import Any

from joinedup.engines.matching import Opportunity, Result, Tables, opportunities, shortlist, why_not
from joinedup.engines.matching.tables import COLUMNS
from joinedup.offline.atomic_write import write_files
from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.match import changes, spotted, visibility
from joinedup.offline.match.grid import grid as as_grid
from joinedup.offline.match.input_files import read_folder
from joinedup.offline.match.opportunity_rows import as_csv
from joinedup.offline.match.weights import weights as as_weights

# The kinds of record that `why_not` can be asked about.
ASKED = ("partner", "offer", "initiative", "place")
# A short list is chosen from this many of the best: lower ones add almost nothing to the need covered.
POOL = 2000
# How the engine's answer begins if something is found, whether or not the reader may see it.
FOUND = ("It is in the list", "It meets the rules")


@dataclass(frozen=True)
class MatchRun:
    """What a run wrote: how many opportunities (None if none were requested) and, in sentences, which rows of
    the input it could not use, the answers to `asked`, and what changed."""

    found: int | None
    left_out: list[str]
    answers: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class VisibleResult:
    """What a run found and what people spotted, as far as a reader may see both (None sees everything)."""

    tables: Tables
    result: Result
    spotted: list[spotted.Spotted]
    reader: str | None

    def best_first(self) -> Iterator[Opportunity]:
        """In one ranking; on equal scores the engine's come first."""
        visible = (each for each in self.result if visibility.may_see(each, self.reader))
        return merge(visible, self.spotted, key=lambda each: -each.score)


def match(
    input: Path,
    as_of: date | None,
    limit: int | None,
    output: Path | None,
    *,
    short: int | None = None,
    since: Path | None = None,
    grid: Path | None = None,
    reader: str | None = None,
    weights: str | None = None,
    asked: Sequence[str] = (),
) -> MatchRun:
    """Read the folder `input`, find opportunities as of `as_of` (default: today), and write them to `output`,
    which ends in .json or .csv. Raises `Refused`, and then writes nothing.

    `short`: only a diverse short list of this length. `since`: an earlier JSON output to compare with.
    `grid`: a .csv file for the coverage grid. `reader`: only what public, partnership or one partner may see.
    `weights`: as `weights.weights` reads them. `asked`: what to explain the absence of, each like
    `partner=ID`.
    """
    _check_paths(input, output, grid)
    if limit is not None and limit < 1:
        raise Refused("The limit must be 1 or more.")
    if short is not None and short < 1:
        raise Refused("The short list must be of 1 or more.")
    weighed = as_weights(weights)
    questions = [_question(each) for each in asked]
    earlier = None if since is None else changes.read_earlier(since, reader)

    whole, seen_by_people = read_folder(input), spotted.read(input)
    tables, kept_back = (whole, {}) if reader is None else visibility.for_reader(whole, reader)
    rows, unusable = spotted.usable(seen_by_people, whole, tables)
    if number := unusable.pop(spotted.NOT_SHOWN, 0):
        kept_back[spotted.NAME] = number
    as_of = as_of or date.today()
    result = opportunities(tables, as_of, limit=_enough(limit, short, reader), weights=weighed)
    everything = VisibleResult(tables, result, spotted.ranked(rows, result.scene), reader)
    left_out = [f"Left out: {n} ({why})." for why, n in result.left_out.items()]
    left_out += [f"Left out: {n} ({spotted.NAME}: {why})." for why, n in unusable.items()]
    left_out += [f"Left out: {n} ({table}: {spotted.NOT_SHOWN})." for table, n in kept_back.items()]
    answers = [line for what, code in questions for line in _answer(everything, what, code)]
    texts = {} if grid is None else {grid: as_grid(result)}
    if output is None and earlier is None:
        write_files(texts)
        return MatchRun(found=None, left_out=left_out, answers=answers)

    written = list(_chosen(everything, limit, short))
    document: dict[str, Any] = {"as_of": as_of.isoformat()}
    if reader is not None:
        document["reader"] = reader
    document["opportunities"] = [each.as_dict() for each in written]
    changed: list[str] = []
    if earlier is not None:
        lower = _lower(everything, earlier, document) if limit or short else {}
        seen = None if reader is None else visibility.ids_in(tables)
        found = changes.changes(earlier["opportunities"], document["opportunities"], lower, seen)
        document["changes"] = found
        changed = changes.lines(found, earlier, document["opportunities"])
    if output is not None:
        is_csv = output.suffix.lower() == ".csv"
        with_others = seen_by_people is not None
        texts[output] = (
            as_csv(as_of, written, with_others=with_others)
            if is_csv
            else json.dumps(document, ensure_ascii=False, indent=1)
        )
    write_files(texts)
    return MatchRun(None if output is None else len(written), left_out, answers, changed)


def _check_paths(input: Path, output: Path | None, grid: Path | None) -> None:
    if output is not None and output.suffix.lower() not in (".json", ".csv"):
        raise Refused(f"The output file must end in .json or .csv; “{output.name}” does not.")
    if grid is not None and grid.suffix.lower() != ".csv":
        raise Refused(f"The file for the grid must end in .csv; “{grid.name}” does not.")
    tables = {realpath(input / f"{name}.csv") for name in (*COLUMNS, spotted.NAME)}
    given = [path for path in (output, grid) if path is not None]
    for path in given:
        if realpath(path) in tables:
            raise Refused(
                f"“{path.name}” in “{input}” is input and would be overwritten: choose another file."
            )
    if len({realpath(path) for path in given}) < len(given):
        raise Refused("The output and the grid must be two files.")


def _question(text: str) -> tuple[str, str]:
    what, equals, code = (each.strip() for each in text.partition("="))
    if not equals or what not in ASKED or not code or not code.isprintable():
        raise Refused(
            f"“{quoted(text)}” cannot be asked about: write partner=ID, offer=ID, initiative=ID or place=CODE."
        )
    return what, code


def _enough(limit: int | None, short: int | None, reader: str | None) -> int | None:
    """How many the engine has to return: all (None) if the reader may not see some of them."""
    if reader is not None:
        return None
    return min(limit or POOL, POOL) if short is not None else limit


def _chosen(found: VisibleResult, limit: int | None, short: int | None) -> Iterator[Opportunity]:
    if short is None:
        return islice(found.best_first(), limit)
    return iter(shortlist(islice(found.best_first(), min(limit or POOL, POOL)), short))


def _lower(found: VisibleResult, earlier: dict[str, Any], now: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Rows written earlier and not now that are still found, by id."""
    written = {row["id"] for row in now["opportunities"]}
    missing = {
        row["id"]: row.get("place", "") for row in earlier["opportunities"] if row["id"] not in written
    }
    if not missing:
        return {}
    run = found.result
    again = opportunities(
        found.tables, run.as_of, places=sorted(set(missing.values())), weights=run.settings.weights
    )
    every = VisibleResult(found.tables, again, found.spotted, found.reader).best_first()
    return {each.id: each.as_dict() for each in every if each.id in missing}


def _answer(found: VisibleResult, what: str, code: str) -> list[str]:
    run, reader = found.result, found.reader
    asked = {name: code if name == what else None for name in ASKED}
    answers = why_not(
        found.tables,
        run.as_of,
        partner=asked["partner"],
        offer=asked["offer"],
        initiative=asked["initiative"],
        place=asked["place"],
        weights=run.settings.weights,
    )
    if reader is not None and answers[0].startswith(FOUND):
        # What is found may be hidden from this reader: count only what they may see.
        every = opportunities(found.tables, run.as_of, weights=run.settings.weights)
        number = sum(_names(each, what, code) for each in every if visibility.may_see(each, reader))
        times = f"{number} time{'s' if number > 1 else ''}"
        answers = [
            f"It is in the list, {times}." if number else "Nothing that this reader is shown comes of it."
        ]
    if seen := sum(_names(each, what, code) for each in found.spotted):
        answers.append(f"People spotted {seen} that name{'s' if seen == 1 else ''} it.")
    return [f"{what} {code}: {answer}" for answer in answers]


def _names(each: Opportunity, what: str, code: str) -> bool:
    listed = {
        "partner": each.parties,
        "offer": each.offers,
        "initiative": each.initiatives,
        "place": [each.place],
    }
    return code in listed[what]
