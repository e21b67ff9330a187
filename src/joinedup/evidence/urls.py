"""Addresses of this room."""

from django.urls import path

from joinedup.evidence import views

urlpatterns = [
    path("sources/", views.sources, name="sources"),
    path("sources/<int:pk>/", views.dataset, name="dataset"),
    path("methods/", views.methods, name="methods"),
    path("figures/<int:pk>/", views.figure, name="figure"),
]
