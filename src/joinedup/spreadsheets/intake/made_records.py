"""Undo what a spreadsheet created: only while nobody has changed it or built on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import models

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.touching import footprints_of
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.places.models import Footprint
from joinedup.spreadsheets.models import RememberedName, Upload
from joinedup.support.models import NotForUs, Offer

# In order of removal: records that depend on others first.
ORDER: list[type[models.Model]] = [Initiative, Offer, Ask, Contact, Partner]
# Audit entries of the creation itself, and of a reminder that nobody answered.
MADE_BY = {"partner.add", "contact.add", "initiative.add", "ask.add", "offer.add", "offer.remind"}
# An opportunity that the engine suggested does not mean that anybody used the record.
ONLY_SUGGESTED = [Opportunity.State.SUGGESTED, Opportunity.State.GONE]

Made = Sequence[Sequence[Any]]


def what_stands_in_the_way(made: Made, upload: Upload | None = None) -> list[str]:
    """Sentences, each naming a record and what somebody did with it since; empty if all can be removed. What `upload`
    itself remembered of its partners is nobody's use.

    The number of queries depends on the kinds of records created, not on how many there are.
    """
    ours = _by_model(made)
    found = []
    for model, pks in ours.items():
        there = model._base_manager.filter(pk__in=pks)
        if there.count() < len(pks):
            found.append("some of what it made has been removed since.")
        said = [(pk, "was changed since.") for pk in _changed(model, pks)]
        said += [(pk, f"is used since: {what}.") for what, pk in _uses(model, pks, ours, upload)]
        names = there.in_bulk({pk for pk, _ in said})
        found += [f"“{names.get(pk, 'a record')}” {what}" for pk, what in said]
    return found


def _entries(model: type[models.Model], pks: Iterable[int]) -> models.QuerySet[AuditEntry]:
    """Of the audit trail, about these records."""
    return AuditEntry.objects.filter(record=model._meta.label_lower, record_id__in=[str(pk) for pk in pks])


def _changed(model: type[models.Model], pks: Collection[int]) -> list[int]:
    """In the order in which they were made: the audit trail keeps keys as text, in which 10 comes before 9."""
    changed = _entries(model, pks).exclude(action__in=MADE_BY).order_by().values_list("record_id", flat=True)
    return sorted(map(int, changed.distinct()))


def is_made_here_since(last: int, footprint: Footprint) -> bool:
    """Whether records were made, beside which a sheet of the partnership would come to something else, since the entry
    `last` of the audit trail. A fixed number of queries."""
    entries = AuditEntry.objects.filter(pk__gt=last, action__in=MADE_BY).values_list("record", "record_id")
    made: dict[str, set[int]] = defaultdict(set)
    for label, key in entries:
        made[label].add(int(key))
    contacts = Contact.objects.filter(pk__in=made.pop(Contact._meta.label_lower, ()))
    made[Partner._meta.label_lower].update(contacts.values_list("partner", flat=True))
    of_each = ((model, made[model._meta.label_lower]) for model in ORDER)
    return any(footprint.pk in footprints_of(model, keys) for model, keys in of_each if keys)


def take_back(by: Person, made: Made) -> int:
    """Remove the records, each with an audit entry. Call it inside a transaction, once nothing stands in the way."""
    ours = _by_model(made)
    for model, pks in ours.items():
        records = model._base_manager.filter(pk__in=pks)
        _forget_suggestions(model, pks)
        for record in records:
            audit.record(by=by, action="spreadsheet.undo", on=record, before=audit.snapshot(record), after={})
        records.delete()
    return sum(len(pks) for pks in ours.values())


def keys_of(records: Iterable[models.Model]) -> list[list[Any]]:
    """As they are kept in `Upload.made`."""
    return [[record._meta.label, record.pk] for record in records]


def in_order(made: Made) -> list[list[Any]]:
    """Those that lean on others first."""
    turn = {model._meta.label: number for number, model in enumerate(ORDER)}
    return sorted(map(list, made), key=lambda each: turn[each[0]])


def lists_of(upload: Upload) -> list[int]:
    """The partnerships whose lists follow what the upload made."""
    found = (footprints_of(model, pks) for model, pks in _by_model(upload.made).items())
    return sorted({upload.footprint_id}.union(*found))


def _by_model(made: Made) -> dict[type[models.Model], list[int]]:
    found = {model: [pk for label, pk in made if label == model._meta.label] for model in ORDER}
    return {model: pks for model, pks in found.items() if pks}


def _uses(
    model: type[models.Model],
    pks: list[int],
    ours: dict[type[models.Model], list[int]],
    upload: Upload | None,
) -> Iterable[tuple[str, int]]:
    """What points at the records: one query per model that can, leaving out what is removed with them."""
    own = set(pks)
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        other: Any = relation.related_model
        # Rows of many-to-many tables are removed with the record; that it is not for a partner is for nobody to read.
        if other._meta.auto_created or other is NotForUs:
            continue
        name = relation.field.name  # type: ignore[union-attr]
        users = other._base_manager.filter(**{f"{name}__in": pks}).exclude(pk__in=ours.get(other, []))
        if other is RememberedName and upload is not None:
            users = users.exclude(upload=upload)
        if other is Opportunity:
            users = _decided_since(users, model, pks)
        for pk in users.order_by().values_list(name, flat=True).distinct():
            if pk in own:
                yield str(other._meta.verbose_name), pk


def _decided_since(
    opportunities: models.QuerySet[Opportunity], model: type[models.Model], pks: Collection[int]
) -> models.QuerySet[Opportunity]:
    """Those about which a person did something since the records were made. Which records one rests on is worked out:
    new bodies are found for what was taken up long ago too, and nobody used them by that."""
    made = _entries(model, pks).filter(action__in=MADE_BY).aggregate(first=models.Min("pk"))["first"]
    taken_up = opportunities.exclude(state__in=ONLY_SUGGESTED)
    keys = taken_up.order_by().values_list("pk", flat=True).distinct()
    since = _entries(Opportunity, keys).filter(pk__gt=made or 0)
    return taken_up.filter(pk__in={int(key) for key in since.values_list("record_id", flat=True)})


def _forget_suggestions(model: type[models.Model], pks: list[int]) -> None:
    """Mark the engine's suggestions that involve them as gone at once, as its next run would."""
    path = {"Initiative": "initiatives", "Offer": "offers", "Partner": "parties"}.get(model.__name__)
    if path:
        suggested = Opportunity.objects.filter(state=Opportunity.State.SUGGESTED, **{f"{path}__in": pks})
        gone = Opportunity.objects.filter(pk__in=suggested.values("pk"))
        gone.update(state=Opportunity.State.GONE)
