"""The run behind `joinedup scan`: read, ask the engine, say what it found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from joinedup.offline.scan.asked import Asked
from joinedup.offline.scan.elsewhere import on_dask
from joinedup.offline.scan.explain import caveats, explanation
from joinedup.offline.scan.sheets import Refused
from joinedup.offline.scan.wording import as_row, sentence, table

if TYPE_CHECKING:
    from joinedup.engines.scan import Answer
    from joinedup.offline.scan.reading import Places
    from joinedup.offline.scan.world import Read


# Counts that vary by less than this, as a multiple of what chance gives, are as good as those of chance.
NOTED = 1.05
Say = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Found:
    """`document`: what `--json` prints. `explanation`: paragraphs."""

    document: dict[str, Any]
    explanation: list[str]
    places: Places

    @property
    def clusters(self) -> list[dict[str, Any]]:
        return list(self.document["clusters"])

    def page(self) -> str:
        """With a map, to open in a browser."""
        from joinedup.offline.scan.page import page

        return page(self.document, self.places, self.explanation)

    def lines(self, *, explain: bool) -> list[str]:
        """For a terminal: a table, a sentence for each cluster, what was noted, and what to bear in mind."""
        shown = self.clusters
        lines = [*table(shown), "", *(f"{row['rank']}. {row['sentence']}" for row in shown)]
        if not shown:
            lines = ["No window stands out."]
        lines += [f"Note: {note}" for note in self.document["notes"]]
        if explain:
            return [*lines, *(line for paragraph in self.explanation for line in ("", paragraph))]
        return [*lines, "", *self.document["settings"]["caveats"]]


def scan_files(asked: Asked, say: Say) -> Found:
    """Reads the files and looks for what stands out. Raises `Refused`."""
    began = perf_counter()
    say("Reading", None)
    from joinedup.offline.scan.world import read

    found = read(asked)
    answer, version = _answered(asked, found, say)
    document = _document(asked, found, answer, version)
    document["seconds"] = round(perf_counter() - began, 3)
    return Found(document, explanation(asked, document), found.places)


def _answered(asked: Asked, found: Read, say: Say) -> tuple[Answer, str]:
    # Not before here: what is wrong with the files should be said at once.
    from joinedup.engines import scan as engine

    world = engine.World(
        areas=found.places.names,
        position=found.places.position,
        degrees=found.places.degrees,
        periods=found.span.labels,
        days=found.span.days,
        **found.arrays,  # type: ignore[arg-type]
    )
    question = engine.Question(
        model=engine.Model(asked.model),
        shape=engine.Shape(asked.shape),
        high=asked.looks_high,
        low=asked.low,
        max_share=asked.max_share,
        max_km=asked.max_km,
        max_periods=asked.max_periods,
        min_periods=asked.min_periods,
        min_cases=asked.min_cases,
        replications=asked.replications,
        seed=asked.seed,
        stop_after=asked.stop_after,
        steps=found.steps,
        seasons=found.seasons,
        threads=asked.threads,
    )
    try:
        with nullcontext() if asked.dask is None else on_dask(asked.dask) as spread:
            answer = engine.scan(
                world, question, say=lambda share: say("Looking for what stands out", share), spread=spread
            )
    except engine.Impossible as error:
        raise Refused(str(error)) from error
    return answer, engine.VERSION


def _document(asked: Asked, found: Read, answer: Answer, version: str) -> dict[str, Any]:
    from joinedup import __version__

    span = found.span
    settings = asked.settings() | {
        "steps": list(found.steps),
        "rows": found.rows,
        "areas": len(found.places.names),
        "periods": len(span.labels),
        "period": span.kind,
        "from": span.labels[0],
        "to": span.labels[-1],
        "cases": answer.cases,
        "circles": answer.circles,
        "windows": answer.windows,
        "replications_run": len(answer.null_maxima),
        "dispersion": answer.dispersion,
        "version": __version__,
        "engine": version,
        "caveats": caveats(asked.model),
    }
    rows = [as_row(each, found.places.names, span.labels) for each in answer.clusters]
    for row in rows:
        row["sentence"] = sentence(row, settings)
    return {
        "clusters": rows,
        "null_maxima": [float(each) for each in answer.null_maxima],
        "settings": settings,
        "notes": [*found.notes, *answer.notes, *_varying(answer.dispersion)],
    }


def _varying(dispersion: float | None) -> list[str]:
    if dispersion is None or dispersion < NOTED:
        return []
    return [
        f"Counts vary {dispersion:.2f} times as much as by chance, given the totals of areas and periods: p is too low "
        "for that, and “adjusted” allows for it."
    ]
