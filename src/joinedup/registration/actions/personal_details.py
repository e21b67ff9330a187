"""Delete personal details, free text that identifies a person included, from the database file as well."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.mail.outbox import forget_addresses
from joinedup.partners.models import Ask
from joinedup.privacy import detect, free_text
from joinedup.registration.actions.held_places import forget_said
from joinedup.registration.models import Attendee, Invitation, fresh_code
from joinedup.registration.signals import personal_deleted

# Whom an event itself names: they may be one person.
NAMED_FOR_THE_DAY = (
    "safeguarding_lead",
    "safeguarding_contact",
    "contact",
    "contact_email",
    "contact_telephone",
)


@transaction.atomic
def delete_personal(*, by: Person, event: Event, on: datetime.date | None = None) -> int:
    """Empty every personal field of those who were invited or came; returns how many people that affects.

    What stays (partner, sector, role, who sat at which table) identifies nobody; free text that would is
    removed too. The links in old mails stop working. Due 90 days after the event
    (`queries.attendees.due_deletions`), and possible earlier once the event is over.
    """
    require(by, "event.change", on=event)
    on = on or timezone.localdate()
    if event.date is None or event.date >= on:
        raise ValidationError("Personal details can be deleted once the event is over.")
    attendees, invitations = list(event.attendees.all()), list(event.invitations.all())
    forget_lines(event, attendees, invitations)
    forget_addresses([*(each.email for each in attendees), *(each.email for each in invitations)])
    for person in attendees:
        person.name = person.email = person.dietary = ""
        person.access, person.token, person.code, person.user = [], fresh_token(), fresh_code(), None
        person.said, person.calendar_key, person.unlisted = {}, "", ""
    for invitation in invitations:
        invitation.name = invitation.email = ""
        invitation.token = fresh_token()
    personal = ["role", "name", "email", "dietary", "access", "said", "token", "code", "user", "calendar_key"]
    personal.append("unlisted")
    Attendee.objects.bulk_update(attendees, personal, 100)
    Invitation.objects.bulk_update(invitations, ["role", "name", "email", "token"], 100)
    # A speaker who agreed to be named in public stays named, as in the programme of the day.
    event.speakers.update(email="")
    event.speakers.filter(is_named=False).update(name="")
    event.survey_answers.update(pair="")
    personal_deleted.send(Event, event=event)
    before = audit.snapshot(event)
    event.personal_deleted_on = on
    for name in NAMED_FOR_THE_DAY:
        setattr(event, name, "")
    event.save(update_fields=["personal_deleted_on", *NAMED_FOR_THE_DAY])
    audit.record(by=by, action="event.delete_personal", on=event, before=before)
    transaction.on_commit(leave_nothing_in_the_file)
    return len(attendees) + len(invitations)


ROLE_NOT_KEPT = "Role not kept"


def forget_lines(event: Event, attendees: Sequence[Attendee], invitations: Sequence[Invitation]) -> None:
    """Delete what was said about an organisation if it names somebody or says how to reach them, and set
    roles that do so to `ROLE_NOT_KEPT`, unsaved. Expects names not to be emptied yet; call it inside a
    transaction."""
    everybody: list[Attendee | Invitation] = [*attendees, *invitations]
    own: dict[int | None, list[str]] = {}
    for each in everybody:
        own.setdefault(each.partner_id, []).append(each.name)
    # A stranger's single short name is too often an ordinary word; two words together, or a name of their own
    # people, are not.
    whole = [each.name for each in everybody if " " in each.name.strip()]
    asks = Ask.objects.filter(event=event).select_related("partner")
    forget_said(
        event,
        [
            each
            for each in asks
            if free_text.refusal(each.text, own.get(each.partner_id, []), besides=each.partner.name)
            or free_text.refusal(each.text, whole, besides=each.partner.name)
        ],
    )
    for each in everybody:
        is_young = isinstance(each, Attendee) and each.is_young
        leads = bool(free_text.what_identifies(each.role, free_text.WORDS_ALONE))
        if (leads or detect.is_named_in(each.role, each.name)) and not is_young:
            each.role = ROLE_NOT_KEPT


def leave_nothing_in_the_file() -> None:
    """SQLite writes to a separate file first, where deleted data would stay for a while."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
