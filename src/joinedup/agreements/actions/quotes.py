"""Write down what a young person says at a table."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.queries.table_notes import is_the_day
from joinedup.events.models import Session
from joinedup.places.queries import is_place_name
from joinedup.tables.models import Sitting
from joinedup.voice.actions import State
from joinedup.voice.checks import findings
from joinedup.voice.models import Contribution, Host


@transaction.atomic
def quote(
    *,
    by: Person,
    sitting: Sitting,
    host: Host,
    text: str,
    age_band: str,
    said_yes: bool,
    names_nobody: bool = False,
) -> Contribution:
    """Write down what someone at a table said and agreed to have written. It waits until a trained adult has
    read it, and anyone with its code can withdraw it at any time. Sent twice on one day, it is kept once.

    Raises ValidationError if the round is off the record, the speaker did not consent, their host is not at
    the table or not part of this event's question, and for anything that `give` refuses.
    """
    require(by, "agreement.record", on=sitting)
    if by.attendee_id is not None and not is_the_day(sitting.event):
        raise PermissionDenied(_("The link of a table works on the day of the event only."))
    if Session.objects.filter(event=sitting.event_id, round=sitting.round, off_record=True).exists():
        raise ValidationError(_("This round is off the record: what is said is not written down."))
    here = sitting.seats.filter(attendee__partner=host.partner_id)
    if host.conversation.event_id != sitting.event_id or not here.exists():
        raise ValidationError(_("No quotes are kept here: nobody of this host sits at the table."))
    if not said_yes:
        raise ValidationError({"said_yes": _("Ask them first. Without their yes it is not written down.")})
    for finding in findings(text, is_place_name):
        if finding.certain or not names_nobody:
            raise ValidationError({"text": finding.sentence})
    same = Contribution.objects.filter(host=host, text=text.strip(), state=State.WAITING)
    if known := same.filter(given_at__date=timezone.localdate()).first():
        return known
    contribution = Contribution(
        conversation=host.conversation,
        host=host,
        text=text.strip(),
        age_band=age_band,
        is_demonstration=host.conversation.is_demonstration,
    )
    contribution.full_clean()
    contribution.save()
    # As in `give`, the audit trail does not say who.
    audit.record(by=PUBLIC, action="contribution.quote", on=contribution)
    return contribution
