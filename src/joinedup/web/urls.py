"""Addresses of this room."""

from django.urls import path

from joinedup.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("places/<str:code>/", views.place, name="place"),
    path("work/", views.my_work, name="my_work"),
    path("worried/", views.worried, name="worried"),
]
