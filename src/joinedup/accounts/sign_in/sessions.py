"""Sessions: Django's, in a table that says whose they are, so that they can be listed and ended.

Of a browser only its kind is kept ("Firefox on Windows"), and no network address: enough to recognise one's own, and
little to follow somebody by. A session goes with its row: when it is ended, when it was not used for long enough, and
after `SESSION_COOKIE_AGE` at the latest.
"""

from __future__ import annotations

import datetime
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from joinedup.accounts.models import Grant, Session, User

# Roles that can do harm to many: their sessions end earlier, and a second factor is for them.
LOOKED_AFTER = (Grant.Role.COORDINATOR, Grant.Role.PROGRAMME_LEAD, Grant.Role.ADMINISTRATOR)
# Use is noted this often, so that reading a page seldom writes.
NOTED = datetime.timedelta(minutes=5)
# A visitor who has not signed in: their address waits here while they type the code.
VISITOR = datetime.timedelta(hours=1)

BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox",
            "FxiOS": "Firefox", "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari"}  # fmt: skip
SYSTEMS = {"Android": "Android", "iPhone": "an iPhone", "iPad": "an iPad", "Windows": "Windows",
           "Mac OS": "a Mac", "CrOS": "a Chromebook", "Linux": "Linux"}  # fmt: skip


class SessionStore(db.SessionStore):
    """Django's store of sessions, with the owner, the first and the last use beside the data."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        if self.row is not None and self.row.user_id is not None:
            now = timezone.now()
            if now - self.row.last_used >= NOTED:
                self.row.last_used = now
                self.row.expire_date = self.row.end()
                Session.objects.filter(pk=self.row.pk).update(last_used=now, expire_date=self.row.expire_date)
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to save; what was known of the same person's session stays."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        held, user_id = self.row, data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.begun = row.last_used = timezone.now()
        if row.user_id is None:
            row.expire_date = row.begun + VISITOR
        else:
            if held is not None and held.user_id == row.user_id:
                row.begun, row.idle = held.begun, held.idle
            else:
                row.idle = idle_of(row.user_id)
            row.browser = str(data.get("browser", ""))[:60]
            row.expire_date = row.end()
        self.row = row
        return row


def idle_of(user_id: int) -> int:
    """Seconds without use after which somebody's session ends, by their roles; 1 query."""
    is_looked_after = Grant.objects.filter(user=user_id, role__in=LOOKED_AFTER).exists()
    return (
        min(settings.SESSION_IDLE, settings.SESSION_COOKIE_AGE)
        if is_looked_after
        else settings.SESSION_COOKIE_AGE
    )


def settle(user_id: int) -> None:
    """After a change of roles: the open sessions of somebody end as their roles now say."""
    idle = idle_of(user_id)
    for row in Session.objects.filter(user=user_id):
        row.idle = idle
        row.expire_date = row.end()
        row.save(update_fields=["idle", "expire_date"])


def sessions_of(user: User) -> list[Session]:
    """The sessions of somebody that still work, the last used first; 1 query."""
    return list(
        Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-last_used", "-begun")
    )


def browser_of(agent: str) -> str:
    """The kind of a browser, roughly, from its own words; "another browser" if they say nothing known."""
    name = next((name for sign, name in BROWSERS.items() if sign in agent), "another browser")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    return f"{name} on {system}" if system else name


@receiver(user_logged_in)
def _begins(sender: object, request: HttpRequest, **_more: object) -> None:
    request.session["browser"] = browser_of(request.headers.get("User-Agent", ""))
    request.session["signed_in_at"] = time.time()


def end_sessions(user_id: int, *, only: str = "", but: str = "") -> int:
    """End the sessions of somebody: all, only one, or all but one, by key; returns how many."""
    found = Session.objects.filter(user=user_id)
    if only:
        found = found.filter(pk=only)
    return found.exclude(pk=but).delete()[0] if but else found.delete()[0]
