"""Addresses of this room."""

from django.urls import path

from joinedup.web.home.views import home
from joinedup.web.place.views import place
from joinedup.web.search.views import search
from joinedup.web.work.views import my_work
from joinedup.web.worried import worried

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("places/<str:code>/", place, name="place"),
    path("work/", my_work, name="my_work"),
    path("worried/", worried, name="worried"),
]
