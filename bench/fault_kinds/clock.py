"""The clock of a worker jumps, forward and back: what it sends, what it deletes, and who is still signed in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fault_kinds.installation import copied
from fault_kinds.mail_double import MailDouble

JUMPS = {"an hour": 3600, "a day": 86_400, "a year": 365 * 86_400}


def clock(home: Path, *, port: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each jump, a copy of its own: a look of the worker, one after the jump, two after it was put right."""
    for name, seconds in reversed(JUMPS.items()):
        for way, by in (("forward", seconds), ("back", -seconds)):
            mail = MailDouble()
            with tempfile.TemporaryDirectory(prefix="jf-") as folder:
                site = copied(home, Path(folder) / "home", port=port, mail_port=mail.port)
                told = site.python(LOOKS, by)
            yield (
                f"{name} {way}",
                {
                    "twice mails": len(mail.twice()) + len(mail.the_same_words()),
                    "lost rows deleted early": told["deleted"],
                    "lost recoveries": len(told["broken"]),
                    "mails sent": len(mail.received),
                    "signed in during, after; link during, after": told["signed in"],
                },
            )


# The calendar of this process only: everything of the product asks one of these two.
LOOKS = """
import datetime, json, sys, time, traceback
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import User
from joinedup.registration.models import Attendee
from joinedup.site.worker import _work
from joinedup.spreadsheets.models import Upload
settings.ALLOWED_HOSTS = ["testserver"]
real_now, real_time, off = timezone.now, time.time, [0.0]
timezone.now = lambda: real_now() + datetime.timedelta(seconds=off[0])
time.time = lambda: real_time() + off[0]
broken = []

def look():
    try:
        _work(lambda said: None)
    except Exception:
        broken.append(traceback.format_exc())

def held():
    return (
        Attendee.objects.exclude(email="").count(), Attendee.objects.count(), Upload.objects.count(),
        User.objects.count(),
    )

user = User.objects.get(email="coordinator@demonstration.example")
browser = Client()
browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
link = make_link("mails-off", "digest", user)

def seen():
    answer = browser.get("/work/")
    return [answer.status_code == 200, read_link("mails-off", link) is not None]

look()
before = held()
off[0] = float(sys.argv[1])
look()
during = seen()
off[0] = 0.0
look()
after = seen()
look()
lost = sum(max(was - now, 0) for was, now in zip(before, held()))
print(json.dumps({"deleted": lost, "broken": broken, "signed in": [during[0], after[0], during[1], after[1]]}))
"""
