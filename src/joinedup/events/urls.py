"""URLs of this room."""

from django.urls import path

from joinedup.events.views import calendar, copy, event, programmes, sessions, topics, venues

urlpatterns = [
    path("events/add/", event.event_add, name="event_add"),
    path("events/<slug:slug>/edit/", event.event_edit, name="event_edit"),
    path("events/<slug:slug>/propose/", topics.event_propose, name="event_propose"),
    path("events/<slug:slug>/day/", sessions.event_day, name="event_day"),
    path("events/<slug:slug>/session/", sessions.event_session, name="event_session"),
    path("events/<slug:slug>/speaker/", sessions.event_speaker, name="event_speaker"),
    path("events/<slug:slug>/copy/", copy.event_copy, name="event_copy"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("speakers/<int:pk>/", sessions.speaker, name="speaker"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/add/", programmes.programme_add, name="programme_add"),
    path("programmes/<slug:slug>/edit/", programmes.programme_edit, name="programme_edit"),
    path("programmes/<slug:slug>/plan/", programmes.programme_plan, name="programme_plan"),
    path("programmes/<slug:slug>/plan.csv", programmes.programme_csv, name="programme_csv"),
    path("stops/<int:pk>/", programmes.stop, name="stop"),
    path("venues/", venues.venues, name="venues"),
    path("venues/add/", venues.venue_add, name="venue_add"),
    path("venues/<int:pk>/", venues.venue, name="venue"),
    path("events/<slug:slug>/calendar.ics", calendar.event_calendar, name="event_calendar"),
    path("programmes/<slug:slug>/calendar.ics", calendar.programme_calendar, name="programme_calendar"),
]
