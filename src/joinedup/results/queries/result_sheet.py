"""“Since you were there”: one page to hand to a minister or a chief officer, every sentence with its source."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import DAYS_TO_ANSWER, is_inside, state_words
from joinedup.agreements.models import Agreement, YoungMark
from joinedup.agreements.queries.verdicts import FEWEST
from joinedup.documents.sheet import Said, Section, Sheet
from joinedup.engines.days import working_days_after
from joinedup.engines.words import listing
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.results.queries.figures_since import figures_since
from joinedup.results.queries.pictures import agreed_map, how_they_stand
from joinedup.results.queries.programme_results import AgreementTally, tally
from joinedup.results.queries.responses import ResultsPage, results_page
from joinedup.results.queries.weighed_agreements import WeighedAgreement, to_weigh, weigh
from joinedup.support.models import Offer

# What fits on one page.
EXAMPLES, OFFERS, QUOTES, LATE, ASKS, THEMES = 3, 3, 2, 3, 3, 5
ADULT = "25+"


def since_sheet(person: Person, event: Event, on: datetime.date) -> Sheet:
    """What `person` may know about the results of an event; 24 queries at most. Expects the event's footprint
    and programme to be selected."""
    weighed = weigh(person, to_weigh(person).filter(event=event).order_by("due", "pk"), on)
    owners = visible_partners(person, {each.agreement.owner_partner_id for each in weighed})
    results = results_page(person, event, on)
    inside = person.sees_every_partnership or event.footprint_id in person.footprint_ids
    late = late_ones(weighed, person, on)
    all_of_it = tally("", weighed)
    return Sheet(
        title=_("Since you were there: %(event)s") % {"event": event.name},
        lead=_lead(event, on),
        sections=[
            _agreed(event, weighed, on),
            _standing(event, all_of_it),
            Section(_("Three examples"), _examples(weighed, owners, on)),
            _figures(event, weighed),
            _support(person, weighed),
            _voices(person, event, results, weighed),
            _late(late),
            Section(_("What you could ask next"), asks(event, weighed, late, results, owners, on)[:ASKS]),
        ],
        on=on,
        footer=_footer(on, inside),
        is_demonstration=event.is_demonstration,
        subject=str(_("What came of an event, on one page")),
        author=event.footprint.name if event.footprint else "JoinedUp",
        is_dense=True,
        drawings=[each for each in (agreed_map(weighed, on), how_they_stand(all_of_it, on)) if each],
    )


def _lead(event: Event, on: datetime.date) -> str:
    if event.date is None:
        return str(_("The day of the event is not known."))
    where = ", ".join(part for part in (event.venue, event.place_name) if part)
    stands = _("What came of it, as it stands on %(day)s.") % {"day": date_format(on, "j F Y")}
    return f"{date_format(event.date, 'j F Y')}{', ' if where else ''}{where}. {stands}"


def _footer(on: datetime.date, inside: bool) -> str:
    who = (
        _("For members of the partnership, not for publication.") if inside else _("What everybody may read.")
    )
    sources = _("Agreements and results: as the partners reported them. Figures: as named in each sentence.")
    licence = _("Contains public sector information licensed under the Open Government Licence.")
    return f"{who} {sources} {licence} {date_format(on, 'j F Y')}."


def _of_event(event: Event) -> str:
    return f"{reverse('agreements')}?event={event.slug}"


def _agreed(event: Event, weighed: Sequence[WeighedAgreement], on: datetime.date) -> Section:
    heading = str(_("What was agreed"))
    if event.is_history:
        return Section(heading, none=str(_("Nothing public says what this event produced.")))
    if not weighed:
        over = is_over(event, on)
        none = _("No agreement that you may see is recorded.") if over else _("It has not taken place yet.")
        return Section(heading, none=str(none))
    themes = Counter(each.agreement.theme.name for each in weighed).most_common()
    named = [f"{name} ({number})" for name, number in themes[:THEMES]]
    if len(themes) > THEMES:
        named.append(_("%(num)s other themes") % {"num": len(themes) - THEMES})
    words = ngettext("%(num)s agreement", "%(num)s agreements", len(weighed)) % {"num": len(weighed)}
    sentence = _("%(words)s: %(themes)s.") % {"words": words, "themes": listing(named, _("and"))}
    return Section(heading, [Said(sentence, _of_event(event), words)])


def _standing(event: Event, all_of_it: AgreementTally) -> Section:
    heading = str(_("How they stand"))
    if not all_of_it.agreed:
        return Section(heading)
    counts = _(
        "%(kept)s kept, %(open)s on the way, %(not_kept)s not kept, %(dropped)s dropped by agreement."
    ) % {
        "kept": all_of_it.kept,
        "open": all_of_it.open,
        "not_kept": all_of_it.not_kept,
        "dropped": all_of_it.dropped,
    }
    said = [Said(counts, _of_event(event), _("All agreements of this event"))]
    if all_of_it.share is None or all_of_it.weighted is None:
        return Section(
            heading, [*said, Said(_("None has fallen due yet."), _of_event(event), _("fallen due"))]
        )
    label = str(_("counted by what was at stake"))
    share = _("Of the %(due)s due so far, %(share)s%% are kept; %(label)s: %(weighted)s%%.") % {
        "due": all_of_it.due,
        "share": round(100 * all_of_it.share),
        "label": label,
        "weighted": round(100 * all_of_it.weighted),
    }
    return Section(
        heading, [*said, Said(share, reverse("programme_results", args=[event.programme.slug]), label)]
    )


def owner_of(each: WeighedAgreement, owners: dict[int, Partner]) -> str:
    """The owner, as this reader may know them. Their role is shown only to those inside: it may identify one
    person."""
    if each.instead:
        return str(_("whoever takes it on"))
    agreement = each.agreement
    owner = owners.get(agreement.owner_partner_id)
    sector = agreement.owner_partner.sector.name.lower()
    name = owner.name if owner else _("a partner (%(sector)s)") % {"sector": sector}
    return f"{name} ({agreement.owner_role})" if each.is_inside else name


def names_nobody(each: WeighedAgreement, on: datetime.date) -> bool:
    """Whether no body is named for this reader: to those outside, what is late or not kept is reported of all
    who take part. Partners' own words are on the agreement's page."""
    is_late = each.is_open and each.agreement.due < on
    failed = is_late or each.state == Agreement.State.NOT_KEPT
    return failed and not each.is_inside and not each.instead


def _examples(
    weighed: Sequence[WeighedAgreement], owners: dict[int, Partner], on: datetime.date
) -> list[Said]:
    """Those with most at stake, whatever their result; one for each theme and area before a second."""
    ordered = sorted(weighed, key=lambda each: (-each.stake, each.agreement.pk))
    first = {each.promise.cell: each for each in reversed(ordered)}
    firsts = [each for each in ordered if first[each.promise.cell] is each]
    chosen = [*firsts, *(each for each in ordered if each not in firsts)][:EXAMPLES]
    return [Said(_example(each, owners, on), _link(each), each.agreement.goal) for each in chosen]


def _example(each: WeighedAgreement, owners: dict[int, Partner], on: datetime.date) -> str:
    agreement = each.agreement
    words = _("%(goal)s, in %(place)s: %(owner)s sees to it.")
    if names_nobody(each, on):
        words = _("%(goal)s, in %(place)s.")
    elif each.instead:
        words = _("%(goal)s, in %(place)s: %(owner)s.")
    who = words % {
        "goal": agreement.goal,
        "place": agreement.place.name,
        "owner": each.instead or owner_of(each, owners),
    }
    stands = f"{state_words(each.state)}."
    if each.is_open:
        due = _("was due %(day)s") if agreement.due < on else _("due %(day)s")
        stands = f"{state_words(each.state)}, {due % {'day': date_format(agreement.due, 'j F Y')}}."
    result = f"{each.result.rstrip('.')}." if each.result else ""
    return " ".join(part for part in (who, stands, result) if part)


def _link(each: WeighedAgreement) -> str:
    return reverse("agreement", args=[each.agreement.pk])


def _figures(event: Event, weighed: Sequence[WeighedAgreement]) -> Section:
    heading = str(_("What changed in the figures since"))
    if event.date is None or event.is_history:
        return Section(heading)
    pairs = [
        (each.agreement.place_id, each.agreement.theme_id)
        for each in sorted(weighed, key=lambda each: (-each.stake, each.agreement.pk))
    ]
    found = figures_since(list(dict.fromkeys(pairs)), event.date)
    said = [
        Said(each.sentence, reverse("figure", args=[each.figure.pk]), _name(each.sentence)) for each in found
    ]
    if said:
        caveat = _("This is not shown to be because of the event: much else changed too.")
        said.append(Said(caveat, reverse("methods"), _("How figures are made")))
    none = _("No figures are held on what was agreed, in the places it was agreed for.") if weighed else ""
    return Section(heading, said, none=str(none))


def _name(sentence: str) -> str:
    return sentence.partition(":")[0]


def _support(person: Person, weighed: Sequence[WeighedAgreement]) -> Section:
    heading = str(_("Support taken up"))
    started = {each.agreement.initiative_id for each in weighed if each.agreement.initiative_id}
    seen = Initiative.objects.visible_to(person).filter(pk__in=started).values("pk")
    uses = Offer.initiatives.through.objects.filter(initiative__in=seen).values("offer")
    offers = list(Offer.objects.visible_to(person).filter(pk__in=uses).order_by("name"))
    said = [
        Said(
            _("%(offer)s, from %(provider)s.") % {"offer": each.name, "provider": each.provider},
            reverse("offer", args=[each.slug]),
            each.name,
        )
        for each in offers[:OFFERS]
    ]
    # The section is left out if none is recorded: in public it would read as if nobody used any.
    return Section(heading, said)


def _voices(
    person: Person, event: Event, results: ResultsPage, weighed: Sequence[WeighedAgreement]
) -> Section:
    heading = str(_("What young people say"))
    said = []
    for asked in results.asked:
        quotes = [one for group in asked.groups for one in group.said] + asked.unanswered
        young = [one for one in quotes if one.age_band != ADULT]
        if not young:
            continue
        number = ngettext("%(num)s answer is shown", "%(num)s answers are shown", asked.shown) % {
            "num": asked.shown
        }
        link = reverse("conversation", args=[asked.conversation.slug])
        said.append(Said(f"“{asked.conversation.question}” {number}.", link, number))
        said += [Said(f"“{one.text}”", link, one.text) for one in young[: QUOTES - 1]]
    said = said[: QUOTES + 1]
    if marks := _marks(weighed):
        said.append(Said(marks, _of_event(event), _("agreements of the event")))
    return Section(heading, said, none=str(_("Nothing that young people said is shown for this event.")))


def _marks(weighed: Sequence[WeighedAgreement]) -> str:
    """How many marks say that what was agreed was done, counting only agreements that enough people have
    marked."""
    of: dict[int, Counter[str]] = defaultdict(Counter)
    rows = YoungMark.objects.filter(agreement__in=[each.agreement.pk for each in weighed])
    for agreement, done, number in (
        rows.values_list("agreement", "done").annotate(number=Count("pk")).order_by()
    ):
        of[agreement][done] += number
    counted = [marks for marks in of.values() if marks.total() >= FEWEST]
    if not counted:
        return ""
    yes = sum(marks[YoungMark.Done.YES] for marks in counted)
    return _(
        "Young people who were there were asked whether agreements of the event were done: %(yes)s of %(all)s answers "
        "say yes."
    ) % {"yes": yes, "all": sum(marks.total() for marks in counted)}


def late_ones(
    weighed: Iterable[WeighedAgreement], person: Person, on: datetime.date
) -> list[WeighedAgreement]:
    """Agreements past their date, the largest stake first. Outside the partnership a named body appears only
    after it has had ten working days to report."""
    found = []
    for each in weighed:
        due = each.agreement.due
        said_from = due if is_inside(each.agreement, person) else working_days_after(due, DAYS_TO_ANSWER)
        if each.is_open and due < on and said_from <= on:
            found.append(each)
    return sorted(found, key=lambda each: (-each.stake, each.agreement.due, each.agreement.pk))


def _late(late: Sequence[WeighedAgreement]) -> Section:
    """No body is named beside what is late: its owner, and what they say, is on the agreement's own page."""
    said = [Said(_late_one(each), _link(each), each.agreement.goal) for each in late[:LATE]]
    if len(late) > LATE:
        more = _("And %(num)s more past their day.") % {"num": len(late) - LATE}
        link = f"{_of_event(late[0].agreement.event)}&state=overdue"
        said.append(Said(more, link, _("past their day")))
    return Section(str(_("What is past its day")), said)


def _late_one(each: WeighedAgreement) -> str:
    words = _("%(goal)s: was due %(day)s.")
    if each.instead:
        words = _("%(goal)s: was due %(day)s; %(owner)s.")
    day = date_format(each.agreement.due, "j F Y")
    return words % {"goal": each.agreement.goal, "day": day, "owner": each.instead}


def asks(
    event: Event,
    weighed: Sequence[WeighedAgreement],
    late: Sequence[WeighedAgreement],
    results: ResultsPage,
    owners: dict[int, Partner],
    on: datetime.date,
) -> list[Said]:
    """Helpful questions, the most useful first, each with its basis. None asks who is to blame, and nobody
    outside is given a question about what a body has or has not done."""
    found = []
    if ours := [each for each in late if each.is_inside]:
        first = ours[0]
        found.append(_ask(_("What would help to get “%(goal)s” done?"), first, owners))
    if silent := sum(len(each.unanswered) + each.more for each in results.asked):
        number = ngettext("%(num)s answer", "%(num)s answers", silent) % {"num": silent}
        sentence = _(
            "What will be said to young people about the %(number)s that nothing has come of yet?"
        ) % {"number": number}
        found.append(Said(sentence, reverse("event_results", args=[event.slug]), number))
    # Questions about what a body learned or lacked go to those who made the agreement with it.
    own = [each for each in weighed if each.is_inside]
    kept = [each for each in own if each.state == Agreement.State.KEPT]
    for each in kept[:1]:
        found.append(
            _ask(_("What did %(owner)s learn from “%(goal)s” that other places could use?"), each, owners)
        )
    waiting = [each for each in own if each.is_open and each.agreement.due >= on]
    for each in sorted(waiting, key=lambda one: (-one.stake, one.agreement.pk))[:2]:
        found.append(_ask(_("What does %(owner)s still need for “%(goal)s”?"), each, owners))
    if not found and not event.is_history:
        sentence = str(_("Which one thing from that day should partners agree on now?"))
        found.append(Said(sentence, reverse("event", args=[event.slug]), event.name))
    return found


def _ask(sentence: str, each: WeighedAgreement, owners: dict[int, Partner]) -> Said:
    words = sentence % {"owner": owner_of(each, owners), "goal": each.agreement.goal}
    return Said(words, _link(each), each.agreement.goal)
