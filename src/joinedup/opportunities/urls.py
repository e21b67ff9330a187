"""Addresses of this room."""

from django.urls import path

from joinedup.opportunities import views

urlpatterns = [
    path("opportunities/", views.opportunities, name="opportunities"),
    path("opportunities/new/", views.opportunity_spot, name="opportunity_spot"),
    path("opportunities/again/", views.opportunity_refresh, name="opportunity_refresh"),
    path("opportunities/<int:pk>/", views.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/answer/", views.opportunity_answer, name="opportunity_answer"),
    path("opportunities/<int:pk>/take-up/", views.opportunity_take_up, name="opportunity_take_up"),
    path("opportunities/<int:pk>/set-aside/", views.opportunity_set_aside, name="opportunity_set_aside"),
]
