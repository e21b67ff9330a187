"""Who may sign in, what they may do, and what they did."""

import datetime
import secrets
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

APPEND_ONLY = "The audit trail is append-only."


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, **fields: object) -> "User":
        """A person who signs in with a code sent to `email`; there is no password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account. People appear here only as account holders, under the name they chose."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    job = models.CharField(max_length=120, blank=True, help_text="role in their organisation")
    is_active = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="when the account was last closed")
    is_to_erase = models.BooleanField(
        default=False, help_text="its owner asks for it, once it can no longer be undone"
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.job or self.email


class Grant(models.Model):
    """A role that a person holds, and its scope: a partner, a footprint, or everything."""

    class Role(models.TextChoices):
        PARTNER_MEMBER = "partner_member", "Partner member"
        COORDINATOR = "coordinator", "Coordinator"
        PROGRAMME_LEAD = "programme_lead", "Programme lead"
        ADMINISTRATOR = "administrator", "Administrator"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    partner = models.ForeignKey("partners.Partner", null=True, blank=True, on_delete=models.CASCADE)
    footprint = models.ForeignKey("places.Footprint", null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "partner"],
                condition=Q(partner__isnull=False),
                name="grant_once_a_partner",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "footprint"],
                condition=Q(footprint__isnull=False),
                name="grant_once_a_footprint",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(footprint__isnull=True, partner__isnull=True),
                name="grant_once_everywhere",
            ),
            models.CheckConstraint(
                name="grant_has_its_scope",
                condition=(
                    Q(role="partner_member", partner__isnull=False, footprint__isnull=True)
                    | Q(role="coordinator", partner__isnull=True, footprint__isnull=False)
                    | Q(
                        role__in=["programme_lead", "administrator"],
                        partner__isnull=True,
                        footprint__isnull=True,
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        """Without the holder's name: the audit trail keeps this line for ever."""
        over = self.partner or self.footprint
        return f"{self.get_role_display()}, {over}" if over else str(self.get_role_display())


def fresh_token() -> str:
    return secrets.token_urlsafe(24)


class Preference(models.Model):
    """Which mails somebody wants, and the secret URL of their calendar. Without a row the defaults apply."""

    class Digest(models.TextChoices):
        NEVER = "never", "Never"
        DAILY = "daily", "Every working day on which something waits"
        WEEKLY = "weekly", "Once a week, when something waits"

    class Mail(models.TextChoices):
        OPPORTUNITIES = "opportunities", "Opportunities that name my organisation"
        AGREEMENTS = "agreements", "Agreements that are due, or due for a review"
        EVENTS = "events", "Events: reminders and what came of them"
        CLUSTERS = "clusters", "Where and when: what appears where I follow"
        SUPPORT = "support", "Support that I look after: a check is due"

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="preference")
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.WEEKLY)
    not_wanted = models.JSONField(default=list, blank=True, help_text="values of Mail")
    calendar_token = models.CharField(max_length=40, unique=True, default=fresh_token)
    digest_sent_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """Without the holder's name: the audit trail keeps this line for ever."""
        return f"mails: {self.get_digest_display()}"


class Session(AbstractBaseSession):
    """A browser that is signed in, or a visitor's while they sign in. It is the table of Django's sessions, with
    whose it
    is and what its owner is shown of it: no network address, and of the browser only its kind."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    begun = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(default=timezone.now, help_text="to within a few minutes")
    idle = models.PositiveIntegerField(default=0, help_text="seconds without use after which it ends")
    browser = models.CharField(max_length=60, blank=True, help_text="Firefox on Windows: never its version")

    objects: ClassVar[Any] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    def __str__(self) -> str:
        """Without the key, which signs in."""
        return f"session begun {self.begun:%d/%m/%Y %H:%M}"

    @classmethod
    def get_session_store_class(cls) -> type:
        """As Django finds it everywhere: by the setting."""
        store: type = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    def end(self) -> datetime.datetime:
        """When it ends if it is not used again: it is never longer than `SESSION_COOKIE_AGE` altogether."""
        at_last = self.begun + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return min(at_last, self.last_used + datetime.timedelta(seconds=self.idle))


class Closing(models.Model):
    """That an account was closed, and what passed to whom then, so that it can be undone for a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="closings")
    at = models.DateTimeField(default=timezone.now)
    by_last_role = models.BooleanField(default=False, help_text="the last role was taken away")
    passed = models.JSONField(default=list, help_text="what passed on, as it was; emptied after a day")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"closed {self.at:%d/%m/%Y %H:%M}"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds; never changes or deletes, not even in bulk. One thing only: when an account is erased, the
    role of
    whoever acted stands where the name stood (docs/decisions/names-end-with-the-account.md)."""

    def erase_name(self, user_id: int, role: str) -> int:
        """Put `role` in the place of the name in everything that an account did; returns how many entries."""
        return models.QuerySet.update(self.filter(user_id=user_id).exclude(by=role), by=role)

    def erase_words(self, pk: int, **values: object) -> None:
        """Put other words where an entry repeats a name or an address: its label, before or after."""
        models.QuerySet.update(self.filter(pk=pk), **values)

    def update(self, **kwargs: object) -> int:
        raise TypeError(APPEND_ONLY)

    def bulk_update(self, *args: object, **kwargs: object) -> int:
        raise TypeError(APPEND_ONLY)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(APPEND_ONLY)


class AuditEntry(models.Model):
    """Who did what to which record, before and after. Holds no foreign keys: history never blocks deletion."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=160, help_text="as the person was called then")
    action = models.CharField(max_length=60)
    record = models.CharField(max_length=60, help_text="app.model")
    record_id = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["record", "record_id"])]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.by}: {self.action} {self.label}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError(APPEND_ONLY)
