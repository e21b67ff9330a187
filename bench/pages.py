"""How fast the pages are that everybody opens: median server time, and the number of database queries.

    .venv/bin/python bench/pages.py [--home FOLDER] [--signed-in EMAIL] [--rounds 30]

With no FOLDER it builds an installation in a temporary one that holds the whole of England and Wales, from the data
that ships, and a partnership of all London boroughs. It times the pages through Django's test client in this process,
so that no network is in the figures, and prints the ratio to the 60 ms that a page may take (Home: 40), beside a page
that does nothing. With an address of somebody of that installation it times what they read: the list and one
opportunity, a place of their partnership, and My work.
"""

import argparse
import datetime
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

ALLOWED_MS, ALLOWED_HOME_MS = 60.0, 40.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="an installation that is there already")
    parser.add_argument("--signed-in", metavar="EMAIL", help="somebody of it")
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as made:
        os.environ["JOINEDUP_HOME"] = str(given.home or made)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
        os.environ["ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        if not given.home:
            build()
        if given.signed_in:
            report_of_member(given.signed_in, given.rounds)
        else:
            report(given.rounds)


def build() -> None:
    """Places, words and figures of England and Wales, as an installation gets them."""
    from importlib import resources

    from django.core.management import call_command

    from joinedup.accounts.person import Person
    from joinedup.evidence import actions, follow
    from joinedup.places import loading as places
    from joinedup.places.models import Footprint, Place
    from joinedup.places.shipped import SHIPPED
    from joinedup.taxonomy import loading as taxonomy

    data = Path(str(resources.files("joinedup.data")))
    forces = [path.stem for path in (SHIPPED / "parts").iterdir()]
    steps = {
        "migrate": lambda: call_command("migrate", verbosity=0),
        "words": lambda: taxonomy.load(data / "reference"),
        "places": lambda: (places.load(), places.load_parts(forces)),
        "import": lambda: actions.import_shipped(by=Person.operator(), forces=forces),
        "figures and need": lambda: follow.recompute(by=Person.operator(), as_of=datetime.date(2026, 11, 20)),
    }
    for name, step in steps.items():
        started = time.perf_counter()
        step()
        print(f"built {name:17} {time.perf_counter() - started:6.2f} s")
    boroughs = Place.objects.filter(parent="E12000007", kind="local_authority")
    Footprint.objects.create(slug="boroughs", name="Boroughs").places.set(boroughs)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = sum(path.stat().st_size for path in Path(os.environ["JOINEDUP_HOME"]).rglob("*") if path.is_file())
    print(f"the home holds {size / 1e6:.0f} MB")


def report(rounds: int) -> None:
    from django.test import Client

    from joinedup.evidence.models import Figure

    figure = Figure.objects.filter(indicator="robbery", state="number").order_by("place").first()
    pages = {
        "does nothing": "/worried/",
        "home": "/",
        "home, need on a theme": "/?show=weapon-carrying",
        "borough": "/places/E09000007/",
        "ward": "/places/E05013650/",
        "region": "/places/E12000007/",
        "county": "/places/E10000018/",
        "Wales": "/places/W92000004/",
        "figure": f"/figures/{figure.pk if figure else 0}/",
        "search": "/search/?q=mill",
        "search, misspelt": "/search/?q=islingtn",
        "sources": "/sources/",
        "methods": "/methods/",
    }
    timed(Client(), pages, rounds)


def report_of_member(email: str, rounds: int) -> None:
    from django.test import Client

    from joinedup.accounts.models import User
    from joinedup.accounts.person import Person
    from joinedup.opportunities.queries.lists import listing
    from joinedup.places.models import Place

    user = User.objects.get(email=email)
    person = Person.of(user)
    place = Place.objects.filter(footprints__in=person.footprint_ids).order_by("name").first()
    first = listing(person).first()
    client = Client()
    client.force_login(user)
    pages = {
        "does nothing": "/worried/",
        "list of opportunities": "/opportunities/",
        "one opportunity": f"/opportunities/{first.pk if first else 0}/",
        "place": f"/places/{place.pk if place else ''}/",
        "My work": "/work/",
    }
    timed(client, pages, rounds)


def timed(client: Any, pages: dict[str, str], rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    print(f"{'page':23} {'first ms':>9} {'median ms':>9} {'queries':>8} {'kB':>6}  of what is allowed")
    for name, address in pages.items():
        started = time.perf_counter()
        client.get(address)
        first = 1000 * (time.perf_counter() - started)
        taken = []
        for _ in range(rounds):
            started = time.perf_counter()
            client.get(address)
            taken.append(1000 * (time.perf_counter() - started))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{name} answered {answer.status_code}")
        median = statistics.median(taken)
        size = len(answer.content) / 1000
        allowed = ALLOWED_HOME_MS if name.startswith("home") else ALLOWED_MS
        print(f"{name:23} {first:9.1f} {median:9.1f} {len(queries):8} {size:6.1f}  {median / allowed:.2f}")


if __name__ == "__main__":
    main()
