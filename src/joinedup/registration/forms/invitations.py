"""Forms to invite somebody, correct an invitation, and answer one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration.models import Invitation

BRINGS_HELP = _(
    "The mail then says what young people are paid, who the safeguarding lead is, that names are chosen, and that "
    "photos are off."
)


class ChangeInvitationForm(forms.Form):
    role = forms.CharField(max_length=120, label=_("Role"))
    name = forms.CharField(max_length=120, required=False, label=_("Name, if they gave it"))
    email = forms.EmailField(label=_("E-mail"))
    brings = forms.ChoiceField(
        choices=Invitation.Brings.choices, required=False, label=_("Asked to bring"), help_text=BRINGS_HELP
    )

    @classmethod
    def of(cls, invitation: Invitation, data: Any = None) -> ChangeInvitationForm:
        names = ("role", "name", "email", "brings")
        return cls(data, initial={name: getattr(invitation, name) for name in names})


class InvitationForm(ChangeInvitationForm):
    """`initial` may hold the partner that a link asked for."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Partner"), empty_label=_("Choose one"))
    field_order = ["partner"]

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Partner.objects.filter(footprints=event.footprint_id)


class InvitationAnswerForm(forms.Form):
    """One form with three buttons: only the one that sends somebody else needs the address."""

    answer = forms.ChoiceField(choices=Invitation.Answer, label=_("Your answer"))
    substitute_email = forms.EmailField(
        label=_("E-mail of the person who comes instead"),
        error_messages={"required": _("Give the e-mail address of the person who comes instead.")},
    )
    substitute_role = forms.CharField(max_length=120, required=False, label=_("Their role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sends = self.data.get("answer", Invitation.Answer.SUBSTITUTE) == Invitation.Answer.SUBSTITUTE
        self.fields["substitute_email"].required = sends
