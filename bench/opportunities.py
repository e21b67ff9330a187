"""How fast the pages of opportunities are for London, and how long a change takes from the record to the list.

    .venv/bin/python bench/opportunities.py [--home FOLDER] [--rounds 30]

With no FOLDER it makes the demonstration in a temporary one. FOLDER is one that `joinedup demo --no-serve` made; in it
one initiative gets another reach. Times the pages through Django's test client in this process, as the coordinator and
as the public, so that no network is in the figures. Exits 1 where the list of London misses its bar.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = Path(sys.executable).parent / "joinedup"
LIST_MS = 150.0
CHANGES = 5


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the pages of opportunities.")
    parser.add_argument("--home", type=Path, help="a demonstration that is there already")
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as folder:
        home = given.home or Path(folder) / "home"
        os.environ["JOINEDUP_HOME"] = str(home)
        if not given.home:
            made = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SITE_URL"}}
            subprocess.run([COMMAND, "demo", "--no-serve"], env=made, check=True, stdout=subprocess.DEVNULL)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
        os.environ["ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        median = pages(given.rounds)
        follow()
    print(f"The list of London: {median / LIST_MS:.2f} of the bar of {LIST_MS:.0f} ms")
    return int(median > LIST_MS)


def pages(rounds: int) -> float:
    """Prints each page's median; returns the slower of the two lists of London, in milliseconds."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from joinedup.accounts.models import User
    from joinedup.demo.people import COORDINATOR
    from joinedup.opportunities.models import Opportunity

    coordinator, public = Client(), Client()
    coordinator.force_login(
        User.objects.get(email=COORDINATOR), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    one = Opportunity.objects.filter(audience="partnership", state="suggested").first()
    addresses = {
        "the list": "/opportunities/",
        "the list of Islington": "/opportunities/?place=E09000019",
        "one": f"/opportunities/{one.pk if one else 0}/",
        "since last time": "/opportunities/changes/",
        "the grid": "/opportunities/grid/",
        "who works with whom": "/opportunities/together/",
        "how far they went": "/opportunities/paths/",
        "the whole list as CSV": "/opportunities.csv",
    }
    lists = []
    print(f"{'page':24} {'reader':12} {'median ms':>9} {'queries':>8} {'kB':>7}")
    for name, address in addresses.items():
        for reader, client in (("coordinator", coordinator), ("public", public)):
            if client.get(address).status_code != 200:
                continue
            taken = []
            for _ in range(rounds):
                started = time.perf_counter()
                client.get(address)
                taken.append(1000 * (time.perf_counter() - started))
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            median = statistics.median(taken)
            size = len(answer.content) / 1000
            print(f"{name:24} {reader:12} {median:9.1f} {len(queries):8} {size:7.1f}", flush=True)
            if name == "the list":
                lists.append(median)
    return max(lists)


def follow() -> None:
    """One changed initiative, from the record to the stored list, beside the whole run that it replaces."""
    from django.utils import timezone

    from joinedup.initiatives.models import Initiative
    from joinedup.opportunities import engine
    from joinedup.opportunities.models import Touched
    from joinedup.places.models import Footprint

    footprint = Footprint.objects.get(slug="islington-camden-hackney")
    started = time.perf_counter()
    with engine.worked_out(footprint, timezone.localdate()) as worked:
        runs = engine.keep_runs(worked)
    whole = time.perf_counter() - started
    taken = []
    for number, each in enumerate(
        Initiative.objects.filter(partner__footprints=footprint).order_by("pk")[:CHANGES]
    ):
        Initiative.objects.filter(pk=each.pk).update(
            reach_per_year=(each.reach_per_year or 10) + 7 * (number + 1)
        )
        Touched.objects.create(footprint=footprint, what="bench")
        started = time.perf_counter()
        engine.follow(footprint)
        taken.append(time.perf_counter() - started)
    median = statistics.median(taken)
    print(
        f"One changed initiative, followed for both kinds of reader: {1000 * median:.0f} ms; a whole run, of "
        f"{sum(run.found for run in runs)} opportunities: {1000 * whole:.0f} ms ({whole / median:.1f} times as long)"
    )


if __name__ == "__main__":
    sys.exit(main())
