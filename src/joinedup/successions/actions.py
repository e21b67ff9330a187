"""Say that authorities become one from a day on, take that back, and carry it out when the day has come."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.engines.words import listing
from joinedup.evidence.follow import let_figures_follow
from joinedup.places.models import Footprint, Place, Succession
from joinedup.successions.carrying_out import carry_out, undo

AUTHORITY = re.compile(r"^(E0[6-9]|E10|W06)\d{6}$")
# Its services are recorded as “council: service”, in a field of 200.
LONGEST_COUNCIL = 150
KINDS = (Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY)


def may_state(person: Person, codes: Collection[str]) -> None:
    """Raise PermissionDenied unless `person` may say what becomes of these places.

    It changes every partnership that covers one of them, so a coordinator has to coordinate all of these; what
    belongs to no partnership is an administrator's.
    """
    covering = frozenset(Footprint.objects.filter(places__in=codes).values_list("pk", flat=True))
    require(person, "place.succeed", on=Scope(footprints=covering))
    if person.is_operator or person.is_administrator:
        return
    if covering - person.coordinated_ids:
        raise PermissionDenied(
            _("Some of these belong to another partnership too: ask an administrator of this site to say it.")
        )


def state_succession(
    *,
    by: Person,
    olds: Collection[str],
    new: str,
    name: str = "",
    day: datetime.date,
    council: str = "",
) -> list[Succession]:
    """Say that `new` (GSS code, with its `name` unless it is a place already) takes over from `olds` on `day`.

    Until that day it is a note on their pages. From it on the records follow (`carry_out`), at once if it has come.
    `council`: what the new authority calls itself; then it is recorded as a body, and takes over from theirs.
    `take_back_succession` undoes it. Raises PermissionDenied; ValidationError with one sentence.
    """
    rows = _stated(by, olds, new, name, day, council)
    if rows[0].carried_out_on:
        let_figures_follow(by=by, as_of=timezone.localdate(), recorded=False)
    return rows


@transaction.atomic
def _stated(
    by: Person, olds: Collection[str], new: str, name: str, day: datetime.date, council: str
) -> list[Succession]:
    codes, new = sorted({code.strip().upper() for code in olds if code.strip()}), new.strip().upper()
    rows = checked(codes, new, name, day, council)
    may_state(by, codes)
    for row in rows:
        row.source, row.council = _("stated here by %(name)s") % {"name": by.name}, " ".join(council.split())
        row.save()
    after = {
        "old": codes,
        "new": new,
        "name": rows[0].new_name,
        "day": day.isoformat(),
        "council": rows[0].council,
    }
    audit.record(by=by, action="place.succeed", on=rows[0], after=after)
    if day <= timezone.localdate():
        carry_out(rows)
    return rows


def preview(
    *, by: Person, olds: Collection[str], new: str, name: str = "", day: datetime.date, council: str = ""
) -> list[Succession]:
    """What `state_succession` would write, not saved; it raises the same."""
    codes = sorted({code.strip().upper() for code in olds if code.strip()})
    rows = checked(codes, new.strip().upper(), name, day, council)
    may_state(by, codes)
    for row in rows:
        row.council = " ".join(council.split())
    return rows


def checked(
    codes: Sequence[str], new: str, name: str, day: datetime.date, council: str = ""
) -> list[Succession]:
    """The successions that would be stated, not saved. Raises ValidationError with one sentence."""
    if not codes:
        raise ValidationError(_("Say which authorities end."))
    if not AUTHORITY.match(new):
        raise ValidationError(
            _("“%(code)s” is no code of an authority, such as E06000065 or W06000015.") % {"code": new[:20]}
        )
    if new in codes:
        raise ValidationError(_("The new authority cannot be one of those that end: give its new code."))
    places = Place.objects.in_bulk(codes)
    for code in codes:
        place = places.get(code)
        if place is None or place.kind not in KINDS or place.ended:
            raise ValidationError(
                _("There is no authority of today with the code %(code)s.") % {"code": code[:20]}
            )
    existing = Place.objects.filter(pk=new).first()
    said = Succession.objects.filter(new=new).first()
    name = " ".join(name.split()) or (existing.name if existing else said.new_name if said else "")
    if existing is not None and (existing.ended or existing.kind not in KINDS):
        raise ValidationError(
            _("%(place)s cannot take over: it has ended, or is no authority.") % {"place": existing}
        )
    if not name:
        raise ValidationError(_("Say what the new authority is called."))
    if len(name) > 120:
        raise ValidationError(_("This name is too long: give one of at most 120 letters."))
    if len(council) > LONGEST_COUNCIL:
        raise ValidationError(_("The council's name is too long: give one of at most 150 letters."))
    _refuse_stated(codes, places, new)
    _refuse_parts_that_go_on(codes, places, day)
    return [
        Succession(
            old=code, old_name=places[code].name, kind=places[code].kind, new=new, new_name=name, day=day
        )
        for code in codes
    ]


def _refuse_stated(codes: Sequence[str], places: dict[str, Place], new: str) -> None:
    for row in Succession.objects.filter(old__in=codes):
        # A county may be divided; of a district nobody could say which part of it went where.
        if row.new == new or places[row.old].kind != Place.Kind.COUNTY:
            raise ValidationError(
                _("It is said already that %(old)s becomes %(new)s: take that back first.")
                % {"old": row.old_name, "new": row.new_name}
            )


def _refuse_parts_that_go_on(codes: Sequence[str], places: dict[str, Place], day: datetime.date) -> None:
    """A county ends with its districts: what becomes of each has to be said before."""
    counties = [code for code in codes if places[code].kind == Place.Kind.COUNTY]
    parts = Place.objects.filter(parent__in=counties, kind=Place.Kind.LOCAL_AUTHORITY, ended=None).exclude(
        pk__in=codes
    )
    told = Succession.objects.filter(old__in=parts.values("pk"), day__lte=day).values("old")
    left = list(parts.exclude(pk__in=told).values_list("name", flat=True)[:4])
    if left:
        raise ValidationError(
            _("%(places)s still lie in that county: say first, or with it, who takes over from them.")
            % {"places": listing(left)}
        )


def take_back_succession(*, by: Person, new: str, day: datetime.date) -> list[Succession]:
    """Undo what was stated of a new authority and a day: everything that followed goes back to where it was.

    What people did with the new one since stays; if that holds it, it stays as a place, and this is refused.
    """
    rows = _taken_back(by, new, day)
    if any(row.carried_out_on for row in rows):
        let_figures_follow(by=by, as_of=timezone.localdate(), recorded=False)
    return rows


@transaction.atomic
def _taken_back(by: Person, new: str, day: datetime.date) -> list[Succession]:
    found = Succession.objects.select_for_update().filter(new=new, day=day)
    rows = [row for row in found if row.carried_out_on is None or row.moved]
    if not rows:
        raise ValidationError(_("Nothing that was stated here says so."))
    require_over(by, rows)
    # Newest first: what took over from it since has to be taken back before.
    later = Succession.objects.filter(old=new).first()
    if later is not None:
        raise ValidationError(
            _("%(old)s has a successor itself from %(day)s: take that back first.")
            % {"old": later.old_name, "day": date_format(later.day, "j F Y")}
        )
    if any(row.carried_out_on for row in rows):
        undo(rows)
    before = {"old": [row.old for row in rows], "new": new, "day": day.isoformat()}
    audit.record(by=by, action="place.take_back_successor", on=rows[0], before=before, after={})
    found.filter(pk__in=[row.pk for row in rows]).delete()
    return rows


def require_over(person: Person, rows: Sequence[Succession]) -> None:
    """As `may_state`, of places that may have been replaced in their partnerships by the new one."""
    codes = {row.old for row in rows} | {row.new for row in rows}
    may_state(person, codes)
