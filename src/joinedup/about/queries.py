"""Who is responsible for this site, and what nobody has said yet."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from joinedup.about.models import ResponsibleBody
from joinedup.accounts.models import Grant
from joinedup.places.models import Footprint

# In the order of the form. What not every site needs is in `lacking`.
NEEDED: dict[str, Promise] = {
    "name": _("the name of the body"),
    "address": _("its address"),
    "email": _("an e-mail address for anything"),
    "telephone": _("a telephone number"),
    "officer_email": _("the e-mail address of the data protection officer"),
    "register_number": _("the number in the register of the Information Commissioner"),
    "basis": _("the lawful basis"),
    "hosting": _("who runs the machines"),
    "country": _("in which country the machines stand"),
    "mail_carrier": _("who carries the mails"),
    "meets": _("how far the site meets the accessibility standard"),
    "tested_on": _("when accessibility was tested"),
    "tested_by": _("who tested it"),
    "prepared_on": _("when the accessibility statement was prepared"),
    "reviewed_on": _("when the accessibility statement was last reviewed"),
    "second_stage": _("who looks at a complaint again"),
}


def responsible_body() -> ResponsibleBody:
    """The row, or an empty one that is not stored. One query."""
    return ResponsibleBody.objects.first() or ResponsibleBody()


def reply_addresses() -> list[str]:
    """Where replies to a mail go that nobody else answers: to the body that is responsible; until it has given an
    address, to the administrators. Two queries at most."""
    if email := responsible_body().email:
        return [email]
    held = Grant.objects.filter(role=Grant.Role.ADMINISTRATOR, user__is_active=True)
    return list(held.order_by("user__email").values_list("user__email", flat=True))


def lacking(body: ResponsibleBody) -> list[str]:
    """What is still to be said, in words; empty once the pages are whole. One query at most."""
    missing = [words for field, words in NEEDED.items() if not getattr(body, field)]
    if body.meets != ResponsibleBody.Meets.WHOLLY and not body.problems.strip():
        missing.append(_("what is not accessible"))
    if not body.partnerships and Footprint.objects.count() > 1:
        missing.append(_("who is responsible for which partnership"))
    return [str(each) for each in missing]
