"""URLs of this room."""

from django.urls import path

from joinedup.web.agenda.views import event_topic, event_topics, opportunity_agenda
from joinedup.web.attending.views import attending
from joinedup.web.commitment.views import commitment, commitment_update
from joinedup.web.event.views import event, event_show, events
from joinedup.web.funnel.views import opportunity_paths, opportunity_paths_csv
from joinedup.web.home.views import home
from joinedup.web.initiative.views import initiative
from joinedup.web.methods.views import methods
from joinedup.web.partner.views import asks_csv, partner, partners, partners_csv
from joinedup.web.people.leaving import account_close, person_close, person_closed, person_erase
from joinedup.web.people.views import people, person_invite, role_take_away
from joinedup.web.place.views import place
from joinedup.web.programme.views import programme
from joinedup.web.search.views import search
from joinedup.web.work.views import my_work, my_work_mails, my_work_read
from joinedup.web.worried import worried

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("places/<str:code>/", place, name="place"),
    path("opportunities/paths/", opportunity_paths, name="opportunity_paths"),
    path("opportunities/paths.csv", opportunity_paths_csv, name="opportunity_paths_csv"),
    path("work/", my_work, name="my_work"),
    path("work/read/", my_work_read, name="my_work_read"),
    path("work/mails/", my_work_mails, name="my_work_mails"),
    path("worried/", worried, name="worried"),
    path("events/", events, name="events"),
    path("events/<slug:slug>/", event, name="event"),
    path("events/<slug:slug>/topics/", event_topics, name="event_topics"),
    path("events/<slug:slug>/topics/<int:pk>/", event_topic, name="event_topic"),
    path("events/<slug:slug>/show/", event_show, name="event_show"),
    path("programmes/<slug:slug>/", programme, name="programme"),
    path("opportunities/<int:pk>/agenda/", opportunity_agenda, name="opportunity_agenda"),
    path("attending/<str:token>/", attending, name="attending"),
    path("partners/<slug:slug>/", partner, name="partner"),
    path("partners/", partners, name="partners"),
    path("partners.csv", partners_csv, name="partners_csv"),
    path("asks.csv", asks_csv, name="asks_csv"),
    path("initiatives/<slug:slug>/", initiative, name="initiative"),
    path("strategy/<str:ref>/", commitment, name="commitment"),
    path("strategy/<str:ref>/update/", commitment_update, name="commitment_update"),
    path("methods/", methods, name="methods"),
    path("people/", people, name="people"),
    path("account/close/", account_close, name="account_close"),
    path("people/<int:pk>/close/", person_close, name="person_close"),
    path("people/<int:pk>/erase/", person_erase, name="person_erase"),
    path("people/closed/<int:pk>/", person_closed, name="person_closed"),
    path("people/invite/", person_invite, name="person_invite"),
    path("people/roles/<int:pk>/take-away/", role_take_away, name="role_take_away"),
]
