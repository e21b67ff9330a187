"""From an empty installation (words and places only) to an invitation list and a brief, by the pages alone."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.test import Client

import joinedup
from joinedup.accounts.actions import first_administrator
from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.firstrun import area_loads
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.places import loading as places
from joinedup.taxonomy import loading as taxonomy
from tests.firstrun.making import opened, words_of

DATA = Path(joinedup.__file__).parent / "data"
TEN = """Hilltop School, education, Head, , head@hilltop.example
Riverside College, Principal, principal@riverside.example
Lantern Youth, director, Director Person, director@lantern.example
Northside Boxing Club, coach, coach@northside.example
Harbour Homes, housing, head of safety, , safety@harbour.example
St Luke's Church, minister, minister@stluke.example
Meadow Health Centre, practice manager, manager@meadow.example
Islington Council, community safety manager, safety@council.example
Metropolitan Police Service, borough lead on violence, lead@police.example
Youth Voice Forum, young people, coordinator, , voice@forum.example
"""
TRACKER = """Project\tLead agency\tTheme\tStart date\tYoung people per year
Evening mentors\tLantern Youth\tMentoring and a trusted adult\t8/10/2018\t120
Boxing after school\tNorthside Boxing Club\tSafety after school and on the way home\t1 September 2024\t80
"""


@pytest.fixture
def admin(db: None) -> Client:
    taxonomy.load(DATA / "reference")
    places.load()
    user: User = first_administrator(by=Person.operator(), email="admin@example.org", name="Admin")
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def field(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def test_ten_partners_and_no_files(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # What ships about London comes in with the demonstration (tests/demo), and takes half a minute.
    monkeypatch.setattr(area_loads, "bring_in", lambda _places, _say: False)
    islington = field(admin.get("/start/", {"q": "islington"}).text, "place")
    named = admin.get("/start/", {"place": islington, "choose": "1"}).text
    assert 'value="Islington partnership"' in named
    asked = admin.post("/start/", {"place": islington}, follow=True)
    assert "begins within half a minute" in asked.text
    area_loads.bring_in_next()
    assert "It is all here." in admin.get(asked.request["PATH_INFO"]).text
    begun = admin.get("/start/islington-partnership/statutory/")
    assert "is not known: no figure is held that measures it" in begun.text
    bodies = field(begun.text, "body")
    assert len(bodies) == 8
    area = admin.post(begun.request["PATH_INFO"], {"body": bodies}, follow=True)
    assert "8 partners recorded." in area.text

    preview = admin.post("/start/islington-partnership/contacts/", {"text": TEN}, follow=True)
    assert "New partner, Education; contact: Head" in preview.text
    assert "already here as Metropolitan Police Service" in preview.text
    sectors = dict(re.findall(r'name="(sector-\d+)">.*?value="(\w+)" selected', preview.text, re.DOTALL))
    assert sectors["sector-2"] == "education"
    admin.post(preview.request["PATH_INFO"], sectors)
    assert (Partner.objects.count(), Contact.objects.count()) == (16, 10)

    brought = admin.post(
        "/bring/islington-partnership/new/", {"kind": "initiatives", "text": TRACKER}, follow=True
    )
    chosen = re.findall(r'<select name="(column-\d)".*?value="(\w+)" selected', brought.text, re.DOTALL)
    shown = admin.post(brought.request["PATH_INFO"], dict(chosen), follow=True)
    admin.post(shown.request["PATH_INFO"])
    assert Initiative.objects.get(name="Evening mentors").reach_per_year == 120

    admin.post(
        "/start/islington-partnership/event/", {"name": "First day", "date": "8/10/2090", "venue": "Hall"}
    )
    admin.post("/start/islington-partnership/look/")
    assert "No organisation of young people" not in admin.get("/start/islington-partnership/missing/").text

    content = admin.get("/start/islington-partnership/invitations.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert sum(bool(row["E-mail address"]) for row in rows) == 10
    assert {row["Date of the event"] for row in rows} == {"2090-10-08"}
    assert any(row["What is missing"].startswith("No contact recorded") for row in rows)

    document = opened(admin.get("/start/islington-partnership/brief.docx").content)
    text = words_of(document)
    assert "Evening mentors (Lantern Youth)" in text
    assert "There are no figures for Islington." in text
    assert "Youth Voice Forum" in text
    assert len(document.tables) == 1
