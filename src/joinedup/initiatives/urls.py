"""URLs of this room."""

from django.urls import path

from joinedup.initiatives.views import (
    initiative_add,
    initiative_confirm,
    initiative_edit,
    initiative_hand_over,
    initiatives,
    initiatives_csv,
)

urlpatterns = [
    path("initiatives/", initiatives, name="initiatives"),
    path("initiatives.csv", initiatives_csv, name="initiatives_csv"),
    path("initiatives/add/", initiative_add, name="initiative_add"),
    path("initiatives/<slug:slug>/edit/", initiative_edit, name="initiative_edit"),
    path("initiatives/<slug:slug>/hand-over/", initiative_hand_over, name="initiative_hand_over"),
    path("initiatives/<slug:slug>/confirm/", initiative_confirm, name="initiative_confirm"),
]
