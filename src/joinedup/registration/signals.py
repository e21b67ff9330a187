"""What registration tells the rooms above it, which it does not know. They listen in their `listeners`."""

from django.dispatch import Signal

# What is known of those who came to an `event` is being deleted, in the transaction in which it is: what other rooms
# hold of them goes too.
personal_deleted = Signal()
