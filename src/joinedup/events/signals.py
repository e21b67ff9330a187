"""Signals to rooms that events may not import. These connect to them in their `listeners`."""

from django.dispatch import Signal

# Sent in the transaction that changes an event: `event`, `was` (before the change), and whether to `tell`
# attendees and invited people.
event_changed = Signal()
