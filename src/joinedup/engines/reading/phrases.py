"""Words and phrases of the field as the tables of words here are kept: with commas between."""

from __future__ import annotations

import re


def listed(text: str) -> list[str]:
    """Words and phrases written with commas between, as the tables of words here are kept."""
    return text.split(", ")


def phrase_pattern(phrases: str) -> re.Pattern[str]:
    """One pattern for phrases in folded words, with commas between; `*` stands for any ending, ` ... ` for up to
    three words."""
    made = [
        re.escape(phrase)
        .replace(r"\*", r"[a-z]*")
        .replace(r"\ \.\.\.\ ", r"(?: \w+){0,3} ")
        .replace(r"\ ", " ")
        for phrase in listed(phrases)
    ]
    return re.compile(rf"\b(?:{'|'.join(made)})\b")
