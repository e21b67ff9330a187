"""URLs of this room."""

from django.urls import path

from joinedup.support import views

urlpatterns = [
    path("support.csv", views.support_csv, name="support_csv"),
    path("support/", views.support, name="support"),
    path("support/add/", views.offer_add, name="offer_add"),
    path("support/<slug:slug>/", views.offer, name="offer"),
    path("support/<slug:slug>/edit/", views.offer_edit, name="offer_edit"),
    path("support/<slug:slug>/correct/", views.offer_correct, name="offer_correct"),
    path("support/<slug:slug>/confirm/", views.offer_confirm, name="offer_confirm"),
]
