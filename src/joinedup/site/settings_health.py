"""Are the settings those of a site that people use?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host

from joinedup.site.health_finding import HealthFinding

# Said in our own words below: no redirect to https, a weak key, DEBUG.
OURS = {"security.W008", "security.W009", "security.W018"}
# As Django judges a key.
LONG, VARIED = 50, 5
HERE = ("127.0.0.1", "localhost", "::1")


def settings_findings() -> list[HealthFinding]:
    """What Django finds, with its checks of a deployment where the site has an address of its own, and what only we
    know of."""
    # A trial on this machine has neither a name nor encryption.
    is_public = settings.HTTPS
    found = [
        HealthFinding("settings", " ".join(filter(None, (str(each.msg), str(each.hint or "")))))
        for each in checks.run_checks(include_deployment_checks=is_public)
        if each.id not in OURS and not each.is_silenced()
    ]
    return [*found, *_address(), *_key(), *_mail(), *_sign_in_services()]


def _address() -> list[HealthFinding]:
    found = []
    host = urlsplit(settings.SITE_URL).hostname or ""
    if settings.DEBUG:
        found.append("DEBUG is on: visitors would see how the system is made. Set DEBUG=false.")
    if not settings.HTTPS and host not in HERE:
        found.append("SITE_URL does not start with https://: sign-in codes could be read on the way.")
    if settings.HTTPS and not settings.SECURE_SSL_REDIRECT:
        found.append(
            "SITE_URL starts with https://, and TRUSTED_PROXIES is 0: set it to the number of web servers in front, "
            "which say in X-Forwarded-Proto whether a visitor came by https. Until then http is not sent on to https, "
            "browsers are not told to stay with it (HSTS), and limits count all visitors as one."
        )
    if not validate_host(host, settings.ALLOWED_HOSTS):
        found.append(f"ALLOWED_HOSTS lacks {host}, the name in SITE_URL: whoever opens it is refused.")
    return [HealthFinding("settings", sentence) for sentence in found]


def _key() -> list[HealthFinding]:
    key = settings.SECRET_KEY
    if len(key) >= LONG and len(set(key)) >= VARIED and not key.startswith("django-insecure-"):
        return []
    return [
        HealthFinding(
            "settings",
            f"The key is short or simple: who guesses it makes the links of any mail. Take at least {LONG} random "
            "characters (without SECRET_KEY, and without secret-key in the home, one is made). Links that were sent "
            "stop working then.",
        )
    ]


def _sign_in_services() -> list[HealthFinding]:
    return [HealthFinding("settings", each) for each in settings.SIGN_IN_SERVICE_PROBLEMS]


def _mail() -> list[HealthFinding]:
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    return [
        HealthFinding(
            "mail", "Mail is printed on the console. Set EMAIL_BACKEND and EMAIL_HOST to send it.", False
        )
    ]
