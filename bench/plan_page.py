"""How fast the planner's page is at London size, end to end on the site: what a move costs, and a change on the day.

    .venv/bin/python bench/plan_page.py [--rounds 15]

Makes an installation with one made-up event in a temporary folder: 120 people of 50 partners in eight sectors, twelve
tables, three rounds, twelve topics, young people with companions, two wishes. Times through Django's test client in
this process, with the database, the pages and the redirects and without the network:

- what picking somebody up asks for: the cost of all twelve tables as JSON, for people of every table; bar 0.5 s;
- eight no-shows and five walk-ins, then the button that fits them in, until the page that follows is there, three
  times; bar 1 s.

Prints seconds by the clock, their ratio to each bar, and beside them what one core spent (the clock also counts what
else the machine does); exits 1 where a median misses its bar.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import time
from typing import Any

PEOPLE, PARTNERS, TABLES, ROUNDS, TOPICS = 120, 50, 12, 3, 12
NO_SHOWS, WALK_INS = 8, 5
MOVES_BAR, CHANGES_BAR = 0.5, 1.0
SECTORS = (
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the planner's page at London size.")
    parser.add_argument(
        "--rounds", type=int, default=15, help="how many people are picked up, one after another"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as home:
        os.environ["JOINEDUP_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
        os.environ["ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        event, browser = build()
        moves, changes = pick_up(event, browser, given.rounds), change(event, browser)
    return int(moves > MOVES_BAR or changes > CHANGES_BAR)


def build() -> tuple[Any, Any]:
    """The planned event, and a browser in which its coordinator is signed in."""
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from joinedup.accounts.models import Grant, User
    from joinedup.accounts.person import Person
    from joinedup.events.actions.event import add_event, set_tables
    from joinedup.events.models import Topic
    from joinedup.partners.models import Partner
    from joinedup.places.models import Footprint
    from joinedup.registration.models import Attendee
    from joinedup.tables.actions.plan import plan_event
    from joinedup.tables.actions.wishes import add_wish
    from joinedup.taxonomy.models import Sector, Theme

    call_command("migrate", verbosity=0)
    for order, slug in enumerate(SECTORS):
        Sector.objects.create(slug=slug, name=slug.replace("_", " "), in_press_release=True, order=order)
    themes = [
        Theme.objects.create(slug=f"t{n}", name=f"Theme {n}", order=n, levels=[]) for n in range(TOPICS)
    ]
    footprint = Footprint.objects.create(slug="north", name="North partnership")
    partners = []
    for n in range(PARTNERS):
        made = Partner.objects.create(
            name=f"Partner {n}", slug=f"p{n}", sector_id=SECTORS[n % 8], marking="public"
        )
        made.footprints.add(footprint)
        partners.append(made)
    by = Person.operator()
    event = add_event(
        by=by,
        footprint=footprint,
        name="The day",
        date=timezone.localdate(),
        starts=datetime.time(9, 30),
        capacity=200,
        rounds=ROUNDS,
    )
    for n in range(PEOPLE):
        young = n >= PEOPLE - 6
        Attendee.objects.create(
            event=event,
            number=n + 1,
            partner=partners[n % PARTNERS],
            sector=partners[n % PARTNERS].sector,
            role="Young person" if young else "Worker",
            email="" if young else f"a{n}@example.org",
            parts=["young_person"]
            if young
            else ["facilitator"]
            if n < TABLES + 2
            else ["companion"]
            if PEOPLE - 6 - PARTNERS <= n < PEOPLE - PARTNERS
            else ["guest"],
            opted_in=n % 3 != 0,
        ).themes.set([themes[n % TOPICS], themes[(n * 7 + 3) % TOPICS]])
    for n in range(TOPICS):
        topic = Topic.objects.create(event=event, title=f"Topic {n}", theme=themes[n], order=n)
        topic.parties.set([partners[(3 * n + k * 5) % PARTNERS] for k in range(3)])
    set_tables(by=by, event=event, count=TABLES, seats_min=8, seats_max=11)
    guests = list(event.attendees.filter(number__in=range(20, 26)))
    add_wish(by=by, event=event, kind="together", attendees=guests[:2])
    add_wish(by=by, event=event, kind="apart", attendees=guests[2:])
    started = time.perf_counter()
    plan_event(by=by, event=event, seconds=4.0)
    print(
        f"planned {PEOPLE} people at {TABLES} tables in {ROUNDS} rounds: {time.perf_counter() - started:.2f} s"
    )
    alice = User.objects.create_user("alice@example.org", name="Alice")
    Grant.objects.create(user=alice, role="coordinator", footprint=footprint)
    browser = Client()
    browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return event, browser


def pick_up(event: Any, browser: Any, rounds: int) -> float:
    """Median seconds until the cost of every table is there."""
    people = list(event.attendees.order_by("number"))[:: max(1, PEOPLE // rounds)]
    address = f"/events/{event.slug}/plan/moves/"
    browser.get(address, {"who": people[0].pk, "round": 1})
    taken = []
    for n, each in enumerate(people):
        started = now()
        answer = browser.get(address, {"who": each.pk, "round": 1 + n % ROUNDS})
        taken.append(since(started))
        if answer.status_code != 200 or len(answer.json()["tables"]) != TABLES:
            raise SystemExit(f"the moves of No. {each.number} answered {answer.status_code}")
    return verdict("the cost of every table for one person, as JSON", taken, MOVES_BAR)


def change(event: Any, browser: Any) -> float:
    """Median seconds from the button to the page that shows the plan again, of three changes."""
    from joinedup.registration.models import Attendee
    from joinedup.tables.models import Seat

    address, taken = f"/events/{event.slug}/plan/", []
    browser.get(address)
    for turn in range(3):
        placed = list(event.attendees.filter(standing="placed", parts=["guest"]).order_by("number"))
        gone = placed[5 + turn :: len(placed) // NO_SHOWS][:NO_SHOWS]
        Attendee.objects.filter(pk__in=[each.pk for each in gone]).update(standing="cancelled")
        last = event.attendees.order_by("-number").values_list("number", flat=True)[0]
        for n in range(1, WALK_INS + 1):
            like = placed[n]
            Attendee.objects.create(
                event=event, number=last + n, partner=like.partner, sector=like.sector, role="Walk-in",
                parts=["guest"],
            )  # fmt: skip
        started = now()
        answer = browser.post(address, {"do": "changes"}, follow=True)
        taken.append(since(started))
        report = event.plan_report.__class__.objects.get(event=event).report
        if answer.status_code != 200 or report["seated"] != WALK_INS or report["left"] != len(gone):
            raise SystemExit(
                f"the change was not fitted in: {answer.status_code}, {report.get('seated')} seated"
            )
        seats = Seat.objects.filter(sitting__event=event).count()
        print(
            f"  {len(gone)} no-shows and {WALK_INS} walk-ins: {taken[-1][0]:.2f} s, {report['moved']} others moved, "
            f"{seats} seats, {len(report['broken'])} rules not kept"
        )
    return verdict("fitting in a change on the day, with the page that follows", taken, CHANGES_BAR)


Taken = tuple[float, float]


def now() -> Taken:
    return time.perf_counter(), time.process_time()


def since(started: Taken) -> Taken:
    """Seconds by the clock, seconds of one core."""
    return time.perf_counter() - started[0], time.process_time() - started[1]


def verdict(what: str, taken: list[Taken], bar: float) -> float:
    """One line; the median by the clock decides."""
    median = statistics.median(clock for clock, _ in taken)
    core = statistics.median(core for _, core in taken)
    slowest = max(clock for clock, _ in taken)
    print(
        f"{what}: median {median:.3f} s ({core:.3f} s of one core), slowest {slowest:.3f} s, "
        f"{median / bar:.2f} of the bar of {bar} s ({'holds' if median <= bar else 'MISSED'})"
    )
    return median


if __name__ == "__main__":
    sys.exit(main())
