"""Who to ask whether an agreement names a body rightly, and who answers for it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement, Naming, PartnerContribution
from joinedup.agreements.naming import named_bodies, terms_of
from joinedup.agreements.reminder_steps import OPEN
from joinedup.partners.addressees import (
    HAS_TO_BE_HEARD,
    MOST_CONTACTS,
    Addressee,
    contacts_of,
    members_of,
    of_role,
)
from joinedup.partners.models import Contact, Partner
from joinedup.partners.queries import speaks_for

PURPOSE = "naming"
VALID_DAYS = 60
Answer = Naming.Answer


def whole(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """With everything that a question to a named body needs; 3 queries when read."""
    return agreements.select_related(
        "event__footprint",
        "owner_partner",
        "deputy_partner",
        "place",
        "theme",
        "opportunity",
        "commitment",
        "initiative",
        "written_by",
        "writer",
    ).prefetch_related(
        Prefetch("contributions", PartnerContribution.objects.select_related("partner")), "namings"
    )


def writers(agreement: Agreement) -> list[Addressee]:
    """Its writers with an address, by account or through the link of a table; each once."""
    user, attendee = agreement.written_by, agreement.writer
    found = {user.email.lower(): Addressee(user.email, user)} if user is not None and user.is_active else {}
    if attendee is not None and attendee.email:
        found.setdefault(attendee.email.lower(), Addressee(attendee.email))
    return list(found.values())


def _is_anothers(agreement: Agreement, partner: Partner, email: str) -> bool:
    """Whether an address belongs to the agreement's writer, who may answer only for their own body."""
    wrote = {each.email.lower() for each in writers(agreement)}
    if email.lower() not in wrote:
        return False
    attendee = agreement.writer
    is_their_own = attendee is not None and attendee.email.lower() == email.lower()
    return not (is_their_own and attendee is not None and attendee.partner_id == partner.pk)


def whom_to_name(agreement: Agreement, partner: Partner, role: str) -> list[Addressee]:
    """Every member of a body, whatever other mails they receive, and its contacts with this role, or any of
    its contacts if it has no member; never the agreement's writer as a contact of another body; 2 queries."""
    members = members_of([partner.pk], HAS_TO_BE_HEARD)[partner.pk]
    known = {each.email.lower() for each in members}
    contacts = [
        each
        for each in contacts_of([partner.pk], HAS_TO_BE_HEARD)[partner.pk]
        if each.email.lower() not in known and not _is_anothers(agreement, partner, each.email)
    ]
    asked = of_role(contacts, role) or ([] if members else contacts)
    return [*members, *asked[:MOST_CONTACTS]]


def role_in(agreement: Agreement, partner: Partner) -> str:
    """The title of the person there whom the agreement means; empty if it names none."""
    if partner.pk == agreement.owner_partner_id:
        return agreement.owner_role
    return agreement.deputy_role if partner.pk == agreement.deputy_partner_id else ""


def version_of(agreement: Agreement, partner: Partner) -> str:
    """A short hash of what a body says yes to: an answer to other words is not an answer."""
    terms = terms_of(agreement).get(partner.pk, ())
    return hashlib.sha256(repr(terms).encode()).hexdigest()[:16]


def naming_link(agreement: Agreement, partner: Partner, to: Addressee) -> str:
    return make_link(PURPOSE, f"{agreement.pk}.{partner.pk}", to.account or to.email)


@dataclass(frozen=True)
class NamedBody:
    """The body of an agreement that someone answers for, and in what capacity. `version` identifies the words
    they read."""

    agreement: Agreement
    partner: Partner
    by: Person
    version: str

    @property
    def naming(self) -> Naming | None:
        return next(
            (each for each in self.agreement.namings.all() if each.partner_id == self.partner.pk), None
        )

    @property
    def is_owner(self) -> bool:
        return self.partner.pk == self.agreement.owner_partner_id

    @property
    def is_deputy(self) -> bool:
        return not self.is_owner and self.partner.pk == self.agreement.deputy_partner_id

    @property
    def role(self) -> str:
        return role_in(self.agreement, self.partner)

    @property
    def puts_in(self) -> str:
        given = self.agreement.contributions.all()
        return next((each.what for each in given if each.partner_id == self.partner.pk), "")


def _named(agreement: Agreement, partner: Partner, user_id: int | None, email: str) -> NamedBody | None:
    """In what capacity the holder of an account or address answers for a body; None if they do not speak for
    it."""
    name = speaks_for(partner, user_id, email)
    if name is None or (user_id is None and _is_anothers(agreement, partner, email)):
        return None
    member = frozenset({Grant.Role.PARTNER_MEMBER.value})
    by = Person(user_id, name, partner_ids=frozenset({partner.pk}), roles=member)
    return NamedBody(agreement, partner, by, version_of(agreement, partner))


def named_by_mail(token: str) -> NamedBody | None:
    """What the link in a mail leads to. None if it is too old or was changed, if its recipient no longer
    speaks for the body, or if the agreement no longer names it; at most 6 queries."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    agreement_pk, _dot, partner_pk = link.pk.partition(".") if link else ("", "", "")
    if link is None or not (agreement_pk.isdecimal() and partner_pk.isdecimal()):
        return None
    agreement = whole(Agreement.objects.all()).filter(pk=agreement_pk).first()
    partner = named_bodies(agreement).get(int(partner_pk)) if agreement else None
    if agreement is None or partner is None:
        return None
    return _named(agreement, partner, link.user_id, link.email)


def named_for(person: Person, pk: int) -> list[NamedBody]:
    """The bodies of an agreement that a signed-in person answers for: those they are a member of, and those
    that list their address as a contact; at most 5 queries, plus one for each body."""
    if person.user_id is None:
        return []
    as_contact = (
        Contact.objects.filter(email__iexact=person.email) if person.email else Contact.objects.none()
    )
    called = set(as_contact.values_list("partner", flat=True))
    theirs = _that_name(person.partner_ids | called).filter(pk=pk)
    # Most readers answer for none, and all of an agreement is much to ask for.
    agreement = whole(theirs).first() if theirs.exists() else None
    if agreement is None:
        return []
    bodies = named_bodies(agreement)
    own = person.partner_ids & bodies.keys()
    found = []
    for body, partner in bodies.items():
        if body in own:
            found.append(_named(agreement, partner, person.user_id, ""))
        elif body in called:
            found.append(_as_contact(agreement, partner, person))
    return [each for each in found if each is not None]


def _that_name(bodies: Collection[int]) -> QuerySet[Agreement]:
    """Agreements with one of `named_bodies` among these. Asked of the database: whoever answers for none of them would
    otherwise wait longer for an agreement that is there than for one that is not."""
    return Agreement.objects.filter(Agreement.objects.that_name(bodies))


def _as_contact(agreement: Agreement, partner: Partner, person: Person) -> NamedBody | None:
    named = _named(agreement, partner, None, person.email)
    if named is None:
        return None
    by = Person(person.user_id, named.by.name, partner_ids=named.by.partner_ids, roles=named.by.roles)
    return NamedBody(agreement, partner, by, named.version)


def to_answer(person: Person) -> list[Naming]:
    """Where an open agreement names one of their bodies that has not answered, the oldest first; 1 query."""
    waiting = Naming.objects.filter(partner__in=person.partner_ids, answer="", agreement__state__in=OPEN)
    return list(
        waiting.select_related("agreement__event", "partner").order_by("agreement__recorded_at", "pk")
    )


@dataclass(frozen=True)
class Unsettled:
    """An open agreement that needs something from its coordinators, and what."""

    agreement: Agreement
    why: str


def unsettled(person: Person) -> list[Unsettled]:
    """Open agreements of the partnerships they coordinate that were written through a table's link and not
    confirmed, whose owner said no, or whose owner could not be asked; 1 query, plus 1 for who answered."""
    owner = Naming.objects.filter(agreement=OuterRef("pk"), partner=OuterRef("owner_partner"))
    said_no = Exists(owner.filter(answer=Answer.NO))
    was_asked = Exists(owner.filter(Q(asked_on__isnull=False) | ~Q(answer="")))
    found = (
        Agreement.objects.visible_to(person)
        .filter(event__footprint__in=person.coordinated_ids, state__in=OPEN)
        .annotate(said_no=said_no, was_asked=was_asked)
        .filter(Q(said_no=True) | Q(was_asked=False) | Q(is_by_link=True, confirmed_on=None))
        .select_related("owner_partner")
        .only("goal", "is_demonstration", "owner_partner__name")
        .order_by("recorded_at", "pk")
    )
    return [Unsettled(each, _why(each)) for each in found]


def _why(agreement: Agreement) -> str:
    found = vars(agreement)
    if found["said_no"]:
        return "said_no"
    return "not_asked" if not found["was_asked"] else "by_link"


def coordinators_and_writer(agreement: Agreement, coordinators: Iterable[User]) -> list[Addressee]:
    """Who is notified that a body said no: the coordinators, and the agreement's writers; each address once."""
    found = {user.email.lower(): Addressee(user.email, user) for user in coordinators}
    for each in writers(agreement):
        found.setdefault(each.email.lower(), each)
    return list(found.values())
