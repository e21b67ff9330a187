"""URLs of this room."""

from django.urls import path

from joinedup.firstrun import views

urlpatterns = [
    path("start/", views.first_run, name="first_run"),
    path("start/<slug:slug>/", views.first_run_area, name="first_run_area"),
    path("start/<slug:slug>/data/", views.first_run_data, name="first_run_data"),
    path("start/<slug:slug>/data/progress/", views.first_run_progress, name="first_run_progress"),
    path("start/<slug:slug>/statutory/", views.first_run_statutory, name="first_run_statutory"),
    path("start/<slug:slug>/contacts/", views.first_run_contacts, name="first_run_contacts"),
    path("start/<slug:slug>/missing/", views.first_run_missing, name="first_run_missing"),
    path("start/<slug:slug>/event/", views.first_run_event, name="first_run_event"),
    path("start/<slug:slug>/look/", views.first_run_look, name="first_run_look"),
    path("start/<slug:slug>/invitations.csv", views.first_run_invitations, name="first_run_invitations"),
    path("start/<slug:slug>/brief.docx", views.first_run_brief, name="first_run_brief"),
]
