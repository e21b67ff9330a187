"""Addresses of this room."""

from django.urls import path

from joinedup.web.home.views import home
from joinedup.web.paths.views import opportunity_paths, opportunity_paths_csv
from joinedup.web.place.views import place
from joinedup.web.search.views import search
from joinedup.web.work.views import my_work
from joinedup.web.worried import worried

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("places/<str:code>/", place, name="place"),
    path("opportunities/paths/", opportunity_paths, name="opportunity_paths"),
    path("opportunities/paths.csv", opportunity_paths_csv, name="opportunity_paths_csv"),
    path("work/", my_work, name="my_work"),
    path("worried/", worried, name="worried"),
]
