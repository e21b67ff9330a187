"""URLs of this room."""

from django.urls import path

from joinedup.evidence import views

urlpatterns = [
    path("sources/", views.sources, name="sources"),
    path("sources/<int:pk>/", views.dataset, name="dataset"),
    path("sources/<int:pk>/withdraw/", views.dataset_withdraw, name="dataset_withdraw"),
    path("sources/<int:pk>/put-back/", views.dataset_put_back, name="dataset_put_back"),
    path("methods/", views.methods, name="methods"),
    path("figures/<int:pk>/", views.figure, name="figure"),
]
