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
    (
        "registration.Attendee",
        "registration.Invitation",
        "registration.SurveyAnswer",
        "events.Speaker",
        "events.Event",
        "visits.Visit",
    ),
)
DRAFTS = Period(
    "what somebody began to write at a table", _days(30), "it was last saved", ("agreements.Draft",)
)
UPLOADS = Period(
    "a spreadsheet that nobody accepted",
    _days(5),
    "it was brought",
    ("spreadsheets.Upload", "spreadsheets.PlannedRow", "support.OfferList"),
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
CLOSED_ACCOUNTS = Period(
    # Long enough to ask who had agreed what. Whoever asks for it is erased once the closing can no longer be undone.
    "an account that is closed, and the name of its owner wherever it says who did something",
    _days(180),
    "it was closed",
    ("accounts.User", "accounts.Preference"),
)
UNDONE = Period(
    "what passed from whoever left to whom",
    _days(1),
    "the account was closed",
    ("accounts.Closing",),
)
SESSIONS = Period(
    # `SESSION_COOKIE_AGE`: an installation may set less or more.
    "where somebody is signed in",
    _days(14),
    "they signed in",
    ("accounts.Session",),
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
    CLOSED_ACCOUNTS,
    UNDONE,
    SESSIONS,
    MOVES,
)

# Where the name of who did something stands as text until `CLOSED_ACCOUNTS`; then the role stands there.
NAMES_UNTIL_ERASED = (
    "accounts.AuditEntry",
    "places.FootprintChange",
    "partners.Partner",
    "partners.Ask",
    "evidence.Dataset",
    "initiatives.Initiative",
    "support.Offer",
    "support.OfferList",
    "strategy.Update",
    "clusters.Scan",
    "clusters.Outcome",
    "opportunities.Opportunity",
    "opportunities.Answer",
    "opportunities.Priority",
    "opportunities.Enquiry",
    "opportunities.Weighting",
    "events.Event",
    "voice.Contribution",
    "voice.PartnerReply",
    "voice.Contradiction",
    "visits.PracticeCard",
    "agreements.Agreement",
    "agreements.Naming",
    "agreements.Progress",
    "results.Response",
    "spreadsheets.Upload",
    "spreadsheets.UploadWork",
)

# Kept until somebody deletes it, and why.
WITHOUT_AN_END: dict[str, str] = {
    "about.ResponsibleBody": "The body names its own addresses on public pages, for as long as it runs the site.",
    "partners.Contact": "The partner, or who coordinates it, removes it; it goes with an account of its address.",
    "partners.Merge": "What it takes to make two records of one again; a name in it goes with its account.",
    "mail.MailOff": "That somebody wants no more of a kind of mail holds until they take it back; no address is kept.",
    "clusters.Outcome": "Words of a partner about a place, which whoever wrote them takes back.",
    "clusters.Follower": "The token of a feed, which stops when its owner stops following.",
    "events.Session": "Notes refuse what leads to a person.",
    "events.Topic": "Titles refuse what leads to a person.",
    "opportunities.Opportunity": "What it quotes is taken out of it when whoever said it takes it back.",
    "voice.Host": "The token of a host’s link, and nothing of a person.",
    "voice.Contribution": "Read by an adult before it shows; whoever gave it takes it back.",
    "voice.PartnerReply": "Refuses what leads to a person, and goes with the answer that it replies to.",
}
