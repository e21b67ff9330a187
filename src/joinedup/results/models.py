"""Responses: what was done about what was said at an event."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Marking, RecordQuerySet
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event


class Response(models.Model):
    """What was done about something that was said at an event: the “we did” beside “you said”.

    If it criticises a named body, that body is notified first. Everyone else sees it ten working days later,
    with the body's answer beside it.
    """

    partner_paths = ("about",)
    footprint_paths = ("event__footprint",)

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="responses")
    contribution = models.ForeignKey(
        "voice.Contribution", null=True, blank=True, on_delete=models.SET_NULL, related_name="responses"
    )
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses"
    )
    text = models.CharField(max_length=600)
    about = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_critical = models.BooleanField(default=False, help_text="says something critical of `about`")
    told_on = models.DateField(
        null=True,
        blank=True,
        help_text="when the named body was told, at an address that those who wrote it did not add",
    )
    answer = models.CharField(max_length=600, blank=True, help_text="what the named body says to it")
    shown_early_on = models.DateField(
        null=True, blank=True, help_text="when the named body let both be shown before its ten days end"
    )
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PUBLIC)
    is_demonstration = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=160)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_critical=False) | Q(about__isnull=False),
                name="response_critical_names",
            )
        ]

    def __str__(self) -> str:
        return f"Response {self.pk}"

    def scope(self) -> Scope:
        return Scope(frozenset({self.about_id} if self.about_id else ()), self.event.scope().footprints)
