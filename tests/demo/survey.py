"""What is in a demonstration, told as one JSON document. Runs inside the installation."""

import datetime
import json
from collections import Counter

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count
from django.utils import timezone

from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.agreements.history import chain_of
from joinedup.agreements.models import Agreement
from joinedup.engines.seating import broken
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.documents import document_for
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Footprint
from joinedup.registration.models import Attendee
from joinedup.support.models import Offer
from joinedup.tables.models import Seat
from joinedup.tables.seating import problem_of, stored_plan


def survey() -> dict[str, object]:
    today = timezone.localdate()
    coming = Event.objects.get(is_demonstration=True, is_draft=False, date__gt=today)
    people = list(coming.attendees.filter(standing=Attendee.Standing.PLACED))
    islington = document_for("Islington", None, None)["opportunities"]
    return {
        "attendees": len(people),
        "sectors": sorted({a.sector_id for a in people}),
        "parts": Counter(part for a in people for part in a.parts),
        "seated": Seat.objects.filter(sitting__event=coming).values("attendee").distinct().count(),
        "topics": coming.topics.filter(is_chosen=True).count(),
        "broken": [each.sentence for each in broken(problem_of(coming), stored_plan(coming))],
        "partners": dict(Footprint.objects.annotate(n=Count("partners")).values_list("slug", "n")),
        "initiatives": Initiative.objects.filter(is_demonstration=True).count(),
        "open_funds": Offer.objects.filter(
            is_demonstration=True, kind="fund", opens__lte=today, closes__gte=today
        ).count(),
        "is_restricted_there": Partner.objects.filter(name="Families after loss group").exists(),
        "left_out": len((settings.HOME / "not-brought-in.txt").read_text().splitlines()),
        "agreements": [chain(each, today) for each in Agreement.objects.all()],
        "names_that_say_so": names_that_say_so(),
        "astray": astray(),
        "unlabelled": unlabelled(),
        "opportunities": Opportunity.objects.count(),
        "islington": [
            {
                "kind": move["kind"],
                "because": len(move["because"]),
                "first_step": move["first_step"],
                "parties": len(move["parties"]),
            }
            for each in islington
            for move in each["moves"]
        ],
    }


def chain(agreement: Agreement, today: datetime.date) -> dict[str, object]:
    steps = {step.kind: step.items for step in chain_of(agreement, Person.operator())}
    stands: str = agreement.state
    if stands == "started":
        stands = "past" if agreement.due < today else "on_the_way"
    return {
        "stands": stands,
        "evidence": [item.label for item in steps["evidence"]],
        "is_from_topic": agreement.sitting is not None and agreement.sitting.topic is not None,
        "commitment": [item.label for item in steps["commitment"]],
        "everybody_said_yes": all(each.answer == "yes" for each in agreement.namings.all()),
        "result": [each.text for each in agreement.progress.all()],
        "words": " ".join(
            [agreement.goal, agreement.action, *(each.text for each in agreement.progress.all())]
        ),
    }


def names_that_say_so() -> list[str]:
    """Every page says it once, so no name does."""
    names = [
        *Partner.objects.values_list("name", flat=True),
        *Initiative.objects.values_list("name", flat=True),
        *Event.objects.values_list("name", flat=True),
        *Footprint.objects.values_list("name", flat=True),
        *(each for pair in Offer.objects.values_list("name", "provider") for each in pair),
    ]
    return [each for each in names if "invented" in each.lower() or "demonstration" in each.lower()]


def unlabelled() -> list[str]:
    """Records of kinds of which nothing real ships, that do not say that they are invented."""
    invented = ["partners.Partner", "partners.Ask", "partners.Link", "initiatives.Initiative"]
    invented += ["voice.Conversation", "voice.Contribution", "registration.Attendee", "agreements.Agreement"]
    found = [
        f"{label} {row}"
        for label in invented
        for row in apps.get_model(label).objects.filter(is_demonstration=False)
    ]
    addresses = {
        *User.objects.values_list("email", flat=True),
        *Contact.objects.values_list("email", flat=True),
        *Attendee.objects.values_list("email", flat=True),
    }
    return found + sorted(f"address {each}" for each in addresses if each and not each.endswith(".example"))


def astray() -> list[str]:
    """Links between an invented record and a real one, in either direction, as model.field."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("joinedup.") and _labelled(m)]
    found = []
    for model in ours:
        for field in model._meta.get_fields():
            if field.auto_created or field.related_model not in ours:
                continue
            there = f"{field.name}__is_demonstration"
            for invented, other in ((True, False), (False, True)):
                if model.objects.filter(is_demonstration=invented, **{there: other}).exists():
                    found.append(f"{'invented' if invented else 'real'} {model._meta.label}.{field.name}")
    return found


def _labelled(model: type) -> bool:
    try:
        model._meta.get_field("is_demonstration")  # type: ignore[attr-defined]
    except FieldDoesNotExist:
        return False
    return True


def tell() -> None:
    print(json.dumps(survey()))
