"""Put the body that took over in the place of one that an open agreement names."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.person import Person
from joinedup.agreements.actions.agreement import AgreementParts, Contributed, correct
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import named_bodies
from joinedup.agreements.queries.successors import may_take_over
from joinedup.partners.models import Partner
from joinedup.partners.succession import successors_of

LONGEST = 250


@transaction.atomic
def take_over(*, by: Person, agreement: Agreement, partner: Partner) -> Partner:
    """Let the successor of `partner` take its place in an open agreement, and in the local action that it leads by it.

    The successor is asked for its yes like every body that an agreement names; a member of it who presses the button
    has said it. Closed agreements keep the name that they were made with. “Correct it” undoes this. Returns the
    successor. Raises PermissionDenied; ValidationError with one sentence.
    """
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())
    found = successors_of({partner.pk}, timezone.localdate()).get(partner.pk)
    if found is None or partner.pk not in named_bodies(agreement):
        raise ValidationError(_("Nobody takes over from them in this agreement: read it again."))
    successor = found[1]
    if not may_take_over(by, agreement, successor):
        raise PermissionDenied(
            _("You may not do this. Ask the coordinator of the partnership if you should.")
        )
    correct(by, agreement, _parts(agreement, partner, successor), action="agreement.take_over")
    initiative = agreement.initiative
    if initiative is not None and initiative.partner_id == partner.pk:
        before = audit.snapshot(initiative)
        initiative.co_partners.remove(successor)
        initiative.partner = successor
        initiative.save(update_fields=["partner"])
        audit.record(by=by, action="initiative.change", on=initiative, before=before)
    return successor


def _parts(agreement: Agreement, old: Partner, new: Partner) -> AgreementParts:
    """The agreement's parts with one body in the place of the other; what both put in is written together."""

    def now(partner: Partner) -> Partner:
        return new if partner.pk == old.pk else partner

    given: dict[int, tuple[Partner, list[str]]] = {}
    for each in agreement.contributions.all():
        body = now(each.partner)
        given.setdefault(body.pk, (body, []))[1].append(each.what)
    contributions = []
    for body, whats in given.values():
        what = "; ".join(dict.fromkeys(whats))
        if len(what) > LONGEST:
            raise ValidationError(
                _("What they put in together is too long for one line: correct the agreement by hand.")
            )
        contributions.append(Contributed(body, what))
    deputy = now(agreement.deputy_partner) if agreement.deputy_partner else None
    return AgreementParts(
        goal=agreement.goal,
        action=agreement.action,
        place=agreement.place,
        theme=agreement.theme,
        measure=agreement.measure,
        owner_partner=now(agreement.owner_partner),
        owner_role=agreement.owner_role,
        deputy_partner=deputy,
        deputy_role=agreement.deputy_role,
        due=agreement.due,
        contributions=contributions,
        commitment=agreement.commitment,
        marking=agreement.marking,
    )
