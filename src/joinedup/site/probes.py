"""Short answers to machines, before anything of a page is begun: no cookie, no host name asked, no redirect.

`/healthz`: this process answers. `/readyz`: it could answer a page. `/metrics`: figures, for whom the settings name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

from joinedup.evidence import observations
from joinedup.site import metrics
from joinedup.site.owner_only import private_folder

GetResponse = Callable[[HttpRequest], HttpResponse]


def probes(get_response: GetResponse) -> GetResponse:
    """Middleware that answers these three addresses and passes everything else on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        if request.path == "/healthz":
            return _said("alive")
        if request.path == "/readyz":
            lacks = lacking()
            return _said(f"not ready: {', '.join(lacks)}" if lacks else "ready", is_well=not lacks)
        if request.path == "/metrics" and metrics.may_read(request):
            return HttpResponse(metrics.page(), content_type=metrics.CONTENT_TYPE)
        return get_response(request)

    return middleware


def lacking() -> list[str]:
    """What this process lacks to answer a page: of “database”, “migrations”, “store”; empty if nothing. One query and
    one small file."""
    lacks = []
    try:
        applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
        if not _shipped() <= set(applied):
            lacks.append("migrations")
    except Error:
        lacks.append("database")
    if not can_write():
        lacks.append("store")
    return lacks


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """Read once: what is installed does not change under a process."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def can_write() -> bool:
    """Whether the store can be written to, found out by writing: rights say nothing of a disk that is full, or was
    mounted to be read only."""
    store = observations.home()
    try:
        private_folder(Path(settings.HOME))
        with tempfile.TemporaryFile(dir=store if store.is_dir() else Path(settings.HOME)) as file:
            file.write(b"?")
    except OSError:
        return False
    return True


def _said(words: str, *, is_well: bool = True) -> HttpResponse:
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    answer = HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
