"""URLs of this room."""

from django.urls import path

from joinedup.successions import views

urlpatterns = [
    path("changes/", views.successions, name="successions"),
    path("changes/new/", views.succession_new, name="succession_new"),
    path("changes/take-back/", views.succession_take_back, name="succession_take_back"),
    path("partnerships/<slug:slug>/", views.partnership, name="partnership"),
    path(
        "partnerships/<slug:slug>/changes/<int:pk>/take-back/",
        views.partnership_take_back,
        name="partnership_take_back",
    ),
]
