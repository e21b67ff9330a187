"""URLs of this room."""

from django.urls import path

from joinedup.evidence.views import dataset, dataset_put_back, dataset_withdraw, figure, likeness, sources

urlpatterns = [
    path("sources/", sources, name="sources"),
    path("sources/<int:pk>/", dataset, name="dataset"),
    path("sources/<int:pk>/withdraw/", dataset_withdraw, name="dataset_withdraw"),
    path("sources/<int:pk>/put-back/", dataset_put_back, name="dataset_put_back"),
    path("figures/<int:pk>/", figure, name="figure"),
    path("figures/most-like/", likeness, name="likeness"),
]
