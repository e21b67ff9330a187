"""How long personal data is kept: one table. Workers delete by it; tests/privacy/test_retention.py checks
pages and documents against it.

Every model with personal fields (`accounts/personal.py`) is listed in a period or in `WITHOUT_AN_END`, so
that a new one needs a decision.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """`what` is kept for `length`, counted from `since`; `of`: the models whose rows or fields are then
    deleted."""

    what: str
    length: datetime.timedelta
    since: str
    of: tuple[str, ...] = ()


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


PERSONAL_DETAILS = Period(
    "what is known of those who were invited to an event, came, or spoke unnamed",
    _days(90),
    "the day of the event",
    ("registration.Attendee", "registration.Invitation", "registration.SurveyAnswer", "events.Speaker"),
)
DRAFTS = Period(
    "what somebody began to write at a table", _days(30), "it was last saved", ("agreements.Draft",)
)
UPLOADS = Period(
    "a spreadsheet that nobody accepted",
    _days(5),
    "it was brought",
    ("spreadsheets.Upload", "support.OfferList"),
)
WAITING_MAIL = Period(
    # Later it would mislead.
    "a mail that the mail server did not take",
    _days(1),
    "it was written",
)
UNDELIVERED_MAIL = Period("the words of a mail that did not arrive", _days(7), "it was refused")
SENT_MAIL = Period(
    # A delivery report may come days later, and has to find its mail.
    "to which address a mail went, and whether it arrived",
    _days(30),
    "it was sent or refused",
    ("mail.OutgoingMail",),
)
FAILED_MAILBOXES = Period(
    "that mails to an address came back, without the address itself",
    _days(400),
    "one came back last",
    ("mail.Mailbox",),
)
HELD_PLACES = Period(
    # The place lapses; the details are deleted with the event's.
    "a place that a stranger has not confirmed",
    _days(1),
    "they registered",
)
MOVES = Period(
    # About opportunities, not people. What happened to each is kept permanently, in its own records.
    "which opportunities moved on the list",
    _days(400),
    "they moved",
)

EVERY = (
    PERSONAL_DETAILS,
    DRAFTS,
    UPLOADS,
    WAITING_MAIL,
    UNDELIVERED_MAIL,
    SENT_MAIL,
    FAILED_MAILBOXES,
    HELD_PLACES,
    MOVES,
)

# Kept until somebody deletes it, and why.
WITHOUT_AN_END: dict[str, str] = {
    "about.ResponsibleBody": "The body names its own addresses on public pages, for as long as it runs the site.",
    "accounts.User": "An account is needed for as long as its owner works here; a role can be taken away.",
    "accounts.AuditEntry": "Entries are only ever added: who did something, never what a personal field said.",
    "accounts.Preference": "Goes with the account.",
    "mail.MailOff": "That somebody wants no more of a kind of mail holds until they take it back; no address is kept.",
    "places.FootprintChange": "The history of a partnership’s places says who stated a change, as the audit does.",
    "partners.Contact": "The partner, or who coordinates it, removes a contact.",
    "clusters.Outcome": "Words of a partner about a place, which whoever wrote them takes back.",
    "clusters.Follower": "The token of a feed, which stops when its owner stops following.",
    "events.Session": "Notes refuse what leads to a person.",
    "events.Topic": "Titles refuse what leads to a person.",
    "opportunities.Opportunity": "What it quotes is taken out of it when whoever said it takes it back.",
    "voice.Host": "The token of a host’s link, and nothing of a person.",
    "voice.Contribution": "Read by an adult before it shows; whoever gave it takes it back.",
    "voice.PartnerReply": "Refuses what leads to a person, and goes with the answer that it replies to.",
}
