"""A copy of the demonstration, served as an operator serves it, and what its records say that pages must not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.demo.installation import COMMAND, Installation
from tests.journeys.crawling import Reader
from tests.waiting import HANGS, until

# One session for each account, as if they had signed in, and what only a partnership may read.
TOLD = """
import json
import time
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from joinedup.accounts.sign_in.sessions import SessionStore
from joinedup.accounts.models import User
from joinedup.clusters.models import Follower
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.registration.models import Attendee
from joinedup.tables.models import Sitting
from joinedup.voice.models import Contribution, Host

sessions = {}
for user in User.objects.all():
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["signed_in_at"] = time.time()
    session.create()
    sessions[user.email.split("@")[0]] = session.session_key

HERE = "islington-camden-hackney"
ours = {"footprint__slug": HERE}
theirs = Opportunity.objects.filter(audience="partnership", **ours)
read_by_all = set(Opportunity.objects.exclude(audience="partnership", **ours).values_list("sentence", flat=True))
hidden = Initiative.objects.filter(partner__footprints__slug=HERE).exclude(marking="public")
shown_names = set(Initiative.objects.filter(marking="public").values_list("name", flat=True))
coming = Event.objects.filter(is_demonstration=True, is_draft=False).order_by("-date").first()
drafts = Event.objects.filter(is_draft=True)
people = Attendee.objects.filter(event__is_demonstration=True)
unread = Contribution.objects.exclude(state="shown")
elsewhere = Partner.objects.filter(footprints__slug="derbyshire").exclude(marking="public")

addresses = [f"/initiatives/{slug}/{end}" for slug in hidden.values_list("slug", flat=True) for end in ("", "edit/")]
addresses += [f"/opportunities/{pk}/" for pk in theirs.order_by("pk").values_list("pk", flat=True)[::20]]
addresses += [f"/opportunities/{pk}/" for pk in theirs.filter(marking="named").values_list("pk", flat=True)]
addresses += [f"/sittings/{pk}/" for pk in Sitting.objects.values_list("pk", flat=True)[::5]]
addresses += [f"/agreements/{pk}/{end}" for pk in Agreement.objects.values_list("pk", flat=True)[:2]
              for end in ("edit/", "report/")]
addresses += [f"/events/{coming.slug}/{end}" for end in
              ("edit/", "topics/", "people/", "invitations/", "invitations.csv", "plan/", "plan/print/")]
addresses += [f"/voices/contribution/{pk}/topic/" for pk in unread.values_list("pk", flat=True)]
addresses += [f"/voices/{slug}/read/" for slug in coming.conversations.values_list("slug", flat=True)]
addresses += ["/people/", "/people/invite/", f"/clusters/{HERE}/", f"/start/{HERE}/", f"/bring/{HERE}/", "/events/add/"]
addresses += ["/changes/new/"]

print(json.dumps({
    "sessions": sessions,
    "coming": coming.slug,
    "club": list(theirs.filter(parties__name="Canalbank youth club", answers=None)
                    .exclude(state__in=["gone", "dismissed"])
                    .values_list("pk", flat=True)),
    "roles": sorted({f"{each.role}, {each.partner}" for each in people.filter(event=coming).select_related("partner")}),
    "addresses": sorted(set(addresses)),
    "words": {
        "local action": sorted(set(hidden.values_list("name", flat=True)) - shown_names),
        "address of local action": [f"/initiatives/{slug}/" for slug in hidden.values_list("slug", flat=True)],
        "ask": sorted(set(Ask.objects.filter(partner__footprints__slug=HERE).exclude(marking="public")
                          .values_list("text", flat=True))),
        "opportunity": sorted(set(theirs.values_list("sentence", flat=True)) - read_by_all),
        "e-mail address": sorted(set(people.exclude(email="").values_list("email", flat=True))
                                 | set(Contact.objects.filter(partner__footprints__slug=HERE)
                                       .exclude(email="").values_list("email", flat=True))),
        "account": sorted(User.objects.exclude(email__startswith="elsewhere@").values_list("email", flat=True)),
        "link of their own": [*people.values_list("token", flat=True), *Host.objects.values_list("token", flat=True),
                              *Follower.objects.values_list("token", flat=True),
                              *Contribution.objects.values_list("withdraw_code", flat=True)],
        "draft of an event": sorted({each for pair in drafts.values_list("name", "slug") for each in pair}),
        "answer not shown": sorted(set(unread.values_list("text", flat=True))),
    },
    "partners_elsewhere": sorted(elsewhere.values_list("name", flat=True)),
}))
"""


@dataclass(frozen=True)
class Served:
    """`address` is host:port; `told` is what TOLD found in the records before anybody looked."""

    address: str
    told: dict[str, Any]
    installation: Installation

    def reader(self, name: str = "") -> Reader:
        """`name` as in the demonstration's e-mail addresses; empty is the public."""
        return Reader(self.address, self.told["sessions"][name] if name else "")

    def window(self, browser: Browser, name: str = "", *, width: int = 1280) -> BrowserContext:
        """A window of a real browser in which `name` is signed in, as for `reader`."""
        site = f"http://{self.address}"
        context = browser.new_context(base_url=site, viewport={"width": width, "height": 900}, locale="en-GB")
        if name:
            cookie = {"name": "sessionid", "value": self.told["sessions"][name], "url": site}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context


@contextmanager
def served(installation: Installation, told: dict[str, Any]) -> Iterator[Served]:
    """The installation on a free port until the block ends; `told` is what TOLD finds in it."""
    home = installation.home
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home / "serve.log").open("w")
    process = subprocess.Popen(
        [str(COMMAND), "serve", "--port", str(port)],
        env=installation.environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        _wait_for(port, process, home / "serve.log")
        yield Served(f"127.0.0.1:{port}", told, installation)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(HANGS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def answered() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/worried/", timeout=HANGS):
            return True
        return False

    try:
        until(answered, process)
    except AssertionError as error:
        raise AssertionError(f"The demonstration is not served: {log.read_text()}") from error
