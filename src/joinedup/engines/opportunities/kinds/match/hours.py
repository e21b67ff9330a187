"""Whether the hours of a need and of an offer meet, as they are written."""

from __future__ import annotations

from joinedup.engines.opportunities.concepts import Meaning, of_kind
from joinedup.engines.words import listing

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def hours_clash(need: Meaning, help: Meaning) -> str:
    """What to settle first where both say when, and not the same; blank where nothing clashes."""
    one, two = of_kind(need, "moment"), of_kind(help, "moment")
    if not (one and two):
        return ""
    days = set(DAYS)
    for kind in ({"morning", "lunch", "afternoon", "evening", "daytime"}, days | {"weekend", "weekday"}):
        a, b = one & kind, two & kind
        if "daytime" in a and "daytime" not in b:
            a |= {"morning", "lunch", "afternoon"}
        if "daytime" in b and "daytime" not in a:
            b |= {"morning", "lunch", "afternoon"}
        if "weekday" in a:
            a |= days
        if "weekday" in b:
            b |= days
        if a and b and not a & b:
            return (
                f"The hours do not meet as written: {_moments(one & kind)} are needed, "
                f"{_moments(two & kind)} are offered."
            )
    return ""


def _moments(names: frozenset[str]) -> str:
    said = [
        f"{each.capitalize()}s" if each in DAYS else "daytime hours" if each == "daytime" else f"{each}s"
        for each in sorted(names)
    ]
    return listing(said)
