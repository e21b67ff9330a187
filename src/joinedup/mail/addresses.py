"""Addresses that fail, and addresses that want no more of a kind, told apart without keeping them in plain text."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from joinedup.mail.models import Mailbox

# An address that failed for good this often is written to no more, until somebody says that it works.
MOST_FAILURES = 2


def whose(address: str) -> str:
    """A keyed hash (HMAC-SHA-256 with the installation's secret) of an address, however it is capitalised."""
    return salted_hmac("joinedup.mail.address", address.strip().lower(), algorithm="sha256").hexdigest()


def failing(addresses: Iterable[str]) -> set[str]:
    """Those of them that failed too often, in small letters; 1 query."""
    every = {whose(each): each.lower() for each in addresses}
    found = Mailbox.objects.filter(whose__in=every, failures__gte=MOST_FAILURES)
    return {every[each] for each in found.values_list("whose", flat=True)}


def note_failure(address: str) -> None:
    """One more mail to this address failed for good."""
    row, is_new = Mailbox.objects.get_or_create(
        whose=whose(address), defaults={"failures": 1, "last_at": timezone.now()}
    )
    if not is_new:
        Mailbox.objects.filter(pk=row.pk).update(failures=F("failures") + 1, last_at=timezone.now())


def works_again(address: str) -> None:
    """Somebody says that this address works: it is written to again."""
    Mailbox.objects.filter(whose=whose(address)).delete()
