"""Ask young people who attended, through their host, whether what was agreed was done."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference
from joinedup.accounts.permissions import require
from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.models import Agreement, YoungMark
from joinedup.agreements.queries.verdicts import (
    ASKED,
    Addressee,
    host_link,
    is_time_to_ask,
    last_asked,
    link_of,
    public_agreements,
    young_of,
)
from joinedup.events.models import Event
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit
from joinedup.partners.addressees import contacts_first, coordinator_addresses
from joinedup.partners.models import Partner


@transaction.atomic
def ask_young(*, by: Person, event: Event, on: datetime.date) -> int:
    """Mail each host whose young people attended, once a review has come or something was kept; one mail per
    host in four weeks. Returns the number of hosts; running again, or in a second worker, sends none."""
    require(by, "agreement.chase", on=event)
    hosts = young_of(event)
    agreements = public_agreements(event) if hosts else []
    if not agreements:
        return 0
    # Held until the audit entry is written, which a second worker looks for.
    Event.objects.select_for_update().get(pk=event.pk)
    last, written = last_asked(event), 0
    partners = list(Partner.objects.filter(pk__in=hosts).order_by("pk"))
    addressees = contacts_first([host.pk for host in partners], Preference.Mail.AGREEMENTS)
    for host in partners:
        to = addressees[host.pk]
        if to and is_time_to_ask(agreements, last.get(host.pk), on):
            after = {"host": host.pk, "on": on.isoformat(), "addresses": len(to)}
            audit.record(by=by, action=ASKED, on=event, before={}, after=after)
            _send_on_commit(event, host, to)
            written += 1
    return written


def _send_on_commit(event: Event, host: Partner, to: list[Addressee]) -> None:
    replies = coordinator_addresses(event.footprint_id)
    mails = []
    for each in to:
        link = address_of("young_marks", link_of(event, host, each))
        words = {"event": event, "host": host.name, "link": link, "off": each.off}
        mails.append(compose("agreements/mails/young", each.email, words, reply_to=replies))
    send_on_commit(mails, footprint=event.footprint_id)


@transaction.atomic
def mark_from_link(*, token: str, who: int, agreement_pk: int, done: str) -> YoungMark:
    """Record what young person number `who` of a host says about an agreement; it can be changed. The host's
    signed link replaces the permission.

    Raises PermissionDenied if the link no longer works, ValidationError for an agreement or person it does
    not lead to.
    """
    link = host_link(token)
    if link is None:
        raise PermissionDenied(_("This link no longer works."))
    by = Person(name=f"young people, through {link.host.name}"[:160])
    require(by, "agreement.mark", on=link.event)
    if done not in YoungMark.Done.values:
        raise ValidationError(_("Choose one of the four answers."))
    if not 1 <= who <= len(link.young):
        raise ValidationError(_("Choose which young person you are."))
    shown = Agreement.objects.visible_to(PUBLIC).filter(event=link.event, pk=agreement_pk).first()
    if shown is None:
        raise ValidationError(_("This agreement is not shown here."))
    mark, is_new = YoungMark.objects.get_or_create(
        agreement=shown, attendee=link.young[who - 1], defaults={"done": done, "on": timezone.localdate()}
    )
    before = None if is_new else {"done": mark.done}
    if not is_new:
        mark.done, mark.on = done, timezone.localdate()
        mark.save(update_fields=["done", "on"])
    # Which young person it was stays between them and their host.
    audit.record(by=by, action="agreement.mark", on=mark, before=before, after={"done": done})
    return mark
