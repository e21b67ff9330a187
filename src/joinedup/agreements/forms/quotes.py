"""The form for a quote at a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from joinedup.voice.forms import EVERY_AGE, ContributionForm
from joinedup.voice.models import Host


class _Hosts(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.partner}: {obj.conversation}"


class QuoteForm(ContributionForm):
    """What someone said at a table, as written down by someone who may write there."""

    host = _Hosts(
        Host.objects.none(),
        label=_("Whom they came with, and the question it belongs to"),
        empty_label=None,
    )
    said_yes = forms.BooleanField(
        label=_(
            "They said yes: these words may be shown to everybody, without their name, once a trained adult has "
            "read them."
        ),
        error_messages={"required": _("Ask them first. Without their yes it is not written down.")},
    )
    field_order = ["text", "names_nobody", "host", "age_band", "said_yes"]

    def __init__(self, *args: Any, hosts: QuerySet[Host], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        host, age, text = self.fields["host"], self.fields["age_band"], self.fields["text"]
        assert isinstance(host, forms.ModelChoiceField)
        assert isinstance(age, forms.ChoiceField)
        host.queryset = hosts
        age.choices = EVERY_AGE
        age.label, text.label = str(_("How old are they?")), str(_("Their words"))
        age.error_messages["required"] = str(_("Choose how old they are."))
        text.error_messages["required"] = str(_("Write down what they said, however short."))
