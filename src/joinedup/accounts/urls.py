"""Addresses of this room."""

from django.urls import path

from joinedup.accounts import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.person_invite, name="person_invite"),
]
