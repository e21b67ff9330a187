"""Addresses of this room."""

from django.urls import path

from joinedup.events import views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/add/", views.event_add, name="event_add"),
    path("events/<slug:slug>/", views.event, name="event"),
    path("events/<slug:slug>/edit/", views.event_edit, name="event_edit"),
    path("events/<slug:slug>/register/", views.event_register, name="event_register"),
    path("events/<slug:slug>/propose/", views.event_propose, name="event_propose"),
    path("events/<slug:slug>/topics/", views.event_topics, name="event_topics"),
    path("events/<slug:slug>/topics/<int:pk>/", views.event_topic, name="event_topic"),
    path("events/<slug:slug>/people/", views.event_people, name="event_people"),
    path("events/<slug:slug>/invitations/", views.event_invitations, name="event_invitations"),
    path("events/<slug:slug>/invitations.csv", views.event_invitations_csv, name="event_invitations_csv"),
    path("events/<slug:slug>/plan/", views.event_plan, name="event_plan"),
    path("events/<slug:slug>/plan/print/", views.event_plan_print, name="event_plan_print"),
    path("sittings/<int:pk>/", views.sitting, name="sitting"),
    path("opportunities/<int:pk>/agenda/", views.opportunity_agenda, name="opportunity_agenda"),
    path("opportunities/<int:pk>/agree/", views.opportunity_agree, name="opportunity_agree"),
    path("agreements/", views.agreements, name="agreements"),
    path("agreements.csv", views.agreements_csv, name="agreements_csv"),
    path("agreements/<int:pk>/", views.agreement, name="agreement"),
    path("agreements/<int:pk>/edit/", views.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/start/", views.agreement_start, name="agreement_start"),
    path("agreements/<int:pk>/report/", views.agreement_report, name="agreement_report"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("attending/<str:token>/", views.attending, name="attending"),
]
