"""A cluster as a plain sentence, and paragraphs on what was asked, on what data, and what the answer
means."""

from __future__ import annotations

from typing import Any

from joinedup.engines import periods
from joinedup.engines.scan_words import DAYS_OF_A_YEAR, MODELS, SHAPES, USUAL, years
from joinedup.offline.scan.request import ScanRequest


def sentence(row: dict[str, Any], settings: dict[str, Any]) -> str:
    """Where, when, how many observed and expected, and how far chance explains it."""
    times = f", {row['observed'] / row['expected']:.2f} times as many" if row["expected"] > 0 else ""
    cases = "1 case was" if row["observed"] == 1 else f"{row['observed']:,} cases were"
    when = periods.between(row["from"], row["to"])
    return (
        f"{_where(row, settings)}{f', {when}' if when else ''}: {cases} counted where {row['expected']:,.2f} "
        f"would be expected{times}. {_chance(row, settings)}"
    )


def _where(row: dict[str, Any], settings: dict[str, Any]) -> str:
    number = len(row["areas"])
    if settings["shape"] == "temporal" or (number == settings["areas"] and number > 1):
        return f"All {settings['areas']:,} areas together"
    if number == 1:
        return f"{row['centre']} alone"
    return f"{row['centre']} and {number - 1:,} more within {row['radius_km']:,.2f} km"


def _chance(row: dict[str, Any], settings: dict[str, Any]) -> str:
    p = row["p"]
    if p is None:
        return "Nothing is said about chance: there were no replications."
    one_in = (
        f"about 1 run in {1 / p:,.0f}" if p < 0.4 else "most runs" if p > 0.6 else "about every other run"
    )
    least = p <= 1.0001 / (settings["replications_run"] + 1)
    text = f"Chance alone shows something as unusual somewhere in {one_in}{' or fewer' if least else ''} (p = {p:.3g})"
    adjusted = row["adjusted_p"] or p
    if adjusted > p:
        text += f"; allowing for how much more than by chance these counts vary, p = {adjusted:.3g}"
    if adjusted > USUAL:
        return f"{text}: too often to take it for more than chance."
    often = _often(row)
    return f"{text}: once in {often} if looked at each {settings['period']}." if often else f"{text}."


def _often(row: dict[str, Any]) -> str:
    """“1,000 days” where the periods are days; else in years, as nobody thinks of months in days."""
    if row["recurrence_days"]:
        return f"{row['recurrence_days']:,.0f} days"
    return years(row["recurrence_years"] * DAYS_OF_A_YEAR) if row["recurrence_years"] else ""


def explanation(request: ScanRequest, document: dict[str, Any]) -> list[str]:
    """Paragraphs: asked, data, answer, meaning."""
    settings = document["settings"]
    return [
        f"What was asked. {SHAPES[request.shape]} {MODELS[request.model]} "
        f"{_limits(request)}{_adjusted(request, settings)}",
        f"On what data. {_data(settings)}",
        f"The answer. {_answer(document)}",
        "What it means. "
        "The clusters are ranked by the log likelihood ratio (LLR): how much better the counts fit when the window "
        "differs from the rest. No two share an area; each is compared with the highest window of each replication, "
        "so that for the second and later ones p is on the careful side. The adjusted p allows for counts that vary "
        "more than by chance, as recorded crime does. The edges of a circle are not borders: "
        "areas next to it may belong to the same trouble, and some inside may have none.",
        f"What it does not mean. {' '.join(settings['caveats'])}",
    ]


def _limits(request: ScanRequest) -> str:
    side = "more" if not request.low else "fewer" if not request.looks_high else "more or fewer"
    parts = [f"Windows with {side} cases than expected count"]
    if request.shape != "temporal":
        of = {"poisson": "expected cases", "permutation": "cases", "bernoulli": "cases and controls"}[
            request.model
        ]
        parts.append(f"circles hold at most {request.max_share:.0%} of {of}")
        if request.max_km is not None:
            parts.append(f"reach at most {request.max_km:g} km")
    if request.shape != "spatial":
        parts.append(f"times are {request.min_periods} to {request.max_periods} periods long")
    parts.append(f"a high window has at least {request.min_cases} cases")
    return "; ".join(parts) + "."


def _adjusted(request: ScanRequest, settings: dict[str, Any]) -> str:
    text = ""
    if request.covariates:
        text += f" Differences in {' and '.join(request.covariates)} between areas are allowed for."
    if request.seasons:
        text += " Months are compared with the same months of other years."
    if settings["steps"]:
        steps = ", ".join(periods.in_words(step) for step in settings["steps"])
        text += f" Counting is taken to have changed for a known reason in {steps}."
    return text


def _data(settings: dict[str, Any]) -> str:
    files = ", ".join(f"{name} ({settings['rows'][what]:,} rows)" for what, name in settings["files"].items())
    when = periods.between(settings["from"], settings["to"])
    return (
        f"{settings['cases']:,} cases in {settings['areas']:,} areas{f', {when}' if when else ''}, in "
        f"{settings['periods']:,} {'period' if settings['periods'] == 1 else 'periods'}. Files: {files}."
    )


def _answer(document: dict[str, Any]) -> str:
    settings, clusters = document["settings"], document["clusters"]
    told = (
        f"{settings['replications_run']:,} replications with seed {settings['seed']} show what chance alone does; the "
        "same files, settings and seed give the same answer."
    )
    if not clusters:
        return f"No window stands out. {told}"
    number = "1 window" if len(clusters) == 1 else f"{len(clusters)} windows"
    return f"{number}; the first: {clusters[0]['sentence']} {told}"
