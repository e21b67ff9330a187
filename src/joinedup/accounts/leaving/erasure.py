"""Erase an account: what is its owner's goes, and where their name says who did something, their role stands.

The name is put out where it is certain that it is theirs: in fields that hold the name of an account (`personal.NAMES`)
wherever nobody else is called so, else in the records that they are known to have changed; and in what people
typed, where it is two words or more, or the address. Names that records carry themselves (of organisations, local
action, support) are left, and listed: a foundation may be called after somebody. What is known of guests of events
has an end of its own.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.leaving.closing import UNDO
from joinedup.accounts.leaving.fates import FATES, Fate, found_by, ways_to_an_account
from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.personal import NAMES, PERSONAL
from joinedup.mail.models import OutgoingMail
from joinedup.privacy.retention import CLOSED_ACCOUNTS, PERSONAL_DETAILS

# What publishers wrote, and large: nobody types into it.
WITHOUT_WORDS = frozenset(
    {
        *("places.Place", "places.Outline", "places.CodeChange", "places.Membership"),
        *("taxonomy.Sector", "taxonomy.Theme", "taxonomy.Mix", "taxonomy.Approach", "taxonomy.Factor"),
        *(
            "evidence.Figure",
            "evidence.Need",
            "clusters.Cluster",
            "clusters.WiderCluster",
            "opportunities.Cell",
        ),
    }
)
# How records themselves are called: a person who reads the list decides.
OWN_NAMES = frozenset({"name", "title", "slug", "file_name", "provider"})
# Whose personal fields go at an end of their own, or with the account.
ENDS_OTHERWISE = frozenset({*PERSONAL_DETAILS.of, "accounts.User", "mail.OutgoingMail"}) - {
    "events.Event",
    "visits.Visit",
}


@dataclass(frozen=True)
class Erased:
    """What came of it: what stands for the name now, and the records that carry the name themselves."""

    role: str
    entries: int
    left: list[str]


def role_in_words(user: User) -> str:
    """What stands where the name stood: the nearest role they have or last had, without anything of the person."""
    grants = list(Grant.objects.filter(user=user).select_related("partner", "footprint"))
    for grant in sorted(grants, key=lambda each: list(Grant.Role).index(Grant.Role(each.role))):
        return _words(grant.role, str(grant.partner or grant.footprint or ""))
    last = AuditEntry.objects.filter(
        record="accounts.grant", action="role.take_away", before__user=user.pk
    ).first()
    if last is not None and last.before:
        return _words(str(last.before["role"]), last.label.partition(", ")[2])
    return _("somebody who had an account")


def _words(role: str, over: str) -> str:
    if role == Grant.Role.PARTNER_MEMBER:
        return _("a member of %(body)s") % {"body": over}
    if role == Grant.Role.COORDINATOR:
        return _("a coordinator")
    return _("a programme lead") if role == Grant.Role.PROGRAMME_LEAD else _("an administrator")


@transaction.atomic
def erase_account(*, by: Person, user: User) -> Erased:
    """Erase a closed account; by an administrator, or by the worker once its time is over.

    Raises ValidationError while it is open: what its owner looks after has to pass on first.
    """
    require(by, "account.erase")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise ValidationError(_("Close the account first: then it is clear to whom things pass."))
    role, names = role_in_words(user)[:160], _names_of(user)
    _in_name_fields(user, names, role)
    entries = AuditEntry.objects.erase_name(user.pk, role)
    words = [each for each in names if " " in each.strip() or "@" in each]
    _in_words(words, role)
    left = _carried_by_records(words)
    for key, model, field in ways_to_an_account():
        if isinstance(field, models.EmailField) and FATES.get(key) is Fate.PASSES:
            found_by(user, model, field).delete()
        elif FATES.get(key) is Fate.EMPTIED:
            found_by(user, model, field).update(**{field.name: ""})
    for mail in OutgoingMail.objects.all():
        if user.email in f"{mail.to} {mail.corrected_to} {json.dumps(mail.mail)}".lower():
            mail.delete()
    audit.record(by=by, action="account.erase", on=user, before={}, after={"entries": entries})
    user.delete()
    transaction.on_commit(_leave_nothing_in_the_file)
    return Erased(role, entries, left)


def _names_of(user: User) -> list[str]:
    """What they were ever called where it says who did something, the longest first; the address among it."""
    called = set(AuditEntry.objects.filter(user_id=user.pk).values_list("by", flat=True).distinct())
    called |= {user.name, user.email, str(user)} - {user.job}
    return sorted((each for each in called if each.strip()), key=len, reverse=True)


def _in_name_fields(user: User, names: list[str], role: str) -> None:
    others = set(User.objects.exclude(pk=user.pk).values_list("name", flat=True))
    others |= set(
        AuditEntry.objects.exclude(user_id=user.pk).filter(by__in=names).values_list("by", flat=True)
    )
    own = [each for each in names if each not in others]
    touched: dict[str, set[str]] = {}
    for record, pk in AuditEntry.objects.filter(user_id=user.pk).values_list("record", "record_id"):
        touched.setdefault(record, set()).add(pk)
    for model in _ours():
        for name in NAMES.get(model._meta.label, ()) if model is not AuditEntry else ():
            theirs = Q(**{f"{name}__in": own})
            theirs |= Q(pk__in=touched.get(model._meta.label_lower, ())) & Q(**{f"{name}__in": names})
            model._base_manager.filter(theirs).update(**{name: role})


def _ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("joinedup."):
            yield model


def _typed_fields(model: type[models.Model], own_names: bool) -> list[models.Field[Any, Any]]:
    """The fields of a model that hold what people typed: with `own_names` only what the record is called by."""
    label = model._meta.label
    if label in WITHOUT_WORDS:
        return []
    ends_otherwise = PERSONAL[label] if label in ENDS_OTHERWISE else frozenset()
    # Who agreed to be named as a speaker stays named after the day, until they are erased.
    own, spoke = (frozenset(), {"name"}) if label == "events.Speaker" else (OWN_NAMES, set())
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        if not field.choices and not field.primary_key and (field.name in own) is own_names
        if field.name not in ends_otherwise - spoke
        if not isinstance(field, models.EmailField | models.URLField | models.UUIDField)
    ]


def _with(model: type[models.Model], fields: list[models.Field[Any, Any]], words: Iterable[str]) -> list[Any]:
    """The records of a model in which one of the fields holds one of the words; 1 query."""
    casts = {f"text_of_{each.name}": Cast(each.name, models.TextField()) for each in fields}
    held = Q()
    for cast in casts:
        for word in words:
            # In stored JSON a letter with an accent may be written by its number.
            held |= Q(**{f"{cast}__icontains": word}) | Q(**{f"{cast}__icontains": json.dumps(word)[1:-1]})
    return list(model._base_manager.annotate(**casts).filter(held)) if held else []


def _in_words(words: list[str], role: str) -> None:
    if not words:
        return
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in words), re.IGNORECASE)

    def put_out(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(role, value)
        if isinstance(value, list):
            return [put_out(each) for each in value]
        if isinstance(value, dict):
            return {put_out(key): put_out(each) for key, each in value.items()}
        return value

    for model in _ours():
        fields = _typed_fields(model, own_names=False)
        for record in _with(model, fields, words):
            values = {}
            for field in fields:
                value = put_out(getattr(record, field.name))
                if isinstance(value, str) and field.max_length:
                    value = value[: field.max_length]
                if value != getattr(record, field.name):
                    values[field.name] = value
            if values and isinstance(record, AuditEntry):
                AuditEntry.objects.erase_words(record.pk, **values)
            elif values:
                model._base_manager.filter(pk=record.pk).update(**values)


def _carried_by_records(words: list[str]) -> list[str]:
    """The records that are called by the name, for somebody to look at."""
    found = []
    for model in _ours():
        if fields := _typed_fields(model, own_names=True):
            found += [f"{model._meta.verbose_name} {each.pk}" for each in _with(model, fields, words)]
    return found


def erase_due(now: datetime.datetime) -> int:
    """Erase what was closed long enough ago, or a day ago if its owner asks for it. For the worker."""
    due = Q(closed_at__lte=now - CLOSED_ACCOUNTS.length) | Q(closed_at__lte=now - UNDO, is_to_erase=True)
    users = list(User.objects.filter(due, is_active=False))
    for user in users:
        erase_account(by=Person.operator(), user=user)
    return len(users)


def _leave_nothing_in_the_file() -> None:
    """SQLite writes to a separate file first, where deleted data would stay for a while."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
