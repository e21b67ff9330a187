"""Answer the short survey through the link in a mail. Nothing records who answered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import PUBLIC, Person
from joinedup.registration.models import Attendee, SurveyAnswer
from joinedup.registration.survey import SCALE, STATEMENTS, is_asked, moment_of, pair_of


@transaction.atomic
def answer_survey(
    *, by: Person, attendee: Attendee, answers: Mapping[str, int], now: datetime.datetime | None = None
) -> str:
    """Save one person's answers (a key of STATEMENTS to 1 to 5); returns the moment they belong to.

    A second answer at the same moment replaces the first. Neither the answer nor the audit trail says who
    gave it.
    """
    require(by, "survey.answer", on=attendee)
    moment = moment_of(attendee.event, now)
    if not moment or not is_asked(attendee):
        raise ValidationError("This survey is not open.")
    if not answers:
        raise ValidationError("Answer at least one of the statements.")
    if answers.keys() - STATEMENTS.keys() or set(answers.values()) - SCALE.keys():
        raise ValidationError("Choose one of the answers.")
    SurveyAnswer.objects.update_or_create(
        event=attendee.event,
        moment=moment,
        pair=pair_of(attendee),
        defaults={"answers": dict(answers), "on": timezone.localdate(now)},
    )
    audit.record(by=PUBLIC, action="survey.answer", on=attendee.event, after={"moment": moment})
    return moment
