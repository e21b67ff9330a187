"""URLs of this room."""

from django.urls import path

from joinedup.strategy import views

urlpatterns = [
    path("strategy/", views.strategy, name="strategy"),
    path("strategy/<str:ref>/", views.commitment, name="commitment"),
    path("strategy/<str:ref>/update/", views.commitment_update, name="commitment_update"),
]
