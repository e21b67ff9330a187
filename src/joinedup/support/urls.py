"""URLs of this room."""

from django.urls import path

from joinedup.support import views, writing_views

urlpatterns = [
    path("support.csv", views.support_csv, name="support_csv"),
    path("support/", views.support, name="support"),
    path("support/add/", writing_views.offer_add, name="offer_add"),
    path("support/read/", writing_views.offer_read, name="offer_read"),
    path("support/check-by-mail/<str:token>/", views.offer_check_by_mail, name="offer_check_by_mail"),
    path("support/for-us-again/<int:pk>/", views.offer_for_us_again, name="not_for_us_undo"),
    path("support/<slug:slug>/", views.offer, name="offer"),
    path("support/<slug:slug>/edit/", writing_views.offer_edit, name="offer_edit"),
    path("support/<slug:slug>/correct/", views.offer_correct, name="offer_correct"),
    path("support/<slug:slug>/confirm/", views.offer_confirm, name="offer_confirm"),
    path("support/<slug:slug>/reopen/", views.offer_reopen, name="offer_reopen"),
    path("support/<slug:slug>/keeper/", views.offer_keeper, name="offer_keeper"),
    path("support/<slug:slug>/not-for-us/<int:partner>/", views.offer_not_for_us, name="offer_not_for_us"),
]
