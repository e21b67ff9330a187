"""What follows when authorities become one: places, who works there, partnerships, bodies, figures; and back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.person import Person
from joinedup.evidence.models import Dataset
from joinedup.evidence.stored_figures import note_due
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.touching import left_to_the_worker
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Footprint, FootprintChange, Membership, Outline, Place, Succession
from joinedup.successions.bodies import councils_follow
from joinedup.support.models import Offer

# Where records say at which places they are: these follow. What was agreed, found or visited keeps its own place.
LISTS: dict[str, tuple[type[Any], str]] = {
    "footprints": (Footprint, "places"),
    "partners": (Partner, "serves"),
    "initiatives": (Initiative, "places"),
    "offers": (Offer, "places"),
    "asks": (Ask, "places"),
}
# One of each kind; of safety partnerships an authority may keep several.
ONE_OF = ("police_force", "health_board", "fire")


def carry_out(rows: Sequence[Succession]) -> Place:
    """Let the records follow successions of one new authority and day; call it inside a transaction, and
    `let_figures_follow` after it.

    The new place gets the wards of the old ones, which keep their codes, so that neighbourhoods lead to it. The old
    ones end and lie in it. `Succession.moved` says how everything was before.
    """
    olds = list(Place.objects.filter(pk__in=[row.old for row in rows]).select_related("parent__parent"))
    by_code = {place.pk: place for place in olds}
    new, is_made = _new_place(rows[0], olds)
    footprints = {code: list(Footprint.objects.filter(places=code)) for code in by_code}
    with left_to_the_worker():
        for row in rows:
            row.moved = {"made": is_made} | _follow(by_code[row.old], new, row)
            row.carried_out_on = row.day
            row.save(update_fields=["moved", "carried_out_on"])
        _note_footprints(rows, footprints, new)
        councils_follow(rows, new, {each.pk: each for own in footprints.values() for each in own}.values())
    _figures_are_due("place.carry_out")
    after = {"old": [row.old for row in rows], "new": new.pk, "day": rows[0].day.isoformat()}
    audit.record(by=Person.operator(), action="place.carry_out", on=rows[0], after=after)
    return new


def _new_place(row: Succession, olds: Sequence[Place]) -> tuple[Place, bool]:
    """The new authority, and whether it was made now."""
    found = Place.objects.filter(pk=row.new).first()
    if found is not None:
        return found, False
    districts = [place for place in olds if place.kind == Place.Kind.LOCAL_AUTHORITY] or list(olds)
    above = districts[0].parent
    is_county = row.new.startswith("E10")
    # A district of a county stays in it; anything else lies in the region.
    if above is not None and above.kind == Place.Kind.COUNTY and not row.new.startswith("E07"):
        above = above.parent
    weights = [place.residents or 1 for place in districts]

    def middle(name: str) -> float | None:
        known = [(getattr(place, name), n) for place, n in zip(districts, weights, strict=True)]
        if any(value is None for value, _n in known):
            return None
        return float(sum(value * n for value, n in known) / sum(weights))

    def total(name: str) -> int | None:
        values = [getattr(place, name) for place in districts]
        return None if None in values else sum(values)

    made = Place.objects.create(
        code=row.new,
        name=row.new_name,
        kind=Place.Kind.COUNTY if is_county else Place.Kind.LOCAL_AUTHORITY,
        parent=above,
        vintage=row.day.year,
        latitude=middle("latitude"),
        longitude=middle("longitude"),
        residents=total("residents"),
        residents_16_24=total("residents_16_24"),
    )
    _outline(made, districts)
    _memberships(made, districts)
    return made, True


def _outline(new: Place, olds: Sequence[Place]) -> None:
    """The outlines of the old ones together: their common borders stay visible."""
    drawn = list(Outline.objects.filter(place__in=olds).order_by("place"))
    if len(drawn) == len(olds):
        Outline.objects.create(
            place=new,
            path="".join(each.path for each in drawn),
            left=min(each.left for each in drawn),
            top=min(each.top for each in drawn),
            right=max(each.right for each in drawn),
            bottom=max(each.bottom for each in drawn),
        )


def _memberships(new: Place, olds: Sequence[Place]) -> None:
    """The force, board and fire service of most residents; every safety partnership."""
    residents = {place.pk: place.residents or 1 for place in olds}
    weights: dict[tuple[str, str, str], int] = {}
    for row in Membership.objects.filter(place__in=olds).order_by("pk"):
        key = (row.kind, row.code, row.name)
        weights[key] = weights.get(key, 0) + residents[row.place_id]
    heaviest: dict[str, tuple[str, str, str]] = {}
    for key in sorted(weights, key=lambda each: (-weights[each], each)):
        heaviest.setdefault(key[0], key)
    Membership.objects.bulk_create(
        Membership(place=new, kind=kind, code=code, name=name)
        for kind, code, name in weights
        if kind not in ONE_OF or heaviest[kind] == (kind, code, name)
    )


def _follow(old: Place, new: Place, row: Succession) -> dict[str, Any]:
    """Move what lies in the old place and says that it works there; returns how it was."""
    is_divided = Succession.objects.filter(old=old.pk).count() > 1
    moved: dict[str, Any] = {"was_ended": old.ended}
    if not is_divided:
        children = Place.objects.filter(parent=old)
        moved["parts"] = sorted(children.values_list("pk", flat=True))
        moved["parent"] = old.parent_id
        children.update(parent=new)
        based = Partner.objects.filter(base=old)
        moved["based"] = sorted(based.values_list("pk", flat=True))
        based.update(base=new)
        old.parent = new
    for name, (model, field) in LISTS.items():
        had = sorted(model._base_manager.filter(**{field: old}).values_list("pk", flat=True))
        has = set(model._base_manager.filter(**{field: new, "pk__in": had}).values_list("pk", flat=True))
        moved[name] = [[pk, pk in has] for pk in had]
        for record in model._base_manager.filter(pk__in=had):
            getattr(record, field).add(new)
            getattr(record, field).remove(old)
    old.ended = row.day.year
    old.save(update_fields=["ended", "parent"])
    return moved


def _note_footprints(rows: Sequence[Succession], footprints: dict[str, list[Footprint]], new: Place) -> None:
    """The history of each partnership: what left it and what came."""
    for each in {one.pk: one for own in footprints.values() for one in own}.values():
        left = [[row.old, row.old_name] for row in rows if each in footprints.get(row.old, [])]
        FootprintChange.objects.create(
            footprint=each,
            day=rows[0].day,
            added=[[new.pk, new.name]],
            left=left,
            because=_("These authorities became %(name)s.") % {"name": new.name},
            stated_by=rows[0].source[:160],
            carried_out_on=rows[0].day,
        )


def undo(rows: Sequence[Succession]) -> None:
    """Put everything back to where it was; call it inside a transaction, and `let_figures_follow` after it. Raises
    ValidationError if something that people did since holds the new place."""
    new = Place.objects.get(pk=rows[0].new)
    with left_to_the_worker():
        councils_follow(rows, new, Footprint.objects.filter(places=new), back=True)
        for row in rows:
            _put_back(Place.objects.get(pk=row.old), new, row.moved)
        FootprintChange.objects.filter(day=rows[0].day, added=[[new.pk, new.name]]).delete()
        if all(row.moved.get("made") for row in rows) and not Succession.objects.filter(new=new.pk).exclude(
            pk__in=[row.pk for row in rows]
        ):
            try:
                new.delete()
            except ProtectedError as error:
                raise ValidationError(
                    _(
                        "Something was agreed or recorded in %(name)s since: change its place, then take this back."
                    )
                    % {"name": new.name}
                ) from error
    Succession.objects.filter(pk__in=[row.pk for row in rows]).update(carried_out_on=None)
    _figures_are_due("place.take_back_successor")


def _put_back(old: Place, new: Place, moved: dict[str, Any]) -> None:
    old.ended = moved["was_ended"]
    if "parent" in moved:
        Place.objects.filter(pk__in=moved["parts"]).update(parent=old)
        Partner.objects.filter(pk__in=moved["based"], base=new).update(base=old)
        old.parent_id = moved["parent"]
    old.save(update_fields=["ended", "parent"])
    for name, (model, field) in LISTS.items():
        had = dict(moved[name])
        for record in model._base_manager.filter(pk__in=had):
            getattr(record, field).add(old)
            if not had[record.pk]:
                getattr(record, field).remove(new)


def _figures_are_due(because: str) -> None:
    """Figures and need of the new place, from the counts of its parts; none of those that ended. Working them out takes
    too long for a transaction."""
    if Dataset.objects.filter(withdrawn_at=None).exists():
        note_due(because)
