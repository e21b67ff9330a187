"""Forms for the sessions of a day, and for hosts and speakers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.actions.sessions import LONGEST
from joinedup.events.forms.event import time_input
from joinedup.events.models import Event, Session, Speaker
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_to_choose


class SessionForm(forms.Form):
    starts = forms.TimeField(label=_("Starts"), widget=time_input())
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST, initial=30, label=_("Minutes"))
    title = forms.CharField(max_length=160, label=_("What it is called"))
    kind = forms.ChoiceField(choices=Session.Kind.choices, initial=Session.Kind.TALK, label=_("What it is"))
    round = forms.IntegerField(
        min_value=1,
        max_value=12,
        required=False,
        label=_("Round of table talk"),
        help_text=_("Only for table talk: 1 for the first round."),
    )
    about = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        label=_("What it is about"),
        help_text=_("Everybody can read it."),
    )
    off_record = forms.BooleanField(
        required=False, label=_("Off the record: nothing that is said in it is written down")
    )
    notes = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=10_000,
        label=_("Notes"),
        help_text=_("What was said, for those who plan the event only. No names of people."),
    )

    def __init__(self, data: Any = None, *, event: Event, session: Session | None = None) -> None:
        initial = {name: getattr(session, name) for name in self.base_fields} if session else None
        super().__init__(data, initial=initial)
        if session is None or session.off_record:
            # There is nothing to note before the day, and never for a session off the record.
            del self.fields["notes"]
        own: Any = self.fields
        if event.rounds:
            choices = [("", _("None")), *((n, str(n)) for n in range(1, event.rounds + 1))]
            kept = session.round if session else None
            if kept and kept > event.rounds:
                choices.append((kept, str(kept)))
            own["round"] = forms.TypedChoiceField(
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                label=own["round"].label,
                help_text=_("Only for table talk."),
            )
        self.order_fields(list(self.base_fields))


class SpeakerForm(forms.Form):
    part = forms.ChoiceField(choices=Speaker.Part.choices, initial=Speaker.Part.SPEAKER, label=_("Part"))
    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("The name they want to be called"),
        help_text=_(
            "A young person: one chosen name, never a surname. Leave it empty if you do not know it yet."
        ),
    )
    job = forms.CharField(
        max_length=160,
        required=False,
        label=_("What they do"),
        help_text=_(
            "For example: head of year. Shown to everybody, so say nothing that a young person would not."
        ),
    )
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        required=False,
        label=_("Organisation"),
        empty_label=_("None of the list"),
        help_text=_("Of a young person: their host. It is not shown with them."),
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), required=False, label=_("In which session"), empty_label=_("The whole day")
    )
    email = forms.EmailField(
        required=False,
        label=_("E-mail address"),
        help_text=_("For those who plan the event only. Never one of a young person."),
    )
    is_young = forms.BooleanField(required=False, label=_("A young person"))
    is_named = forms.BooleanField(required=False, label=_("They agreed to be named in public"))

    def __init__(
        self, data: Any = None, *, person: Person, event: Event, speaker: Speaker | None = None
    ) -> None:
        initial = {name: getattr(speaker, name) for name in self.base_fields} if speaker else None
        super().__init__(data, initial=initial)
        own: Any = self.fields
        here = partners_to_choose(person, [event.footprint_id] if event.footprint_id else [])
        if speaker and speaker.partner_id:
            here = here | Partner.objects.filter(pk=speaker.partner_id)
        own["partner"].queryset = here
        own["session"].queryset = event.sessions.all()
        own["session"].label_from_instance = lambda each: f"{each.starts:%H:%M} {each.title}"
