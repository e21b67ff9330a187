"""In plain words: what was asked, on what data, and what the answer does and does not mean."""

from __future__ import annotations

from typing import Any

from joinedup.engines import periods
from joinedup.offline.scan.asked import Asked

MODELS = {
    "poisson": "If no place and no time stood out, cases would fall by the number of residents and days.",
    "permutation": (
        "Each area keeps its own total and each period its own; if no place changed differently from the others, the "
        "two would be independent. What is always so in a place is not found: only what is new."
    ),
    "bernoulli": "If no place and no time stood out, every person would be equally likely to be a case, not a control.",
}
SHAPES = {
    "retrospective": "Every circle of areas was looked at, over every stretch of time.",
    "prospective": "Every circle of areas was looked at, over the stretches of time that last to the end of the data.",
    "spatial": "Every circle of areas was looked at, over the whole time.",
    "temporal": "Every stretch of time was looked at, for all areas together.",
}
RESIDENTS = (
    "Residents are not everybody present: rates by residents are high wherever many come to work, shop or go out, so "
    "that a city centre such as the West End always stands out."
)
EXPECTED = {
    "poisson": RESIDENTS,
    "permutation": (
        "What is expected comes from the cases alone: a rise everywhere at once is not seen, and a fall elsewhere can "
        "look like a rise here. Where numbers of residents or visitors changed fast in one place, so do its cases."
    ),
    "bernoulli": (
        "A cluster of cases among controls is only as good as the controls: they must come from the same people."
    ),
}
P_MEANS = (
    "p says how often chance alone would show a window at least this unusual anywhere in the data. It is not the "
    "chance that the cluster is real, and says nothing about the cause."
)
RECORDED = (
    "Recorded cases depend on what is reported and how it is recorded. A cluster is a place and time to ask about, not "
    "a finding about the people who live there."
)


def caveats(model: str) -> list[str]:
    return [EXPECTED[model], P_MEANS, RECORDED]


def explanation(asked: Asked, document: dict[str, Any]) -> list[str]:
    """Paragraphs: asked, data, answer, meaning."""
    settings = document["settings"]
    return [
        f"What was asked. {SHAPES[asked.shape]} {MODELS[asked.model]} {_limits(asked)}{_adjusted(asked, settings)}",
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


def _limits(asked: Asked) -> str:
    side = "more" if not asked.low else "fewer" if not asked.looks_high else "more or fewer"
    parts = [f"Windows with {side} cases than expected count"]
    if asked.shape != "temporal":
        of = {"poisson": "expected cases", "permutation": "cases", "bernoulli": "cases and controls"}[
            asked.model
        ]
        parts.append(f"circles hold at most {asked.max_share:.0%} of {of}")
        if asked.max_km is not None:
            parts.append(f"reach at most {asked.max_km:g} km")
    if asked.shape != "spatial":
        parts.append(f"times are {asked.min_periods} to {asked.max_periods} periods long")
    parts.append(f"a high window has at least {asked.min_cases} cases")
    return "; ".join(parts) + "."


def _adjusted(asked: Asked, settings: dict[str, Any]) -> str:
    text = ""
    if asked.covariates:
        text += f" Differences in {' and '.join(asked.covariates)} between areas are allowed for."
    if asked.seasons:
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
