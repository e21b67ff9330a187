"""How often codes may be asked for and guessed, so that nobody guesses one and nobody shuts somebody else out.

Who asks for codes for another's address uses up the limit of their own network for it, not the owner's. A browser
in which the owner signed in before has a limit of its own, which nobody else can use up, wherever they are (the
"device cookie" of OWASP's Authentication Cheat Sheet). Tries are taken one by one from the cache, which all
processes share: two guesses at the same moment are two.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from joinedup.accounts.models import User

KNOWN, KNOWN_DAYS = "known_browser", 180
VOID = gettext_lazy(
    "That code no longer works: it is too old, or was typed wrong three times. Ask for a new one."
)
_SALT = "joinedup.accounts.known_browser"


def may_ask(request: HttpRequest, email: str, user: User | None) -> bool:
    """Whether a code may be sent to an address now; counts the request. `user` has that address, if there is one."""
    if user is not None and (browser := _known_as(request, user)):
        return bool(ratelimit.consume(request, action="code_for_known_browser", key=browser))
    here = f"{email.lower()} {get_ip(request)}"
    return bool(ratelimit.consume(request, action="code_from_network", key=here)) and bool(
        ratelimit.consume(request, action="code_for_address", key=email.lower())
    )


def _known_as(request: HttpRequest, user: User) -> str:
    """The name of this browser, if `user` signed in here before; else empty."""
    try:
        held = signing.loads(request.COOKIES.get(KNOWN, ""), salt=_SALT, max_age=KNOWN_DAYS * 86400)
    except signing.BadSignature:
        return ""
    return str(held[1]) if held[0] == user.pk else ""


def remember_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Put a cookie where somebody has just signed in: it signs nobody in, and says nothing but that they did."""
    user: Any = request.user
    response.set_cookie(
        KNOWN,
        signing.dumps([user.pk, secrets.token_hex(8)], salt=_SALT),
        max_age=KNOWN_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path="/account/",
    )


def take_try(key: str) -> bool:
    """Take one of the few tries that a code has; False if all are used up. Safe for any number at once."""
    tries = range(settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS)
    # Longer than any code works.
    lasts = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT * 2
    return any(cache.add(f"code-try:{key}:{number}", True, lasts) for number in tries)


def may_guess(request: HttpRequest) -> bool:
    """Take a try of the code that this browser waits for. Without one left, the code is void."""
    stage = get_pending_stage(request)
    if stage is None:
        return True
    if take_try(f"{request.session.session_key}:{stage.state.get('at')}"):
        return True
    clear_login(request)
    return False
