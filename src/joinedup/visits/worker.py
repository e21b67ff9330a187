"""Timed work: safe to call again, returning how much it did."""

from __future__ import annotations

import datetime

from joinedup.privacy.retention import PERSONAL_DETAILS
from joinedup.visits.models import Visit


def forget_leads(on: datetime.date) -> int:
    """Empty who was the safeguarding lead of a visit once its time is over; returns of how many visits."""
    over = Visit.objects.filter(date__lte=on - PERSONAL_DETAILS.length).exclude(safeguarding_lead="")
    return over.update(safeguarding_lead="")
