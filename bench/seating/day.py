"""The demonstration's own event to come, read out of an installation that holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from joinedup.engines.seating import Problem

MAKE = "from joinedup.cli import main; main()"


def make_demonstration(home: Path) -> None:
    """A demonstration in an empty folder; some minutes."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-c", MAKE, "demo", "--no-serve"],
        env=environment | {"JOINEDUP_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def day(home: Path) -> Problem:
    """The event with most people, as the planner takes it."""
    os.environ["JOINEDUP_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
    import django

    django.setup()
    from django.db.models import Count

    from joinedup.events.models import Event
    from joinedup.tables.seating import problem_of

    events = Event.objects.filter(is_history=False).annotate(people=Count("attendees"))
    return problem_of(events.order_by("-people", "slug")[0])
