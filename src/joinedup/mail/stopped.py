"""Addresses that get no more mail, whatever room writes: rooms above say which.

A room registers a function with `stops`; another takes addresses back out with `goes_on`. Codes to sign in are
asked for by whoever has the mailbox, and are sent regardless (`deliver_now_or_never`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.mail import EmailMultiAlternatives

# From addresses in small letters to those of them that are stopped, or that go on after all.
Ask = Callable[[set[str]], set[str]]
_STOPS: list[Ask] = []
_GOES_ON: list[Ask] = []


def stops(ask: Ask) -> Ask:
    _STOPS.append(ask)
    return ask


def goes_on(ask: Ask) -> Ask:
    _GOES_ON.append(ask)
    return ask


def stopped(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that get no more mail, in small letters; one query for each room that stops any."""
    small = {each.lower() for each in addresses}
    found = set().union(*(ask(small) for ask in _STOPS)) if small else set()
    return found - set().union(*(ask(found) for ask in _GOES_ON)) if found else found


def still_to_send(mails: Iterable[EmailMultiAlternatives]) -> list[int]:
    """The positions of mails that somebody still gets; who gets no more mail is taken off the others."""
    every = list(mails)
    none = stopped(address for mail in every for address in mail.recipients())
    left = []
    for position, mail in enumerate(every):
        mail.to, mail.cc, mail.bcc = (
            [each for each in those if each.lower() not in none] for those in (mail.to, mail.cc, mail.bcc)
        )
        if mail.recipients():
            left.append(position)
    return left
