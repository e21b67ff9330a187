"""URLs of this room."""

from django.urls import path

from joinedup.strategy.views import strategy

urlpatterns = [
    path("strategy/", strategy, name="strategy"),
]
