"""Addresses of this room."""

from django.urls import path

from joinedup.web import views
from joinedup.web.work.views import my_work
from joinedup.web.worried import worried

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("places/<str:code>/", views.place, name="place"),
    path("work/", my_work, name="my_work"),
    path("worried/", worried, name="worried"),
]
