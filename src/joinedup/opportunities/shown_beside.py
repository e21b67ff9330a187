"""What rooms above this one show beside an opportunity. Read when Django starts: nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Prefetch

from joinedup.accounts.person import Person

# Each gives what to fetch of an opportunity for a reader.
BESIDE: list[Callable[[Person], Prefetch]] = []
