"""The root URLconf: which prefix leads to which room."""

from django.urls import include, path

ROOMS = [
    "mail",
    "evidence",
    "partners",
    "initiatives",
    "support",
    "strategy",
    "clusters",
    "opportunities",
    "voice",
    "visits",
    "events",
    "registration",
    "tables",
    "agreements",
    "results",
    "spreadsheets",
    "firstrun",
    "successions",
    "about",
    "merges",
    "accounts",
    "web",
]

urlpatterns = [path("", include(f"joinedup.{room}.urls")) for room in ROOMS]

handler400 = "joinedup.web.errors.bad_request"
handler403 = "joinedup.web.errors.forbidden"
handler404 = "joinedup.web.errors.not_found"
handler429 = "joinedup.web.errors.too_many"
handler500 = "joinedup.web.errors.failed"
