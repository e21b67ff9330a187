"""Addresses of this room."""

from django.urls import path

from joinedup.firstrun import views

urlpatterns = [
    path("start/", views.first_run, name="first_run"),
    path("start/<slug:slug>/", views.first_run_area, name="first_run_area"),
    path("start/<slug:slug>/missing/", views.first_run_missing, name="first_run_missing"),
    path("start/<slug:slug>/invitations.csv", views.first_run_invitations, name="first_run_invitations"),
    path("start/<slug:slug>/brief.docx", views.first_run_brief, name="first_run_brief"),
]
