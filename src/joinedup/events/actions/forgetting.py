"""Lines of free text that lead to a person go when what is known of people is deleted, and from the file as well."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from joinedup.accounts import identifying
from joinedup.events.actions.holding import forget_said
from joinedup.events.models import Attendee, Event, Invitation
from joinedup.partners.models import Ask

ROLE_NOT_KEPT = "Role not kept"


def forget_lines(event: Event, attendees: Sequence[Attendee], invitations: Sequence[Invitation]) -> None:
    """Delete what was said of an organisation where it names somebody or says how to reach them, and set roles that
    do so to `ROLE_NOT_KEPT`, unsaved. Wants names as they were; call it inside a transaction."""
    everybody: list[Attendee | Invitation] = [*attendees, *invitations]
    own: dict[int | None, list[str]] = {}
    for each in everybody:
        own.setdefault(each.partner_id, []).append(each.name)
    # A short name of a stranger is too often a word; two words together, or a name of their own people, are not.
    whole = [each.name for each in everybody if " " in each.name.strip()]
    asks = Ask.objects.filter(event=event).select_related("partner")
    forget_said(
        event,
        [
            each
            for each in asks
            if identifying.refusal(each.text, own.get(each.partner_id, []), besides=each.partner.name)
            or identifying.refusal(each.text, whole, besides=each.partner.name)
        ],
    )
    for each in everybody:
        is_young = isinstance(each, Attendee) and each.is_young
        leads = identifying.what_identifies(each.role) or identifying.is_named_in(each.role, each.name)
        if leads and not is_young:
            each.role = ROLE_NOT_KEPT


def leave_nothing_in_the_file() -> None:
    """SQLite writes first into a file beside the records, and what was deleted would stay in that for a while."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
