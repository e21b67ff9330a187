"""Signals to the rooms above, which events do not know. They listen in their `listeners`."""

from django.dispatch import Signal

# Sent in the transaction that changes an event: `event`, what it `was`, and whether to `tell` those who come
# and those who were invited.
event_changed = Signal()
