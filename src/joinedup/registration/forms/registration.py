"""Forms to register, answer an invitation, and change or cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.registration.actions.confirmed_records import records
from joinedup.registration.actions.registration import (
    NewPartner,
    refuse_as_organisation,
    refuse_colleagues,
    refuse_people,
)
from joinedup.registration.models import RESIDENT, RESIDENT_ROLE, YOUNG, Attendee, Invitation
from joinedup.registration.needs import INTERPRETERS, OTHER_LANGUAGE, TICKED
from joinedup.registration.queries.attendees import partners_to_register
from joinedup.registration.queries.known_answers import known_answers, speaks_for
from joinedup.taxonomy.models import Sector, Theme

# Who somebody is, asked first: what is asked next depends on it. (value, words, what it means)
WHO = [
    (
        "guest",
        _("I come for an organisation"),
        _("You work or volunteer for it, or speak for it: a council, a school, the police, a club…"),
    ),
    (
        "companion",
        _("I come for an organisation, and bring young people"),
        _("You are the adult they know. You register them together with you."),
    ),
    (
        YOUNG,
        _("I am a young person"),
        _("You come with an adult you know: from a club or a school, or of your family."),
    ),
    (
        RESIDENT,
        _("I come for myself"),
        _("You live here, or are a parent or carer. You speak for no organisation."),
    ),
]
TITLES = {
    "guest": _("Register for your organisation"),
    "companion": _("Register, with young people"),
    YOUNG: _("Register as a young person"),
    RESIDENT: _("Register for yourself"),
}
OFFERS = [
    ("", _("Nothing more: I come and talk")),
    ("facilitator", _("I can lead a table")),
    ("scribe", _("I can write for a table")),
]
IF_SHORT = [
    ("together", _("We all wait, until there is a place for each of us")),
    ("some", _("Those who fit come now, and the others wait")),
]
LANGUAGE_CHOICES = [
    ("", _("No")),
    *INTERPRETERS.items(),
    (OTHER_LANGUAGE, _("Another language: we ask which")),
]
_EVERYBODY = {"name", "themes", "access", "language", "dietary"}
_ADULT = _EVERYBODY | {"email", "photo_consent"}
_SPEAKS = {"partner", "new_partner", "sector", "role", "doing", "needing", "still_true", "opted_in"}
ASKED = {
    "guest": _ADULT | _SPEAKS | {"offer", "colleagues", "together"},
    "companion": _ADULT | _SPEAKS | {"young_names", "together"},
    YOUNG: _EVERYBODY | {"companion_email"},
    RESIDENT: _ADULT,
}


class WhoForm(forms.Form):
    """The first step: who somebody is."""

    part = forms.ChoiceField(
        choices=[(value, words) for value, words, _hint in WHO],
        widget=forms.RadioSelect,
        label=_("Which of these are you?"),
        error_messages={
            "required": _("Choose which of these you are."),
            "invalid_choice": _("Choose which of these you are."),
        },
    )

    def rows(self) -> list[tuple[Any, str]]:
        """Each choice with what it means."""
        return list(zip(self["part"].subwidgets, (str(hint) for _value, _words, hint in WHO), strict=True))


class NeedsForm(forms.Form):
    """What somebody needs on the day: a language that is chosen becomes one of the needs in `access`."""

    access = forms.MultipleChoiceField(
        choices=list(TICKED.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Do you need any of these?"),
    )
    language = forms.ChoiceField(
        choices=LANGUAGE_CHOICES,
        required=False,
        label=_("Do you need an interpreter for another language?"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = self.initial.get("access") or ()
        self.initial["language"] = next((need for need in needs if need not in TICKED), "")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if language := self.cleaned_data.pop("language", ""):
            self.cleaned_data["access"] = [*self.cleaned_data.get("access", []), language]
        return self.cleaned_data


class RegistrationForm(NeedsForm):
    """The second step: only what concerns the person that `part` says they are."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Your organisation"),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose your organisation, or give its name below.")},
    )
    new_partner = forms.CharField(max_length=200, required=False, label=_("Name of your organisation"))
    sector = forms.ModelChoiceField(
        Sector.objects.all(), required=False, label=_("Its sector"), empty_label=_("Choose one")
    )
    role = forms.CharField(
        max_length=120,
        label=_("Your role there"),
        help_text=_("For example: youth worker."),
        error_messages={"required": _("Give your role in your organisation.")},
    )
    email = forms.EmailField(
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        label=_("E-mail"),
        error_messages={"required": _("Give an e-mail address: your registration is sent there.")},
    )
    companion_email = forms.EmailField(
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        label=_("E-mail of the adult who comes with you"),
        help_text=_(
            "We ask them whether they come with you. We never write to you. If you have no adult yet: ask at your club "
            "or school."
        ),
        error_messages={"required": _("Give the e-mail address of the adult who comes with you.")},
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("What you want to be called"),
        help_text=_(
            "For your badge. It need not be your real name. Two people with one e-mail address: a different one each."
        ),
    )
    young_names = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("Young people who come with you"),
        help_text=_(
            "The names they want to be called, one a line. Nothing else. They wait until those who plan the event know "
            "you, or you were invited by name."
        ),
    )
    colleagues = forms.CharField(
        max_length=1000,
        widget=forms.Textarea,
        required=False,
        label=_("Colleagues of your organisation who come with you"),
        help_text=_(
            "One a line: the name they want to be called, a comma, their role there. For example: Sam, nurse. Their "
            "mail goes to your address, and each has a link and a code of their own."
        ),
    )
    together = forms.ChoiceField(
        choices=IF_SHORT,
        required=False,
        initial="together",
        widget=forms.RadioSelect,
        label=_("If fewer places are left than you are"),
    )
    dietary = forms.CharField(max_length=200, required=False, label=_("Food you do not eat"))
    offer = forms.ChoiceField(
        choices=OFFERS, required=False, widget=forms.RadioSelect, label=_("Could you help on the day?")
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
        self,
        data: Any = None,
        *,
        part: str,
        person: Person,
        event: Event,
        invitation: Invitation | None = None,
        written: QueryDict | None = None,
    ) -> None:
        """`written`: what somebody wrote before they went back to say who they are; shown again, not checked."""
        super().__init__(data, initial=known_answers(person, invitation, part))
        self.part = part
        for name in set(self.fields) - ASKED[part]:
            del self.fields[name]
        if part == YOUNG:
            self._ask_a_young_person()
        if self.asks_organisation:
            field = self.fields["partner"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = partners_to_register(person, event, invitation)
            # One of the two: the list, or a name that is not on it.
            field.required = not self.data.get("new_partner", "").strip()
        self._ask_what_is_true(speaks_for(person, invitation))
        if not event.has_photos:
            self.fields.pop("photo_consent", None)
        if written is not None:
            self._fill_in(written)

    @property
    def asks_organisation(self) -> bool:
        """A young person comes with an adult, who names theirs; a resident has none."""
        return "partner" in self.fields

    def _ask_a_young_person(self) -> None:
        field = self.fields["name"]
        field.label = _("The name you want to be called")
        field.required, field.help_text = True, _("For your badge. It need not be your real name.")
        field.error_messages["required"] = _("Give the name you want to be called: it need not be your own.")

    def _ask_what_is_true(self, partner: int | None) -> None:
        """Asked only of those who were invited for a partner by name, or are its members, and speak for it."""
        if "still_true" not in self.fields:
            return
        home = Partner.objects.select_related("sector").filter(pk=partner).first() if partner else None
        if home is None:
            del self.fields["still_true"]
            return
        field = self.fields["still_true"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, _held(record)) for key, record in records(home).items()]

    def _fill_in(self, written: QueryDict) -> None:
        for name, field in self.fields.items():
            if not field.widget.value_omitted_from_data(written, {}, name):
                self.initial[name] = field.widget.value_from_datadict(written, {}, name)

    def clean_colleagues(self) -> list[tuple[str, str]]:
        """(name, role) of each line."""
        found = []
        for line in self.cleaned_data["colleagues"].splitlines():
            name, _comma, role = (part.strip() for part in line.partition(","))
            if name and not role:
                raise ValidationError(
                    _("“%(name)s”: write a comma and their role after the name."), params={"name": name}
                )
            if name:
                found.append((name[:120], role[:120]))
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        self._refuse_people(values)
        is_new = self.asks_organisation and not values.get("partner") and "partner" not in self.errors
        if is_new and not values.get("sector"):
            self.add_error("sector", str(_("Choose the sector of your organisation.")))
        return values

    def _refuse_people(self, values: dict[str, Any]) -> None:
        """The error goes to its own box, so that nothing else typed is lost."""
        partner, new = values.get("partner"), values.get("new_partner", "").strip()
        name, young = values.get("name", ""), values.get("young_names", "").splitlines()
        home = partner.name if partner else new
        boxes = [box for box in ("role", "doing", "needing") if box in self.fields]
        heard: dict[str, str] = {box: values.get(box, "") for box in boxes}
        for check in (
            lambda: refuse_people(name, young, heard, organisation=home),
            lambda: refuse_as_organisation(new, [name, *young]) if new and not partner else None,
            lambda: refuse_colleagues(name, values.get("colleagues", []), organisation=home),
        ):
            try:
                check()
            except ValidationError as error:
                self.add_error(None, error)

    def registration(self) -> dict[str, Any]:
        """The arguments of `actions.registration.register`."""
        values = dict(self.cleaned_data)
        new, sector = values.pop("new_partner", ""), values.pop("sector", None)
        if self.asks_organisation:
            values["partner"] = values["partner"] or NewPartner(new, sector)
        values["young_names"] = values.get("young_names", "").splitlines()
        values["together"] = values.get("together") != "some"
        # Somebody who offers to lead a table comes as a guest until those who plan the event accept.
        values["part"] = values.pop("offer", "") or self.part
        if self.part == RESIDENT:
            values |= {"part": "guest", "role": str(RESIDENT_ROLE)}
        return values

    def title(self) -> str:
        return str(TITLES[self.part])

    def _those(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def about(self) -> list[forms.BoundField]:
        """What is needed, besides the organisation."""
        named = ["role", "email", "companion_email", "name", "young_names"]
        return self._those(*named, *(["together"] if "young_names" in self.fields else []))

    def with_colleagues(self) -> list[forms.BoundField]:
        """For somebody who registers others of their organisation too."""
        return self._those("colleagues", "together") if "colleagues" in self.fields else []

    def unlisted(self) -> list[forms.BoundField]:
        """For an organisation that is not in the list."""
        return self._those("new_partner", "sector")

    def is_unlisted(self) -> bool:
        """Whether the boxes for it have to be open."""
        boxes = [self["partner"], *self.unlisted()]
        return any(each.errors for each in boxes) or bool(self["new_partner"].value())

    def wanted(self) -> list[forms.BoundField]:
        """What may all be left empty."""
        return self._those(
            "access",
            "language",
            "dietary",
            "offer",
            "doing",
            "needing",
            "still_true",
            "opted_in",
            "photo_consent",
        )


def _held(record: Partner | Initiative) -> str:
    """A record in one line, as its own people would recognise it."""
    if isinstance(record, Partner):
        serves = ", ".join(place.name for place in record.serves.all()[:6])
        return f"{record.name} ({record.sector.name.lower()}){f', serves {serves}' if serves else ''}"
    return f"{record.name}: {record.what}"[:200] if record.what else record.name


class AttendingForm(NeedsForm):
    """What attendees may change through the link in the mail."""

    field_order = ["role", "name", "rounds", "access", "language", "dietary"]

    role = forms.CharField(max_length=120, label=_("Your role"))
    name = forms.CharField(max_length=120, required=False, label=_("What you want to be called"))
    rounds = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label=_("Rounds you come to")
    )
    dietary = forms.CharField(max_length=200, required=False, label=_("Food you do not eat"))
    opted_in = forms.BooleanField(
        required=False,
        label=_("You may introduce me to people whose work meets mine, if they agree too"),
        help_text=_("They see your name, role and organisation, and those at your tables also your e-mail."),
    )
    photo_consent = forms.BooleanField(required=False, label=_("I may be in photos of the day"))

    def __init__(self, *args: Any, attendee: Attendee, **kwargs: Any) -> None:
        names = self.base_fields.keys() - {"language"}
        kwargs["initial"] = {name: getattr(attendee, name) for name in names}
        kwargs["initial"]["rounds"] = attendee.rounds or list(range(1, attendee.event.rounds + 1))
        super().__init__(*args, **kwargs)
        field = self.fields["rounds"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        self.all_rounds = list(range(1, attendee.event.rounds + 1))
        field.choices = [(n, _("Round %(number)s") % {"number": n}) for n in self.all_rounds]
        not_asked = {"role", "opted_in"} if attendee.is_young or attendee.partner_id is None else set()
        if attendee.is_young or not attendee.event.has_photos:
            not_asked.add("photo_consent")
        for name in not_asked:
            del self.fields[name]

    def clean_rounds(self) -> list[int]:
        """Every round is the same as none named, so that rounds added later count too."""
        chosen = sorted(self.cleaned_data["rounds"])
        return [] if chosen == self.all_rounds else chosen
