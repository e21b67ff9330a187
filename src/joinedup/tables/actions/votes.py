"""The topics that young people want, chosen through their companion's link."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Topic
from joinedup.registration.models import Attendee
from joinedup.tables.models import Vote


@transaction.atomic
def choose_topics(*, by: Person, through: Attendee, young: Attendee, topics: Iterable[Topic]) -> int:
    """Save all the topics that one young person wants, replacing those chosen before; returns how many.

    `through`: the attendee whose link it is, the companion or themselves. The audit trail records how many
    were chosen, never which. Raises ValidationError once the event is over, or if they do not come.
    """
    require(by, "event.register", on=young)
    if through.pk not in (young.pk, young.companion_id) or not young.is_young:
        raise PermissionDenied("Only young people who come with you choose topics here.")
    if not (young.is_coming and through.is_coming):
        raise ValidationError("This registration is cancelled: please register again.")
    if young.event.date and young.event.date < timezone.localdate():
        raise ValidationError("This event is over: topics can no longer be chosen.")
    wanted = {each.pk for each in topics}
    if wanted - set(young.event.topics.filter(pk__in=wanted).values_list("pk", flat=True)):
        raise ValidationError("One of these topics is no longer there: choose again.")
    held = set(young.votes.values_list("topic_id", flat=True))
    young.votes.exclude(topic__in=wanted).delete()
    new = [Vote(topic_id=pk, attendee=young) for pk in sorted(wanted - held)]
    Vote.objects.bulk_create(new, ignore_conflicts=True)
    before, after = {"topics": len(held)}, {"topics": len(wanted)}
    audit.record(by=by, action="event.choose_topics", on=young, before=before, after=after)
    return len(wanted)
