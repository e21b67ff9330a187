"""Forms for accounts: address, code, and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.leaving.handover import Left
from joinedup.accounts.models import Grant, User
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.privacy.retention import CLOSED_ACCOUNTS
from joinedup.web.people.queries import footprints_to_invite_for, partners_to_invite_for


class InviteForm(forms.Form):
    """Whom to invite, and in which role. Only administrators may choose another role than partner member."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("They sign in with it."))
    name = forms.CharField(
        max_length=120, required=False, label=_("Name"), help_text=_("As they want to be called.")
    )
    job = forms.CharField(max_length=120, required=False, label=_("Role in their organisation"))
    role = forms.ChoiceField(
        choices=Grant.Role.choices,
        initial=Grant.Role.PARTNER_MEMBER,
        widget=forms.RadioSelect,
        label=_("What will they be here?"),
    )
    partner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        required=False,
        label=_("Organisation, for a partner member"),
        empty_label=_("Choose an organisation"),
    )
    footprint: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, required=False, label=_("Partnership, for a coordinator"), empty_label=_("Choose a partnership")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners_to_invite_for(person)  # type: ignore[attr-defined]
        if may(person, "role.grant"):
            self.fields["footprint"].queryset = footprints_to_invite_for()  # type: ignore[attr-defined]
        else:
            del self.fields["role"], self.fields["footprint"]
            self.fields["partner"].required = True
            self.fields["partner"].label = _("Organisation")

    def invitation(self) -> dict[str, Any]:
        """The arguments of `actions.invite_person`. A scope that the chosen role does not use is left out."""
        chosen = {"role": Grant.Role.PARTNER_MEMBER.value, "footprint": None} | self.cleaned_data
        if chosen["role"] != Grant.Role.PARTNER_MEMBER:
            chosen["partner"] = None
        if chosen["role"] != Grant.Role.COORDINATOR:
            chosen["footprint"] = None
        return chosen


# How many records of a kind are named.
SHOWN = 5


class HandoverForm(forms.Form):
    """To whom each kind of record passes: the first colleague unless somebody else is chosen, or nobody yet."""

    def __init__(
        self,
        *args: Any,
        left: list[Left],
        colleagues: list[User],
        fellows: set[int],
        may_erase: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.left = [each for each in left if each.passes]
        for each in self.left:
            able = [one for one in colleagues if one.pk in fellows or not each.is_for_members]
            people = [("", _("Nobody yet")), *((str(one.pk), str(one)) for one in able)]
            more = len(each.records) - SHOWN
            self.fields[each.name] = forms.ChoiceField(
                choices=people,
                required=False,
                initial=people[1][0] if able else "",
                label=each.called,
                help_text="; ".join(str(record).rstrip(".") for record in each.records[:SHOWN])
                + (_(" and %(more)s more") % {"more": more} if more > 0 else ""),
            )
            # Nobody yet is an answer: it is not called optional.
            self.fields[each.name].is_needed = True  # type: ignore[attr-defined]
        if may_erase:
            self.fields["and_erase"] = forms.BooleanField(
                required=False,
                label=_("Erase it too, after the day for an undo"),
                help_text=_(
                    "Name and address go, and the role stands where the name says who did something. Otherwise this "
                    "happens %(days)s days after closing."
                )
                % {"days": CLOSED_ACCOUNTS.length.days},
            )

    def chosen(self) -> dict[str, int | None]:
        """The argument `to` of `closing.close_account`."""
        picked = self.cleaned_data
        return {each.key: int(picked[each.name]) if picked[each.name] else None for each in self.left}
