"""How many answers one host's link accepts: enough for a whole club in an evening, not enough for a flood."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from joinedup.voice.models import Host

AN_HOUR = 30


def is_over_limit(host: Host) -> bool:
    """Count one more attempt through this link in this clock hour, and say whether it is one too many."""
    key = f"voice-tries:{host.pk}:{timezone.now():%Y%m%d%H}"
    tries = int(cache.get(key, 0)) + 1
    cache.set(key, tries, timeout=2 * 3600)
    return tries > AN_HOUR
