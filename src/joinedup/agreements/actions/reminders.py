"""Ask how an agreement stands, and take the answer from the mail."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.actions.agreement import note_progress
from joinedup.agreements.models import Agreement, Chase, Progress
from joinedup.agreements.naming import has_said_yes
from joinedup.agreements.queries.reminders import AskedTogether, by_mail, report_link, whom_to_ask
from joinedup.agreements.reminder_steps import OPEN, after_step, next_to_ask
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.partners.addressees import Addressee, coordinator_addresses
from joinedup.partners.models import Partner

Step = Chase.Step


@transaction.atomic
def chase(*, by: Person, agreement: Agreement, on: datetime.date) -> list[Chase]:
    """Take the step that is due on a day, if there is one: one mail with one link to each person asked.

    Returns the steps taken: several only if nobody in the first has an address, so that the next is taken at
    once. Running again on the same day, or in a second worker at the same moment, does nothing more. Expects
    the agreement's event and partners to be selected, and `progress` and `chases` to be prefetched.
    """
    require(by, "agreement.chase", on=agreement)
    step = next_to_ask(agreement, on, agreement.chases.all())
    return _ask(by, agreement, *step, on) if step else []


@transaction.atomic
def ask_now(*, by: Person, agreement: Agreement, on: datetime.date) -> list[Chase]:
    """Like `chase`, but whatever is due: a coordinator wants to know today. Once a day for each agreement."""
    require(by, "agreement.chase", on=agreement)
    if agreement.state not in OPEN:
        raise ValidationError(_("This agreement is closed: there is nothing to ask."))
    if agreement.chases.filter(on=on).exists():
        raise ValidationError(_("They were asked today already."))
    made = _ask(by, agreement, Step.OWNER if agreement.due < on else Step.BEFORE, on, on)
    if not made:
        raise ValidationError(_("They were asked today already."))
    if not any(each.addresses for each in made):
        raise ValidationError(_("Nobody of its partners has an e-mail address here: add a contact first."))
    return made


def _ask(by: Person, agreement: Agreement, step: str, about: datetime.date, on: datetime.date) -> list[Chase]:
    made: list[Chase] = []
    at: str | None = step
    while at is not None:
        asked = whom_to_ask(agreement, at)
        row = Chase(agreement=agreement, step=at, about=about, on=on, addresses=len(asked.to))
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            # Someone else is asking at this moment.
            return made
        made.append(row)
        after = {"step": at, "about": about.isoformat(), "addresses": row.addresses}
        audit.record(by=by, action="agreement.chase", on=agreement, before={}, after=after)
        if asked.to:
            _send_on_commit(row, asked)
            return made
        at = after_step(at)
    return made


def _send_on_commit(row: Chase, asked: AskedTogether) -> None:
    """If the mail server took none of them, the row is deleted and the step is tried another day."""
    agreement = row.agreement
    replies = coordinator_addresses(agreement.event.footprint_id)
    mails = [
        compose("agreements/mails/chase", to.email, _words(row, asked, to), reply_to=replies)
        for to in asked.to
    ]
    undo = Undo(not_asked, {"chase": row.pk})
    footprint, is_for_named = agreement.event.footprint_id, agreement.marking == Marking.NAMED
    send_on_commit(mails, footprint=footprint, is_for_named=is_for_named, undo=undo)


def not_asked(refused: Refused, *, chase: int) -> None:
    """The mail server refused some of those asked, or all of them."""
    asked = Chase.objects.filter(pk=chase)
    if refused.all_of_them:
        asked.delete()
    else:
        asked.update(addresses=refused.number - len(refused.positions))


def _words(row: Chase, asked: AskedTogether, to: Addressee) -> dict[str, str]:
    agreement = row.agreement
    return {
        "question": _question(row),
        "why": _why(agreement, asked),
        "goal": agreement.goal,
        "action": agreement.action,
        "measure": agreement.measure,
        "due": date_format(agreement.due, "j F Y"),
        "event": agreement.event.name,
        "owner": f"{agreement.owner_partner.name}, {agreement.owner_role}",
        "link": address_of("report_by_mail", report_link(agreement, asked, to)),
        "off": to.off,
    }


def _question(row: Chase) -> str:
    agreement = row.agreement
    if agreement.state == Agreement.State.KEPT:
        return _("Does it still hold?")
    if row.on > agreement.due:
        return _("Was it done?")
    if row.step == Step.BEFORE:
        return _("Is it on the way?")
    return _("How does it stand?")


def _why(agreement: Agreement, asked: AskedTogether) -> str:
    partner = asked.partner.name if asked.partner else ""
    if asked.role == "owner" and not has_said_yes(agreement, agreement.owner_partner_id):
        return _("%(partner)s is named as its owner, and has not answered yet whether that is right.") % {
            "partner": partner
        }
    if asked.role == "owner":
        return _("%(partner)s sees to it.") % {"partner": partner}
    owner = agreement.owner_partner.name
    if asked.role == "deputy":
        return _("%(partner)s is the deputy. We have not heard from %(owner)s.") % {
            "partner": partner,
            "owner": owner,
        }
    return _("You coordinate the partnership. We have not heard from %(owner)s or the deputy.") % {
        "owner": owner
    }


@transaction.atomic
def report_from_mail(*, token: str, report: str, text: str = "") -> Progress:
    """Like `agreement.report_progress`, by someone who was asked by mail, without an account: the signed link
    replaces the permission. It is recorded as coming by mail from the contact or account that the link was
    sent to.

    Raises PermissionDenied if the link is too old or was changed, or if its recipient has left the partner.
    """
    asked = by_mail(token)
    if asked is None:
        raise PermissionDenied(_("This link no longer works."))
    is_kept = asked.agreement.state == Agreement.State.KEPT
    if is_kept and report == Agreement.State.KEPT and not text.strip():
        text = _("It still holds.")
    by = Person(asked.by.user_id, _by_mail(asked.by, asked.partner))
    return note_progress(by, asked.agreement, report, text, action="agreement.report_by_mail")


def _by_mail(by: Person, partner: Partner | None) -> str:
    where = f", {partner.name}" if partner else ""
    return f"{by.name}{where} (by mail)"[:160]
