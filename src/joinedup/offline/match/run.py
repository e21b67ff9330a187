"""The work of `joinedup match`: read, leave out what the reader may not see, find, compare, write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from os.path import realpath
from pathlib import Path

from joinedup.engines.opportunities import Settings, opportunities
from joinedup.engines.opportunities.meetings import meetings
from joinedup.engines.opportunities.shortlist import shortlist
from joinedup.engines.opportunities.why_not import TABLES as ASKED
from joinedup.engines.opportunities.why_not import why_not
from joinedup.offline.atomic_write import write_files
from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.match import changes, guesses
from joinedup.offline.match.document import Document, Found, Told, as_csv, document
from joinedup.offline.match.engine_inputs import Read, engine_inputs
from joinedup.offline.match.grid import grid as as_grid
from joinedup.offline.match.input_files import TABLES, Folder, Shipped, read_folder
from joinedup.offline.match.visibility import Shown, for_reader, is_told, marked
from joinedup.offline.match.weights import weights as as_weights

# Words that `why_not` also takes for the records that it can be asked about.
OLD_WORDS = {"offer": "support", "initiative": "action"}


@dataclass(frozen=True)
class Request:
    """What a run is asked for.

    `limit`: the best so many. `short`: only a diverse short list of this length. `moves`: the flat list of moves
    instead of opportunities. `guesses`: also every guess of reading, in the document. `since`: an earlier JSON output
    to compare with. `grid`: a .csv file for the coverage grid. `reader`: only what public, partnership or one partner
    may see. `weights`: as `weights.weights` reads them. `asked`: what to explain the absence of, like `partner=ID`.
    """

    limit: int | None = None
    short: int | None = None
    moves: bool = False
    guesses: bool = False
    since: Path | None = None
    grid: Path | None = None
    reader: str | None = None
    weights: str | None = None
    asked: Sequence[str] = ()

    @property
    def what(self) -> str:
        return "moves" if self.moves else "opportunities"


@dataclass(frozen=True)
class MatchRun:
    """What a run wrote: how many opportunities or moves (None if none were requested) and, in sentences, how the input
    was read and which of its rows it could not use, the answers to `asked`, and what changed."""

    found: int | None
    notes: list[str]
    answers: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def match(
    input: Path, as_of: date | None, output: Path | None, request: Request, shipped: Shipped
) -> MatchRun:
    """Read the folder `input`, find opportunities as of `as_of` (default: today), and write them to `output`, which
    ends in .json or .csv. Raises `Refused`, and then writes nothing."""
    _check(input, output, request)
    as_of = as_of or date.today()
    settings = Settings(weights=as_weights(request.weights))
    questions = [_question(each) for each in request.asked]
    earlier = (
        None if request.since is None else changes.read_earlier(request.since, request.reader, request.what)
    )
    folder = read_folder(input, shipped)
    shown = _shown(folder, request.reader, as_of)
    read = engine_inputs(shown.folder, as_of)
    told = _told(shown.folder, read, as_of, settings, request.reader)
    notes = [*guesses.lines(read.register, folder.headings), *_left_out(folder, read, shown)]
    answers = [
        f"{word} {code}: {answer}"
        for word, code in questions
        for answer in why_not(
            read.inputs, told.result, OLD_WORDS.get(word, word), code, told_all=request.reader is None
        )
    ]
    texts = {} if request.grid is None else {request.grid: as_grid(told)}
    if output is None and earlier is None:
        write_files(texts)
        return MatchRun(None, notes, answers)

    written = _chosen(told, request)
    found = document(told, written, moves=request.moves)
    changed: list[str] = []
    if earlier is not None:
        before, now = earlier[request.what], found[request.what]
        every = [each.id for each in told.found(moves=request.moves)]
        found["changes"] = changes.changes(before, now, every, _seen(read, request.reader))
        changed = changes.lines(found["changes"], earlier, before, now)
    if request.guesses:
        found["guesses"] = guesses.whole(read.register, folder.headings)
    if output is not None:
        texts[output] = _text(output, found, written, request)
    write_files(texts)
    return MatchRun(None if output is None else len(written), notes, answers, changed)


def _shown(folder: Folder, reader: str | None, as_of: date) -> Shown:
    folder = replace(folder, register=marked(folder.register))
    return Shown(folder) if reader is None else for_reader(folder, reader, as_of)


def _told(folder: Folder, read: Read, as_of: date, settings: Settings, reader: str | None) -> Told:
    result = opportunities(
        read.inputs, as_of, settings, told=lambda each, context: is_told(each, context, reader)
    )
    people = folder.added.get("people")
    meets = () if people is None else meetings(result, people)
    return Told(result, reader, tuple(move for move in meets if is_told(move, result.context, reader)))


def _left_out(folder: Folder, read: Read, shown: Shown) -> list[str]:
    return [
        *(f"Not used: {name}, which is no table of the command." for name in folder.unused),
        *(f"Left out: {number} ({why})." for why, number in read.left_out.items()),
        *(f"Left out: {number} ({table}: not for this reader)." for table, number in shown.kept_back.items()),
    ]


def _check(input: Path, output: Path | None, request: Request) -> None:
    if output is not None and output.suffix.lower() not in (".json", ".csv"):
        raise Refused(f"The output file must end in .json or .csv; “{output.name}” does not.")
    if request.grid is not None and request.grid.suffix.lower() != ".csv":
        raise Refused(f"The file for the grid must end in .csv; “{request.grid.name}” does not.")
    if request.guesses and (output is None or output.suffix.lower() != ".json"):
        raise Refused("Guesses are written into the document: give --output a name that ends in .json.")
    if request.limit is not None and request.limit < 1:
        raise Refused("The limit must be 1 or more.")
    if request.short is not None and request.short < 1:
        raise Refused("The short list must be of 1 or more.")
    tables = {realpath(input / f"{name}.csv") for name in TABLES}
    given = [path for path in (output, request.grid) if path is not None]
    for path in given:
        if realpath(path) in tables:
            raise Refused(
                f"“{path.name}” in “{input}” is input and would be overwritten: choose another file."
            )
    if len({realpath(path) for path in given}) < len(given):
        raise Refused("The output and the grid must be two files.")


def _question(text: str) -> tuple[str, str]:
    what, equals, code = (each.strip() for each in text.partition("="))
    if not equals or what not in (*ASKED, *OLD_WORDS) or not code or not code.isprintable():
        raise Refused(
            f"“{quoted(text)}” cannot be asked about: write partner=ID, support=ID, ask=ID, action=ID or place=CODE."
        )
    return what, code


def _chosen(told: Told, request: Request) -> list[Found]:
    best = list(islice(told.found(moves=request.moves), request.limit))
    return best if request.short is None else list(shortlist(best, request.short))


def _seen(read: Read, reader: str | None) -> set[str] | None:
    """Ids of all records that the reader may see; None for everything."""
    if reader is None:
        return None
    register = read.register
    frames = (register.partners, register.initiatives, register.asks, register.support)
    return {code for frame in frames for code in frame["id"]}


def _text(output: Path, found: Document, written: Sequence[Found], request: Request) -> str:
    if output.suffix.lower() == ".csv":
        return as_csv(found["as_of"], written, moves=request.moves)
    return json.dumps(found, ensure_ascii=False, indent=1)
