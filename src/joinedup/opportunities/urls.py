"""Addresses of this room."""

from django.urls import path

from joinedup.opportunities import views

urlpatterns = [
    path("opportunities/", views.opportunities, name="opportunities"),
    path("opportunities/new/", views.opportunity_spot, name="opportunity_spot"),
    path("opportunities/mine/", views.opportunity_mine, name="opportunity_mine"),
    path("opportunities/again/", views.opportunity_refresh, name="opportunity_refresh"),
    path("opportunities.csv", views.opportunities_csv, name="opportunities_csv"),
    path("opportunities/changes/", views.opportunity_changes, name="opportunity_changes"),
    path("opportunities/changes/read/", views.opportunity_changes_read, name="opportunity_changes_read"),
    path("opportunities/answer-by-mail/<str:word>/<str:token>/", views.answer_by_mail, name="answer_by_mail"),
    path("opportunities/grid/", views.opportunity_grid, name="opportunity_grid"),
    path("opportunities/grid.csv", views.opportunity_grid_csv, name="opportunity_grid_csv"),
    path("opportunities/together/", views.opportunity_together, name="opportunity_together"),
    path("opportunities/together.csv", views.opportunity_together_csv, name="opportunity_together_csv"),
    path("opportunities/weights/", views.opportunity_weights, name="opportunity_weights"),
    path(
        "opportunities/weights/as-shipped/",
        views.opportunity_weights_as_shipped,
        name="opportunity_weights_as_shipped",
    ),
    path("opportunities/public/", views.opportunity_public, name="opportunity_public"),
    path("opportunities/why-not/", views.opportunity_why_not, name="opportunity_why_not"),
    path("opportunities/<int:pk>/", views.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/answer/", views.opportunity_answer, name="opportunity_answer"),
    path("opportunities/<int:pk>/take-up/", views.opportunity_take_up, name="opportunity_take_up"),
    path("opportunities/<int:pk>/set-aside/", views.opportunity_set_aside, name="opportunity_set_aside"),
    path("opportunities/<int:pk>/withdraw/", views.opportunity_withdraw, name="opportunity_withdraw"),
    path("opportunities/<int:pk>/put-back/", views.opportunity_put_back, name="opportunity_put_back"),
    path("opportunities/<int:pk>/snooze/", views.opportunity_snooze, name="opportunity_snooze"),
    path("opportunities/<int:pk>/wake/", views.opportunity_wake, name="opportunity_wake"),
    path("opportunities/<int:pk>/assign/", views.opportunity_assign, name="opportunity_assign"),
    path("opportunities/<int:pk>/unassign/", views.opportunity_unassign, name="opportunity_unassign"),
    path("opportunities/<int:pk>/ask/", views.opportunity_ask, name="opportunity_ask"),
]
