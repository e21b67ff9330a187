"""What people type and choose around events."""

from joinedup.events.forms.agreement import AgreementForm, ChosenEventForm, FilterForm, ReportForm
from joinedup.events.forms.event import EventForm, TablesForm
from joinedup.events.forms.people import (
    AttendingForm,
    InvitationAnswerForm,
    InvitationForm,
    RegistrationForm,
)
from joinedup.events.forms.topic import ProposalForm, TopicForm

__all__ = [
    "AgreementForm",
    "AttendingForm",
    "ChosenEventForm",
    "EventForm",
    "FilterForm",
    "InvitationAnswerForm",
    "InvitationForm",
    "ProposalForm",
    "RegistrationForm",
    "ReportForm",
    "TablesForm",
    "TopicForm",
]
