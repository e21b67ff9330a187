"""The cookies that the site sets. Each is needed for what somebody asked for, so none needs a consent
(Privacy and Electronic Communications Regulations 2003, regulation 6(4))."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from joinedup.accounts.sign_in.code_limits import KNOWN, KNOWN_DAYS

A_DAY = 24 * 3600


@dataclass(frozen=True)
class Cookie:
    """`lasts`: in words."""

    name: str
    what_for: str
    lasts: str


def cookies() -> list[Cookie]:
    def days(seconds: int) -> str:
        return _("%(days)s days") % {"days": seconds // A_DAY}

    return [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Keeps you signed in, and a form that has several pages together."),
            days(settings.SESSION_COOKIE_AGE),
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Makes sure that a form that is sent as you comes from this site."),
            days(settings.CSRF_COOKIE_AGE),
        ),
        Cookie(
            KNOWN,
            _(
                "Remembers that you signed in here, so that nobody elsewhere can keep you out by asking for your codes."
            ),
            days(KNOWN_DAYS * A_DAY),
        ),
        Cookie(
            "messages", _("Shows once, on the next page, what came of a button."), _("until it was shown")
        ),
    ]
