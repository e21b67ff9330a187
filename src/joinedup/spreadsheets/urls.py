"""URLs of this room."""

from django.urls import path

from joinedup.spreadsheets import offer_list_views, views

urlpatterns = [
    path("bring/<slug:slug>/", views.uploads, name="uploads"),
    path("bring/<slug:slug>/new/", views.upload_new, name="upload_new"),
    path("bring/upload/<int:pk>/", views.upload_page, name="upload"),
    path("bring/upload/<int:pk>/progress/", views.upload_progress, name="upload_progress"),
    path("bring/upload/<int:pk>/columns/", views.upload_columns, name="upload_columns"),
    path("bring/upload/<int:pk>/preview/", views.upload_preview, name="upload_preview"),
    path("bring/upload/<int:pk>/undo/", views.upload_undo, name="upload_undo"),
    path("bring/upload/<int:pk>/drop/", views.upload_drop, name="upload_drop"),
    path("bring/support-lists/list/", offer_list_views.offer_lists, name="offer_lists"),
    path("bring/support-lists/<int:pk>/look/", offer_list_views.offer_list, name="offer_list"),
    path("bring/support-lists/<int:pk>/undo/", offer_list_views.offer_list_undo, name="offer_list_undo"),
    path("bring/support-lists/<int:pk>/drop/", offer_list_views.offer_list_drop, name="offer_list_drop"),
]
