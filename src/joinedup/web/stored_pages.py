"""Public pages are kept in memory for those without a session, and what pages say to everybody alike for all, until
anything at all is changed.

Why and what it must never keep: docs/decisions/stored-pages.md. Whether anything was changed is asked of the database
itself, so that no writer, in whichever process, can forget to say so.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

# The views whose pages may be kept, by name: those that anybody may open, without a form or a secret in the address.
PAGES = frozenset([
    "about_accessibility", "about_complaints", "about_cookies", "about_privacy", "about_terms", "agreement",
    "agreements", "commitment", "conversation", "conversations", "dataset", "event", "event_results",
    "event_since", "events", "figure", "home", "initiative", "initiatives", "likeness", "methods", "offer",
    "opportunities", "opportunity", "opportunity_grid", "opportunity_paths", "opportunity_public",
    "opportunity_together", "partner", "partners", "partnership", "place", "practice", "practice_card",
    "programme", "programme_results", "programmes", "sources", "strategy", "successions", "support", "visit",
    "visits", "worried",
])  # fmt: skip
# A page may say what time does to it: what is open until noon is looked at again soon after.
SECONDS = 30.0
MOST_BYTES = 8 * 1024**2
LONGEST_QUERY = 100
POLICY = "Content-Security-Policy"


@dataclass(frozen=True)
class StoredPage:
    """A page in the pieces between which the nonce of each answer goes."""

    version: Hashable
    until: float
    headers: dict[str, str]
    body: tuple[bytes, ...]
    etag: str
    match: ResolverMatch | None = None

    @property
    def size(self) -> int:
        return sum(map(len, self.body)) + 2_000


class Shelf:
    """What is kept in this process: the pages that were asked for last, up to `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most, self.size = most, 0
        self._pages: OrderedDict[Hashable, StoredPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, version: Hashable) -> StoredPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.version != version or page.until < monotonic():
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: StoredPage) -> None:
        with self._lock:
            if before := self._pages.pop(key, None):
                self.size -= before.size
            self._pages[key] = page
            self.size += page.size
            while self.size > self.most:
                self.size -= self._pages.popitem(last=False)[1].size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0


class _Watch:
    """A connection to SQLite's file of its own, on which only others write: its `data_version` changes with each
    commit (https://www.sqlite.org/pragma.html#pragma_data_version)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._file: Hashable = None
        self._connection: sqlite3.Connection | None = None

    def version(self, path: str) -> Hashable:
        with self._lock:
            file = (path, os.stat(path).st_ino)
            if self._connection is None or file != self._file:
                if self._connection is not None:
                    self._connection.close()
                self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self._file = file
            return (
                *file,
                id(self._connection),
                self._connection.execute("PRAGMA data_version").fetchone()[0],
            )


shelf = Shelf()
_watch = _Watch()
# Parts of pages that are the same for every reader, the last asked for last: {key: (version, until, part)}.
_parts: OrderedDict[Hashable, tuple[Hashable, float, Any]] = OrderedDict()
_parts_lock = Lock()
MOST_PARTS = 16
Part = TypeVar("Part")


def version() -> Hashable | None:
    """Equal as long as nothing was committed, by whichever process; None where that cannot be said, such as inside a
    transaction.

    PostgreSQL's snapshot names which transactions are through: equal snapshots see the same.
    """
    if connection.in_atomic_block:
        return None
    try:
        if connection.vendor == "sqlite":
            return _watch.version(str(connection.settings_dict["NAME"]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return str(cursor.fetchone()[0])
    except (DatabaseError, sqlite3.Error, OSError):
        return None


def kept_until_any_change(key: Hashable, make: Callable[[], Part]) -> Part:
    """What `make` gives, made again once anything was committed. `key` says all that it depends on besides the records;
    it must be the same for every reader, and nobody may change it."""
    now = version()
    if now is None:
        return make()
    with _parts_lock:
        held = _parts.get(key)
        if held is not None and held[0] == now and held[1] >= monotonic():
            _parts.move_to_end(key)
            part: Part = held[2]
            return part
    made = make()
    with _parts_lock:
        _parts[key] = (now, monotonic() + SECONDS, made)
        while len(_parts) > MOST_PARTS:
            _parts.popitem(last=False)
    return made


def stored(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer from what is kept, or keep the answer. Stands outside of what makes sessions and nonces."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = _key(request)
        now = version() if key is not None else None
        if now is None:
            return get_response(request)
        page = shelf.get(key, now)
        if page is None:
            response = get_response(request)
            if not _may_be_kept(request, response):
                return response
            page = _page(request, response, now)
            shelf.put(key, page)
        # Who counts requests asks for it, and a kept page came by no view.
        request.resolver_match = request.resolver_match or page.match
        return _answer(request, page)

    return middleware


def _key(request: HttpRequest) -> Hashable | None:
    """What the page depends on besides the records; None for a request whose answer may be somebody's own."""
    query = request.META.get("QUERY_STRING", "")
    if request.method != "GET" or len(query) > LONGEST_QUERY or "HTTP_AUTHORIZATION" in request.META:
        return None
    # This one alone says nothing of who it is, and no page that uses it is kept.
    if request.COOKIES.keys() - {settings.CSRF_COOKIE_NAME}:
        return None
    host, language = request.META.get("HTTP_HOST"), get_language_from_request(request)
    return (request.scheme, host, request.path_info, query, language, timezone.localdate())


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and request.resolver_match is not None
        and request.resolver_match.view_name in PAGES
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and "Cache-Control" not in response.headers
    )


def _page(request: HttpRequest, response: HttpResponse, now: Hashable) -> StoredPage:
    nonce = getattr(request, "_csp_nonce", None)
    body = tuple(response.content.split(nonce.encode())) if nonce else (response.content,)
    # Caches may keep it too and have to ask each time: what is taken back is gone with the next answer.
    patch_cache_control(response, max_age=0, must_revalidate=True)
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    if nonce:
        headers[POLICY] = headers[POLICY].replace(nonce, "{nonce}")
    # Weak: two answers differ in their nonce.
    etag = f'W/"{hashlib.sha256(b"".join(body)).hexdigest()[:32]}"'
    return StoredPage(now, monotonic() + SECONDS, headers, body, etag, request.resolver_match)


def _answer(request: HttpRequest, page: StoredPage) -> HttpResponse:
    """The page with a nonce of its own; to who has it already, that it still is so."""
    response: HttpResponse
    if page.etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        # Without a policy: what the reader's browser has keeps the nonce that it came with.
        response = HttpResponseNotModified()
        kept = {name: value for name, value in page.headers.items() if name in ("Cache-Control", "Vary")}
    else:
        nonce = secrets.token_urlsafe(16)
        response, kept = HttpResponse(nonce.encode().join(page.body)), dict(page.headers)
        if POLICY in kept:
            kept[POLICY] = kept[POLICY].replace("{nonce}", nonce)
        kept["Content-Length"] = str(len(response.content))
    for name, value in {**kept, "ETag": page.etag}.items():
        response.headers[name] = value
    return response
