"""URLs of this room."""

from django.urls import path

from joinedup.tables.views import door, leaders, plan, printouts, votes, wishes

urlpatterns = [
    path("events/<slug:slug>/offers/", leaders.event_offers, name="event_offers"),
    path("events/<slug:slug>/plan/", plan.event_plan, name="event_plan"),
    path("events/<slug:slug>/plan/print/", printouts.event_plan_print, name="event_plan_print"),
    path("events/<slug:slug>/plan/moves/", plan.event_plan_moves, name="event_plan_moves"),
    path("events/<slug:slug>/plan.csv", printouts.event_plan_csv, name="event_plan_csv"),
    path("events/<slug:slug>/wishes/", wishes.event_wishes, name="event_wishes"),
    path("events/<slug:slug>/check-in/", door.event_check_in, name="event_check_in"),
    path("events/<slug:slug>/arrivals.csv", door.event_arrivals_csv, name="event_arrivals_csv"),
    path("attending/<str:token>/topics/", votes.attending_topics, name="attending_topics"),
]
