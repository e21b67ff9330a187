"""Who may answer for a criticised body: nobody added by the criticising side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.partners.models import Contact
from joinedup.results.models import Response

WROTE = ("response.write", "response.change")


@dataclass(frozen=True)
class Addresses:
    """People of the named body: those in `counting` may answer and agree to show both early; `others` are
    notified but may not."""

    counting: list[User | str]
    others: list[User | str]

    def may_answer(self, user_id: int | None, email: str) -> bool:
        """Whether an account, or an address without one, speaks for the body here."""
        if user_id is not None:
            return any(isinstance(each, User) and each.pk == user_id for each in self.counting)
        return bool(email) and email.lower() in {each for each in self.counting if isinstance(each, str)}

    def all_but(self, user_id: int | None, email: str) -> list[User | str]:
        """Everyone addressed except one."""
        every = [*self.counting, *self.others]
        return [
            each
            for each in every
            if (
                each.pk != user_id if isinstance(each, User) else user_id is not None or each != email.lower()
            )
        ]


def addresses(response: Response, writing: Iterable[int | None] = ()) -> Addresses:
    """Everyone at the body that a response is about; 6 queries.

    Its members count, except anyone who wrote the criticism and anyone whose membership the criticising side
    granted since. A contact counts unless the criticising side added it: those who wrote it (`writing`: and
    those writing it now), the people of their organisations, and the partnership's coordinators. A contact
    added by one of the body's own members counts. Contacts from before this was recorded count too.
    """
    about = response.about
    if about is None:
        return Addresses([], [])
    wrote = _wrote(response) | {pk for pk in writing if pk is not None}
    side = _side(response, wrote)
    given = _given(response, set(side))
    grants = Grant.objects.filter(partner=about, user__is_active=True).select_related("user")
    members = {each.user_id: each for each in grants.order_by("user__email")}
    counting: list[User | str] = []
    others: list[User | str] = []
    for pk, grant in members.items():
        (others if pk in wrote or grant.pk in given else counting).append(grant.user)
    own = {pk for pk, grant in members.items() if pk not in wrote and grant.pk not in given}
    known = {grant.user.email.lower() for grant in members.values()} | {""}
    for contact in Contact.objects.filter(partner=about).order_by("email", "pk"):
        email = contact.email.lower()
        if email in known:
            continue
        known.add(email)
        added = contact.added_by_id
        is_theirs = email in side.values() or added in wrote or (added in side and added not in own)
        (others if is_theirs else counting).append(email)
    return Addresses(counting, others)


def _wrote(response: Response) -> set[int]:
    """The accounts that wrote or changed a response."""
    if response.pk is None:
        return set()
    entries = AuditEntry.objects.filter(
        record=Response._meta.label_lower, record_id=str(response.pk), action__in=WROTE, user_id__isnull=False
    )
    return {pk for pk in entries.values_list("user_id", flat=True) if pk is not None}


def _side(response: Response, wrote: set[int]) -> dict[int, str]:
    """The accounts of the criticising side, with addresses: the writers, their colleagues, and the
    partnership's coordinators."""
    held = Grant.objects.filter(user__in=wrote, partner__isnull=False).exclude(partner=response.about_id)
    homes = list(held.values_list("partner", flat=True))
    people = User.objects.filter(pk__in=wrote) | User.objects.filter(grants__partner__in=homes)
    if response.event.footprint_id is not None:
        people |= User.objects.filter(
            grants__role=Grant.Role.COORDINATOR, grants__footprint=response.event.footprint_id
        )
    return {pk: email.lower() for pk, email in people.distinct().values_list("pk", "email")}


def _given(response: Response, side: set[int]) -> set[int]:
    """The memberships that the criticising side granted since the response was written."""
    if response.pk is None:
        return set()
    entries = AuditEntry.objects.filter(
        record=Grant._meta.label_lower, action="role.grant", user_id__in=side, at__gte=response.recorded_at
    )
    return {int(pk) for pk in entries.values_list("record_id", flat=True) if pk.isdecimal()}
