"""URLs of this room."""

from django.urls import path

from joinedup.initiatives import views

urlpatterns = [
    path("initiatives/", views.initiatives, name="initiatives"),
    path("initiatives.csv", views.initiatives_csv, name="initiatives_csv"),
    path("initiatives/add/", views.initiative_add, name="initiative_add"),
    path("initiatives/<slug:slug>/", views.initiative, name="initiative"),
    path("initiatives/<slug:slug>/edit/", views.initiative_edit, name="initiative_edit"),
    path("initiatives/<slug:slug>/confirm/", views.initiative_confirm, name="initiative_confirm"),
]
