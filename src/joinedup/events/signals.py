"""What an event tells the rooms above it, which it does not know. They listen in their `listeners`."""

from django.dispatch import Signal

# An event was changed, in the transaction in which it was: `event`, what it `was`, and whether to `tell` those who come
# and those who were invited.
event_changed = Signal()
