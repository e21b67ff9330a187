"""URLs of this room."""

from django.urls import path

from joinedup.clusters import feed, views

urlpatterns = [
    path("clusters/", views.clusters, name="clusters"),
    path("clusters/feed/<str:token>/", feed.clusters_feed, name="clusters_feed"),
    path("clusters/<slug:slug>.csv", views.clusters_csv, name="clusters_csv"),
    path("clusters/<slug:slug>/neighbourhoods.csv", views.clusters_areas_csv, name="clusters_areas_csv"),
    path("clusters/<slug:slug>/", views.clusters_of, name="clusters_of"),
    path("clusters/<slug:slug>/progress/", views.clusters_progress, name="clusters_progress"),
    path("clusters/<slug:slug>/scan/", views.clusters_scan, name="clusters_scan"),
    path("clusters/<slug:slug>/scans/<int:pk>/", views.cluster_scan, name="cluster_scan"),
    path("clusters/<slug:slug>/scans/<int:pk>/stop/", views.clusters_give_up, name="clusters_give_up"),
    path("clusters/<slug:slug>/follow/", views.clusters_follow, name="clusters_follow"),
    path("clusters/<slug:slug>/unfollow/<int:pk>/", views.clusters_unfollow, name="clusters_unfollow"),
    path("clusters/<slug:slug>/<int:pk>/", views.cluster, name="cluster"),
    path("clusters/<slug:slug>/<int:pk>/settle/", views.cluster_settle, name="cluster_settle"),
    path("clusters/<slug:slug>/outcomes/<int:pk>/", views.cluster_take_back, name="cluster_take_back"),
]
