"""What partners agreed, how it went, and who was asked about it and when."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking, RecordQuerySet
from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.models import Sitting


class Draft(models.Model):
    """What someone is writing at a table and has not saved as an agreement, kept so that nothing is lost.

    The writer is an account holder or, through the link in their mail, someone who leads the table or writes
    for it.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    attendee = models.ForeignKey(Attendee, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict, help_text="the form's fields as typed")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "user"], condition=Q(user__isnull=False), name="draft_once_an_account"
            ),
            models.UniqueConstraint(
                fields=["sitting", "attendee"],
                condition=Q(attendee__isnull=False),
                name="draft_once_an_attendee",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(attendee__isnull=True), name="draft_has_one_writer"
            ),
        ]

    def __str__(self) -> str:
        return f"Draft at {self.sitting}"


class AgreementQuerySet(RecordQuerySet):
    def visible_to(self, person: Person) -> Self:
        """As for every record; in addition, what is not ready for everyone is only for its partners and
        partnership."""
        found = super().visible_to(person)
        if person.sees_every_partnership:
            return found
        ready = ~self.unready()
        if person.footprint_ids:
            ready |= Q(event__footprint__in=person.footprint_ids)
        if person.partner_ids:
            ready |= self.that_name(person.partner_ids)
        return found.filter(ready)

    @staticmethod
    def that_name(partners: Collection[int] | models.QuerySet[Any]) -> Q:
        """Agreements that one of these (pks) owns, deputises for or puts something into: `naming.named_bodies`. No
        agreement twice; an empty deputy is nobody."""
        given = PartnerContribution.objects.filter(partner__in=partners).order_by().values("agreement")
        return Q(owner_partner__in=partners) | Q(deputy_partner__in=partners) | Q(pk__in=given)

    @staticmethod
    def unready() -> Q:
        """Agreements not ready for everyone, even if public: written through a table's link and not
        confirmed, or repeating in their words the name of a body that has not said yes."""
        silent = Naming.objects.filter(in_words=True).exclude(answer=Naming.Answer.YES)
        return Q(is_by_link=True, confirmed_on=None) | Q(pk__in=silent.order_by().values("agreement"))


class Agreement(models.Model):
    """What partners agreed: goal, contributions, owner and deputy, action, place, theme, measure, dates."""

    partner_paths = ("owner_partner", "deputy_partner", "contributions__partner")
    footprint_paths = ("event__footprint",)

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        STARTED = "started", "Started"
        KEPT = "kept", "Kept"
        NOT_KEPT = "not_kept", "Not kept"
        DROPPED = "dropped", "Dropped by agreement"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="agreements")
    sitting = models.ForeignKey(
        Sitting, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    opportunity = models.ForeignKey(
        "opportunities.Opportunity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    goal = models.CharField(max_length=250, help_text="the shared goal")
    action = models.TextField(help_text="what will be done")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="agreements")
    theme = models.ForeignKey("taxonomy.Theme", on_delete=models.PROTECT, related_name="agreements")
    measure = models.CharField(max_length=250, help_text="how we will know")
    owner_partner = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, related_name="agreements_owned"
    )
    owner_role = models.CharField(max_length=120)
    deputy_partner = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements_deputised",
    )
    deputy_role = models.CharField(max_length=120)
    due = models.DateField()
    review_3 = models.DateField()
    review_6 = models.DateField()
    review_12 = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.AGREED)
    initiative = models.OneToOneField(
        "initiatives.Initiative", null=True, blank=True, on_delete=models.SET_NULL, related_name="agreement"
    )
    commitment = models.ForeignKey(
        "strategy.Commitment", null=True, blank=True, on_delete=models.SET_NULL, related_name="agreements"
    )
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.PARTNERSHIP)
    is_demonstration = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=160)
    recorded_at = models.DateTimeField(auto_now_add=True)
    written_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    writer = models.ForeignKey(
        Attendee,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who wrote it by the link of a table, without an account",
    )
    is_by_link = models.BooleanField(default=False, help_text="written by the link of a table")
    confirmed_on = models.DateField(
        null=True, blank=True, help_text="when its owner or a coordinator confirmed what was written by link"
    )
    confirmed_by = models.CharField(max_length=160, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="started") | Q(initiative__isnull=False),
                name="agreement_started_has_an_initiative",
            )
        ]

    def __str__(self) -> str:
        return self.goal

    def scope(self) -> Scope:
        partners = {self.owner_partner_id, *(c.partner_id for c in self.contributions.all())}
        if self.deputy_partner_id:
            partners.add(self.deputy_partner_id)
        return Scope(frozenset(partners), self.event.scope().footprints)

    def instead_of_owner(self, person: Person) -> str:
        """The words for a reader who may not know its owner; empty for one who may. For rooms below this one.
        Expects `contributions` and `namings` to be prefetched."""
        from joinedup.agreements.naming import OWNER, may_be_named, stands_for

        if may_be_named(self, self.owner_partner_id, person):
            return ""
        return stands_for(self, self.owner_partner_id, OWNER)


class PartnerContribution(models.Model):
    """What one partner puts into an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="contributions")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="contributions")
    what = models.CharField(max_length=250)

    class Meta:
        ordering = ["pk"]
        verbose_name = "contribution"
        constraints = [models.UniqueConstraint(fields=["agreement", "partner"], name="contribution_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.what}"


class Naming(models.Model):
    """That an agreement names a body, as owner, deputy or for its contribution; when it was asked, and its
    answer.

    If the words about it change it is asked again: an answer applies to what the agreement says now.
    """

    class Answer(models.TextChoices):
        NONE = "", "No answer yet"
        YES = "yes", "Yes, that is us"
        NO = "no", "No"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="namings")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="namings")
    in_words = models.BooleanField(default=False, help_text="its name stands in the words of the agreement")
    asked_on = models.DateField(null=True, blank=True, help_text="when it was last asked by mail")
    answer = models.CharField(max_length=3, choices=Answer, default=Answer.NONE, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["agreement", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "partner"], name="naming_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True)
                | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="naming_answer_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_answer_display()}"


class Progress(models.Model):
    """One dated report on an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="progress")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=Agreement.State)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=160)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.get_state_display()}"


class Chase(models.Model):
    """That someone was asked about an agreement: which step, about which day, at how many addresses. Never
    twice."""

    class Step(models.TextChoices):
        BEFORE = "before", "Before it is due"
        OWNER = "owner", "Overdue: the owner"
        DEPUTY = "deputy", "Overdue: the deputy"
        COORDINATOR = "coordinator", "Overdue: the coordinator"
        REVIEW_3 = "review_3", "Review after 3 months"
        REVIEW_6 = "review_6", "Review after 6 months"
        REVIEW_12 = "review_12", "Review after 12 months"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="chases")
    step = models.CharField(max_length=12, choices=Step)
    about = models.DateField(help_text="the due day or the review day")
    on = models.DateField()
    addresses = models.PositiveSmallIntegerField(default=0, help_text="how many mails went out")

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "step", "about"], name="chase_once")]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.on:%d/%m/%Y}"


class YoungMark(models.Model):
    """Whether a young person who attended says that what was agreed was done. Given through their host,
    without a name."""

    class Done(models.TextChoices):
        YES = "yes", "Yes, it was done"
        PARTLY = "partly", "Partly"
        NO = "no", "No"
        CANNOT_TELL = "cannot_tell", "I cannot tell"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="young_marks")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="+")
    done = models.CharField(max_length=12, choices=Done)
    on = models.DateField()

    class Meta:
        ordering = ["agreement", "pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "attendee"], name="young_mark_once")]

    def __str__(self) -> str:
        return f"{self.get_done_display()}: {self.agreement}"
