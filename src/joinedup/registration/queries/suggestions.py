"""Who is missing at an event, and whom to invite, each with a reason.

A gap is a sector, a place, a theme, a party of a topic, a kind of body named in law, young people or people
with lived experience for whom nobody invited and nobody coming stands. A partner is suggested for the gaps
that it would fill.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.partners.hosts import is_of_young_people
from joinedup.partners.models import Partner
from joinedup.registration.models import Invitation
from joinedup.registration.queries.invited_mix import InvitedMix, read_room

# The value of a suggestion: the agenda first, since a table without its parties cannot agree; then a voice
# the room lacks altogether; then the law. Several gaps of a kind add up.
WORTH = {"party": 5.0, "sector": 4.0, "who": 4.0, "place": 3.0, "theme": 2.0, "duty": 2.0}
NAMED_BY_AN_OPPORTUNITY = 3.0
# A list short enough to read; the others are below it.
SUGGESTED, OTHERS = 20, 60

YOUNG, LIVED = Invitation.Brings.YOUNG.value, Invitation.Brings.LIVED.value

Key = tuple[str, str]


@dataclass(frozen=True)
class GapRow:
    """One line of the picture. `invited` and `coming` count people; `could` counts partners, not asked yet,
    who would fill it."""

    kind: str
    key: str
    name: str
    invited: int
    coming: int
    could: int

    @property
    def is_missing(self) -> bool:
        return not self.invited and not self.coming

    @property
    def gap(self) -> str:
        """How a URL names it."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class Dimension:
    """One table of the picture: its caption, the heading of its first column, its lines."""

    kind: str
    caption: str
    column: str
    rows: list[GapRow]

    @property
    def missing(self) -> int:
        return sum(row.is_missing for row in self.rows)

    @property
    def gaps_first(self) -> list[GapRow]:
        return sorted(self.rows, key=lambda row: (not row.is_missing, row.coming > 0))


@dataclass(frozen=True)
class Suggestion:
    """A partner to invite. `fills`: the gaps it would fill; `reasons`: says so, and more; `contacts`: how
    many have an address; `is_host`: it could bring young people."""

    partner: Partner
    reasons: list[str]
    fills: frozenset[Key]
    worth: float
    contacts: int
    is_host: bool

    @property
    def sentence(self) -> str:
        whole = "; ".join(self.reasons)
        return f"{whole[:1].upper()}{whole[1:]}." if whole else ""


@dataclass(frozen=True)
class Inviting:
    """`suggested`: a short list that together fills the gaps, best first; `others`: everyone else not asked;
    `more`: how many of these are not listed; `chosen`: the gap that the reader asked about."""

    dimensions: list[Dimension]
    suggested: list[Suggestion]
    others: list[Suggestion]
    more: int
    chosen: GapRow | None

    @property
    def gaps(self) -> list[GapRow]:
        """Lines with nobody; a sector that is missing altogether lacks its body too, and is named once."""
        rows = [row for each in self.dimensions for row in each.rows if row.is_missing]
        sectors = {row.key for row in rows if row.kind == "sector"}
        return [row for row in rows if row.kind != "duty" or row.key not in sectors]

    @property
    def ready(self) -> list[Suggestion]:
        """Those suggested who can be invited at once."""
        return [each for each in self.suggested if each.contacts]


def inviting(person: Person, event: Event, on: datetime.date, gap: str = "") -> Inviting:
    """The picture and the suggestions; with `gap` (kind:key) only those who would fill it. 18 queries."""
    lacks = _Lacks(read_room(person, event, on))
    found = lacks.everybody()
    kind, _colon, key = gap.partition(":")
    chosen = lacks.lines.get((kind, key))
    if chosen is not None:
        found = [each for each in found if (kind, key) in lacks.fits[each.partner.pk]]
        return Inviting(lacks.dimensions, found[:OTHERS], [], len(found[OTHERS:]), chosen)
    suggested = lacks.between_them(found, SUGGESTED)
    taken = {each.partner.pk for each in suggested}
    others = [each for each in found if each.partner.pk not in taken]
    return Inviting(lacks.dimensions, suggested, others[:OTHERS], len(others[OTHERS:]), None)


def suggested_now(
    person: Person, event: Event, on: datetime.date, partners: Collection[int]
) -> list[Suggestion]:
    """Why to invite these partners (by number), of those not asked yet whom `person` may see: the best first,
    each for what those before it do not fill. 18 queries."""
    lacks = _Lacks(read_room(person, event, on))
    chosen = [each for each in lacks.everybody() if each.partner.pk in partners]
    return lacks.between_them(chosen, len(chosen), also_for_nothing=True)


class _Lacks:
    """What a room lacks, and what each partner not asked yet would fill."""

    def __init__(self, room: InvitedMix) -> None:
        self.room = room
        self.free = [each for each in room.partners if each.pk not in room.asked]
        self.fits = {each.pk: _could_fill(room, each) for each in self.free}
        self.dimensions = _dimensions(room, self.fits.values())
        self.lines = {(row.kind, row.key): row for each in self.dimensions for row in each.rows}
        self.gaps = frozenset(key for key, row in self.lines.items() if row.is_missing)

    def everybody(self) -> list[Suggestion]:
        """Each for everything it would fill, best first."""
        found = [self._suggestion(each, self.gaps) for each in self.free]
        return sorted(found, key=lambda each: (-each.worth, not each.contacts, each.partner.name))

    def between_them(
        self, found: Sequence[Suggestion], most: int, *, also_for_nothing: bool = False
    ) -> list[Suggestion]:
        """The best, then those who add most to the ones already listed, each for what it adds: ten of one
        sector do not fill ten lines. Those who add nothing are left out, unless `also_for_nothing`."""
        left, open_gaps = {each.partner.pk: each for each in found}, self.gaps
        chosen: list[Suggestion] = []
        while left and len(chosen) < most:
            best = max(left.values(), key=lambda each: (each.worth, bool(each.contacts)))
            if best.worth <= 0 and not also_for_nothing:
                break
            chosen.append(best)
            del left[best.partner.pk]
            open_gaps -= best.fills
            left = {
                pk: self._suggestion(each.partner, open_gaps) if each.fills & best.fills else each
                for pk, each in left.items()
            }
        return chosen

    def _suggestion(self, partner: Partner, open_gaps: frozenset[Key]) -> Suggestion:
        return _suggestion(self.room, partner, self.fits[partner.pk] & open_gaps, self.lines)


def _could_fill(room: InvitedMix, partner: Partner) -> frozenset[Key]:
    """Every line of the picture that this partner stands for, missing or not."""
    keys = {("sector", partner.sector_id)}
    keys |= {("place", code) for code in room.serves.get(partner.pk, ())}
    keys |= {("theme", slug) for slug in room.works_on.get(partner.pk, ())}
    keys |= {("party", str(partner.pk))}
    if partner.is_statutory:
        keys.add(("duty", partner.sector_id))
    if is_of_young_people(partner):
        keys.add(("who", YOUNG))
    if partner.sector_id == "vcs":
        # Voluntary groups know bereaved families, and people who left violence behind.
        keys.add(("who", LIVED))
    return frozenset(keys)


def _dimensions(room: InvitedMix, free: Iterable[frozenset[Key]]) -> list[Dimension]:
    could = Counter(key for each in free for key in each)

    def rows(kind: str, lines: Iterable[tuple[str, str, int, int]]) -> list[GapRow]:
        return [
            GapRow(kind, key, name, invited, coming, could[kind, key]) for key, name, invited, coming in lines
        ]

    return [
        Dimension("sector", _("Sectors"), _("Sector"), rows("sector", _sectors(room))),
        Dimension("place", _("Places"), _("Place"), rows("place", _places(room))),
        Dimension(
            "theme",
            _("Themes of the agenda, and of the strongest needs"),
            _("Theme"),
            rows("theme", _themes(room)),
        ),
        Dimension("party", _("Partners that the topics need"), _("Partner"), rows("party", _parties(room))),
        Dimension(
            "duty", _("Bodies that the serious violence duty names"), _("Sector"), rows("duty", _duty(room))
        ),
        Dimension(
            "who", _("Young people, and people with lived experience"), _("Who"), rows("who", _who(room))
        ),
    ]


Lines = Iterator[tuple[str, str, int, int]]


def _sectors(room: InvitedMix) -> Lines:
    invited = Counter(guest.sector_id for guest in room.invited)
    coming = Counter(guest.sector_id for guest in room.coming)
    for each in room.sectors:
        yield each.pk, each.name, invited[each.pk], coming[each.pk]


def _places(room: InvitedMix) -> Lines:
    for each in room.places:
        serving = {partner for partner, codes in room.serves.items() if each.pk in codes}
        yield each.pk, each.name, *_people_of(room, serving)


def _themes(room: InvitedMix) -> Lines:
    """Who comes for a theme: their partner works on it, or they want to talk about it."""
    for each in room.themes:
        working = {partner for partner, themes in room.works_on.items() if each.pk in themes}
        invited, coming = _people_of(room, working)
        eager = sum(each.pk in guest.themes for guest in room.coming if guest.partner_id not in working)
        yield each.pk, each.name, invited, coming + eager


def _parties(room: InvitedMix) -> Lines:
    parties = {party.pk: party for topic in room.topics for party in topic.parties.all()}
    for pk, party in parties.items():
        yield str(pk), party.name, *_people_of(room, {pk})


def _duty(room: InvitedMix) -> Lines:
    """By sector, the bodies of the partnership that are named in law."""
    bodies: dict[str, set[int]] = {}
    names = {}
    for each in sorted(room.partners, key=lambda partner: partner.sector.order):
        if each.is_statutory:
            bodies.setdefault(each.sector_id, set()).add(each.pk)
            names[each.sector_id] = each.sector.name
    for sector, partners in bodies.items():
        yield sector, names[sector], *_people_of(room, partners)


def _who(room: InvitedMix) -> Lines:
    asked = Counter(guest.brings for guest in room.invited)
    yield YOUNG, _("Young people"), asked[YOUNG], sum(guest.is_young for guest in room.coming)
    # Nobody who comes is asked about it: accepted invitations are all that is known.
    accepted = sum(guest.brings == LIVED and guest.has_accepted for guest in room.invited)
    yield LIVED, _("People with lived experience"), asked[LIVED], accepted


def _people_of(room: InvitedMix, partners: set[int]) -> tuple[int, int]:
    """(invited, coming): how many people of these partners."""
    return (
        sum(guest.partner_id in partners for guest in room.invited),
        sum(guest.partner_id in partners for guest in room.coming),
    )


def _suggestion(
    room: InvitedMix, partner: Partner, fills: frozenset[Key], rows: dict[Key, GapRow]
) -> Suggestion:
    names: dict[str, list[str]] = {}
    for kind, key in sorted(fills, key=lambda each: (each[0], rows[each].name)):
        names.setdefault(kind, []).append(rows[kind, key].name)
    reasons, worth = [], sum(WORTH[kind] for kind, _key in fills)
    if topics := [topic.title for topic in room.topics if partner in topic.parties.all()]:
        reasons.append(_("needed for the topic “%(topic)s”") % {"topic": "”, “".join(topics[:2])})
    elif behind := _named_by(room, partner):
        reasons.append(_("named by the opportunity behind “%(topic)s”") % {"topic": behind})
        worth += NAMED_BY_AN_OPPORTUNITY
    if "sector" in names:
        reasons.append(_("would be the first from %(sector)s") % {"sector": names["sector"][0]})
    if ("who", YOUNG) in fills:
        reasons.append(_("could bring young people"))
    if ("who", LIVED) in fills:
        reasons.append(_("could be asked about people with lived experience"))
    if "place" in names:
        reasons.append(
            _("works in %(places)s, where nobody else invited works") % {"places": _several(names["place"])}
        )
    if "theme" in names:
        reasons.append(
            _("works on %(themes)s, which nobody else invited does") % {"themes": _several(names["theme"])}
        )
    if partner.is_statutory:
        reasons.append(_("named by the serious violence duty"))
    return Suggestion(
        partner, reasons, fills, worth, room.contacts.get(partner.pk, 0), is_of_young_people(partner)
    )


def _named_by(room: InvitedMix, partner: Partner) -> str:
    """The topic whose opportunity names the partner, among opportunities that the reader may see."""
    for topic in room.topics:
        chance = topic.opportunity
        if chance is not None and chance.pk in room.opportunities and partner in chance.parties.all():
            return topic.title
    return ""


def _several(names: Sequence[str]) -> str:
    shown = list(names[:3])
    if len(names) > 3:
        shown.append(_("others"))
    return get_text_list(shown, _("and"))
