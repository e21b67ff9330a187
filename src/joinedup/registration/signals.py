"""Signals to rooms that registration may not import. These connect to them in their `listeners`."""

from django.dispatch import Signal

# Sent in the transaction that deletes the personal details of an `event`, so that other rooms delete theirs
# too.
personal_deleted = Signal()
