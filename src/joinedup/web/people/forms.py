"""Forms for accounts: address, code, and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.models import Grant
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
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
