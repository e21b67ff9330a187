"""Links in mails that act for one person on one record, without signing in.

To use them, put `make_link("report", …)` into a URL of the room
(`path("agreements/report-by-mail/<str:token>/", …)`), and call `read_link("report", token)` in the view. It
returns None if the link is too old, was changed, or was made for another purpose: answer 404, or say in a
sentence what to do. Mail scanners follow every link, so a GET shows one button and only its POST acts.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.mail.kinds import off_token_for

VALID_DAYS = 30
# What links in mails to an address without an account are for.
PURPOSES = frozenset(
    {
        *("opportunity-answer", "young_marks", "naming", "report", "partner-reply"),
        *("response-answer", "brief", "support-check"),
    }
)
TOKEN = re.compile(r"[\w-]{8,}:[\w-]{4,}:[\w-]{20,}")


@dataclass(frozen=True)
class SignedLink:
    """The content of a link: the record it is about, and its recipient."""

    pk: str
    user_id: int | None
    email: str


def make_link(purpose: str, pk: int | str, person_or_email: Person | User | str) -> str:
    """A signed token for a URL: its purpose, its record, and its recipient.

    An account holder is given by number, so that their address does not end up in logs of URLs.
    """
    if isinstance(person_or_email, str):
        user_id, email = None, person_or_email.strip().lower()
    elif isinstance(person_or_email, User):
        user_id, email = person_or_email.pk, ""
    else:
        user_id, email = person_or_email.user_id, ""
    return signing.dumps([str(pk), user_id, email], salt=_salt(purpose))


def read_link(purpose: str, token: str, *, days: int = VALID_DAYS) -> SignedLink | None:
    """The content of a token, or None if it is older than `days`, was changed, or is for another purpose, or if the
    account of its recipient is closed or gone; 1 query."""
    try:
        pk, user_id, email = signing.loads(token, salt=_salt(purpose), max_age=datetime.timedelta(days=days))
    except signing.BadSignature:
        return None
    if user_id is not None and not User.objects.filter(pk=user_id, is_active=True).exists():
        return None
    # A contact may have an account too, under the same address.
    if email and User.objects.filter(email=email, is_active=False).exists():
        return None
    return SignedLink(pk=pk, user_id=user_id, email=email)


def written_for(text: str, was: str, now: str) -> str:
    """A text whose links were made for one address, with links for another, valid from now on.

    Those for an account, and tokens that are no signature of ours, stay as they are. No query.
    """
    return TOKEN.sub(lambda found: _token_for(found[0], was.strip().lower(), now.strip().lower()), text)


def _token_for(token: str, was: str, now: str) -> str:
    for purpose in PURPOSES:
        try:
            pk, user_id, email = signing.loads(token, salt=_salt(purpose))
        except (signing.BadSignature, ValueError, TypeError):
            continue
        return make_link(purpose, pk, now) if user_id is None and email == was else token
    return off_token_for(token, was, now)


def address_of(name: str, *args: object) -> str:
    """The full URL of a page, for mails: from our settings, since a request's Host header can be forged."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _salt(purpose: str) -> str:
    return f"joinedup.accounts.links.{purpose}"
