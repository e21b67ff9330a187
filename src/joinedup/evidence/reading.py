"""Taking in a file that somebody brought: recognise it, check it, read it, or say plainly why not.

Nothing here writes anything: a refused file leaves nothing behind.
"""

from pathlib import Path

from joinedup.evidence.sources import SOURCES, recognise, source_named
from joinedup.evidence.sources.contract import SCHEMA, Codes, Progress, Reading, Source
from joinedup.evidence.sources.privacy import refuse_people
from joinedup.evidence.sources.table import Refused, open_table

__all__ = ["SCHEMA", "Codes", "Reading", "Refused", "Source", "read_file"]

# Files that resemble one that is wanted, and what to bring instead.
NEAR = (
    (
        {"Crime ID", "Outcome type"},
        "These are outcomes from data.police.uk. Bring the street file of the same month, whose name ends in -street.",
    ),
    (
        {"LA Number", "LA Name"},
        "This is a list of authorities, without figures. Bring the long table of the interactive tool.",
    ),
)


def read_file(
    path: Path, codes: Codes, *, dataset: str | None = None, progress: Progress | None = None
) -> tuple[Source, Reading]:
    """Read one file whole. `dataset` insists on a source by name; `progress` is told the part done, 0 to 1.

    Raises `Refused` with a sentence that says what to do, and `FileNotFoundError` when there is no file.
    """
    say = progress or (lambda _: None)
    say(0.0)
    table = open_table(path)
    say(0.3)
    refuse_people(table)
    source = _source(table.header, dataset)
    if not table.ends_clean and source.name != "tidy":
        # Publishers' files end with a line break; without it a last figure may have lost digits.
        raise Refused("The last line has no end, so the file may be cut off. Download it again.")
    say(0.4)
    reading = source.take(table, codes)
    say(1.0)
    return source, reading


def _source(header: list[str], dataset: str | None) -> Source:
    found = recognise(header)
    if dataset is not None:
        wanted = source_named(dataset)
        if wanted is None:
            raise Refused(
                f"There is no dataset {dataset}. Known: {', '.join(source.name for source in SOURCES)}."
            )
        if not wanted.recognises(header):
            other = f" It looks like {found.title}." if found else ""
            raise Refused(
                f"The columns are not those of {wanted.title}.{other} Check which file you brought."
            )
        return wanted
    if found is None:
        for columns, advice in NEAR:
            if columns <= set(header):
                raise Refused(advice)
        shown = ", ".join(header[:4])
        raise Refused(
            f"The columns ({shown}…) are of no known publisher. Bring a publisher's file unchanged, or a table with "
            "the columns place, period, indicator, count, denominator."
        )
    return found
