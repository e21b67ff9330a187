"""The mail that summarises what waits for somebody: on working days or Mondays, and only if something
waits."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference, User
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import DIGEST, off_link
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.strongest import Strongest, strongest
from joinedup.partners.addressees import coordinator_addresses
from joinedup.web.work.queries import Shortlist, Waiting, waiting_for

# Sent from this hour on, to arrive before the working day.
MORNING = 7
MONDAY, SATURDAY = 0, 5
Mail, Digest = Preference.Mail, Preference.Digest


@dataclass(frozen=True)
class DigestSection:
    """A heading with its items as (words, full address); `more` are left for the page. `said`: what stands before an
    item, by its address."""

    heading: str
    items: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0
    said: Mapping[str, str] = field(default_factory=dict)


def send_digests(now: datetime.datetime) -> int:
    """Send one mail to everybody who has signed in here, is due one today and for whom something waits;
    returns how many. Running again on the same day, or in a second worker, sends nobody a second one."""
    here = timezone.localtime(now)
    today = here.date()
    if here.hour < MORNING or today.weekday() >= SATURDAY:
        return 0
    held = {each.pk: each for each in Preference.objects.all()}
    people = User.objects.filter(is_active=True, last_login__isnull=False).order_by("pk")
    return sum(
        _send_digest(user, held.get(user.pk) or Preference(user=user), today)
        for user in people
        if _is_due(held.get(user.pk) or Preference(user=user), today)
    )


def _is_due(preference: Preference, today: datetime.date) -> bool:
    if preference.digest == Digest.NEVER or preference.digest_sent_on == today:
        return False
    return preference.digest == Digest.DAILY or today.weekday() == MONDAY


def _send_digest(user: User, preference: Preference, today: datetime.date) -> bool:
    person = Person.of(user)
    waiting = waiting_for(person)
    asked = [*waiting.assigned.items, *waiting.opportunities.items]
    sections = sections_of(waiting, preference.not_wanted, strongest(person, asked) if asked else {})
    if not sections:
        return False
    with transaction.atomic():
        # Locked, so that the second of two workers finds that it is done.
        User.objects.select_for_update().get(pk=user.pk)
        row, _is_new = Preference.objects.get_or_create(user=user)
        if row.digest_sent_on == today:
            return False
        earlier, row.digest_sent_on = row.digest_sent_on, today
        row.save(update_fields=["digest_sent_on"])
        words = {
            "sections": sections,
            "total": sum(len(each.items) + each.more for each in sections),
            "work": address_of("my_work"),
            "choose": address_of("account_mails"),
            "off": off_link(user, DIGEST),
        }
        before = earlier.isoformat() if earlier else None
        footprint = min(person.coordinated_ids or person.footprint_ids, default=None)
        send_on_commit(
            [compose("web/mails/digest", user.email, words, reply_to=coordinator_addresses(footprint))],
            footprint=footprint,
            undo=Undo(not_sent, {"user": user.pk, "on": today.isoformat(), "earlier": before}),
        )
    return True


def not_sent(refused: Refused, *, user: int, on: str, earlier: str | None) -> None:
    """The mail server refused it: another day's is not held up by it."""
    Preference.objects.filter(pk=user, digest_sent_on=on).update(digest_sent_on=earlier)


def sections_of(
    waiting: Waiting, not_wanted: list[str], moves: Mapping[int, Strongest] | None = None
) -> list[DigestSection]:
    """The sections of the mail, without those of kinds that the reader does not want. `moves`: the strongest of each
    opportunity (pk), to say with it what is to be decided. No query."""
    moves = moves or {}
    wants = {
        kind: kind not in not_wanted
        for kind in (Mail.EVENTS, Mail.AGREEMENTS, Mail.OPPORTUNITIES, Mail.SUPPORT)
    }
    found = [
        # What people did, then what is late, then what the list found: as on the page.
        _answered(waiting),
        *([_invitations(waiting)] if wants[Mail.EVENTS] else []),
        _named(waiting),
        _to_answer(waiting),
        DigestSection(
            _("Answers of young people to read"),
            [(each.question, address_of("moderate", each.slug)) for each in waiting.conversations],
        ),
        _contradicted(waiting),
        _asked_for(waiting),
        _listed(_("Opportunities given to you"), waiting.assigned, moves),
        *([_agreements(waiting)] if wants[Mail.AGREEMENTS] else []),
        _to_confirm(waiting),
        *([_to_check(waiting)] if wants[Mail.SUPPORT] else []),
        DigestSection(
            _("Organisations named at the door: say what they are"),
            [(each.name, address_of("event_people", each.slug)) for each in waiting.unlisted],
        ),
        DigestSection(
            _("Spreadsheets to finish"), [(each.file_name, address_of("my_work")) for each in waiting.uploads]
        ),
        *(
            [_listed(_("Opportunities that name your organisation"), waiting.opportunities, moves)]
            if wants[Mail.OPPORTUNITIES]
            else []
        ),
        DigestSection(
            _("What is new in the list of opportunities"),
            [
                (each.name, f"{address_of('opportunity_changes')}?partnership={each.slug}")
                for each in waiting.moved
            ],
        ),
    ]
    return [each for each in found if each.items]


def _answered(waiting: Waiting) -> DigestSection:
    return DigestSection(
        _("What people answered"),
        [
            (
                f"{each.partner}: {each.get_word_display()} ({each.opportunity.heading})",
                address_of("opportunity", each.opportunity_id),
            )
            for each in waiting.people.said
        ],
        waiting.people.more.get("said", 0),
    )


def _contradicted(waiting: Waiting) -> DigestSection:
    return DigestSection(
        _("A partner did not say so"),
        [
            (
                f"{each.partner}: {each.contribution.theme}, {each.contribution.place}",
                address_of("contribution_reply", each.contribution_id),
            )
            for each in waiting.contradictions
        ],
    )


def _asked_for(waiting: Waiting) -> DigestSection:
    words = ngettext("%(number)s waits for an answer", "%(number)s wait for an answer", waiting.asked_for)
    items = [(words % {"number": waiting.asked_for}, address_of("asked_for"))] if waiting.asked_for else []
    return DigestSection(_("What young people asked for"), items)


def _invitations(waiting: Waiting) -> DigestSection:
    return DigestSection(
        _("Invitations to answer"),
        [(each.event.name, address_of("invitation", each.token)) for each in waiting.invitations],
    )


def _named(waiting: Waiting) -> DigestSection:
    named = [
        (each.agreement.goal, address_of("agreement_answer", each.agreement.pk)) for each in waiting.named
    ]
    others = [(each.agreement.goal, address_of("agreement", each.agreement.pk)) for each in waiting.unsettled]
    return DigestSection(_("Agreements that name you or need you"), [*named, *others])


def _to_answer(waiting: Waiting) -> DigestSection:
    return DigestSection(
        _("Something critical of your organisation to answer"),
        [
            (each.response.event.name, address_of("response_answer", each.response.pk))
            for each in waiting.responses
        ],
    )


def _agreements(waiting: Waiting) -> DigestSection:
    words = {"overdue": _("was due %(day)s"), "due": _("due %(day)s"), "review": _("review was due %(day)s")}
    items = [
        (
            f"{each.agreement.goal} ({words[each.why] % {'day': date_format(each.on, 'j F Y')}})",
            address_of("agreement_report", each.agreement.pk),
        )
        for each in waiting.agreements.items
    ]
    return DigestSection(_("Agreements to report on"), items, waiting.agreements.more)


def _listed(heading: str, found: Shortlist[Opportunity], moves: Mapping[int, Strongest]) -> DigestSection:
    """As their pages begin: what is to be decided; the link says theme and place."""
    items = [(each.heading, address_of("opportunity", each.pk)) for each in found.items]
    said = {
        address_of("opportunity", each.pk): moves[each.pk].told for each in found.items if each.pk in moves
    }
    return DigestSection(heading, items, found.more, said)


def _to_confirm(waiting: Waiting) -> DigestSection:
    partners = [(each.name, address_of("partner", each.slug)) for each in waiting.partners_to_confirm]
    doing = [
        (each.name, address_of("initiative", each.slug)) for each in waiting.initiatives_to_confirm.items
    ]
    return DigestSection(_("Is this still true?"), [*partners, *doing], waiting.initiatives_to_confirm.more)


def _to_check(waiting: Waiting) -> DigestSection:
    found = waiting.support_to_check
    items = [(each.name, address_of("offer_confirm", each.slug)) for each in found.items]
    return DigestSection(_("Support to check with its provider"), items, found.more)
