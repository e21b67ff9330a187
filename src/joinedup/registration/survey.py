"""The short survey before and after a day: the aims of the day as statements, and when each half is open.

It is for adults who come. Young people say what they think in a conversation, through their host.
"""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.links import address_of
from joinedup.events.models import Event
from joinedup.registration.models import Attendee, SurveyAnswer

Moment = SurveyAnswer.Moment

# If the words of a statement change it needs a new key: answers before and after must be to the same words.
STATEMENTS = {
    "strategy": _("I know the Serious Violence Strategy and what it asks of my organisation."),
    "support": _("I know which national and regional support we could use."),
    "who_else": _("I know who else works on this in my area."),
    "young_lead": _("Young people should lead and design solutions, not only be asked."),
    "young_heard": _("My organisation changes what it does because of what young people say."),
    "next": _("I know what I will do next."),
}
SCALE = {
    5: _("Strongly agree"),
    4: _("Agree"),
    3: _("Neither"),
    2: _("Disagree"),
    1: _("Strongly disagree"),
}
# These answers count as agreeing.
AGREES = 4


def moment_of(event: Event, now: datetime.datetime | None = None) -> str:
    """Which half is asked now: before until the day starts, after from then on; "" if the day is not known,
    was cancelled, or personal details are deleted."""
    if event.date is None or event.cancelled_on or event.personal_deleted_on or event.is_history:
        return ""
    here = timezone.localtime(now)
    starts = event.starts or datetime.time.min
    return Moment.BEFORE if (here.date(), here.time()) < (event.date, starts) else Moment.AFTER


def is_asked(attendee: Attendee) -> bool:
    """Whether the survey is for this person: an adult who comes."""
    return not attendee.is_young and attendee.is_coming


def survey_link(attendee: Attendee) -> str:
    """The full URL of somebody's survey, for a mail; "" if they are not asked."""
    return address_of("attending_survey", attendee.token) if is_asked(attendee) else ""


def pair_of(attendee: Attendee) -> str:
    """Joins one person's two answers without saying whose they are: making it needs this installation's key."""
    return salted_hmac("joinedup.registration.survey", str(attendee.pk), algorithm="sha256").hexdigest()
