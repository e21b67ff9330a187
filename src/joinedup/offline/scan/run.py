"""The work of `joinedup scan`: read, ask the engine, report what it found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from joinedup.engines.scan_words import caveats
from joinedup.offline.delimited import Refused
from joinedup.offline.scan.cluster_rows import as_row, table
from joinedup.offline.scan.dask_cluster import on_dask
from joinedup.offline.scan.request import ScanRequest
from joinedup.offline.scan.words import explanation, sentence

if TYPE_CHECKING:
    from joinedup.engines.scan import ScanResult
    from joinedup.offline.scan.input_files import ScanInput
    from joinedup.offline.scan.places import Places


# A dispersion (multiple of the variation by chance) below this is treated as chance.
NOTED = 1.05
Say = Callable[[str, float | None], None]


@dataclass(frozen=True)
class ScanRun:
    """`document`: what `--json` prints. `explanation`: paragraphs."""

    document: dict[str, Any]
    explanation: list[str]
    places: Places

    @property
    def clusters(self) -> list[dict[str, Any]]:
        return list(self.document["clusters"])

    def page(self) -> str:
        """HTML with a map, to open in a browser."""
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


def scan_files(request: ScanRequest, say: Say) -> ScanRun:
    """Read the files and find what stands out. Raises `Refused`."""
    began = perf_counter()
    say("Reading", None)
    from joinedup.offline.scan.input_files import read_files

    found = read_files(request)
    answer, version = _answered(request, found, say)
    document = _document(request, found, answer, version)
    document["seconds"] = round(perf_counter() - began, 3)
    return ScanRun(document, explanation(request, document), found.places)


def _answered(request: ScanRequest, found: ScanInput, say: Say) -> tuple[ScanResult, str]:
    # Imported late: errors in the files should be reported at once.
    from joinedup.engines import scan as engine

    world = engine.ScanCounts(
        areas=found.places.names,
        position=found.places.position,
        degrees=found.places.degrees,
        periods=found.span.labels,
        days=found.span.days,
        **found.arrays,  # type: ignore[arg-type]
    )
    question = engine.Question(
        model=engine.Model(request.model),
        shape=engine.Shape(request.shape),
        high=request.looks_high,
        low=request.low,
        max_share=request.max_share,
        max_km=request.max_km,
        max_periods=request.max_periods,
        min_periods=request.min_periods,
        min_cases=request.min_cases,
        replications=request.replications,
        seed=request.seed,
        stop_after=request.stop_after,
        steps=found.steps,
        seasons=found.seasons,
        threads=request.threads,
    )
    try:
        with nullcontext() if request.dask is None else on_dask(request.dask) as spread:
            answer = engine.scan(
                world, question, say=lambda share: say("Looking for what stands out", share), spread=spread
            )
    except engine.Impossible as error:
        raise Refused(str(error)) from error
    return answer, engine.VERSION


def _document(request: ScanRequest, found: ScanInput, answer: ScanResult, version: str) -> dict[str, Any]:
    from joinedup import __version__

    span = found.span
    settings = request.settings() | {
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
        "caveats": caveats(request.model),
    }
    rows = [as_row(each, found.places.names, span.labels, span.kind) for each in answer.clusters]
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
