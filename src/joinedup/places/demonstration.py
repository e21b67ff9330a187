"""Whether this installation is the demonstration, and the sentence by which it says so: once on every page, in every
mail and file, and beside no name."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

# Marks a home as a demonstration, with the date it was made; `joinedup demo` writes it last.
MARK = "demonstration"


def is_demonstration_site() -> bool:
    """Whether this installation was made by `joinedup demo`; a file in its home says so."""
    return (settings.HOME / MARK).exists()


def what_is_invented() -> str:
    return _("The partnerships, and their people, plans, work, funds, events and agreements, are invented.")
