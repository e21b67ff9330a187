"""What rooms above this one show beside an opportunity, and what they know that opportunities are made of. Read when
Django starts: nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch

from joinedup.accounts.person import Person
from joinedup.places.models import Footprint

# Each gives what to fetch of an opportunity for a reader.
BESIDE: list[Callable[[Person], Prefetch]] = []
# What young people asked for in the places of a partnership: rows of the engine's table `heard`.
HEARD: list[Callable[[Footprint], list[dict[str, Any]]]] = []
