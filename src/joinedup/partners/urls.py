"""URLs of this room."""

from django.urls import path

from joinedup.partners.views import (
    ask_add,
    ask_close,
    ask_reopen,
    contact_add,
    contact_change,
    contact_remove,
    link_add,
    link_remove,
    partner_add,
    partner_confirm,
    partner_edit,
    partner_successor,
)

urlpatterns = [
    path("partners/add/", partner_add, name="partner_add"),
    path("partners/<slug:slug>/edit/", partner_edit, name="partner_edit"),
    path("partners/<slug:slug>/confirm/", partner_confirm, name="partner_confirm"),
    path("partners/<slug:slug>/successor/", partner_successor, name="partner_successor"),
    path("partners/<slug:slug>/asks/add/", ask_add, name="ask_add"),
    path("partners/<slug:slug>/contacts/add/", contact_add, name="contact_add"),
    path("partners/<slug:slug>/links/add/", link_add, name="link_add"),
    path("partners/<slug:slug>/links/<int:pk>/remove/", link_remove, name="link_remove"),
    path("contacts/<int:pk>/edit/", contact_change, name="contact_change"),
    path("contacts/<int:pk>/remove/", contact_remove, name="contact_remove"),
    path("asks/<int:pk>/close/", ask_close, name="ask_close"),
    path("asks/<int:pk>/reopen/", ask_reopen, name="ask_reopen"),
]
