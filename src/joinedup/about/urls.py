"""URLs of this room."""

from django.urls import path

from joinedup.about import views

urlpatterns = [
    path("about/privacy/", views.about_privacy, name="about_privacy"),
    path("about/accessibility/", views.about_accessibility, name="about_accessibility"),
    path("about/cookies/", views.about_cookies, name="about_cookies"),
    path("about/terms/", views.about_terms, name="about_terms"),
    path("about/complaints/", views.about_complaints, name="about_complaints"),
    path("about/change/", views.about_change, name="about_change"),
]
