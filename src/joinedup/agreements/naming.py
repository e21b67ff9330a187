"""Which bodies an agreement names, what each has answered, and how a reader may know them.

No queries here: an agreement comes with `namings` and `contributions` prefetched. In public a body appears by
name once it has said yes; until then the words say that somebody has been asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.agreement_state import is_inside
from joinedup.agreements.models import Agreement, Naming
from joinedup.partners.models import Partner

OWNER, DEPUTY, CONTRIBUTOR = "owner", "deputy", "contributor"
Answer = Naming.Answer
# What a body says yes to: the words of the agreement, and what it is to do itself.
Terms = tuple[object, ...]


def named_bodies(agreement: Agreement) -> dict[int, Partner]:
    """Every body that an agreement names, once each, the owner first. Expects their partners to be selected."""
    found = {agreement.owner_partner_id: agreement.owner_partner}
    if agreement.deputy_partner is not None:
        found.setdefault(agreement.deputy_partner.pk, agreement.deputy_partner)
    for each in agreement.contributions.all():
        found.setdefault(each.partner_id, each.partner)
    return found


def terms_of(agreement: Agreement) -> dict[int, Terms]:
    """What each named body says yes to. If this changes, its answer is no longer valid and it is asked again."""
    puts_in = {each.partner_id: each.what for each in agreement.contributions.all()}
    words = (
        agreement.goal,
        agreement.action,
        agreement.measure,
        agreement.place_id,
        agreement.theme_id,
        agreement.due.isoformat(),
        agreement.marking == Marking.PUBLIC,
    )
    # Without a named deputy, the owner's organisation deputises for itself.
    deputy = agreement.deputy_partner_id or agreement.owner_partner_id
    return {
        pk: (
            *words,
            agreement.owner_role if pk == agreement.owner_partner_id else None,
            agreement.deputy_role if pk == deputy else None,
            puts_in.get(pk),
        )
        for pk in named_bodies(agreement)
    }


def is_in_words(agreement: Agreement, partner: Partner) -> bool:
    """Whether the public words repeat the name of a body: hiding it beside the words would then hide nothing."""
    roles = (agreement.owner_role, agreement.deputy_role)
    words = (agreement.goal, agreement.action, agreement.measure, *roles)
    given = (each.what for each in agreement.contributions.all())
    name = " ".join(partner.name.casefold().split())
    return any(name in " ".join(each.casefold().split()) for each in (*words, *given))


def told_action(agreement: Agreement, person: Person) -> str:
    """What will be done, as `person` may read it. Expects its opportunity to be selected."""
    return agreement.action if is_inside(agreement, person) else without_first_step(agreement)


def without_first_step(agreement: Agreement) -> str:
    """What will be done, without the first step of the opportunity behind it: that asks something of a body
    by name, and is for its partnership. Expects its opportunity to be selected."""
    words = " ".join(agreement.action.split())
    step = " ".join(agreement.opportunity.first_step.split()) if agreement.opportunity else ""
    return " ".join(words.replace(step, " ").split()) if step else agreement.action


def naming_of(agreement: Agreement, partner_id: int) -> Naming | None:
    return next((each for each in agreement.namings.all() if each.partner_id == partner_id), None)


def has_said_yes(agreement: Agreement, partner_id: int) -> bool:
    found = naming_of(agreement, partner_id)
    return found is not None and found.answer == Answer.YES


def may_be_named(agreement: Agreement, partner_id: int, person: Person) -> bool:
    """Whether this reader may know that the agreement names this body."""
    return has_said_yes(agreement, partner_id) or is_inside(agreement, person)


def stands_for(agreement: Agreement, partner_id: int, kind: str) -> str:
    """The words everyone else reads instead of the name: who is asked, never that somebody said no."""
    found = naming_of(agreement, partner_id)
    if found is not None and found.answer == Answer.NO:
        return {
            OWNER: _("an owner is being looked for"),
            DEPUTY: _("a deputy is being looked for"),
            CONTRIBUTOR: _("another partner is being looked for"),
        }[kind]
    if found is None or found.asked_on is None:
        return {
            OWNER: _("an owner is still to be asked"),
            DEPUTY: _("a deputy is still to be asked"),
            CONTRIBUTOR: _("another partner is still to be asked"),
        }[kind]
    return {
        OWNER: _("an owner has been asked"),
        DEPUTY: _("a deputy has been asked"),
        CONTRIBUTOR: _("another partner has been asked"),
    }[kind]


def note_of(agreement: Agreement, partner_id: int) -> str:
    """What the partnership reads beside the name: the body's answer, and when it was given."""
    found = naming_of(agreement, partner_id)
    if found is not None and found.answer == Answer.YES and found.answered_on:
        return _("said yes on %(day)s") % {"day": date_format(found.answered_on, "j F Y")}
    if found is not None and found.answer == Answer.NO and found.answered_on:
        return _("said no on %(day)s") % {"day": date_format(found.answered_on, "j F Y")}
    if found is None or found.asked_on is None:
        return _("not asked yet: no e-mail reached them")
    return _("asked on %(day)s, no answer yet") % {"day": date_format(found.asked_on, "j F Y")}


@dataclass(frozen=True)
class Party:
    """A body as this reader may know it: by name with its address, by sector only, or as somebody who was
    asked.

    `role`: the title of the person there, for those inside: a small body's one youth worker can be identified
    by it. `note`: its answer so far, for those inside. `is_named`: whether the words name it at all.
    """

    name: str
    slug: str = ""
    role: str = ""
    note: str = ""
    is_named: bool = True


def party(partner: Partner, visible: dict[int, Partner], role: str = "", note: str = "") -> Party:
    """A partner as shown to a reader who sees `visible` (by key). Expects its sector to be selected."""
    if partner.pk in visible:
        return Party(partner.name, partner.slug, role, note)
    return Party(f"A partner ({partner.sector.name.lower()})", "", role, note)


def party_of(
    agreement: Agreement,
    partner: Partner,
    person: Person,
    visible: dict[int, Partner],
    kind: str,
    role: str = "",
) -> Party:
    """A body that an agreement names, as `person` may know it."""
    if not may_be_named(agreement, partner.pk, person):
        return Party(stands_for(agreement, partner.pk, kind), is_named=False)
    if not is_inside(agreement, person):
        return party(partner, visible)
    return party(partner, visible, role, note_of(agreement, partner.pk))
