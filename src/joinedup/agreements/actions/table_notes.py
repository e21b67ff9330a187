"""At the table: write agreements, correct them on the day, and keep drafts."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts.permissions import may, require
from joinedup.accounts.person import Person
from joinedup.agreements.actions.agreement import AgreementParts, correct, first_sentence, record_agreement
from joinedup.agreements.models import Agreement, Draft
from joinedup.agreements.queries.table_notes import drafts, is_the_day, partners_at, written_already
from joinedup.tables.models import Sitting
from joinedup.tables.queries import sittings

# More than the parts of an agreement need; drafts cannot fill the disk.
LONGEST = 4000


def _refuse_another_day(by: Person, sitting: Sitting) -> None:
    """The link of a table works on the day of the event; people with an account may write on any day."""
    if by.attendee_id is not None and not is_the_day(sitting.event):
        raise PermissionDenied("The link of a table works on the day of the event only.")


def _refuse_who_is_not_here(
    by: Person, sitting: Sitting, parts: AgreementParts, also: Set[int] = frozenset()
) -> None:
    """Only planners may write at a table what an absent body will do. `also`: bodies that the agreement names
    already."""
    if may(by, "event.plan", on=sitting.event):
        return
    found = sittings.sitting(sitting.pk)
    here = also | {each.pk for each in (partners_at(found) if found else ())}
    named = [
        parts["owner_partner"],
        parts["deputy_partner"],
        *(each.partner for each in parts["contributions"]),
    ]
    absent = sorted({each.name for each in named if each is not None and each.pk not in here})
    if absent:
        raise ValidationError(
            f"{absent[0]} is not at this table. Name those who are here; a coordinator can name others."
        )


@transaction.atomic
def agree_at_table(
    *, by: Person, sitting: Sitting, **parts: Unpack[AgreementParts]
) -> tuple[Agreement, bool]:
    """Write down what a table agreed and delete the writer's draft. Returns (the agreement, whether it is
    new).

    Pressing the button twice writes once: an agreement that this table wrote today with the same goal,
    action, owner and date is returned instead.
    """
    _refuse_another_day(by, sitting)
    require(by, "agreement.record", on=sitting)
    _refuse_who_is_not_here(by, sitting, parts)
    # The second press waits here, then finds what the first wrote.
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    known = written_already(sitting, parts)
    agreement = known or record_agreement(by=by, event=sitting.event, sitting=sitting, **parts)
    drafts(by, sitting).delete()
    return agreement, known is None


@transaction.atomic
def correct_at_table(
    *, by: Person, sitting: Sitting, agreement: Agreement, **parts: Unpack[AgreementParts]
) -> Agreement:
    """Correct on the day what was written at this table; anyone who may write there may do so."""
    _refuse_another_day(by, sitting)
    require(by, "agreement.record", on=sitting)
    if agreement.sitting_id != sitting.pk:
        raise PermissionDenied("This agreement was made at another table.")
    if timezone.localdate(agreement.recorded_at) != timezone.localdate():
        raise ValidationError(
            "Agreements are corrected here on the day they are made. Ask the coordinator of the partnership."
        )
    _refuse_who_is_not_here(by, sitting, parts, set(agreement.scope().partners))
    return correct(by, agreement, parts)


@transaction.atomic
def save_draft(*, by: Person, sitting: Sitting, values: Mapping[str, str]) -> Draft | None:
    """Keep the fields of the form as typed, for their writer alone. None if there is nothing to keep, for
    example when the agreement was written while the form was on its way.

    Leaves no audit entry: it happens every few seconds and changes nothing that others can see.
    """
    _refuse_another_day(by, sitting)
    require(by, "agreement.record", on=sitting)
    kept = {name: text.replace("\0", "")[:LONGEST] for name, text in values.items()}
    if not any(text.strip() for text in kept.values()) or _is_written(sitting, kept):
        return None
    writer = {"attendee_id": by.attendee_id} if by.attendee_id is not None else {"user_id": by.user_id}
    draft, _new = Draft.objects.update_or_create(sitting=sitting, **writer, defaults={"values": kept})
    return draft


def _is_written(sitting: Sitting, kept: Mapping[str, str]) -> bool:
    names = ("goal", "action", "owner_partner", "due")
    values = {name: kept.get(name, "").strip() for name in names}
    owner, values["goal"] = values["owner_partner"], values["goal"] or first_sentence(values["action"])
    if not owner.isdecimal() or len(owner) > 15:
        return False
    try:
        return written_already(sitting, values) is not None
    except ValidationError:
        # An incomplete date.
        return False


@transaction.atomic
def forget_draft(*, by: Person, sitting: Sitting) -> None:
    """Start again: delete what was not saved."""
    require(by, "agreement.record", on=sitting)
    drafts(by, sitting).delete()
