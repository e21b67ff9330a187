"""How long a changed record takes until the stored list of its partnership follows it.

    .venv/bin/python bench/follow.py --home FOLDER [--times 9]

FOLDER: an installation, for example a demonstration made by `joinedup demo --no-serve`. Works in a copy of it. Changes
one ask again and again and times, each time, reading the records, finding, and storing; prints the medians in seconds,
their sum, and the sum as a ratio to one plain read of the same records (partners, action, asks)
in the same run. The bar is a sum under 0.3 s for London. Exits 1 where it is missed.
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
from pathlib import Path

BAR = 0.3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        os.environ |= {"JOINEDUP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        return _timed(given.times)


def _timed(times: int) -> int:
    from django.db import transaction
    from django.db.models import Count

    from joinedup.initiatives.models import Initiative
    from joinedup.opportunities import engine
    from joinedup.opportunities.models import Run
    from joinedup.opportunities.register import read_for_each
    from joinedup.opportunities.weights import weights_of
    from joinedup.partners.models import Ask, Partner
    from joinedup.places.models import Footprint

    footprint = Footprint.objects.annotate(size=Count("places")).order_by("-size")[0]
    today, audiences = datetime.date.today(), Run.Audience.values
    ask = Ask.objects.filter(partner__footprints=footprint, closed_on=None).order_by("pk")[0]
    seconds: dict[str, list[float]] = {"plain read": [], "read": [], "find": [], "store": []}
    for number in range(times):
        Ask.objects.filter(pk=ask.pk).update(closed_on=None if number % 2 else today)
        at = time.perf_counter()
        for model in (Partner, Initiative, Ask):
            list(model.objects.all())
        seconds["plain read"].append(time.perf_counter() - at)
        with transaction.atomic():
            at = time.perf_counter()
            every = read_for_each(footprint, audiences, today)
            seconds["read"].append(time.perf_counter() - at)
            at = time.perf_counter()
            weights = weights_of(footprint)
            found = {
                audience: engine.found_in(every[audience], audience, today, weights) for audience in audiences
            }
            seconds["find"].append(time.perf_counter() - at)
            at = time.perf_counter()
            for audience, each in found.items():
                engine.store(footprint, audience, today, each)
            seconds["store"].append(time.perf_counter() - at)
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    whole = middle["read"] + middle["find"] + middle["store"]
    for name, value in middle.items():
        print(f"{name:12} {value:.3f} s")
    print(
        f"{'followed in':12} {whole:.3f} s, {whole / middle['plain read']:.1f} times the plain read; bar {BAR} s"
    )
    return int(whole > BAR)


if __name__ == "__main__":
    sys.exit(main())
