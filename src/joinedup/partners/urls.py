"""Addresses of this room."""

from django.urls import path

from joinedup.partners import views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners/add/", views.partner_add, name="partner_add"),
    path("partners/<slug:slug>/", views.partner, name="partner"),
    path("partners/<slug:slug>/edit/", views.partner_edit, name="partner_edit"),
    path("partners/<slug:slug>/confirm/", views.partner_confirm, name="partner_confirm"),
    path("partners/<slug:slug>/asks/add/", views.ask_add, name="ask_add"),
    path("asks/<int:pk>/close/", views.ask_close, name="ask_close"),
]
