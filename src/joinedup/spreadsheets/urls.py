"""URLs of this room."""

from django.urls import path

from joinedup.spreadsheets import views

urlpatterns = [
    path("bring/<slug:slug>/", views.uploads, name="uploads"),
    path("bring/<slug:slug>/new/", views.upload_new, name="upload_new"),
    path("bring/upload/<int:pk>/columns/", views.upload_columns, name="upload_columns"),
    path("bring/upload/<int:pk>/preview/", views.upload_preview, name="upload_preview"),
    path("bring/upload/<int:pk>/undo/", views.upload_undo, name="upload_undo"),
    path("bring/upload/<int:pk>/drop/", views.upload_drop, name="upload_drop"),
]
