"""URLs of this room."""

from django.urls import path

from joinedup.registration.views import (
    addresses,
    attendees,
    calendar,
    cancellation,
    invitation_answers,
    invitations,
    not_counted,
    places,
    registration,
    survey,
    ticket,
)

urlpatterns = [
    path("events/<slug:slug>/register/", registration.event_register, name="event_register"),
    path("events/<slug:slug>/people/", attendees.event_people, name="event_people"),
    path(
        "events/<slug:slug>/people/<int:pk>/address/",
        addresses.event_person_address,
        name="event_person_address",
    ),
    path("events/<slug:slug>/people/apart/", not_counted.event_apart, name="event_apart"),
    path("events/<slug:slug>/invitations/", invitations.event_invitations, name="event_invitations"),
    path("events/<slug:slug>/people.csv", attendees.event_people_csv, name="event_people_csv"),
    path("events/<slug:slug>/places/", places.event_places, name="event_places"),
    path("attending/<str:token>/ticket/", ticket.attending_ticket, name="attending_ticket"),
    path("events/<slug:slug>/survey/", survey.event_survey, name="event_survey"),
    path("events/<slug:slug>/survey.csv", survey.event_survey_csv, name="event_survey_csv"),
    path("events/<slug:slug>/invitations/<int:pk>/", invitations.event_invitation, name="event_invitation"),
    path(
        "events/<slug:slug>/invitations.csv", invitations.event_invitations_csv, name="event_invitations_csv"
    ),
    path("events/<slug:slug>/cancel/", cancellation.event_cancel, name="event_cancel"),
    path("attending/<str:token>/calendar.ics", calendar.attending_calendar, name="attending_calendar"),
    path("invitation/<str:token>/", invitation_answers.invitation, name="invitation"),
    path(
        "invitation/<str:token>/calendar.ics",
        invitation_answers.invitation_calendar,
        name="invitation_calendar",
    ),
    path("attending/<str:token>/survey/", survey.attending_survey, name="attending_survey"),
]
