"""The briefing pack for those who host and speak at an event: what they need to know, without names of
people.

Through the link in their mail they read what is public; those who plan the event also read what its
partnership shares.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.links import read_link
from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.queries.agreement import find_agreements, lines
from joinedup.documents.sheet import Said, Section, Sheet, SheetGrid
from joinedup.events.models import Event
from joinedup.events.queries.events import FEW, SectorCount, agenda, sector_counts
from joinedup.events.queries.sessions import PublicDay, day_for
from joinedup.partners.queries import visible_partners
from joinedup.registration.models import YOUNG, Attendee
from joinedup.registration.queries.attendees import missing
from joinedup.results.queries.briefing_facts import around_of, need_said, topics_said, under_way_and_support
from joinedup.results.queries.pictures import need_map, who_comes
from joinedup.results.queries.responses import addressees, results_page
from joinedup.results.queries.result_sheet import asks, late_ones
from joinedup.results.queries.weighed_agreements import to_weigh, weigh
from joinedup.taxonomy.models import Sector

PURPOSE = "brief"
# The link is sent well before the day, and still needed on it.
VALID_DAYS = 180
SENT = "event.send_brief"
LAST_TIME, QUESTIONS, MOST_OF_A_HOST = 6, 3, 3


def pack(person: Person, event: Event, on: datetime.date) -> Sheet:
    """What `person` may know; 52 queries at most, however large the event. Expects the event's footprint,
    programme and venue to be selected."""
    topics = agenda(person, event)
    around = around_of(event)
    the_day = day_for(person, event)
    coming = event.attendees.filter(standing=Attendee.Standing.PLACED).order_by()
    parts = list(coming.values_list("parts", "sector__order", "sector__name"))
    before = last_event(event)
    counts = sector_counts([(order, name) for _parts, order, name in parts])
    to_ask = missing(event).sectors
    is_shared = person.sees_every_partnership or event.footprint_id in person.footprint_ids
    return Sheet(
        title=_("Briefing: %(event)s") % {"event": event.name},
        lead=_lead(event),
        sections=[
            _purpose(event),
            _when_and_where(event),
            _agenda(the_day),
            _coming(counts),
            topics_said(person, topics, around),
            need_said(around),
            *under_way_and_support(person, event, around, on),
            _last_time(person, before, on),
            _young(event, sum(YOUNG in each for each, _order, _name in parts)),
            _off_record(the_day),
            Section(_("Three questions to ask"), _questions(person, event, before, topics, to_ask, on)),
        ],
        on=on,
        footer=_footer(on, is_shared),
        is_demonstration=event.is_demonstration,
        subject=str(_("For who hosts and speaks")),
        author=event.footprint.name if event.footprint else "JoinedUp",
        drawings=[each for each in (need_map(around), who_comes(counts, to_ask, on)) if each],
    )


def _lead(event: Event) -> str:
    if event.cancelled_on is not None:
        return str(_("This event is cancelled."))
    host = _("Hosted by %(host)s.") % {"host": event.host} if event.host else ""
    return " ".join(part for part in (event.programme.name + ".", host) if part)


def _footer(on: datetime.date, is_shared: bool) -> str:
    who = (
        _("For members of the partnership: it holds what they share. Do not hand it on.")
        if is_shared
        else _("For who hosts and speaks: what everybody may read, and what the day needs.")
    )
    licence = _("Contains public sector information licensed under the Open Government Licence.")
    return f"{who} {licence} {date_format(on, 'j F Y')}."


def _page(event: Event) -> str:
    return reverse("event", args=[event.slug])


def _purpose(event: Event) -> Section:
    said = [Said(event.purpose.strip(), _page(event), _("The event's page"))] if event.purpose.strip() else []
    return Section(_("What it is for"), said, none=_("What it is for is not written down yet."))


def _when_and_where(event: Event) -> Section:
    when = _("The day is not known yet.")
    if event.date:
        hours = " to ".join(f"{hour:%H:%M}" for hour in (event.starts, event.ends) if hour)
        when = f"{date_format(event.date, 'l j F Y')}{', ' if hours else ''}{hours}."
    said = [Said(when), Said(f"{event.where}." if event.where else _("The place is not known yet."))]
    if event.at is not None:
        has = [str(fact.label) for fact in type(event.at).Access if event.at.access.get(fact)]
        if has:
            facts = get_text_list([each.lower() for each in has], _("and"))
            said.append(Said(_("There is: %(facts)s.") % {"facts": facts}))
        if event.at.travel.strip():
            said.append(Said(event.at.travel.strip()))
    access = event.access.strip() or _("Nothing is said about access yet: ask whoever plans the event.")
    return Section(_("When, where, access"), [*said, Said(access)])


def _agenda(the_day: PublicDay) -> Section:
    rows = []
    for part in the_day.parts:
        title = f"{part.title} ({_('off the record')})" if part.off_record else part.title
        who = "; ".join(
            ", ".join(words for words in (each.name, each.job, each.organisation) if words)
            for each in part.speakers
        )
        rows.append((f"{part.starts} to {part.ends}", title, who))
    grid = SheetGrid((_("Time"), _("What"), _("Who")), rows, _("The day, part by part")) if rows else None
    others = [
        Said(
            f"{each.part}: {', '.join(words for words in (each.name, each.job, each.organisation) if words)}."
        )
        for each in the_day.others
    ]
    return Section(_("The day"), others, grid, none=_("The agenda is being made."))


def _coming(counts: Sequence[SectorCount]) -> Section:
    rows = [(each.sector, each.words) for each in counts]
    grid = SheetGrid((_("Sector"), _("People")), rows, _("Who is coming, by sector")) if rows else None
    return Section(_("Who is coming"), grid=grid, none=_("Nobody has registered yet."))


def last_event(event: Event) -> Event | None:
    """The event of the same partnership before this one; 1 query, or 2 if the event is a copy."""
    if event.copied_from is not None and event.copied_from.footprint_id == event.footprint_id:
        return event.copied_from
    earlier = Event.objects.filter(footprint=event.footprint_id, is_history=False, cancelled_on=None)
    if event.date is None:
        return earlier.filter(date__isnull=False).exclude(pk=event.pk).order_by("-date", "-pk").first()
    return earlier.filter(date__lt=event.date).order_by("-date", "-pk").first()


def _last_time(person: Person, before: Event | None, on: datetime.date) -> Section:
    heading = _("What was agreed last time, and how it stands")
    if before is None:
        return Section(heading, none=_("No earlier event of this partnership is recorded here."))
    every = lines(person, find_agreements(person, on, event=before.slug), on)
    said = [
        Said(
            f"{each.agreement.goal}{f', {each.owner.name}' if each.names_owner else ''}: {each.state_words.lower()}"
            + (f", {_('was due')} {date_format(each.agreement.due, 'j F Y')}." if each.is_late else "."),
            reverse("agreement", args=[each.agreement.pk]),
            each.agreement.goal,
        )
        for each in every[:LAST_TIME]
    ]
    if len(every) > LAST_TIME:
        more = _("And %(num)s more.") % {"num": len(every) - LAST_TIME}
        said.append(Said(more, f"{reverse('agreements')}?event={before.slug}", _("All of them")))
    none = _("No agreement of %(event)s that may be read here is recorded.") % {"event": before.name}
    return Section(heading, said, none=none)


def _young(event: Event, number: int) -> Section:
    if number >= FEW:
        coming = ngettext("%(num)s young person is coming.", "%(num)s young people are coming.", number) % {
            "num": number
        }
    else:
        coming = (
            _("A few young people are coming.") if number else _("No young people have registered so far.")
        )
    lead = event.safeguarding_lead.strip()
    contact = event.safeguarding_contact.strip()
    said = [Said(coming), Said(_("Each comes with an adult of their host, and sits with them."))]
    if lead:
        reach = _(" On the day: %(contact)s.") % {"contact": contact} if contact else ""
        said.append(Said(_("Safeguarding lead: %(lead)s.") % {"lead": lead} + reach))
    else:
        said.append(Said(_("No safeguarding lead is named yet.")))
    if event.young_pay.strip():
        said.append(Said(_("Young people are paid: %(how)s.") % {"how": event.young_pay.strip().rstrip(".")}))
    photos = (
        _(
            "Photographs: only of people who agreed, and of no young person unless their host says so in writing."
        )
        if event.has_photos
        else _("No photographs are taken.")
    )
    said += [
        Said(photos),
        Said(
            _(
                "Quotes: ask first, write no name, and repeat nothing that somebody takes back. What young people say "
                "is shown only after a trained adult has read it."
            )
        ),
        Said(_("If you are worried about somebody, tell the safeguarding lead; in an emergency ring 999.")),
    ]
    return Section(_("Young people and safeguarding"), said)


def _off_record(the_day: PublicDay) -> Section:
    said = [
        Said(
            _("“%(title)s”, %(time)s: nothing that is said is written down, recorded or quoted.")
            % {
                "title": part.title,
                "time": part.starts,
            }
        )
        for part in the_day.parts
        if part.off_record
    ]
    none = _("No part of the day is off the record. People may still ask you not to repeat what they say.")
    return Section(_("Off the record"), said, none=none)


def _questions(
    person: Person,
    event: Event,
    before: Event | None,
    topics: Sequence[object],
    to_ask: Sequence[Sector],
    on: datetime.date,
) -> list[Said]:
    """Up to three questions: one about last time, one about a topic, one about who is not heard."""
    found = []
    if before is not None:
        weighed = weigh(person, to_weigh(person).filter(event=before).order_by("due", "pk"), on)
        owners = visible_partners(person, {each.agreement.owner_partner_id for each in weighed})
        late = late_ones(weighed, person, on)
        found += asks(before, weighed, late, results_page(person, before, on), owners, on)[:1]
    for topic in topics[:QUESTIONS]:
        title = str(getattr(topic, "title", ""))
        sentence = _("On “%(topic)s”: what will each of you do first, and by when?") % {"topic": title}
        found.append(Said(sentence, _page(event), title))
    lacking = [sector.name.lower() for sector in to_ask]
    if lacking:
        sentence = _("Who speaks for %(sectors)s, who are not in the room?") % {
            "sectors": get_text_list(lacking[:3], _("and"))
        }
    else:
        sentence = _("What do young people want to ask that is not on the agenda?")
    return [*found[: QUESTIONS - 1], Said(sentence, _page(event), _("who is coming"))]


def recipients(event: Event) -> list[str]:
    """The addresses of adults who host and speak, and of the hosts of young people who do; 1 query, plus 2
    for each host."""
    speakers = list(event.speakers.select_related("partner"))
    found = {each.email.lower() for each in speakers if each.email}
    hosts = {each.partner_id: each.partner for each in speakers if each.is_young and each.partner}
    for host in hosts.values():
        for to in addressees(host)[:MOST_OF_A_HOST]:
            found.add((to.email if isinstance(to, User) else to).lower())
    return sorted(found)


def without_address(event: Event) -> int:
    """How many adults who host or speak have no address to send it to; 1 query."""
    return event.speakers.filter(is_young=False, email="").count()


@dataclass(frozen=True)
class Sent:
    on: datetime.datetime
    by: str


def last_sent(event: Event) -> Sent | None:
    """When the pack was last sent, and by whom; 1 query."""
    entries = AuditEntry.objects.filter(action=SENT, record="events.event", record_id=str(event.pk))
    entry = entries.order_by("-at").first()
    return Sent(entry.at, entry.by) if entry else None


def event_by_link(token: str) -> Event | None:
    """The event whose pack a link leads to. None if the link is too old or was changed, or if its recipient
    no longer hosts, speaks, or brings a young person who does."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    if link is None or not link.pk.isdecimal() or not link.email:
        return None
    event = (
        Event.objects.select_related("programme", "footprint", "at", "copied_from").filter(pk=link.pk).first()
    )
    return event if event is not None and link.email in recipients(event) else None


def pack_by_link(event: Event, on: datetime.date) -> Sheet:
    """The pack as anyone with a link reads it: what is public."""
    return pack(PUBLIC, event, on)
