"""Which address leads to which room."""

from django.urls import include, path

ROOMS = [
    "web",
    "evidence",
    "partners",
    "initiatives",
    "support",
    "strategy",
    "opportunities",
    "voice",
    "events",
    "spreadsheets",
    "firstrun",
    "accounts",
]

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    *[path("", include(f"joinedup.{room}.urls")) for room in ROOMS],
]
