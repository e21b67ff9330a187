"""Queries about accounts and about who changed what."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry, Grant, Session, User
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.second_factor import FACTORS

# How a history page words an action; the verb is the second half of its name.
DONE = {
    "accept": "accepted it",
    "add": "added it",
    "answer": "answered",
    "ask": "asked",
    "assign": "gave it to somebody",
    "bring": "brought it in",
    "change": "changed it",
    "close": "closed it",
    "second_factor": "changed the second factor",
    "reset_factor": "reset the second factor",
    "link": "signed in by an organisation for the first time",
    "unlink": "took away the sign-in by an organisation",
    "give_data": "gave out what is held about them",
    "take_data": "took out what is held about them",
    "end_sessions": "signed out elsewhere",
    "undo_close": "opened it again",
    "columns": "chose its columns",
    "check": "checked that it is still true",
    "choose": "chose it",
    "correct": "said what is wrong with it",
    "reopen": "said when it is expected to reopen",
    "keeper": "said who looks after it",
    "not_for_us": "said that it is not for them",
    "bring_list": "brought it in",
    "accept_list": "accepted it",
    "undo_list": "undid it",
    "drop_list": "threw it away",
    "erase": "erased it",
    "evidence": "added evidence of a partnership",
    "confirm": "confirmed that it is still true",
    "create": "made it",
    "dismiss": "set it aside",
    "drop": "put it away",
    "give": "gave it",
    "grant": "gave the role",
    "import": "brought it in",
    "invite": "invited",
    "make_topic": "made a topic of it",
    "merge": "made one of what were several",
    "narrow": "made it about fewer places again",
    "separate": "took topics out of it again",
    "set_topic": "gave a table another topic",
    "widen": "made it about more places",
    "moderate": "read it",
    "open": "opened it",
    "plan": "planned it",
    "propose": "proposed it",
    "put_back": "put it back on the list",
    "read": "read what moved",
    "record": "wrote it down",
    "refresh": "worked it out afresh",
    "register": "registered",
    "reply": "said who answers it",
    "correct_address": "corrected an address",
    "contradict_reply": "said that they had not said so",
    "settle_contradiction": "dealt with what a partner had not said",
    "take_back_settling": "took back that it was dealt with",
    "report": "reported on it",
    "report_by_mail": "reported on it by mail",
    "thank": "sent everybody their page",
    "ask_young": "asked young people through their host",
    "snooze": "put it off",
    "spot": "spotted it",
    "start": "started it",
    "take_away": "took the role away",
    "take_up": "took it up",
    "unassign": "took it back",
    "undo": "undid it",
    "update": "added an update",
    "wake": "woke it",
    "weigh": "changed what counts",
    "weigh_as_shipped": "went back to what counts as shipped",
    "chase": "asked how it stands",
    "ask_named": "asked whom it names",
    "confirm_written": "confirmed what was written at a table",
    "take_back_confirmation": "took back that it was confirmed",
    "answer_offer": "answered an offer to lead a table",
    "tell": "told whom it is critical of",
    "take_back_waiver": "took back that it may be shown early",
    "publish": "published what came of it",
    "show_public": "let the public read the opportunities",
    "hide_public": "took the opportunities off the public pages",
    "take_back_results": "took back what was published",
    "send_brief": "sent the briefing pack",
    "write": "wrote down what was done",
    "keep": "kept it up to date",
    "mark": "said whether it was done",
    "check_in": "noted who arrived",
    "withdraw": "withdrew it",
    "withdraw_invitation": "withdrew it",
    "remind": "sent reminders",
    "send_invitation": "sent it",
    "export_people": "took the list of people out as a file",
    "note_payment": "noted a payment",
    "copy": "made it from another one",
    "announce": "published it",
    "cancel": "cancelled it",
    "take_back_cancellation": "took the cancellation back",
    "move": "moved it",
    "remove": "took it out",
    "make_event": "made an event for it",
    "undo_check_in": "took back that somebody arrived",
    "let_in": "gave a place at the door",
    "walk_in": "let somebody in who had not registered",
    "hold": "kept a place for somebody until they confirm",
    "lapse": "let go of a place that nobody confirmed",
    "confirm_place": "confirmed that they come",
    "vouch": "said whether they know a companion",
    "ask_companion": "asked somebody to be a companion",
    "agree_to_bring": "said yes to bringing a young person",
    "refuse_to_bring": "said no to bringing a young person",
    "with_companion": "came under a companion",
    "without_companion": "waits for a companion",
    "release_absent": "noted who does not come",
    "bring_back": "expects them again",
    "quote": "wrote down a quote",
    "scan": "asked where and when more is recorded than usual",
    "settle": "said what became of it",
    "take_back": "took back what was said of it",
    "follow": "asked to be told of what stands out",
    "unfollow": "asked to be told no more",
    "give_up": "stopped it",
    "succeed": "said who takes over from it",
    "take_back_successor": "took back who takes over from it",
    "merge_away": "made it part of another record",
    "unmerge": "took back that two records are one",
    "two_bodies": "said that two that look like one are two",
    "take_back_two_bodies": "took back that they are two",
    "carry_out": "let the records follow, as the day had come",
    "hand_over": "gave it to the body that took over",
    "take_over": "put the successor in the place of a body",
    "take_back_change": "took back a change",
}


@dataclass(frozen=True)
class HistoryLine:
    """One line of a record's history: who did what, when, to which fields (in words)."""

    at: datetime.datetime
    by: str
    done: str
    fields: list[str]


def history_of(record: models.Model, entries: Sequence[AuditEntry] | None = None) -> list[HistoryLine]:
    """Who changed what about a record and when, newest first; one query, none with its `entries` (`audit.history`).

    Says which fields changed, not their content: an older text may have had a narrower marking than the page
    with the history. Names of people are for signed-in readers: show them to no one else.
    """
    return [
        HistoryLine(
            at=entry.at,
            by=entry.by,
            done=_done(entry.action),
            fields=(
                [_in_words(type(record), name) for name in audit.differences(entry.before, entry.after)]
                if entry.before
                else []
            ),
        )
        for entry in (audit.history(record) if entries is None else entries)
    ]


def _done(action: str) -> str:
    verb = action.partition(".")[2]
    return DONE.get(verb, verb.replace("_", " "))


def _in_words(model: type[models.Model], name: str) -> str:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name.replace("_", " ")
    return str(getattr(field, "verbose_name", name))


def _grants_seen_by(person: Person) -> QuerySet[Grant]:
    found = Grant.objects.select_related("partner", "footprint").prefetch_related("partner__footprints")
    if may(person, "role.grant"):
        return found
    inside = Q(partner__footprints__in=person.coordinated_ids) | Q(footprint__in=person.coordinated_ids)
    return found.filter(pk__in=Grant.objects.filter(inside).values("pk"))


def people(person: Person) -> QuerySet[User]:
    """The people that `person` may see: everybody for administrators, the people of their footprint's
    partners for coordinators.

    Each has `seen_grants`, the roles that concern the reader: roles in another partnership are not shown; and
    `has_factor`. Three further queries for the roles, whatever the number of people.
    """
    grants = _grants_seen_by(person).order_by("role", "partner__name", "footprint__name")
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    found = User.objects.annotate(has_factor=Exists(factors))
    if not may(person, "role.grant"):
        found = found.filter(pk__in=_grants_seen_by(person).values("user"))
    return found.prefetch_related(Prefetch("grants", grants, to_attr="seen_grants")).order_by("name", "email")


def role_to_take_away(person: Person, pk: int) -> Grant | None:
    """The role, with its holder, or None if `person` may not remove it."""
    grant = _grants_seen_by(person).select_related("user").filter(pk=pk).first()
    if grant is None or may(person, "role.grant"):
        return grant
    return grant if grant.partner and may(person, "role.take_away", grant.partner) else None


def is_last_role(grant: Grant) -> bool:
    """Whether its holder, with an open account, has no other role; 1 query."""
    return grant.user.is_active and not Grant.objects.filter(user=grant.user_id).exclude(pk=grant.pk).exists()


def account_of(email: str) -> User:
    """The account with an address, for the command line. Raises ValidationError if there is none."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise ValidationError(_("There is no account with the address “%(email)s”.") % {"email": email})
    return user


@dataclass(frozen=True)
class SignedIn:
    """A browser in which somebody is signed in. `number`: what a page calls it. `begun`, `used` and `ends` are moments
    in words; `place` is which one it is of the `alike` that have the same kind of browser, the oldest first."""

    browser: str
    is_here: bool
    number: int
    begun: str
    used: str
    ends: str
    place: int
    alike: int


def number_of(session: Session) -> int:
    """A page never holds a key, which would sign in: sessions are numbered by when they began."""
    return int(session.begun.timestamp() * 1000)


def signed_in(sessions: Sequence[Session], here: str) -> list[SignedIn]:
    """These sessions of one person, that with the key `here` first, with what tells them apart."""
    oldest_first = sorted(sessions, key=lambda each: each.begun)
    kinds = {
        kind: [each.pk for each in oldest_first if each.browser == kind]
        for kind in {each.browser for each in sessions}
    }
    minutes = Counter((each.browser, _moment(each.begun)) for each in sessions)
    return [
        SignedIn(
            browser=each.browser or _("another browser"),
            is_here=each.pk == here,
            number=number_of(each),
            # To the second only where two that look alike began in one minute.
            begun=_moment(each.begun, to_the_second=minutes[each.browser, _moment(each.begun)] > 1),
            used=_moment(each.last_used),
            ends=_moment(each.end()),
            place=kinds[each.browser].index(each.pk) + 1,
            alike=len(kinds[each.browser]),
        )
        for each in sorted(sessions, key=lambda each: each.pk != here)
    ]


def _moment(at: datetime.datetime, *, to_the_second: bool = False) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i:s" if to_the_second else "j F Y, H:i")
