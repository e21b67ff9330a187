"""Pages of this room."""

from joinedup.events.views.after import attending_after, event_after
from joinedup.events.views.agenda import event_topic, event_topics, opportunity_agenda
from joinedup.events.views.agreements import (
    agreement,
    agreement_edit,
    agreement_report,
    agreement_start,
    agreements,
    agreements_csv,
    opportunity_agree,
)
from joinedup.events.views.announcing import event_show
from joinedup.events.views.answering import invitation, invitation_calendar
from joinedup.events.views.apart import event_apart
from joinedup.events.views.arranging import event_cancel, event_copy
from joinedup.events.views.briefing import brief, brief_word, event_brief, event_brief_word
from joinedup.events.views.by_mail import report_by_mail, young_marks
from joinedup.events.views.calendars import (
    attending_calendar,
    event_calendar,
    my_calendar,
    programme_calendar,
)
from joinedup.events.views.coming import attending, event_register
from joinedup.events.views.day import event_day, event_session, event_speaker, session, speaker
from joinedup.events.views.door import event_arrivals_csv, event_check_in
from joinedup.events.views.inviting import event_invitation, event_invitations, event_invitations_csv
from joinedup.events.views.leading import event_offers
from joinedup.events.views.naming import agreement_answer, agreement_settle, naming_by_mail
from joinedup.events.views.organising import event_add, event_edit
from joinedup.events.views.people import event_people, event_people_csv
from joinedup.events.views.planning import event_plan, event_plan_moves
from joinedup.events.views.printing import event_plan_csv, event_plan_print
from joinedup.events.views.programme_results import programme_results, programme_results_csv
from joinedup.events.views.programmes import (
    programme,
    programme_add,
    programme_csv,
    programme_edit,
    programme_plan,
    programmes,
    stop,
)
from joinedup.events.views.public import event, event_propose, events
from joinedup.events.views.responses import (
    event_publish,
    event_responses,
    event_results,
    response_answer,
    response_by_mail,
)
from joinedup.events.views.since import event_since, event_since_word
from joinedup.events.views.survey import attending_survey, event_survey, event_survey_csv
from joinedup.events.views.table import (
    attending_agreement,
    attending_draft,
    attending_sitting,
    attending_table,
    sitting,
    sitting_draft,
)
from joinedup.events.views.venues import venue, venue_add, venues
from joinedup.events.views.voting import attending_topics
from joinedup.events.views.wall import event_wall, event_wall_new
from joinedup.events.views.wishes import event_wishes

__all__ = [
    "agreement",
    "agreement_answer",
    "agreement_edit",
    "agreement_report",
    "agreement_settle",
    "agreement_start",
    "agreements",
    "agreements_csv",
    "attending",
    "attending_after",
    "attending_agreement",
    "attending_calendar",
    "attending_draft",
    "attending_sitting",
    "attending_survey",
    "attending_table",
    "attending_topics",
    "brief",
    "brief_word",
    "event",
    "event_add",
    "event_after",
    "event_apart",
    "event_arrivals_csv",
    "event_brief",
    "event_brief_word",
    "event_calendar",
    "event_cancel",
    "event_check_in",
    "event_copy",
    "event_day",
    "event_edit",
    "event_invitation",
    "event_invitations",
    "event_invitations_csv",
    "event_offers",
    "event_people",
    "event_people_csv",
    "event_plan",
    "event_plan_csv",
    "event_plan_moves",
    "event_plan_print",
    "event_propose",
    "event_publish",
    "event_register",
    "event_responses",
    "event_results",
    "event_session",
    "event_show",
    "event_since",
    "event_since_word",
    "event_speaker",
    "event_survey",
    "event_survey_csv",
    "event_topic",
    "event_topics",
    "event_wall",
    "event_wall_new",
    "event_wishes",
    "events",
    "invitation",
    "invitation_calendar",
    "my_calendar",
    "naming_by_mail",
    "opportunity_agenda",
    "opportunity_agree",
    "programme",
    "programme_add",
    "programme_calendar",
    "programme_csv",
    "programme_edit",
    "programme_plan",
    "programme_results",
    "programme_results_csv",
    "programmes",
    "report_by_mail",
    "response_answer",
    "response_by_mail",
    "session",
    "sitting",
    "sitting_draft",
    "speaker",
    "stop",
    "venue",
    "venue_add",
    "venues",
    "young_marks",
]
