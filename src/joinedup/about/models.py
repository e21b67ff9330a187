"""The body that is responsible for an installation, as its pages have to name it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ONLY = 1


class ResponsibleBody(models.Model):
    """Who is responsible for this site, in one row: the controller of its personal data, and whom to write to.

    Everything may be empty until an administrator has filled it in; `queries.lacking` says what is.
    """

    class Basis(models.TextChoices):
        PUBLIC_TASK = (
            "public_task",
            _("Public task: what the law asks this body to do (UK GDPR, article 6(1)(e))"),
        )
        INTERESTS = "interests", _("Legitimate interests, which were weighed (UK GDPR, article 6(1)(f))")

    class Meets(models.TextChoices):
        WHOLLY = "wholly", _("Fully: nothing is known that falls short")
        PARTLY = "partly", _("Partly: most of it does")
        NOT = "not", _("Not: most of it does not")

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = models.CharField(max_length=200, blank=True)
    address = models.TextField(max_length=500, blank=True)
    partnerships = models.TextField(
        max_length=2000, blank=True, help_text="who is responsible for which partnership, one a line"
    )
    email = models.EmailField(blank=True, help_text="for anything")
    telephone = models.CharField(max_length=40, blank=True)
    officer_email = models.EmailField(blank=True, help_text="of the data protection officer")
    register_number = models.CharField(max_length=12, blank=True, help_text="at the Information Commissioner")
    basis = models.CharField(max_length=12, choices=Basis, blank=True)
    hosting = models.TextField(max_length=500, blank=True, help_text="who runs the machines")
    country = models.CharField(max_length=100, blank=True, help_text="where the machines stand")
    mail_carrier = models.TextField(max_length=500, blank=True, help_text="who carries the mails")
    meets = models.CharField(max_length=6, choices=Meets, blank=True, help_text="WCAG 2.2, level AA")
    prepared_on = models.DateField(null=True, blank=True, help_text="of the accessibility statement")
    reviewed_on = models.DateField(null=True, blank=True, help_text="of the accessibility statement")
    tested_on = models.DateField(null=True, blank=True, help_text="for accessibility")
    tested_by = models.CharField(max_length=200, blank=True)
    problems = models.TextField(max_length=2000, blank=True, help_text="that people with a disability meet")
    answer_days = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="working days to answer a complaint",
    )
    second_stage = models.TextField(max_length=500, blank=True, help_text="who looks at a complaint again")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=ONLY), name="one_body_is_responsible"),
        ]

    def __str__(self) -> str:
        return self.name or "the body that is responsible"
