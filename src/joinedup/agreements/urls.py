"""URLs of this room."""

from django.urls import path

from joinedup.agreements.views import agreement, by_mail, calendar, named_bodies, quotes, table_notes, wall

urlpatterns = [
    path("events/<slug:slug>/wall/", wall.event_wall, name="event_wall"),
    path("events/<slug:slug>/wall/new/", wall.event_wall_new, name="event_wall_new"),
    path("sittings/<int:pk>/", table_notes.sitting, name="sitting"),
    path("sittings/<int:pk>/draft/", table_notes.sitting_draft, name="sitting_draft"),
    path("attending/<str:token>/table/", table_notes.attending_table, name="attending_table"),
    path("attending/<str:token>/table/<int:round>/", table_notes.attending_sitting, name="attending_sitting"),
    path(
        "attending/<str:token>/table/<int:round>/draft/", table_notes.attending_draft, name="attending_draft"
    ),
    path(
        "attending/<str:token>/table/<int:round>/<int:pk>/",
        table_notes.attending_agreement,
        name="attending_agreement",
    ),
    path("opportunities/<int:pk>/agree/", agreement.opportunity_agree, name="opportunity_agree"),
    path("agreements/", agreement.agreements, name="agreements"),
    path("agreements.csv", agreement.agreements_csv, name="agreements_csv"),
    path("agreements/<int:pk>/", agreement.agreement, name="agreement"),
    path("agreements/report-by-mail/<str:token>/", by_mail.report_by_mail, name="report_by_mail"),
    path("agreements/young/<str:token>/", by_mail.young_marks, name="young_marks"),
    path("agreements/named/<str:token>/", named_bodies.naming_by_mail, name="naming_by_mail"),
    path("agreements/<int:pk>/answer/", named_bodies.agreement_answer, name="agreement_answer"),
    path("agreements/<int:pk>/settle/", named_bodies.agreement_settle, name="agreement_settle"),
    path("agreements/<int:pk>/take-over/", agreement.agreement_take_over, name="agreement_take_over"),
    path("agreements/<int:pk>/edit/", agreement.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/start/", agreement.agreement_start, name="agreement_start"),
    path("agreements/<int:pk>/report/", agreement.agreement_report, name="agreement_report"),
    path("calendar/<str:token>.ics", calendar.my_calendar, name="my_calendar"),
    path("sittings/<int:pk>/quote/", quotes.sitting_quote, name="sitting_quote"),
    path("attending/<str:token>/table/<int:round>/quote/", quotes.attending_quote, name="attending_quote"),
]
