"""What models and shapes of a scan mean, in plain words, and what a cluster does not say.

It is outside `scan/`, whose import compiles code: pages and messages need only the words.
"""

from __future__ import annotations

# What happens by chance at least this often is usually not acted upon.
USUAL = 0.05
MODELS = {
    "poisson": "If no place and no time stood out, cases would fall by the number of residents and days.",
    "permutation": (
        "Each area keeps its own total and each period its own; if no place changed differently from the others, the "
        "two would be independent. What is always so in a place is not found: only what changed."
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
    "that a city centre always stands out."
)
EXPECTED = {
    "poisson": RESIDENTS,
    "permutation": (
        "What is expected is worked out from the cases alone. So if cases rise everywhere at once, nothing stands out. "
        "And if they fall everywhere else, a place where they stay the same can look as if they had risen. Where the "
        "number of residents or visitors changed fast, cases change with it."
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


DAYS_OF_A_YEAR = 365.25


def years(days: float) -> str:
    """How often chance alone gives a window, for those who look once a month or a year: “3.4 years”, “83 years”."""
    number = days / DAYS_OF_A_YEAR
    return f"{number:.1f} years" if number < 9.95 else f"{number:,.0f} years"


def caveats(model: str) -> list[str]:
    return [EXPECTED[model], P_MEANS, RECORDED]
