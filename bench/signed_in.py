"""Sessions in an installation, as signing in by a code makes them, for benches that ask its pages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

MADE = """
import json, sys, time
import django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from joinedup.accounts.models import User
from joinedup.accounts.sign_in.sessions import SessionStore

made = []
people = User.objects.filter(is_active=True, grants__isnull=False).distinct().order_by("pk")
for user in people.filter(email__in=sys.argv[1:]) if sys.argv[1:] else people:
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session["signed_in_at"] = time.time()
    session.create()
    over = user.grants.filter(role="coordinator").values_list("footprint__slug", flat=True).first()
    made.append({"email": user.email, "number": user.pk, "key": session.session_key, "coordinates": over or ""})
print(json.dumps(made))
"""


@dataclass(frozen=True)
class SignedIn:
    """A person of the installation with a session. `coordinates`: the slug of a partnership, "" for none."""

    email: str
    number: int
    key: str
    coordinates: str


def signed_in(environment: Mapping[str, str], *emails: str) -> list[SignedIn]:
    """A session for each of these people, or for everybody who has a role, in the order in which they came to the
    installation. `environment` says where it is, as for the command."""
    done = subprocess.run(
        [sys.executable, "-c", MADE, *emails],
        env={**environment, "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return [SignedIn(**each) for each in json.loads(done.stdout.strip().splitlines()[-1])]
