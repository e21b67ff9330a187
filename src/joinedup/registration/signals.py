"""Signals to the rooms above, which registration does not know. They listen in their `listeners`."""

from django.dispatch import Signal

# Sent in the transaction that deletes the personal details of an `event`, so that other rooms delete theirs
# too.
personal_deleted = Signal()
