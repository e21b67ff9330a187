"""Addresses of this room."""

from django.urls import path

from joinedup.voice import views

urlpatterns = [
    path("voices/", views.conversations, name="conversations"),
    path("events/<slug:slug>/ask/", views.conversation_open, name="conversation_open"),
    path("voices/join/<str:token>/", views.contribute, name="contribute"),
    path("voices/thanks/<str:code>/", views.contribution_thanks, name="contribution_thanks"),
    path("voices/withdraw/<str:code>/", views.contribution_withdraw, name="contribution_withdraw"),
    path("sittings/<int:pk>/quote/", views.sitting_quote, name="sitting_quote"),
    path("attending/<str:token>/table/<int:round>/quote/", views.attending_quote, name="attending_quote"),
    path("voices/<slug:slug>/", views.conversation, name="conversation"),
    path("voices/<slug:slug>/read/", views.moderate, name="moderate"),
    path("voices/contribution/<int:pk>/topic/", views.contribution_topic, name="contribution_topic"),
]
