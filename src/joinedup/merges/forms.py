"""The form of two records side by side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.engines.words import listing
from joinedup.merges.comparison import gaining, side_by_side
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_to_choose

KEPT, GONE = "kept", "gone"


class OtherForm(forms.Form):
    """Which other record is of the same body."""

    other = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("The other record of this body"),
        error_messages={"required": _("Choose the other record.")},
        to_field_name="slug",
    )

    def __init__(self, *args: Any, person: Person, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = partners_to_choose(person, [f.pk for f in partner.footprints.all()])
        self.fields["other"].queryset = here.exclude(pk=partner.pk)  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """For each field in which two records differ: which of them it is taken from."""

    def __init__(self, *args: Any, kept: Partner, gone: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = side_by_side(kept, gone)
        for side in self.sides:
            if side.differs:
                self.fields[side.name] = forms.ChoiceField(
                    label=side.label,
                    choices=[(KEPT, side.kept or side.nothing), (GONE, side.gone or side.nothing)],
                    widget=forms.RadioSelect,
                    initial=GONE if side.takes_other else KEPT,
                    error_messages={"required": _("Choose which is right.")},
                )
        if more := gaining(kept, gone):
            names = listing([each.name for each in more])
            self.fields["wider"] = forms.BooleanField(
                label=_("Members of %(names)s may see what both share") % {"names": names},
                help_text=_(
                    "Only one of the two is in it. Contacts and what is shared in a partnership will be seen there."
                ),
                error_messages={"required": _("Say that this is right, or leave them apart.")},
            )

    def taken(self) -> dict[str, Any]:
        """The arguments of `actions.merge`; after `is_valid`."""
        values = dict(self.cleaned_data)
        return {
            "wider": values.pop("wider", False),
            "take": {name for name, from_which in values.items() if from_which == GONE},
        }
