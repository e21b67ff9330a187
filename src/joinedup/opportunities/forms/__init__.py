"""What people type and choose about opportunities."""

from joinedup.opportunities.forms.lists import FilterForm, ReadForm
from joinedup.opportunities.forms.one import AnswerForm, AssignForm, SetAsideForm, SnoozeForm
from joinedup.opportunities.forms.pictures import PictureForm, WhyNotForm
from joinedup.opportunities.forms.spotting import SpotForm
from joinedup.opportunities.forms.weighing import WeighForm

__all__ = [
    "AnswerForm",
    "AssignForm",
    "FilterForm",
    "PictureForm",
    "ReadForm",
    "SetAsideForm",
    "SnoozeForm",
    "SpotForm",
    "WeighForm",
    "WhyNotForm",
]
