"""Making an event and its room: for those who plan it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError

from joinedup.accounts.request import Request


def attempt(request: Request, act: Callable[[], Any], done: Callable[[Any], str]) -> bool:
    """Do something that a button asked for; say how it went."""
    try:
        result = act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    messages.success(request, done(result))
    return True


def number_in(text: str | None) -> int:
    """A number from a form; what is none leads nowhere."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
