"""Figures for Prometheus: requests by the pattern of their address, and what waits.

Each process counts for itself in files of one folder (prometheus_client's multiprocess mode, which `joinedup serve`
sets up), and whichever is asked adds them up: no request waits for another process, or writes to the database to be
counted. What waits is read from the database when somebody asks.
"""

from __future__ import annotations

import datetime
import hmac
import os
from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache as shared
from django.http import HttpRequest
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from joinedup.mail.outbox import waiting_since
from joinedup.opportunities.models import Touched

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Where the worker says when it last did what was due, and for how long that is kept, in seconds.
LAST_RUN, KEPT_FOR = "worker-last-run", 90 * 86_400
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def is_on() -> bool:
    return bool(settings.METRICS_TOKEN or settings.METRICS_ADDRESSES)


def note(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request; nothing where figures are off."""
    if is_on():
        counted, timed = _counters()
        counted.labels(method, route, str(status)).inc()
        timed.labels(method, route).observe(seconds)


def note_worker(now: datetime.datetime) -> None:
    """The worker did what was due."""
    shared.set(LAST_RUN, now.timestamp(), KEPT_FOR)


def worker_ran_at() -> datetime.datetime | None:
    """When a worker last did what was due; None if none ever did, or not for months."""
    last = shared.get(LAST_RUN)
    return None if last is None else datetime.datetime.fromtimestamp(last, datetime.UTC)


def may_read(request: HttpRequest) -> bool:
    """Whether the request has the token (as `Authorization: Bearer …`) or comes from one of the addresses."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    address = _comes_from(request) if settings.METRICS_ADDRESSES else None
    return address is not None and any(address in network for network in settings.METRICS_ADDRESSES)


def page() -> bytes:
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
    else:
        for each in _counters():
            registry.register(each)
    registry.register(_Waiting())
    return generate_latest(registry)


@cache
def _counters() -> tuple[Counter, Histogram]:
    return (
        Counter("joinedup_requests", "Requests answered.", ("method", "route", "status"), registry=None),
        Histogram(
            "joinedup_request_seconds", "Until answered.", ("method", "route"), registry=None, buckets=SECONDS
        ),
    )


class _Waiting(Collector):
    """Two queries, and a look into the shared cache."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("joinedup_mails_waiting", "Mails that wait to be sent.", waiting_since()[0])
        yield GaugeMetricFamily(
            "joinedup_changes_waiting",
            "Changes of records that no list of opportunities follows yet.",
            Touched.objects.count(),
        )
        if last := worker_ran_at():
            yield GaugeMetricFamily(
                "joinedup_worker_last_run_timestamp_seconds",
                "When a worker last did what was due.",
                last.timestamp(),
            )


def _comes_from(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The visitor's address, as rate limits count it; None where it may be another's. A proxy that nobody told us of
    would make all the world come from its own address."""
    through = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if through and not trusted:
        return None
    said = through[-min(trusted, len(through))] if through else request.META.get("REMOTE_ADDR", "")
    try:
        return ip_address(said)
    except ValueError:
        return None
