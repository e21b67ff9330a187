"""Addresses of this room."""

from django.urls import path

from joinedup.opportunities.views.asking import opportunity_ask
from joinedup.opportunities.views.deciding import (
    opportunity_assign,
    opportunity_put_back,
    opportunity_set_aside,
    opportunity_snooze,
    opportunity_take_up,
    opportunity_unassign,
    opportunity_wake,
)
from joinedup.opportunities.views.grid import opportunity_grid, opportunity_grid_csv
from joinedup.opportunities.views.lists import opportunities, opportunities_csv, opportunity_refresh
from joinedup.opportunities.views.mail import answer_by_mail
from joinedup.opportunities.views.one import opportunity, opportunity_answer, opportunity_answer_back
from joinedup.opportunities.views.priorities import opportunity_choose, opportunity_unchoose
from joinedup.opportunities.views.publishing import opportunity_public
from joinedup.opportunities.views.since import opportunity_changes, opportunity_changes_read
from joinedup.opportunities.views.spotting import opportunity_mine, opportunity_spot, opportunity_withdraw
from joinedup.opportunities.views.together import opportunity_together, opportunity_together_csv
from joinedup.opportunities.views.weighing import opportunity_weights, opportunity_weights_as_shipped
from joinedup.opportunities.views.why_not import opportunity_why_not

urlpatterns = [
    path("opportunities/", opportunities, name="opportunities"),
    path("opportunities/new/", opportunity_spot, name="opportunity_spot"),
    path("opportunities/mine/", opportunity_mine, name="opportunity_mine"),
    path("opportunities/again/", opportunity_refresh, name="opportunity_refresh"),
    path("opportunities.csv", opportunities_csv, name="opportunities_csv"),
    path("opportunities/changes/", opportunity_changes, name="opportunity_changes"),
    path("opportunities/changes/read/", opportunity_changes_read, name="opportunity_changes_read"),
    path("opportunities/answer-by-mail/<str:word>/<str:token>/", answer_by_mail, name="answer_by_mail"),
    path("opportunities/grid/", opportunity_grid, name="opportunity_grid"),
    path("opportunities/grid.csv", opportunity_grid_csv, name="opportunity_grid_csv"),
    path("opportunities/together/", opportunity_together, name="opportunity_together"),
    path("opportunities/together.csv", opportunity_together_csv, name="opportunity_together_csv"),
    path("opportunities/weights/", opportunity_weights, name="opportunity_weights"),
    path(
        "opportunities/weights/as-shipped/",
        opportunity_weights_as_shipped,
        name="opportunity_weights_as_shipped",
    ),
    path("opportunities/public/", opportunity_public, name="opportunity_public"),
    path("opportunities/why-not/", opportunity_why_not, name="opportunity_why_not"),
    path("opportunities/<int:pk>/", opportunity, name="opportunity"),
    path("opportunities/<int:pk>/answer/", opportunity_answer, name="opportunity_answer"),
    path("opportunities/<int:pk>/answer-back/", opportunity_answer_back, name="opportunity_answer_back"),
    path("opportunities/<int:pk>/take-up/", opportunity_take_up, name="opportunity_take_up"),
    path("opportunities/<int:pk>/set-aside/", opportunity_set_aside, name="opportunity_set_aside"),
    path("opportunities/<int:pk>/withdraw/", opportunity_withdraw, name="opportunity_withdraw"),
    path("opportunities/<int:pk>/put-back/", opportunity_put_back, name="opportunity_put_back"),
    path("opportunities/<int:pk>/snooze/", opportunity_snooze, name="opportunity_snooze"),
    path("opportunities/<int:pk>/wake/", opportunity_wake, name="opportunity_wake"),
    path("opportunities/<int:pk>/assign/", opportunity_assign, name="opportunity_assign"),
    path("opportunities/<int:pk>/unassign/", opportunity_unassign, name="opportunity_unassign"),
    path("opportunities/<int:pk>/choose/", opportunity_choose, name="opportunity_choose"),
    path("opportunities/<int:pk>/unchoose/", opportunity_unchoose, name="opportunity_unchoose"),
    path("opportunities/<int:pk>/ask/", opportunity_ask, name="opportunity_ask"),
]
