"""Why somebody waits for a place, and what to expect, in the same words on pages and in mails. No queries."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.registration.models import Attendee
from joinedup.registration.queries.reserved_places import Places
from joinedup.registration.queries.waiting_list import Waiting, Why


def kept_words(places: Places) -> str:
    """“3 for Police until 3 May 2027; 2 for …”: who the places that are left are kept for."""
    return "; ".join(
        _("%(number)s for %(who)s until %(day)s")
        % {
            "number": each.left,
            "who": each.reservation.who[:1].lower() + each.reservation.who[1:],
            "day": date_format(each.reservation.until, "j F Y"),
        }
        for each in places.kept_for
    )


def tally_words(tally: Mapping[str, int]) -> str:
    """“126 people registered: 125 have a place, 1 waits for a companion.”, of `queries.attendees.tally`. Those who
    have not confirmed are not among them."""
    placed, waiting = tally[Attendee.Standing.PLACED], tally[Attendee.Standing.WAITING]
    alone, gone = tally[Attendee.Standing.ALONE], tally[Attendee.Standing.CANCELLED]
    every = placed + waiting + alone + gone
    parts = [
        (placed, ngettext("%(num)s has a place", "%(num)s have a place", placed)),
        (waiting, ngettext("%(num)s is on the waiting list", "%(num)s are on the waiting list", waiting)),
        (alone, ngettext("%(num)s waits for a companion", "%(num)s wait for a companion", alone)),
        (gone, ngettext("%(num)s is not coming", "%(num)s are not coming", gone)),
    ]
    said = [words % {"num": number} for number, words in parts if number]
    head = ngettext("%(num)s person registered", "%(num)s people registered", every) % {"num": every}
    return f"{head}: {', '.join(said)}." if said else f"{head}."


def why_words(waiting: Waiting, places: Places) -> str:
    """Why they have no place although they registered, in one or two sentences."""
    if waiting.why == Why.FULL:
        return _("Every place is taken.")
    if waiting.why == Why.TOGETHER:
        free = ngettext("%(num)s place is free", "%(num)s places are free", waiting.free) % {
            "num": waiting.free
        }
        return _(
            "You are %(number)s who wait together, and %(free)s. You have places as soon as there is one for each of "
            "you; until then others may come before you."
        ) % {"number": waiting.number, "free": free}
    if not places.kept_for:
        return _("The places that are left are not for you yet.")
    return _(
        "The places that are left are kept for others: %(kept)s. What is not taken by then goes to those who wait."
    ) % {"kept": kept_words(places)}


def why_they_wait(waiting: Waiting, places: Places) -> list[str]:
    """Everything that somebody who waits is told, a sentence or two each."""
    number = _("You are number %(number)s on the waiting list.") % {"number": waiting.position}
    return [
        why_words(waiting, places),
        number
        + " "
        + _(
            "The number falls when somebody before you gets a place or cancels. It can rise if somebody who registered "
            "before you confirms only now. You are told by mail as soon as you have a place."
        ),
    ]
