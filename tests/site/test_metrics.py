"""Figures are for those named in the settings, and count what all processes answered."""

from __future__ import annotations

import datetime
import re
import signal
import urllib.request
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from joinedup.mail import outbox
from joinedup.opportunities.models import Touched
from joinedup.site import metrics
from tests.cli.test_serve import free_port, page, stopped
from tests.demo.installation import Tables
from tests.world import World

TOKEN = "a-long-token-of-the-monitoring"


def figures(text: str, name: str) -> dict[str, float]:
    """The values of one figure by what is in its braces."""
    return {
        label: float(value) for label, value in re.findall(rf"^{name}({{.*}})? (\S+)$", text, re.MULTILINE)
    }


def read(client: Client) -> str:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_off_unless_set(db: None) -> None:
    assert Client().get("/metrics").status_code == 404


def test_a_token_or_nothing(settings: Any, db: None) -> None:
    settings.METRICS_TOKEN = TOKEN
    for given in ("", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer ü"):
        assert Client(headers={"authorization": given}).get("/metrics").status_code == 404
    assert "joinedup_mails_waiting 0.0" in read(Client(headers={"authorization": f"Bearer {TOKEN}"}))


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "is_answered"),
    [
        (0, "10.1.2.3", "", True),
        (0, "192.0.2.1", "", False),
        # Behind a proxy that nobody told us of everybody has its address.
        (0, "10.1.2.3", "192.0.2.1", False),
        (1, "10.1.2.3", "192.0.2.1", False),
        (1, "192.0.2.9", "10.1.2.3", True),
        (1, "192.0.2.9", "10.1.2.3, 192.0.2.1", False),
        (1, "10.1.2.3", "nonsense", False),
    ],
)
def test_an_address_that_is_named(
    settings: Any, db: None, proxies: int, remote: str, forwarded: str, is_answered: bool
) -> None:
    settings.METRICS_ADDRESSES, settings.ALLAUTH_TRUSTED_PROXY_COUNT = [ip_network("10.1.0.0/16")], proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    answer = Client(headers=headers).get("/metrics", REMOTE_ADDR=remote)
    assert (answer.status_code == 200) is is_answered


def test_what_is_counted(settings: Any, world: World) -> None:
    settings.METRICS_TOKEN = TOKEN
    us = Client(headers={"authorization": f"Bearer {TOKEN}"})
    metrics._counters.cache_clear()
    cache.delete(metrics.LAST_RUN)
    for code in (world.northton.pk, world.eastton.pk, "Okonkwo"):
        us.get(f"/places/{code}/")
    us.generic("SECRET", "/worried/")
    outbox.store([EmailMultiAlternatives("x", "x", to=["ada@example.org"])], footprint=None, facts={})
    Touched.objects.create(footprint=world.north, what="test")
    text = read(us)
    counted = figures(text, "joinedup_requests_total")
    assert counted['{method="GET",route="places/<str:code>/",status="200"}'] == 2
    assert counted['{method="GET",route="places/<str:code>/",status="404"}'] == 1
    assert not re.search("Okonkwo|SECRET|Northton|ada", text)
    assert figures(text, "joinedup_mails_waiting") == {"": 1}
    assert figures(text, "joinedup_changes_waiting") == {"": 1}
    assert figures(text, "joinedup_worker_last_run_timestamp_seconds") == {}
    metrics.note_worker(datetime.datetime.fromtimestamp(1_800_000_000, datetime.UTC))
    assert figures(read(us), "joinedup_worker_last_run_timestamp_seconds") == {"": 1_800_000_000}


@pytest.mark.once
def test_several_processes_are_counted_together(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the two answers, it says what both answered."""
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    site, port = tables.copy(tmp_path / "home"), free_port()
    process = site.start("serve", "--port", port)
    page(port, process)
    for _ in range(40):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/worried/").close()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    for _ in range(6):
        with urllib.request.urlopen(asked) as answer:
            found = figures(answer.read().decode(), "joinedup_requests_total")
        assert found['{method="GET",route="worried/",status="200"}'] == 40
    stopped(process, signal.SIGTERM)
