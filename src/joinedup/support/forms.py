"""The three questions of the finder, and the facts of an offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.models import User
from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.support.actions import LONGEST, Facts
from joinedup.support.keepers import kept_by, possible_owners
from joinedup.support.models import Offer
from joinedup.support.page_fetch import fetch_page
from joinedup.support.queries import Asker, areas, codes_of
from joinedup.taxonomy.models import Sector, Theme

# What one cell of a list that is shared may hold.
LONGEST_TEXT = 5_000


class FinderForm(forms.Form):
    """Every question may stay open; an invalid value counts as not answered."""

    sector = forms.ModelChoiceField(
        Sector.objects.all(),
        required=False,
        label=_("Which sector are you?"),
        empty_label=_("Choose a sector"),
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), required=False, label=_("Where do you work?"), empty_label=_("Choose a place")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(),
        required=False,
        label=_("What do you work on?"),
        empty_label=_("Choose a theme"),
    )
    kind = forms.ChoiceField(
        choices=[("", _("Any kind")), *Offer.Kind.choices], required=False, label=_("What kind of support?")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["place"].queryset = areas()  # type: ignore[attr-defined]

    def question(self) -> Asker:
        self.is_valid()
        sector, theme = self.cleaned_data.get("sector"), self.cleaned_data.get("theme")
        return Asker(
            sector=sector.pk if sector else "",
            place_codes=codes_of(self.cleaned_data.get("place")),
            theme=theme.pk if theme else "",
        )


class CorrectionForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea,
        max_length=LONGEST,
        label=_("What is wrong, and what is right?"),
        help_text=_("Say where you read it. Your name goes with it; no names of other people."),
    )


class ReopeningForm(forms.Form):
    reopens = forms.DateField(
        required=False,
        label=_("Expected to open again from about"),
        help_text=_("If only a month was said, give its first day. Empty both boxes to take it back."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    said_by = forms.CharField(
        max_length=160,
        required=False,
        label=_("Who said so?"),
        help_text=_(
            "A role or a publication, for example: the grants team of the funder, in their newsletter."
        ),
    )


class KeeperForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Who looks after it?"))

    def __init__(self, offer: Offer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["owner"]
        chosen.queryset, chosen.empty_label = possible_owners(offer), kept_by(offer).capitalize()


class FunderPageForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        strip=False,
        label=_("Paste the page"),
        help_text=_(
            "Open the funder's page, select all of it, copy, and paste it here. Menus and footers do no harm."
        ),
    )
    url = forms.URLField(max_length=500, required=False, label=_("Its address"), assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = (
            _("Without a pasted text, this site opens the page and reads it.")
            if settings.FETCH_FUNDER_PAGES
            else _("This site does not open pages itself: the address is kept beside what you paste.")
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not values["text"].strip():
            values["text"] = self._fetched(values["url"])
        return values

    def _fetched(self, url: str) -> str:
        if not url:
            self.add_error("text", _("Paste the text of the page."))
            return ""
        if not settings.FETCH_FUNDER_PAGES:
            self.add_error("text", _("This site does not open pages itself: open it and paste its text."))
            return ""
        try:
            return fetch_page(url)
        except forms.ValidationError as error:
            self.add_error("url", error)
            return ""


class OfferForm(forms.Form):
    footprint = forms.ModelChoiceField(
        Footprint.objects.none(), required=False, label=_("For which of your partnerships?"), empty_label=None
    )
    name = forms.CharField(max_length=200, label=_("Name"))
    kind = forms.ChoiceField(choices=Offer.Kind.choices, label=_("Kind"))
    provider = forms.CharField(max_length=200, label=_("Who provides it"))
    provider_partner = forms.ModelChoiceField(
        Partner.objects.none(),
        required=False,
        label=_("The provider, if it is a partner here"),
        empty_label=_("Not a partner here"),
    )
    purpose = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea, required=False, label=_("What it is for")
    )
    who_may_use = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        required=False,
        label=_("Who may apply"),
        help_text=_("In the provider's words."),
    )
    is_required_by_law = forms.BooleanField(
        required=False, label=_("The law requires it of those it names, such as statutory guidance")
    )
    sectors = forms.ModelMultipleChoiceField(
        Sector.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Sectors that may apply"),
        help_text=_(
            "By themselves, or in the bid of those who lead. Choose none if that is not known, or said in words only."
        ),
    )
    via_sectors = forms.ModelMultipleChoiceField(
        Sector.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Who leads, or through whom others come in"),
        help_text=_("Choose none if everybody applies directly."),
    )
    lead_only = forms.BooleanField(
        required=False, label=_("Only those who lead may apply: others take part in their bid")
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Themes"),
        help_text=_("Only those it is about. Without any it is found on the pages of support only."),
    )
    is_general = forms.BooleanField(
        required=False, label=_("It is for any work with young people, whatever the theme")
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        required=False,
        label=_("Places"),
        help_text=_("Choose none if it is for everywhere. Hold Ctrl or Command to choose several."),
    )
    area = forms.CharField(
        max_length=120, required=False, label=_("Area"), help_text=_("In the provider's words.")
    )
    basis = forms.ChoiceField(
        choices=[("", _("Not known")), *Offer.Basis.choices],
        required=False,
        label=_("How it can be had"),
        help_text=_("Guidance, toolkits, data and reviews that are always there stand on the shelf."),
    )
    opens = forms.DateField(
        required=False, label=_("Opens"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    closes = forms.DateField(
        required=False, label=_("Closes"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    dates_note = forms.CharField(max_length=250, required=False, label=_("Note on the dates"))
    check_by = forms.DateField(
        required=False,
        label=_("Next check by"),
        help_text=_("Left empty: three months after the last check, a year for what is always there."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    amount = forms.CharField(
        max_length=160,
        required=False,
        label=_("Amount"),
        help_text=_("As published, for example £5,000 to £25,000."),
    )
    amount_max_gbp = forms.IntegerField(
        required=False,
        min_value=0,
        label=_("The most that one award may be, in pounds"),
        help_text=_("Only if it is published."),
    )
    amount_programme = forms.IntegerField(
        required=False,
        min_value=0,
        label=_("All awards together, in pounds"),
        help_text=_("The whole programme."),
    )
    awards = forms.CharField(
        max_length=80,
        required=False,
        label=_("How many awards"),
        help_text=_("As published, for example: about 12."),
    )
    url = forms.URLField(max_length=500, required=False, label=_("Web page"), assume_scheme="https")
    source = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label=_("Source"),
        help_text=_("Where you read it or who told you."),
    )
    marking = forms.ChoiceField(choices=Marking.choices, initial=Marking.PUBLIC, label=_("Who may see it"))

    def __init__(self, person: Person, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Footprint.objects.filter(pk__in=person.coordinated_ids).order_by("name")
        if is_new and not may(person, "offer.add", Scope()) and len(person.coordinated_ids) > 1:
            self.fields["footprint"].queryset = own  # type: ignore[attr-defined]
        else:
            # There is nothing to choose: all share it, or it belongs to their one partnership.
            del self.fields["footprint"]
        partners = Partner.objects.visible_to(person)
        if not may(person, "offer.add", Scope()):
            partners = partners.filter(
                Q(footprints__in=person.coordinated_ids) | Q(pk__in=person.partner_ids)
            ).distinct()
        self.fields["provider_partner"].queryset = partners  # type: ignore[attr-defined]
        self.fields["places"].queryset = areas()  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """The facts filled in; after `is_valid`."""
        values = dict(self.cleaned_data)
        values.pop("footprint", None)
        for name in ("themes", "sectors", "via_sectors", "places"):
            values[name] = [each.pk for each in values[name]]
        return Facts(**values)

    def home(self) -> Footprint | None:
        """The partnership it is added for, if there is a choice; after `is_valid`."""
        chosen: Footprint | None = self.cleaned_data.get("footprint")
        return chosen


def filled_in(offer: Offer) -> dict[str, Any]:
    """The offer as `OfferForm` shows it before anything is changed."""
    values: dict[str, Any] = {name: getattr(offer, name) for name in OfferForm.base_fields}
    for name in ("themes", "sectors", "via_sectors", "places"):
        values[name] = [each.pk for each in values[name].all()]
    return values
