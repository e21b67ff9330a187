"""Forms at the door: a code, and somebody who comes without a registration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration.models import RESIDENT_ROLE, Attendee
from joinedup.tables.queries.door import by_code, companions


class ArrivalCodeForm(forms.Form):
    """`attendee` is set once a code is found."""

    code = forms.CharField(
        max_length=400,
        label=_("Code"),
        help_text=_("Typed or scanned. Capitals and spaces do not matter."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type or scan a code.")},
    )
    attendee: Attendee | None = None

    def __init__(self, *args: Any, event: Event, is_next: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        if is_next:
            # A scanner types into the field that has the focus, so the next code goes in by itself.
            self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.attendee = by_code(self.event, code)
        if self.attendee is None:
            raise forms.ValidationError(
                _("Nobody of this event has this code: look for them by name or number.")
            )
        return code


class _Companion(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name or _('No. %(number)s') % {'number': obj.number}}, {obj.comes_for}"


class WalkInForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Organisation"),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose their organisation.")},
    )
    unlisted = forms.CharField(
        max_length=200,
        required=False,
        label=_("Its name, if it is not listed"),
        help_text=_("Nothing public is made of it. Whoever plans the event is asked afterwards what it is."),
    )
    for_themselves = forms.BooleanField(
        required=False,
        label=_("They come for themselves: a resident, a parent or a carer. No role is asked."),
    )
    role = forms.CharField(
        max_length=120,
        label=_("Their role there"),
        error_messages={"required": _("Give their role in their organisation.")},
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("What they want to be called"),
        help_text=_("It need not be their real name."),
    )
    companion = _Companion(
        Attendee.objects.none(),
        required=False,
        label=_("If it is a young person: their companion, who is here"),
        empty_label=_("It is an adult"),
        help_text=_(
            "A young person comes in only with an adult of their own organisation. No role is asked."
        ),
    )
    chair = forms.BooleanField(required=False, label=_("We have a chair, even if every place is taken"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner, companion = self.fields["partner"], self.fields["companion"]
        assert isinstance(partner, forms.ModelChoiceField)
        assert isinstance(companion, forms.ModelChoiceField)
        partner.queryset = Partner.objects.filter(footprints=event.footprint_id)
        here = [each.pk for each in companions(event)]
        companion.queryset = Attendee.objects.filter(pk__in=here).select_related("partner")
        if self.data.get("companion") or self.data.get("for_themselves"):
            # A young person belongs to their companion's organisation, and is asked for no role.
            partner.required = self.fields["role"].required = False
        elif self.data.get("unlisted", "").strip():
            partner.required = False

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        companion = values.get("companion")
        if values.get("partner") is not None and values.get("unlisted"):
            self.add_error("unlisted", str(_("Choose one of the list, or give a name: not both.")))
        if values.pop("for_themselves", False) and companion is None:
            values |= {"partner": None, "role": str(RESIDENT_ROLE), "unlisted": ""}
        if companion is not None and "partner" in values and values["partner"] is None:
            values["partner"] = companion.partner
        return values
