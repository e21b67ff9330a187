"""Act on what a form posted: do what a button asked for, and read a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError

from joinedup.accounts.request import Request


def attempt(request: Request, act: Callable[[], Any], done: Callable[[Any], str]) -> bool:
    """Do what a button asked for, and show a message about the result."""
    try:
        result = act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    messages.success(request, done(result))
    return True


def number_in(text: str | None) -> int:
    """A number from a form; -1, which no record has, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def numbers_in(texts: Iterable[str]) -> list[int]:
    """The numbers of a field that was posted several times; what is none is left out."""
    return [number for number in map(number_in, texts) if number >= 0]


def decimal_in(text: str | None) -> float:
    """A number with a point from a form; -1 for anything else."""
    try:
        return float(text or "")
    except ValueError:
        return -1.0
