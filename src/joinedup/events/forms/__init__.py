"""What people type and choose around events."""

from joinedup.events.forms.agreement import AgreementForm, ChosenEventForm, FilterForm, ReportForm
from joinedup.events.forms.event import EventForm, TablesForm
from joinedup.events.forms.inviting import ChangeInvitationForm, InvitationAnswerForm, InvitationForm
from joinedup.events.forms.people import AttendingForm, RegistrationForm
from joinedup.events.forms.topic import ProposalForm, TopicForm
from joinedup.events.forms.wish import WishForm

__all__ = [
    "AgreementForm",
    "AttendingForm",
    "ChangeInvitationForm",
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
    "WishForm",
]
