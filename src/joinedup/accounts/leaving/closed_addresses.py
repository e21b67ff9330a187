"""No mail goes to the address of a closed account, from whatever room, as a contact or a guest either."""

from __future__ import annotations

from joinedup.accounts.models import User
from joinedup.mail.stopped import stops


@stops
def closed(addresses: set[str]) -> set[str]:
    return set(User.objects.filter(email__in=addresses, is_active=False).values_list("email", flat=True))
