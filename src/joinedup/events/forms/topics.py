"""Forms for the agenda."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme


class TopicForm(forms.Form):
    title = forms.CharField(
        max_length=250, label=_("Title"), help_text=_("Everybody reads it on the event's page.")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("No theme of the list")
    )
    weight = forms.FloatField(
        min_value=0,
        max_value=5,
        label=_("How much it counts"),
        help_text=_("0 to 5: partners are brought together first at a topic that counts more."),
    )
    parties = forms.ModelMultipleChoiceField(
        Partner.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Partners whose presence it needs"),
    )

    places = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Places it is about"),
        help_text=_(
            "None: it is about every place. Those whose organisation works there belong at its table."
        ),
    )

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": topic.title,
            "theme": topic.theme_id,
            "weight": topic.weight,
            "parties": [each.pk for each in topic.parties.all()],
            "places": [each.pk for each in topic.places.all()],
        }
        super().__init__(*args, **kwargs)
        parties, places = self.fields["parties"], self.fields["places"]
        assert isinstance(parties, forms.ModelMultipleChoiceField)
        assert isinstance(places, forms.ModelMultipleChoiceField)
        parties.queryset = Partner.objects.filter(footprints=topic.event.footprint_id)
        own = Q(footprints=topic.event.footprint_id) | Q(topics=topic)
        places.queryset = Place.objects.filter(own).distinct()


class ProposalForm(forms.Form):
    """A topic that a partner proposes."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Proposed by"), empty_label=None)
    title = forms.CharField(max_length=250, label=_("What should we talk about?"))
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("No theme of the list")
    )

    def __init__(self, *args: Any, person: Person, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        assert isinstance(field, forms.ModelChoiceField)
        here = Partner.objects.filter(footprints=event.footprint_id)
        field.queryset = here if _speaks_for_all(person, event) else here.filter(pk__in=person.partner_ids)


def _speaks_for_all(person: Person, event: Event) -> bool:
    return person.sees_every_partnership or event.footprint_id in person.coordinated_ids


def may_propose(person: Person, event: Event) -> bool:
    """Whether `person` belongs to a partner of the event's partnership, or plans the event; no query."""
    own = bool(person.partner_ids) and event.footprint_id in person.footprint_ids
    return own or _speaks_for_all(person, event)
