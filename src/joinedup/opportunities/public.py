"""What of opportunities the public may read: one rule, asked in the database, so that no count, list or file betrays
what is not shown.

A partnership chooses that its opportunities are public. Then one is shown where every body that it rests on has said
itself that its record is true, or answered this very opportunity with more than “not us”, and where the local action
that it rests on is confirmed. Its reasons name no record that its body has not confirmed (`queries.reasons`). A body
that said “not us” is not named in public, whatever else it confirmed. What somebody lacks, and that nothing is
recorded, is never said in public: see `silence`, and docs/decisions/what-the-public-reads-of-opportunities.md.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

# These say what somebody does not take part in or does as others do, or that nothing is recorded, or are a member's own
# words: for the partnership to settle. No run for the public finds them; this holds for whatever is stored.
NOT_FOR_THE_PUBLIC = frozenset({"join", "bring_in", "start", "spotted"})
# The records that an opportunity rests on, as it is reached from them.
RECORDS = ("parties", "initiatives", "offers")


def may_be_shown(on: datetime.date | None = None) -> Q:
    """Which opportunities the public may read on a day (today)."""
    on = on or timezone.localdate()
    # While a partnership publishes nothing new, what was shown before stays.
    not_held = Q(footprint__held_until=None) | Q(footprint__held_until__lte=on) | Q(shown_since__lte=on)
    return would_be_shown() & Q(footprint__shows_opportunities=True) & not_held


@cache
def would_be_shown() -> Q:
    """Which ones the public could read once their partnership chooses so: what `may_be_shown` asks of the bodies. Made
    once, since it knows no reader and no day: each filter takes a copy of what it is made of."""
    condition = Q(audience="public", marking="public") & ~Q(kind__in=NOT_FOR_THE_PUBLIC)
    for found in (_kept_to_themselves(), _unspoken("parties", "partner"), *_unspoken_action(), _refused()):
        condition &= ~Q(pk__in=found)
    return condition


def _opportunities() -> QuerySet[Any]:
    from joinedup.opportunities.models import Opportunity

    return Opportunity._base_manager.filter(audience="public").order_by()


def _kept_to_themselves() -> QuerySet[Any]:
    """Those whose sentence may name a record that is no longer public: a run tells what was true on its day."""
    other = Q()
    for path in RECORDS:
        other |= Q(**{f"{path}__isnull": False}) & ~Q(**{f"{path}__marking": "public"})
    return _opportunities().filter(other).values("pk")


def _answers(partner: str, **wanted: Any) -> Exists:
    """Whether a body answered the opportunity, in whichever copy: members answer the partnership's."""
    from joinedup.opportunities.models import Answer

    same = {
        "opportunity__key": OuterRef("opportunity__key"),
        "opportunity__footprint": OuterRef("opportunity__footprint"),
    }
    return Exists(Answer._base_manager.filter(partner=OuterRef(partner), **same, **wanted))


def _consented(partner: str) -> Exists:
    return _answers(partner, word__in=["interested", "already"])


def _rows(field: str) -> QuerySet[Any]:
    from joinedup.opportunities.models import Opportunity

    return getattr(Opportunity, field).through._base_manager.filter(opportunity__audience="public").order_by()


def _unspoken(field: str, partner: str, **wanted: Any) -> QuerySet[Any]:
    """Those with a body that has neither confirmed its record nor answered."""
    silent = _rows(field).filter(**{f"{partner}__isnull": False, f"{partner}__confirmed_on": None}, **wanted)
    return silent.filter(~_consented(partner)).values("opportunity_id")


def _unspoken_action() -> list[QuerySet[Any]]:
    """Those that rest on local action or support of such a body, or on local action that its partner did not
    confirm: somebody else may have written it down. Whoever answers an opportunity says nothing of that record, and
    the sentence names it."""
    unconfirmed = _rows("initiatives").filter(initiative__confirmed_on=None)
    return [
        _unspoken("initiatives", "initiative__partner"),
        # Bodies that the public may not know of are not named, and must not be told of by what is missing.
        _unspoken("initiatives", "initiative__co_partners", initiative__co_partners__marking="public"),
        _unspoken("offers", "offer__provider_partner", offer__provider_partner__marking="public"),
        unconfirmed.values("opportunity_id"),
    ]


def _refused() -> QuerySet[Any]:
    return _rows("parties").filter(_answers("partner", word="not_us")).values("opportunity_id")
