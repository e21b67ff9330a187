"""URLs of this room."""

from django.urls import path

from joinedup.visits import views

urlpatterns = [
    path("visits/", views.visits, name="visits"),
    path("visits/add/", views.visit_add, name="visit_add"),
    path("visits/<slug:slug>/", views.visit, name="visit"),
    path("visits/<slug:slug>/edit/", views.visit_edit, name="visit_edit"),
    path("practice/", views.practice, name="practice"),
    path("practice.csv", views.practice_csv, name="practice_csv"),
    path("practice.json", views.practice_json, name="practice_json"),
    path("practice/add/", views.practice_add, name="practice_add"),
    path("practice/<slug:slug>/", views.practice_card, name="practice_card"),
    path("practice/<slug:slug>/edit/", views.practice_edit, name="practice_edit"),
    path("practice/<slug:slug>/confirm/", views.practice_confirm, name="practice_confirm"),
]
