"""Forms for partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.partners.queries import partners_to_choose, places_to_choose
from joinedup.partners.registers import numbers_of, wrong_box
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import worked_in
from joinedup.taxonomy.models import Sector, Theme

# A partner or an ask is never only for named others.
SHARED = [(m.value, m.label) for m in (Marking.PUBLIC, Marking.PARTNERSHIP)]


def places_to_filter_by(data: Mapping[str, Any]) -> QuerySet[Place]:
    """Where partnerships here work, and what is around it, plus any place that a link has put into the URL."""
    return Place.objects.filter(Q(pk__in=worked_in().values("pk")) | Q(pk=data.get("place", "")))


def keep_unseen(form: Any, name: str, record: Model) -> list[Any]:
    """What was ticked, plus what the record holds that this form could not offer: saving must not drop it."""
    field: Any = form.fields[name]
    unseen = getattr(record, name).exclude(pk__in=field.queryset.values("pk"))
    return [*form.cleaned_data[name], *unseen]


class PartnerFilter(forms.Form):
    q = forms.CharField(label=_("Name or what they do"), required=False, max_length=100)
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label=_("All")
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=_("Sector"), required=False, empty_label=_("All")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("Theme"), required=False, empty_label=_("All")
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["place"].queryset = places_to_filter_by(data)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The filters for `queries.find_partners`; an invalid one is reported and not applied."""
        self.is_valid()
        wanted = dict(self.cleaned_data)
        return {"text": wanted.pop("q", ""), **wanted}


def _number(label: Any) -> forms.CharField:
    """As long as people write it: the words before a number are taken away by the action."""
    return forms.CharField(label=label, required=False, max_length=60)


class PartnerForm(forms.ModelForm):
    charity_number, company_number = _number(_("Charity number")), _number(_("Company number"))
    urn, ods = _number(_("School number (URN)")), _number(_("NHS organisation code"))
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    source_url = forms.URLField(
        label=_("Where that can be read"), required=False, assume_scheme="https", max_length=500
    )
    marking = forms.ChoiceField(label=_("Who may see this"), choices=SHARED, widget=forms.RadioSelect)

    class Meta:
        model = Partner
        fields = [
            "name",
            "sector",
            "does",
            "base",
            "serves",
            "themes",
            "charity_number",
            "company_number",
            "urn",
            "ods",
            "gss",
            "website",
            "is_branch",
            "is_statutory",
            "marking",
            "source",
            "source_url",
        ]
        labels = {
            "name": _("Name"),
            "sector": _("Sector"),
            "does": _("What they do"),
            "base": _("Where they are based"),
            "serves": _("Places they serve"),
            "themes": _("Themes they work on"),
            "gss": _("Area code, if they are the authority for an area"),
            "is_branch": _("It is a branch of a larger body"),
            "is_statutory": _("The serious violence duty names this body"),
            "source": _("How we know this"),
        }
        help_texts = {
            "does": _("A sentence or two, in plain words."),
            "gss": "",
            "is_branch": _("Then others may have the same charity or company number."),
            "is_statutory": "",
        }
        widgets = {
            "serves": forms.CheckboxSelectMultiple,
            "themes": forms.CheckboxSelectMultiple,
            "source": forms.TextInput,
        }

    def __init__(self, *args: Any, footprint_ids: frozenset[int], may_say_statutory: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        serves = [p.pk for p in self.instance.serves.all()] if self.instance.pk else []
        chosen = [*serves, self.instance.base_id] if self.instance.base_id else serves
        places = places_to_choose(footprint_ids, chosen)
        base: Any = self.fields["base"]
        base.queryset, base.empty_label = places, _("Not known")
        self.fields["serves"].queryset = places  # type: ignore[attr-defined]
        if not may_say_statutory:
            del self.fields["is_statutory"]

    def _post_clean(self) -> None:
        """The rules are checked once, in the action that every form leads to."""

    def details(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def doubt(self, partner: Partner) -> str:
        """What to ask about the numbers that were given, once they are saved; empty if nothing."""
        return wrong_box(self.cleaned_data["company_number"], numbers_of(partner))


class AddPartnerForm(PartnerForm):
    footprint = forms.ModelChoiceField(Footprint.objects.none(), label=_("Partnership"), empty_label=None)
    field_order = ["footprint"]

    def __init__(self, *args: Any, coordinated_ids: frozenset[int], **kwargs: Any):
        super().__init__(*args, footprint_ids=coordinated_ids, may_say_statutory=True, **kwargs)
        choice: Any = self.fields["footprint"]
        choice.queryset = Footprint.objects.filter(pk__in=coordinated_ids)
        if len(coordinated_ids) == 1:
            choice.initial, choice.widget = next(iter(coordinated_ids)), forms.HiddenInput()


# Beside the box that confirms a record.
CONFIRMS = _(
    "From their own people this confirms it. From anybody else it says that you checked it with them today."
)


class ChangePartnerForm(PartnerForm):
    confirm = forms.BooleanField(label=_("All of this is true today"), help_text=CONFIRMS, required=False)


class PartnerAskForm(forms.ModelForm):
    kind = forms.ChoiceField(
        label=_("What kind of line is it?"), choices=Ask.Kind.choices, widget=forms.RadioSelect
    )
    marking = forms.ChoiceField(
        label=_("Who may see this"), choices=SHARED, initial=Marking.PARTNERSHIP, widget=forms.RadioSelect
    )

    class Meta:
        model = Ask
        fields = ["kind", "text", "themes", "marking"]
        labels = {"text": _("In one line"), "themes": _("Themes")}
        widgets = {"themes": forms.CheckboxSelectMultiple}

    def _post_clean(self) -> None:
        """The rules are checked in the action."""


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["role", "name", "email"]
        labels = {"role": _("Role"), "name": _("Name"), "email": _("E-mail address")}
        help_texts = {
            "role": _("For example: designated safeguarding lead."),
            "name": _("Only if they agreed to it."),
        }

    def _post_clean(self) -> None:
        """The rules are checked in the action."""


class LinkForm(forms.Form):
    other = forms.ModelChoiceField(Partner.objects.none(), label=_("Who they work with"))
    since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, person: Person, partner: Partner, **kwargs: Any):
        super().__init__(*args, **kwargs)
        here = partners_to_choose(person, [f.pk for f in partner.footprints.all()])
        self.fields["other"].queryset = here.exclude(pk=partner.pk)  # type: ignore[attr-defined]


class SuccessorForm(forms.Form):
    successor = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Who takes over"),
        help_text=_("If it is not in the list yet, add it as a partner first."),
        error_messages={"required": _("Choose who takes over.")},
    )
    day = forms.DateField(
        label=_("From which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say from which day.")},
    )

    def __init__(self, *args: Any, person: Person, partner: Partner, **kwargs: Any):
        super().__init__(*args, **kwargs)
        here = partners_to_choose(person, [f.pk for f in partner.footprints.all()])
        self.fields["successor"].queryset = here.exclude(pk=partner.pk)  # type: ignore[attr-defined]
