"""Forms to register, answer an invitation, and change or cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.registration.actions.confirmed_records import records
from joinedup.registration.actions.registration import NewPartner, refuse_as_organisation, refuse_people
from joinedup.registration.models import YOUNG, Attendee, Invitation
from joinedup.registration.queries.attendees import partners_to_register
from joinedup.taxonomy.models import Sector, Theme

COMING_AS = [
    ("guest", _("For my organisation")),
    ("facilitator", _("For my organisation, and I can lead a table")),
    ("companion", _("As the companion of young people")),
    (YOUNG, _("As a young person")),
]
ACCESS_CHOICES = [
    ("step_free", _("A step-free table")),
    ("quiet", _("A quieter table")),
    ("hearing_loop", _("A hearing loop")),
    ("interpreter", _("An interpreter")),
]


class RegistrationForm(forms.Form):
    part = forms.ChoiceField(
        choices=COMING_AS, initial="guest", widget=forms.RadioSelect, label=_("You come")
    )
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        required=False,
        label=_("Your organisation"),
        empty_label=_("Mine is not listed"),
        help_text=_("Young people: the organisation that you come with."),
    )
    new_partner = forms.CharField(
        max_length=200, required=False, label=_("Name of your organisation, if it is not listed")
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(),
        required=False,
        label=_("Its sector, if it is not listed"),
        empty_label=_("Choose one"),
    )
    role = forms.CharField(
        max_length=120, required=False, label=_("Your role there"), help_text=_("Not asked of young people.")
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("What you want to be called"),
        help_text=_(
            "For your badge. It need not be your real name. Two people with one e-mail address: a different one each."
        ),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Young people: the address with which your companion is registered, not your own."),
    )
    young_names = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("Young people who come with you"),
        help_text=_(
            "If you are their companion: the names they want to be called, one a line. Nothing else. They wait until "
            "those who plan the event know you, or you were invited by name."
        ),
    )
    doing = forms.CharField(
        max_length=300,
        required=False,
        label=_("One thing you do, or can give"),
        help_text=_(
            "One line, about your organisation: it helps us bring the right people together. No names, no numbers."
        ),
    )
    needing = forms.CharField(max_length=300, required=False, label=_("One thing you need"))
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("What do you want to talk about?"),
    )
    access = forms.MultipleChoiceField(
        choices=ACCESS_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Do you need any of these?"),
    )
    dietary = forms.CharField(max_length=200, required=False, label=_("Food you do not eat"))
    still_true = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("What we hold of your organisation: what of it is still true?"),
        help_text=_("Tick what is right. Leave what is not: you can change it when you are signed in."),
    )
    opted_in = forms.BooleanField(
        required=False,
        label=_("You may introduce me to people whose work meets mine, if they agree too"),
        help_text=_("They see your name, role and organisation, and those at your tables also your e-mail."),
    )
    photo_consent = forms.BooleanField(required=False, label=_("I may be in photos of the day"))

    def __init__(
        self, *args: Any, person: Person, event: Event, invitation: Invitation | None = None, **kw: Any
    ):
        initial: dict[str, Any] = {"email": person.email}
        mine = next(iter(sorted(person.partner_ids)), None)
        initial["partner"] = mine
        if invitation is not None:
            initial = {"partner": invitation.partner_id, "role": invitation.role, "email": invitation.email}
        kw["initial"] = initial
        super().__init__(*args, **kw)
        field = self.fields["partner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = partners_to_register(person, event, invitation)
        self._ask_what_is_true(invitation.partner_id if invitation else mine)
        if not event.has_photos:
            del self.fields["photo_consent"]

    def _ask_what_is_true(self, partner: int | None) -> None:
        """Asked only of those who were invited for a partner by name, or are its members."""
        home = Partner.objects.select_related("sector").filter(pk=partner).first() if partner else None
        if home is None:
            del self.fields["still_true"]
            return
        field = self.fields["still_true"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, _held(record)) for key, record in records(home).items()]

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        self._refuse_people(values)
        if not values.get("partner"):
            if not values.get("new_partner", "").strip():
                self.add_error("partner", str(_("Choose your organisation, or give its name below.")))
            elif not values.get("sector"):
                self.add_error("sector", str(_("Choose the sector of your organisation.")))
        return values

    def _refuse_people(self, values: dict[str, Any]) -> None:
        """The error goes to its own box, so that nothing else typed is lost."""
        partner, new = values.get("partner"), values.get("new_partner", "").strip()
        name, young = values.get("name", ""), values.get("young_names", "").splitlines()
        boxes = ("doing", "needing") if values.get("part") == YOUNG else ("role", "doing", "needing")
        home = partner.name if partner else new
        heard = {box: values.get(box, "") for box in boxes}
        for check in (
            lambda: refuse_people(name, young, heard, organisation=home),
            lambda: refuse_as_organisation(new, [name, *young]) if new and not partner else None,
        ):
            try:
                check()
            except ValidationError as error:
                self.add_error(None, error)

    def registration(self) -> dict[str, Any]:
        """The arguments of `actions.registration.register`."""
        values = dict(self.cleaned_data)
        new, sector = values.pop("new_partner"), values.pop("sector")
        values["partner"] = values["partner"] or NewPartner(new, sector)
        values["young_names"] = values["young_names"].splitlines()
        if values["part"] == YOUNG:
            values["companion_email"] = values.pop("email")
        return values


def _held(record: Partner | Initiative) -> str:
    """A record in one line, as its own people would recognise it."""
    if isinstance(record, Partner):
        serves = ", ".join(place.name for place in record.serves.all()[:6])
        return f"{record.name} ({record.sector.name.lower()}){f', serves {serves}' if serves else ''}"
    return f"{record.name}: {record.what}"[:200] if record.what else record.name


class AttendingForm(forms.Form):
    """What attendees may change through the link in the mail."""

    role = forms.CharField(max_length=120, label=_("Your role"))
    name = forms.CharField(max_length=120, required=False, label=_("What you want to be called"))
    rounds = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label=_("Rounds you come to")
    )
    access = forms.MultipleChoiceField(
        choices=ACCESS_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Do you need any of these?"),
    )
    dietary = forms.CharField(max_length=200, required=False, label=_("Food you do not eat"))
    opted_in = forms.BooleanField(
        required=False,
        label=_("You may introduce me to people whose work meets mine, if they agree too"),
        help_text=_("They see your name, role and organisation, and those at your tables also your e-mail."),
    )
    photo_consent = forms.BooleanField(required=False, label=_("I may be in photos of the day"))

    def __init__(self, *args: Any, attendee: Attendee, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(attendee, name) for name in self.base_fields}
        kwargs["initial"]["rounds"] = attendee.rounds or list(range(1, attendee.event.rounds + 1))
        super().__init__(*args, **kwargs)
        field = self.fields["rounds"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        self.all_rounds = list(range(1, attendee.event.rounds + 1))
        field.choices = [(n, _("Round %(number)s") % {"number": n}) for n in self.all_rounds]
        if attendee.is_young:
            for name in ("role", "opted_in", "photo_consent"):
                del self.fields[name]
        elif not attendee.event.has_photos:
            del self.fields["photo_consent"]

    def clean_rounds(self) -> list[int]:
        """Every round is the same as none named, so that rounds added later count too."""
        chosen = sorted(self.cleaned_data["rounds"])
        return [] if chosen == self.all_rounds else chosen
