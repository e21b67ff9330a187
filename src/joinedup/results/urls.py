"""URLs of this room."""

from django.urls import path

from joinedup.results.views import after_event, briefing, programme_results, responses, result_sheet

urlpatterns = [
    path("events/<slug:slug>/after/", after_event.event_after, name="event_after"),
    path("events/<slug:slug>/results/", responses.event_results, name="event_results"),
    path("events/<slug:slug>/responses/", responses.event_responses, name="event_responses"),
    path("events/<slug:slug>/publish/", responses.event_publish, name="event_publish"),
    path("responses/<int:pk>/answer/", responses.response_answer, name="response_answer"),
    path("responses/by-mail/<str:token>/", responses.response_by_mail, name="response_by_mail"),
    path("events/<slug:slug>/since/", result_sheet.event_since, name="event_since"),
    path("events/<slug:slug>/since.docx", result_sheet.event_since_word, name="event_since_word"),
    path("events/<slug:slug>/brief/", briefing.event_brief, name="event_brief"),
    path("events/<slug:slug>/brief.docx", briefing.event_brief_word, name="event_brief_word"),
    path("brief/<str:token>/", briefing.brief, name="brief"),
    path("brief/<str:token>/brief.docx", briefing.brief_word, name="brief_word"),
    path("programmes/<slug:slug>/results/", programme_results.programme_results, name="programme_results"),
    path(
        "programmes/<slug:slug>/results.csv",
        programme_results.programme_results_csv,
        name="programme_results_csv",
    ),
    path("attending/<str:token>/after/", after_event.attending_after, name="attending_after"),
]
