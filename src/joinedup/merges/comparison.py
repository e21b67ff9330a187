"""Two records of one body side by side: what each says, which is kept of it, what moves, and who will see more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.models import Grant
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.places.models import Footprint
from joinedup.registration.models import Attendee, Invitation
from joinedup.support.models import Offer

# What may be taken from either record, with what a page calls it.
FIELDS: dict[str, Callable[[], str]] = {
    "name": lambda: _("Name"),
    "sector": lambda: _("Sector"),
    "does": lambda: _("What they do"),
    "base": lambda: _("Where they are based"),
    "charity_number": lambda: _("Charity number"),
    "company_number": lambda: _("Company number"),
    "urn": lambda: _("School number (URN)"),
    "ods": lambda: _("NHS organisation code"),
    "gss": lambda: _("Area code"),
    "website": lambda: _("Website"),
    "is_branch": lambda: _("A branch of a larger body"),
    "is_statutory": lambda: _("Named by the serious violence duty"),
    "marking": lambda: _("Who may see this"),
}


@dataclass(frozen=True)
class Side:
    """One field of both records, in words; `differs` where there is something to choose; `takes_other`: what is chosen
    unless somebody says otherwise."""

    name: str
    label: str
    kept: str
    gone: str
    takes_other: bool

    @property
    def differs(self) -> bool:
        return self.kept != self.gone

    @property
    def nothing(self) -> str:
        """What a page says where a record says nothing."""
        return _("no") if self.name in ("is_branch", "is_statutory") else _("not recorded")


def default_choice(kept: Partner, gone: Partner) -> frozenset[str]:
    """The fields that the kept record takes from the other: what it lacks itself, and the narrower marking."""
    lacking = {name for name in FIELDS if not getattr(kept, name) and getattr(gone, name)}
    return frozenset(lacking | ({"marking"} if gone.marking != Marking.PUBLIC else set()))


def better_kept(one: Partner, other: Partner) -> tuple[Partner, Partner]:
    """Which record to keep unless somebody says otherwise, first: what the body confirmed, else what was here first."""
    first, second = sorted((one, other), key=lambda each: (each.confirmed_on is None, each.pk))
    return first, second


def side_by_side(kept: Partner, gone: Partner) -> list[Side]:
    takes = default_choice(kept, gone)
    return [
        Side(name, label(), _told(kept, name), _told(gone, name), name in takes)
        for name, label in FIELDS.items()
        if _told(kept, name) or _told(gone, name)
    ]


def together(kept: Partner, gone: Partner) -> list[tuple[str, list[str]]]:
    """What both records list, which is kept whole: places and themes, by name. 4 queries."""
    lists = (("serves", _("Places they serve")), ("themes", _("Themes they work on")))
    found = [
        (label, sorted({str(each) for partner in (kept, gone) for each in getattr(partner, name).all()}))
        for name, label in lists
    ]
    return [(label, names) for label, names in found if names]


def _told(partner: Partner, name: str) -> str:
    value = getattr(partner, name)
    if name == "marking":
        return str(partner.get_marking_display())
    if isinstance(value, bool):
        return _("yes") if value else ""
    return str(value or "")


def gaining(kept: Partner, gone: Partner) -> list[Footprint]:
    """The partnerships that one of them is in and the other is not: their members will see what the other shares."""
    one, other = ({each.pk: each for each in partner.footprints.all()} for partner in (kept, gone))
    return sorted(
        (each for pk, each in (one | other).items() if (pk in one) != (pk in other)),
        key=lambda each: each.name,
    )


def what_moves(person: Person, gone: Partner) -> list[str]:
    """What hangs on the record that will lead on, as far as `person` may see it, in a few words each. 9 queries."""
    seen = Partner.objects.visible_to(person).values("pk")
    here = Q(event__footprint__in=person.coordinated_ids) if not person.is_operator else Q()
    rows: list[tuple[Any, Callable[[int], str]]] = [
        (Contact.objects.filter(partner=gone), lambda n: ngettext("%(num)s contact", "%(num)s contacts", n)),
        (Grant.objects.filter(partner=gone), lambda n: ngettext("%(num)s member", "%(num)s members", n)),
        (
            Initiative.objects.visible_to(person).filter(Q(partner=gone) | Q(co_partners=gone)).distinct(),
            lambda n: ngettext("%(num)s piece of local action", "%(num)s pieces of local action", n),
        ),
        (
            Ask.objects.visible_to(person).filter(partner=gone),
            lambda n: ngettext(
                "%(num)s thing they need or can give", "%(num)s things they need or can give", n
            ),
        ),
        (
            Offer.objects.visible_to(person).filter(provider_partner=gone),
            lambda n: ngettext("%(num)s offer of support", "%(num)s offers of support", n),
        ),
        (
            Link.objects.filter(Q(first=gone) | Q(second=gone), first__in=seen, second__in=seen),
            lambda n: ngettext("%(num)s link to another partner", "%(num)s links to other partners", n),
        ),
        (
            Agreement.objects.visible_to(person).filter(Agreement.objects.that_name([gone.pk])),
            lambda n: ngettext("%(num)s agreement", "%(num)s agreements", n),
        ),
        (
            Invitation.objects.filter(here, partner=gone),
            lambda n: ngettext("%(num)s invitation", "%(num)s invitations", n),
        ),
        (
            Attendee.objects.filter(here, partner=gone),
            lambda n: ngettext("%(num)s registration", "%(num)s registrations", n),
        ),
    ]
    counted = [(found.count(), words) for found, words in rows]
    return [words(number) % {"num": number} for number, words in counted if number]
