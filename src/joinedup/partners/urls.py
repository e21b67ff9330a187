"""URLs of this room."""

from django.urls import path

from joinedup.partners import views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners.csv", views.partners_csv, name="partners_csv"),
    path("partners/add/", views.partner_add, name="partner_add"),
    path("partners/<slug:slug>/", views.partner, name="partner"),
    path("partners/<slug:slug>/edit/", views.partner_edit, name="partner_edit"),
    path("partners/<slug:slug>/confirm/", views.partner_confirm, name="partner_confirm"),
    path("partners/<slug:slug>/asks/add/", views.ask_add, name="ask_add"),
    path("partners/<slug:slug>/contacts/add/", views.contact_add, name="contact_add"),
    path("partners/<slug:slug>/links/add/", views.link_add, name="link_add"),
    path("partners/<slug:slug>/links/<int:pk>/remove/", views.link_remove, name="link_remove"),
    path("contacts/<int:pk>/remove/", views.contact_remove, name="contact_remove"),
    path("asks/<int:pk>/close/", views.ask_close, name="ask_close"),
    path("asks/<int:pk>/reopen/", views.ask_reopen, name="ask_reopen"),
]
