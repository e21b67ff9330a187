"""The mail that tells a named body what is critical of it, and that it has ten working days to answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from joinedup.accounts.letters import send_letter
from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.models import User
from joinedup.events.models import Response
from joinedup.events.queries.asking import coordinators
from joinedup.events.right_of_reply import answer_by

PURPOSE = "response-answer"


def send_to_answer(response: Response, to: Iterable[User | str]) -> None:
    """To each account and address, once the change is kept. The link opens a page; only its button answers."""
    context = {"response": response, "event": response.event, "day": answer_by(response)}
    letters = [
        (
            each if isinstance(each, str) else each.email,
            {**context, "link": address_of("response_by_mail", make_link(PURPOSE, response.pk, each))},
        )
        for each in to
    ]

    replies = [user.email for user in coordinators(response.event)]

    def send() -> None:
        for address, values in letters:
            send_letter("events/letters/right_of_reply", address, values, reply_to=replies)

    transaction.on_commit(send)
