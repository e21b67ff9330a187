"""What an account leaves behind: a word for every foreign key to it and every address, in all rooms.

`tests/accounts/leaving/test_closing.py` fails when a model refers to an account, or holds an address, that nobody
decided about.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from joinedup.accounts.models import User


class Fate(StrEnum):
    """What becomes of a record when the account that it refers to is closed."""

    PASSES = "a colleague looks after it from now on"
    ENDS = "it does nothing for a closed account, and goes with it when it is erased"
    EMPTIED = "everybody can read it: the field is emptied once the account is erased, and the record stays"
    STAYS = "it only says who it was, or is the person's own as a guest, and has an end of its own"


FATES: dict[str, Fate] = {
    "account.EmailAddress.user": Fate.ENDS,
    "account.EmailAddress.email": Fate.ENDS,
    "mfa.Authenticator.user": Fate.ENDS,
    "socialaccount.SocialAccount.user": Fate.ENDS,
    "accounts.User.email": Fate.ENDS,
    "accounts.Grant.user": Fate.ENDS,
    "accounts.Preference.user": Fate.ENDS,
    "accounts.Session.user": Fate.ENDS,
    "accounts.Closing.user": Fate.ENDS,
    "about.ResponsibleBody.email": Fate.STAYS,
    "about.ResponsibleBody.officer_email": Fate.STAYS,
    "partners.Partner.owner": Fate.PASSES,
    "partners.Contact.added_by": Fate.STAYS,
    "partners.Contact.email": Fate.PASSES,
    "partners.Ask.owner": Fate.PASSES,
    "initiatives.Initiative.owner": Fate.PASSES,
    "support.Offer.owner": Fate.PASSES,
    "support.OfferList.user": Fate.STAYS,
    "clusters.Outcome.by_user": Fate.STAYS,
    "clusters.Follower.user": Fate.ENDS,
    "opportunities.Opportunity.spotted_by": Fate.STAYS,
    "opportunities.Opportunity.assigned_to": Fate.PASSES,
    "opportunities.Look.user": Fate.ENDS,
    "mail.OutgoingMail.to": Fate.ENDS,
    "mail.OutgoingMail.corrected_to": Fate.ENDS,
    "events.Event.contact_email": Fate.EMPTIED,
    "events.Speaker.email": Fate.STAYS,
    "registration.Attendee.user": Fate.STAYS,
    "registration.Attendee.email": Fate.STAYS,
    "registration.Invitation.email": Fate.STAYS,
    "visits.PracticeCard.owner": Fate.PASSES,
    "agreements.Draft.user": Fate.ENDS,
    "agreements.Agreement.written_by": Fate.STAYS,
    "spreadsheets.Upload.user": Fate.STAYS,
    "spreadsheets.UploadWork.user": Fate.STAYS,
}
# What a page calls them; the others are called by their model.
CALLED = {
    "partners.Partner.owner": "Entries of organisations they look after",
    "partners.Contact.email": "Where they are the contact of an organisation",
    "partners.Ask.owner": "What organisations need or offer, looked after by them",
    "initiatives.Initiative.owner": "Local action they look after",
    "support.Offer.owner": "Support they look after",
    "opportunities.Opportunity.assigned_to": "Opportunities given to them",
    "visits.PracticeCard.owner": "Practice cards they look after",
    "clusters.Follower.user": "Places they follow in Where and when",
    "agreements.Draft.user": "What they began to write at a table",
}


def ways_to_an_account() -> Iterator[tuple[str, type[models.Model], models.Field[Any, Any]]]:
    """(key of FATES, model, field) of every foreign key to an account and every field with an address, in every
    installed model."""
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if field.related_model is User or isinstance(field, models.EmailField):
                yield f"{model._meta.label}.{field.name}", model, field


def found_by(user: User, model: type[models.Model], field: models.Field[Any, Any]) -> QuerySet[Any]:
    """The records of a model that refer to somebody, by account or by address."""
    if isinstance(field, models.EmailField):
        return model._base_manager.filter(**{f"{field.name}__iexact": user.email})
    return model._base_manager.filter(**{field.name: user})
