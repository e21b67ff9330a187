"""Undo the last change of a plan: the message about the change carries what would undo it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest

MARK = "undo?"


@dataclass(frozen=True)
class Undo:
    """`said`: what was done; `fields`: the form that undoes it."""

    said: str
    fields: list[tuple[str, str]]

    @property
    def values(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def round(self) -> int:
        """The round it happened in; 0 if it belongs to none."""
        return int(self.values.get("round", "0"))

    @property
    def is_possible(self) -> bool:
        """Somebody who had no seat before cannot be moved back to none."""
        return all(self.values.values())


def offer(request: HttpRequest, said: str, fields: list[tuple[str, object]]) -> None:
    """Say what was done, with a button on the next page that undoes it. Only the browser's own message holds
    it: the button asks for an ordinary change, with the same permission."""
    messages.success(request, said, extra_tags=MARK + urlencode(fields))


def offered(request: HttpRequest) -> Undo | None:
    """How to undo the last change; None if there is none or it was shown already."""
    for each in get_messages(request):
        if each.extra_tags and each.extra_tags.startswith(MARK):
            return Undo(str(each.message), parse_qsl(each.extra_tags.removeprefix(MARK), True))
    return None
