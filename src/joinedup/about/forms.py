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
            "name", "address", "email", "telephone", "officer_email", "register_number", "basis", "hosting",
            "mail_carrier", "tested_on", "tested_by", "problems", "answer_days", "second_stage",
        ]  # fmt: skip
        labels = {
            "name": _("Which body is responsible for this site?"),
            "address": _("Its address"),
            "email": _("E-mail address for anything about the site"),
            "telephone": _("Telephone"),
            "officer_email": _("E-mail address of the data protection officer"),
            "register_number": _("Number in the register of the Information Commissioner"),
            "basis": _("Why you may hold personal data"),
            "hosting": _("Who runs the machines, and in which country"),
            "mail_carrier": _("Who carries the mails"),
            "tested_on": _("When was its accessibility last tested?"),
            "tested_by": _("Who tested it, and how"),
            "problems": _("Problems that people with a disability still meet"),
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
            "hosting": _("For example: our own computer room in Leicester."),
            "mail_carrier": _("For example: GOV.UK Notify."),
            "tested_on": _("With people, not only with a program."),
            "problems": _("Leave it empty if the test found none."),
            "second_stage": _("For example: the monitoring officer, then the Local Government Ombudsman."),
        }
        widgets = {
            "basis": forms.RadioSelect,
            "tested_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["basis"].choices = ResponsibleBody.Basis.choices  # type: ignore[attr-defined]
        for name in ("name", "email"):
            self.fields[name].required = True

    def clean_register_number(self) -> str:
        number: str = self.cleaned_data["register_number"].replace(" ", "").upper()
        if number and not REGISTER_NUMBER.fullmatch(number):
            raise ValidationError(
                _("Numbers of that register look like ZA123456. Look yours up at ico.org.uk.")
            )
        return number

    def clean_tested_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["tested_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day is still to come."))
        return day
