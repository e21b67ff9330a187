"""The mails of the right of reply: criticism of a body, its answer, and that nobody there could be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.models import User
from joinedup.mail.compose import compose
from joinedup.mail.send import Undo, send_on_commit
from joinedup.partners.addressees import coordinator_addresses
from joinedup.results.models import Response
from joinedup.results.right_of_reply import answer_by

PURPOSE = "response-answer"
To = Iterable[User | str]


def send_to_answer(response: Response, to: To, *, may_answer: bool = True, undo: Undo | None = None) -> None:
    """To each account and address, on commit. The link opens a page; only its button answers. `undo` is
    called if the mail server refuses some."""
    context = {
        "response": response,
        "event": response.event,
        "day": answer_by(response),
        "may_answer": may_answer,
    }
    _send("results/mails/right_of_reply", response, to, context, undo)


def send_answered(
    response: Response, to: To, *, who: str, is_waived: bool, is_taken_back: bool = False
) -> None:
    """To everyone else who was addressed: what one of them answered, and how to undo showing it early."""
    context = {
        "response": response,
        "event": response.event,
        "day": answer_by(response),
        "who": who,
        "is_waived": is_waived,
        "is_taken_back": is_taken_back,
    }
    _send("results/mails/answered", response, to, context)


def _send(
    template: str,
    response: Response,
    to: To,
    context: Mapping[str, object],
    undo: Undo | None = None,
) -> None:
    replies, mails = coordinator_addresses(response.event.footprint_id), []
    for each in to:
        words = {**context, "link": address_of("response_by_mail", make_link(PURPOSE, response.pk, each))}
        address = each if isinstance(each, str) else each.email
        mails.append(compose(template, address, words, reply_to=replies))
    send_on_commit(mails, footprint=response.event.footprint_id, undo=undo)


def send_untold(response: Response, to: Iterable[User]) -> None:
    """To the coordinators: nobody at the named body who may answer could be reached, and what to do."""
    context = {
        "response": response,
        "event": response.event,
        "link": address_of("event_responses", response.event.slug),
    }
    footprint = response.event.footprint_id
    replies = coordinator_addresses(footprint)
    mails = [compose("results/mails/untold", each.email, context, reply_to=replies) for each in to]
    send_on_commit(mails, footprint=footprint)
