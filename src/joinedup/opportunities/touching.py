"""Notes that a record changed whenever one does, and follows the change when its transaction is through.

The note is written with the change, so that none is lost: what the request cannot follow, because it was killed or
something went wrong, waits for `joinedup worker`, the next change, or the nightly run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from joinedup.clusters.models import Outcome, Scan
from joinedup.initiatives.models import Initiative
from joinedup.mail.worker_mark import worker_was_seen
from joinedup.opportunities.models import Answer, Run, Touched
from joinedup.partners.models import Ask, Link, Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer

logger = logging.getLogger(__name__)

# A list of so many is followed by the worker, within seconds: at ten times the demonstration's register that takes
# seconds (`bench/follow.py --size 10`).
LONG = 500

# Which partnerships' lists a record of each kind can change.
FOOTPRINTS: dict[type[models.Model], Callable[[Any], Iterable[int]]] = {
    Partner: lambda partner: _footprints([partner.pk]),
    Initiative: lambda initiative: _footprints([initiative.partner_id]),
    Ask: lambda ask: _footprints([ask.partner_id]),
    Link: lambda link: _footprints([link.first_id, link.second_id]),
    # Support is offered to everybody.
    Offer: lambda _offer: Footprint.objects.values_list("pk", flat=True),
    Footprint: lambda footprint: [footprint.pk],
    # Who refused is not asked the same again; who is interested makes it stronger.
    Answer: lambda answer: [answer.opportunity.footprint_id],
    # What it found counts once it is done; how far it is changes nothing.
    Scan: lambda scan: [scan.footprint_id] if scan.state == Scan.State.DONE else [],
    Outcome: lambda outcome: [outcome.cluster.scan.footprint_id],
}
LISTS: list[Any] = [
    Partner.serves, Partner.themes, Partner.footprints, Initiative.places, Initiative.themes, Initiative.co_partners,
    Initiative.offers, Ask.places, Ask.themes, Offer.places, Offer.themes, Offer.sectors, Offer.via_sectors,
    Footprint.places,
]  # fmt: skip


def listen() -> None:
    """Start noting changes; called once, when the site starts."""
    handed_over: list[type[models.Model]] = [Initiative, Ask]
    for model in handed_over:
        pre_save.connect(_handed_over, sender=model, dispatch_uid=f"handed over {model.__name__}")
    for model in FOOTPRINTS:
        post_save.connect(_saved, sender=model, dispatch_uid=f"touched {model.__name__}")
        # Before, while the partnerships of what goes can still be asked for; after, to follow without it.
        pre_delete.connect(_saved, sender=model, dispatch_uid=f"touching {model.__name__}")
        post_delete.connect(_saved, sender=model, dispatch_uid=f"gone {model.__name__}")
    for field in LISTS:
        name = f"touched {field.through.__name__}"
        m2m_changed.connect(_list_changed, sender=field.through, dispatch_uid=name)


_left: ContextVar[bool] = ContextVar("left to the worker", default=False)


@contextmanager
def left_to_the_worker() -> Iterator[None]:
    """Changes in here are noted and not followed by this request: for what comes in crowds, such as registrations."""
    token = _left.set(True)
    try:
        yield
    finally:
        _left.reset(token)


_at_the_end: ContextVar[bool] = ContextVar("touched at the end", default=False)


@contextmanager
def touched_at_the_end() -> Iterator[None]:
    """Changes in here are not noted one by one: for thousands of records of one partnership, made over minutes, whose
    list would otherwise be followed again and again. Whoever makes them calls `touch` for `footprints_of` at the end,
    also where it ends early."""
    token = _at_the_end.set(True)
    try:
        yield
    finally:
        _at_the_end.reset(token)


def footprints_of(model: type[models.Model], keys: Collection[int]) -> set[int]:
    """The partnerships whose lists records of one kind can change; none for a kind that changes no list. A fixed number
    of queries."""
    if model is Offer:
        return set(Footprint.objects.values_list("pk", flat=True))
    if model is Partner:
        return set(_footprints(keys))
    if model in (Initiative, Ask):
        partners = model._base_manager.filter(pk__in=keys).values_list("partner", flat=True)
        return set(_footprints(set(partners)))
    return set()


def _footprints(partners: Iterable[int]) -> list[int]:
    through = Partner.footprints.through
    found = through.objects.filter(partner_id__in=list(partners)).values_list("footprint_id", flat=True)
    return list(found.distinct())


def _handed_over(sender: Any, instance: Any, **_: Any) -> None:
    """What goes to a partner elsewhere is gone from where it was."""
    if instance.pk is None:
        return
    was = sender._base_manager.filter(pk=instance.pk).values_list("partner", flat=True).first()
    if was is not None and was != instance.partner_id:
        touch(_footprints([was]), sender._meta.label_lower)


def _saved(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    if instance.pk is not None and not _at_the_end.get():
        touch(FOOTPRINTS[sender](instance), sender._meta.label_lower)


def _list_changed(
    instance: models.Model, action: str, reverse: bool, model: Any, pk_set: Any, **_: Any
) -> None:
    if _at_the_end.get() or action not in {"post_add", "post_remove", "pre_clear", "post_clear"}:
        return
    if type(instance) in FOOTPRINTS and not reverse:
        touch(FOOTPRINTS[type(instance)](instance), instance._meta.label_lower)
        if model is Footprint:
            touch(pk_set or (), instance._meta.label_lower)
    elif model in FOOTPRINTS:
        for each in model._base_manager.filter(pk__in=pk_set or ()):
            touch(FOOTPRINTS[model](each), model._meta.label_lower)


def touch(footprints: Iterable[int], what: str) -> None:
    """Note that something changed in these partnerships (pks), and follow it after this transaction.

    One whose opportunities were never worked out has nothing to follow.
    """
    is_left = _left.get()
    new = set(footprints) - _waiting(is_left)
    if not new:
        return
    known = Run.objects.filter(footprint__in=new).order_by().values_list("footprint", flat=True).distinct()
    for footprint in sorted(known):
        Touched.objects.create(footprint_id=footprint, what=what)
        transaction.on_commit(_After(footprint, is_left))


class _After:
    """What follows the changes of one partnership after the transaction, once, however many there were."""

    def __init__(self, footprint: int, is_left: bool) -> None:
        self.footprint, self.is_left = footprint, is_left

    def __call__(self) -> None:
        if self.is_left:
            return
        from joinedup.opportunities.engine import follow

        if _takes_long(self.footprint):
            return
        try:
            follow(Footprint.objects.get(pk=self.footprint))
        except Exception:
            # The change itself is stored, and the note of it waits.
            logger.exception("A change could not be followed; it waits for the worker or the next run.")


def _takes_long(footprint: int) -> bool:
    """Whether following takes so long that nobody should wait for it with a page, and a worker is there to do it."""
    is_long = Run.objects.filter(footprint=footprint, found__gte=LONG).exists()
    return is_long and worker_was_seen()


def _waiting(is_left: bool) -> set[int]:
    """The partnerships that this transaction follows already, or where that is enough, has noted already."""
    found = (each[1] for each in connection.run_on_commit if isinstance(each[1], _After))
    return {each.footprint for each in found if is_left or not each.is_left}
