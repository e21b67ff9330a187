"""The form in which an administrator says who is responsible for the site."""

from __future__ import annotations

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.about.models import ResponsibleBody

# Numbers of the register begin with Z and have seven or eight signs: Z1234567, ZA123456, ZB123456.
REGISTER_NUMBER = re.compile(r"Z[A-Z]?\d{6,7}")


class ResponsibleBodyForm(forms.ModelForm):
    class Meta:
        model = ResponsibleBody
        fields = [
            "name", "address", "partnerships", "email", "telephone", "officer_email", "register_number", "basis",
            "hosting", "country", "mail_carrier", "meets", "problems", "tested_on", "tested_by", "prepared_on",
            "reviewed_on", "answer_days", "second_stage",
        ]  # fmt: skip
        labels = {
            "name": _("Which body is responsible for this site?"),
            "address": _("Its address"),
            "partnerships": _("Who is responsible for which partnership"),
            "email": _("E-mail address for anything about the site"),
            "telephone": _("Telephone"),
            "officer_email": _("E-mail address of the data protection officer"),
            "register_number": _("Number in the register of the Information Commissioner"),
            "basis": _("Why you may hold personal data"),
            "hosting": _("Who runs the machines"),
            "country": _("In which country the machines stand"),
            "mail_carrier": _("Who carries the mails"),
            "meets": _("How far does the site meet the Web Content Accessibility Guidelines 2.2, level AA?"),
            "prepared_on": _("When was the accessibility statement prepared?"),
            "reviewed_on": _("When was it last reviewed?"),
            "tested_on": _("When was its accessibility last tested?"),
            "tested_by": _("Who tested it, and how"),
            "problems": _("What is not accessible"),
            "answer_days": _("Within how many working days a complaint is answered"),
            "second_stage": _("Who looks at a complaint again"),
        }
        help_texts = {
            "name": _("The controller of the personal data, by its full name."),
            "email": _("Of a role, not a person: it stands on public pages."),
            "telephone": _("For those who would rather speak."),
            "officer_email": _("Of a role, not a person."),
            "register_number": _("For example ZA123456."),
            "answer_days": "",
            "partnerships": _(
                "Where the site serves more than one. One a line: the partnership, its body, its address for questions."
            ),
            "hosting": _("For example: our own computer room in Leicester."),
            "country": _("For example: United Kingdom."),
            "meets": "",
            "prepared_on": "",
            "reviewed_on": _("Look at it again at least once a year."),
            "mail_carrier": _("For example: GOV.UK Notify."),
            "tested_on": _("With people, not only with a program."),
            "problems": _(
                "One problem a line, and until when it is put right. Needed unless all of it meets them."
            ),
            "second_stage": _("For example: the monitoring officer, then the Local Government Ombudsman."),
        }
        widgets = {
            # Long values in boxes of several lines: in a single line a phone cuts them off.
            "name": forms.Textarea,
            "tested_by": forms.Textarea,
            "basis": forms.RadioSelect,
            "meets": forms.RadioSelect,
            **{
                name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                for name in ("tested_on", "prepared_on", "reviewed_on")
            },
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["basis"].choices = ResponsibleBody.Basis.choices  # type: ignore[attr-defined]
        self.fields["meets"].choices = ResponsibleBody.Meets.choices  # type: ignore[attr-defined]
        for name in ("name", "email"):
            self.fields[name].required = True

    def clean_register_number(self) -> str:
        number: str = self.cleaned_data["register_number"].replace(" ", "").upper()
        if number and not REGISTER_NUMBER.fullmatch(number):
            raise ValidationError(
                _("Numbers of that register look like ZA123456. Look yours up at ico.org.uk.")
            )
        return number

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_tested_by(self) -> str:
        return " ".join(self.cleaned_data["tested_by"].split())

    def clean_tested_on(self) -> datetime.date | None:
        return self._past("tested_on")

    def clean_prepared_on(self) -> datetime.date | None:
        return self._past("prepared_on")

    def clean_reviewed_on(self) -> datetime.date | None:
        return self._past("reviewed_on")

    def _past(self, name: str) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data[name]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day is still to come."))
        return day

    def clean(self) -> dict[str, object]:
        said = super().clean() or self.cleaned_data
        meets, problems = said.get("meets"), str(said.get("problems") or "").strip()
        if meets == ResponsibleBody.Meets.WHOLLY and problems:
            self.add_error("meets", _("Problems are listed below: say that it meets them partly."))
        elif meets in (ResponsibleBody.Meets.PARTLY, ResponsibleBody.Meets.NOT) and not problems:
            self.add_error("problems", _("Say what is not accessible, one problem a line."))
        return said
