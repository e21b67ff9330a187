"""How long a changed record takes until the stored list of its partnership follows it.

    .venv/bin/python bench/follow.py --home FOLDER [--times 9] [--size 1]

FOLDER: an installation, for example a demonstration made by `joinedup demo --no-serve`. Works in a copy of it. Changes
one ask again and again and times, each time, reading the records, finding, comparing with what is stored, and the rest:
the transaction in which it is stored. Prints the medians in seconds, the whole, and the whole as a ratio to one plain
read of the same records (partners, action, asks) in the same run. The bar is a whole under 0.3 s for London. Exits 1
where it is missed.

`--size 10` first makes the register ten times as large: each body, with what it does, needs and offers, again under
nine other names. `--profile` prints where the time goes. At that size the worker follows, and the bar is 5 s.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BAR, BAR_LARGE = 0.3, 5.0
NAMES = ("", "Amber", "Birch", "Cedar", "Delta", "Elm", "Falcon", "Granite", "Heron", "Indigo")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--size", type=int, default=1, help="so many times the register")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        os.environ |= {"JOINEDUP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        if given.size > 1:
            enlarge(given.size)
        if given.profile:
            _profiled()
        return _timed(given.times, BAR if given.size == 1 else BAR_LARGE)


def enlarge(times: int) -> None:
    """Each body and what hangs on it, under `times` - 1 other names, which share no word with each other."""
    from django.db import transaction

    from joinedup.initiatives.models import Initiative
    from joinedup.opportunities.touching import left_to_the_worker
    from joinedup.partners.models import Ask, Link, Partner

    partners, initiatives, asks = (list(model.objects.order_by("pk")) for model in (Partner, Initiative, Ask))
    links = list(Link.objects.all())
    with transaction.atomic(), left_to_the_worker():
        for number in range(1, times):
            word = NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else str(number))
            named = {each.pk: _copy(each, word) for each in partners}
            for each in initiatives:
                _copy(each, word, partner=named[each.partner_id], co_partners=named)
            for each in asks:
                _copy(each, word, partner=named[each.partner_id])
            for link in links:
                Link.objects.create(
                    first=named[link.first_id], second=named[link.second_id], strength=link.strength
                )


def _copy(record: Any, word: str, *, co_partners: dict[int, Any] | None = None, **fields: Any) -> Any:
    lists = {field.name: list(getattr(record, field.name).all()) for field in record._meta.many_to_many}
    made = type(record)(
        **{
            field.attname: getattr(record, field.attname)
            for field in record._meta.concrete_fields
            if not field.primary_key and field.name != "succeeded_by"
        }
    )
    for name, value in fields.items():
        setattr(made, name, value)
    if hasattr(made, "slug"):
        made.name, made.slug = f"{word} {record.name}"[:200], f"{word.lower()}-{record.slug}"[:80]
    else:
        made.text = f"{record.text} ({word})"[:300]
    for identifier in ("charity_number", "company_number", "urn", "ods"):
        if hasattr(made, identifier):
            setattr(made, identifier, "")
    made.save()
    for name, values in lists.items():
        if co_partners is not None and name == "co_partners":
            values = [co_partners[each.pk] for each in values]
        getattr(made, name).set(values)
    return made


def _profiled() -> None:
    import cProfile
    import pstats

    from joinedup.opportunities.engine import follow
    from joinedup.opportunities.models import Touched
    from joinedup.places.models import Footprint

    for footprint in Footprint.objects.all():
        follow(footprint)
    footprint = Footprint.objects.order_by("pk")[0]
    Touched.objects.create(footprint=footprint, what="bench")
    with cProfile.Profile() as profile:
        follow(footprint)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


def _timed(times: int, bar: float) -> int:
    from django.db.models import Count

    from joinedup.initiatives.models import Initiative
    from joinedup.opportunities import engine
    from joinedup.opportunities.models import Touched
    from joinedup.partners.models import Ask, Partner
    from joinedup.places.models import Footprint

    footprint = Footprint.objects.annotate(size=Count("places")).order_by("-size")[0]
    today = datetime.date.today()
    ask = Ask.objects.filter(partner__footprints=footprint, closed_on=None).order_by("pk")[0]
    seconds: dict[str, list[float]] = {}
    for name, function in (("read", "read_for_each"), ("find", "_find"), ("compare", "_compared")):
        setattr(engine, function, _clocked(getattr(engine, function), seconds.setdefault(name, [])))
    clocked = list(seconds)
    seconds |= {"the rest": [], "plain read": [], "followed in": []}
    for number in range(times):
        Ask.objects.filter(pk=ask.pk).update(closed_on=None if number % 2 else today)
        Touched.objects.create(footprint=footprint, what="bench")
        at = time.perf_counter()
        for model in (Partner, Initiative, Ask):
            list(model.objects.all())
        seconds["plain read"].append(time.perf_counter() - at)
        at = time.perf_counter()
        engine.follow(footprint, today)
        seconds["followed in"].append(time.perf_counter() - at)
        rest = seconds["followed in"][-1] - sum(seconds[name][-1] for name in clocked)
        seconds["the rest"].append(rest)
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    for name, value in middle.items():
        print(f"{name:12} {value:.3f} s")
    whole = middle["followed in"]
    print(f"{whole / middle['plain read']:.1f} times the plain read; bar {bar} s")
    return int(whole > bar)


def _clocked(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    def clocked(*given: Any) -> Any:
        at = time.perf_counter()
        found = function(*given)
        seconds.append(time.perf_counter() - at)
        return found

    return clocked


if __name__ == "__main__":
    sys.exit(main())
