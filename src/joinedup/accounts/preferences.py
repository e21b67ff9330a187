"""Which mails somebody wants, and the link in each of them that turns its kind off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.accounts.links import address_of, make_link, read_link
from joinedup.accounts.models import Preference, User

PURPOSE = "mails-off"
# Its link still has to work long after a mail was read.
VALID_DAYS = 400
DIGEST = "digest"
KINDS = {**dict(Preference.Mail.choices), DIGEST: "A summary of what waits for me"}


def preference_of(user: User) -> Preference:
    """What somebody chose, or the defaults, which are not stored; 1 query."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def wants(user: User, mail: str) -> bool:
    """Whether somebody wants mails of this kind, a value of Preference.Mail; 1 query."""
    return bool(those_who_want([user], mail))


def those_who_want(users: Iterable[User], mail: str) -> list[User]:
    """Those of them whose account is open and who did not turn this kind of mail off, in the same order; 1
    query."""
    every = list(users)
    chosen = dict(Preference.objects.filter(user__in=every).values_list("user_id", "not_wanted"))
    return [user for user in every if user.is_active and mail not in chosen.get(user.pk, [])]


def off_link(user: User, kind: str) -> str:
    """The URL that turns off a kind of mail (a key of KINDS), for the mail itself."""
    return address_of("mails_off", make_link(PURPOSE, kind, user))


def off_headers(link: str) -> dict[str, str]:
    """What lets a mail program show a button of its own for it (RFC 2369 and RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@dataclass(frozen=True)
class Off:
    """What such a link turns off, and for whom."""

    user: User
    kind: str
    label: str
    is_off: bool


def read_off_link(token: str) -> Off | None:
    """None if a link is too old or was changed, or if the account is closed; 2 queries."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    if link is None or link.user_id is None or link.pk not in KINDS:
        return None
    user = User.objects.filter(pk=link.user_id, is_active=True).first()
    if user is None:
        return None
    held = preference_of(user)
    is_off = held.digest == Preference.Digest.NEVER if link.pk == DIGEST else link.pk in held.not_wanted
    return Off(user, link.pk, KINDS[link.pk], is_off)
