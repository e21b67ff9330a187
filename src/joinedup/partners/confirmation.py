"""Who confirmed a record, where it came from, and when a confirmation lapses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Teller, role_of

# The fields that `confirm_now` writes.
CONFIRMING = ["confirmed_on", "confirmed_by", "checked_on", "checked_by"]
CAME = ["came", "came_by", "came_on"]
# Fields that may change without changing anything that a body said about itself.
NOT_SAID = frozenset(
    {
        "id", "slug", "owner", "marking", "named", "is_statutory", "is_branch", "is_demonstration", "source",
        "source_url", "created", *CONFIRMING, *CAME,
    }
)  # fmt: skip


def confirm_now(record: Any, by: Person) -> None:
    """Record that `by` says today that the record is true; saves nothing. Only those who speak for the body
    confirm it: anybody else has checked it."""
    today = timezone.localdate()
    if record.is_told_by(by):
        record.confirmed_on, record.confirmed_by = today, by.name[:160]
    else:
        record.checked_on, record.checked_by = today, role_of(by)


def thanks(record: Any, by: Person) -> str:
    """The message of the page after its confirm button is pressed."""
    if record.is_told_by(by):
        return _("Thank you: confirmed today.")
    return _("Noted: you checked it today. It counts as confirmed once they say so themselves.")


def came_now(record: Any, by: Person, how: str = Came.ELSE) -> None:
    """Record where a new record came from: what its own people write is confirmed by writing it. Saves
    nothing."""
    record.came, record.came_by, record.came_on = how, role_of(by), timezone.localdate()
    if record.is_told_by(by):
        record.came, record.came_by = Came.BODY, Teller.BODY
        confirm_now(record, by)


def lapse(
    record: Any, by: Person, before: Mapping[str, Any], after: Mapping[str, Any], *, checked: bool = False
) -> None:
    """If somebody else changed what a body had said about itself (two `picture`s differ), it becomes their
    statement, no longer confirmed, and not checked unless they say that they `checked` it. Saves what that
    changes."""
    changed = {name for name in after if before.get(name) != after[name]} - NOT_SAID
    if not changed or record.is_told_by(by):
        return
    record.confirmed_on, record.confirmed_by = None, ""
    record.came, record.came_by, record.came_on = Came.ELSE, role_of(by), timezone.localdate()
    if not checked:
        record.checked_on, record.checked_by = None, ""
    record.save(update_fields=[*CONFIRMING, *CAME])
