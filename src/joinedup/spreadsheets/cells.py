"""The value of one cell that no rule of `engines.reading` reads: an address, a web page, names that are held exactly.

A reader takes the cell's text and raises ValueError with one sentence if it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models

from joinedup.engines.reading.cells import is_blank

is_nothing = is_blank
# What may stand between two names of one cell, and in a name too.
_BETWEEN = re.compile(r",|/|&|\+|\band\b")


def plain_name(text: str) -> str:
    """A name as it is compared: without case, & and spaces too many, with the apostrophe of a keyboard."""
    return " ".join(text.casefold().replace("&", "and").replace("’", "'").split())


def email(text: str) -> str:
    """In lower case. An address after a name, as mail programs paste it, is taken out of its brackets."""
    if is_nothing(text):
        return ""
    match = re.search(r"<([^<>]+)>\s*$", text)
    address = (match[1] if match else text).strip().removeprefix("mailto:").rstrip(";,").casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError(f"“{_short(text)}” is not an e-mail address.") from None
    return address


def web_address(text: str) -> str:
    if is_nothing(text):
        return ""
    address = text.strip() if "://" in text else f"https://{text.strip()}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError(f"“{_short(text)}” is not a web address.") from None
    return address


def exactly(text: str, known: Mapping[str, models.Model], before: str = "") -> list[str]:
    """The parts of a list: names that are all known as their primary keys, with something `before` them; a part that
    holds another name as it is. `known`: plain name -> record. Names may also stand with "/", "&" or "and" between
    them, as long as each is known."""
    pieces: list[str] = []
    for part in re.split(r"[;|\n]", text):
        some = _all_known([piece.strip() for piece in part.split(",") if piece.strip()], known)
        if some is None:
            each_alone = [plain_name(piece) for piece in _BETWEEN.split(part) if piece.strip()]
            if each_alone and all(name in known for name in each_alone):
                some = [known[name] for name in each_alone]
        pieces += [part.strip()] if some is None else [f"{before}{each.pk}" for each in some]
    return list(dict.fromkeys(pieces))


def _all_known(pieces: list[str], known: Mapping[str, models.Model]) -> list[models.Model] | None:
    """The records of all these names, a name that holds a comma whole; None if one is not known."""
    found: list[models.Model] = []
    while pieces:
        size = next((n for n in range(len(pieces), 0, -1) if _key(pieces[:n]) in known), 0)
        if not size:
            return None
        found.append(known[_key(pieces[:size])])
        pieces = pieces[size:]
    return found


def _key(pieces: Iterable[str]) -> str:
    return plain_name(", ".join(pieces))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"
