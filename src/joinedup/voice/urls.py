"""URLs of this room."""

from django.urls import path

from joinedup.voice.views import (
    asked_for,
    contribute,
    contribution_reply,
    contribution_thanks,
    contribution_topic,
    contribution_withdraw,
    conversation,
    conversation_open,
    conversations,
    moderate,
    reply_by_mail,
)

urlpatterns = [
    path("voices/", conversations, name="conversations"),
    path("events/<slug:slug>/ask/", conversation_open, name="conversation_open"),
    path("voices/join/<str:token>/", contribute, name="contribute"),
    path("voices/thanks/<str:code>/", contribution_thanks, name="contribution_thanks"),
    path("voices/withdraw/<str:code>/", contribution_withdraw, name="contribution_withdraw"),
    # Before the questions: a question's slug ends with four letters of chance, and is never this.
    path("voices/asked-for/", asked_for, name="asked_for"),
    path("voices/reply-by-mail/<str:token>/", reply_by_mail, name="reply_by_mail"),
    path("voices/<slug:slug>/", conversation, name="conversation"),
    path("voices/<slug:slug>/read/", moderate, name="moderate"),
    path("voices/contribution/<int:pk>/reply/", contribution_reply, name="contribution_reply"),
    path("voices/contribution/<int:pk>/topic/", contribution_topic, name="contribution_topic"),
]
