"""The pages on which a spreadsheet is brought in, and who sees them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from joinedup.partners.models import Partner
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.models import Upload
from tests.spreadsheets.making import PARTNERS, TRACKER, ready, state, xlsx
from tests.world import World

As = Callable[[str], Client]


def test_of_two_who_choose_the_columns_of_one_file_the_second_is_told(world: World, as_: As) -> None:
    upload = actions.bring(
        by=world.person("alice"), footprint=world.north, kind="partners", text="Crew,Zone\nOak,Northton\n"
    )
    path, hers, his = f"/bring/upload/{upload.pk}/columns/", as_("alice"), as_("alice")
    seen = re.search(r'name="version" value="(\w+)"', hers.get(path).text)
    assert seen is not None
    first = his.post(path, {"version": seen[1], "column-0": "name", "column-1": "serves"})
    assert first.status_code == 302
    late = hers.post(path, {"version": seen[1], "column-0": "serves", "column-1": "name"})
    assert "Somebody changed this since you opened the page" in late.text
    assert "“Crew”, “Zone”" in late.text
    other = hers.post(path, {"version": seen[1], "sheet": "0", "headings": "2"}, follow=True)
    assert "Look at what they chose" in other.text
    upload.refresh_from_db()
    assert (upload.mapping, upload.state) == ({"name": 0, "serves": 1}, "previewed")
    now = re.search(r'name="version" value="(\w+)"', late.text)
    assert now is not None
    assert hers.post(path, {"version": now[1], "column-0": "serves", "column-1": "name"}).status_code == 302
    upload.refresh_from_db()
    assert upload.mapping == {"serves": 0, "name": 1}


def test_from_a_file_to_records_and_back(world: World, as_: As) -> None:
    alice = as_("alice")
    file = SimpleUploadedFile(
        "tracker.xlsx", xlsx([["Lead", "Project"], ["Lantern Youth", "Evening mentors"]])
    )
    page = alice.post("/bring/north/new/", {"kind": "initiatives", "file": file}, follow=True)
    assert "Which column is which?" in page.text
    assert "“Evening mentors”" in page.text
    upload = Upload.objects.get()
    page = alice.post(
        f"/bring/upload/{upload.pk}/columns/", {"column-0": "partner", "column-1": "name"}, follow=True
    )
    assert "What will be made" in page.text
    assert "New, led by Lantern Youth" in page.text
    page = alice.post(f"/bring/upload/{upload.pk}/preview/", follow=True)
    assert "Accepted. Made: 1 piece of local action." in page.text
    assert world.lantern.initiatives.get().name == "Evening mentors"
    assert "Nothing was" not in alice.get(f"/bring/upload/{upload.pk}/undo/").text
    page = alice.post(f"/bring/upload/{upload.pk}/undo/", follow=True)
    assert "Undone: 1 record removed." in page.text
    assert not world.lantern.initiatives.exists()


def test_what_is_not_public_stays_with_the_coordinator(world: World, as_: As) -> None:
    upload = ready(world, "Org,E-mail\nHIDDEN School,hidden@school.example\n")
    Upload.objects.filter(pk=upload.pk).update(file_name="HIDDEN.csv")
    accepted = ready(world, TRACKER, "initiatives")
    intake.accept(by=world.person("alice"), upload=accepted)
    paths = ["/bring/north/", "/bring/north/new/", f"/bring/upload/{accepted.pk}/undo/"]
    paths += [f"/bring/upload/{upload.pk}/{page}/" for page in ("columns", "preview")]
    for path in paths:
        assert as_("alice").get(path).status_code == 200, path
        for who in ("bob", "charlie", "lead", "admin"):
            answer = as_(who).get(path)
            assert (answer.status_code, "HIDDEN" in answer.text) == (404, False), (path, who)
            assert as_(who).post(path).status_code in (404, 405), (path, who)
        assert as_("nobody").get(path).status_code == 302, path
    assert as_("charlie").post(f"/bring/upload/{upload.pk}/drop/").status_code == 404
    assert Upload.objects.count() == 2
    assert as_("alice").get("/bring/nowhere/").status_code == 404


def test_looking_changes_nothing(world: World, as_: As) -> None:
    upload, alice = ready(world, PARTNERS), as_("alice")
    before = state()
    for path in ("north/", "north/new/", f"upload/{upload.pk}/columns/", f"upload/{upload.pk}/preview/"):
        assert alice.get(f"/bring/{path}").status_code == 200
    assert alice.get(f"/bring/upload/{upload.pk}/undo/").status_code == 302
    assert alice.get(f"/bring/upload/{upload.pk}/drop/").status_code == 405
    assert state() == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "The file is empty."),
        ("a.csv", b"\0\1\2", "This is not a spreadsheet"),
        ("a.xlsx", b"PK\x03\x04x", "The workbook is cut off or damaged"),
        ("a.csv", b"Suspect,Age\nA,15\n", "This looks like records of single people"),
    ],
)
def test_bad_files_get_their_sentence(
    world: World, as_: As, name: str, content: bytes, sentence: str
) -> None:
    before = state()
    page = as_("alice").post(
        "/bring/north/new/", {"kind": "partners", "file": SimpleUploadedFile(name, content)}
    )
    assert sentence in page.text
    assert page.status_code == 200
    assert state() == before


def test_nothing_chosen_and_both_chosen(world: World, as_: As) -> None:
    alice = as_("alice")
    assert "Choose a file or paste the rows." in alice.post("/bring/north/new/", {"kind": "partners"}).text
    both = {"kind": "partners", "text": PARTNERS, "file": SimpleUploadedFile("a.csv", b"Org\nA\n")}
    assert "not both" in alice.post("/bring/north/new/", both).text
    assert not Upload.objects.exists()


def test_a_wrong_header_is_asked_about_in_words(world: World, as_: As) -> None:
    upload = actions.bring(
        by=world.person("alice"), footprint=world.north, kind="partners", text="Foo,Bar\nA,B\n"
    )
    page = as_("alice").post(f"/bring/upload/{upload.pk}/columns/", {})
    assert "Choose the column that holds: Organisation." in page.text
    page = as_("alice").post(f"/bring/upload/{upload.pk}/columns/", {"column-0": "name", "column-1": "name"})
    assert "Two columns are said to be the same thing" in page.text


def test_problems_come_first_and_refuse_until_left_out(world: World, as_: As) -> None:
    upload, alice = ready(world, "Org,E-mail\nOak School,nonsense\nElm School,\n"), as_("alice")
    path = f"/bring/upload/{upload.pk}/preview/"
    page = alice.get(path).text
    assert page.index("is not an e-mail address") < page.index("Every row")
    assert "Leave out the 1 marked row" in page
    refused = alice.post(path)
    assert "Nothing was made" in refused.text
    assert not Partner.objects.filter(name__endswith="m School").exists()
    alice.post(path, {"leave_out": "1"})
    assert list(
        Partner.objects.filter(name__in=["Oak School", "Elm School"]).values_list("name", flat=True)
    ) == ["Elm School"]


def test_a_chosen_sector_is_checked_and_taken(world: World, as_: As) -> None:
    upload, alice = ready(world, "Org\nZebra\n"), as_("alice")
    path = f"/bring/upload/{upload.pk}/preview/"
    assert "Which sector does “Zebra” belong to?" in alice.get(path).text
    checked = alice.post(path, {"sector-2": "health", "check": "1"}).text
    assert "New partner, Health" in checked
    assert '<option value="health" selected>' in checked
    assert not Partner.objects.filter(name="Zebra").exists()
    alice.post(path, {"sector-2": "health", "sector-x": "vcs", "sector-99999999": "vcs"})
    assert Partner.objects.get(name="Zebra").sector_id == "health"


def test_finished_uploads_lead_to_what_became_of_them(world: World, as_: As) -> None:
    upload = ready(world, PARTNERS)
    intake.accept(by=world.person("alice"), upload=upload)
    to = {"columns": "/bring/north/", "preview": f"/bring/upload/{upload.pk}/"}
    for page, where in to.items():
        assert as_("alice").get(f"/bring/upload/{upload.pk}/{page}/").url == where  # type: ignore[attr-defined]
    page = as_("alice").post(f"/bring/upload/{upload.pk}/drop/", follow=True)
    assert "finished already" in page.text


def test_undo_on_the_page_says_what_is_in_the_way(world: World, as_: As) -> None:
    upload = ready(world, PARTNERS)
    intake.accept(by=world.person("alice"), upload=upload)
    Partner.objects.get(name="Mill Lane School").contacts.create(role="Caretaker")
    page = as_("alice").post(f"/bring/upload/{upload.pk}/undo/")
    assert "“Mill Lane School” is used since: contact" in page.text
    assert Partner.objects.filter(name="Mill Lane School").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        ready(world, f"Org\nSchool {n}\n")
    alice = as_("alice")
    with django_assert_num_queries(5):
        alice.get("/bring/north/")
    newest = Upload.objects.all()[0].pk
    with django_assert_num_queries(20):
        alice.get(f"/bring/upload/{newest}/preview/")


def test_bad_input_in_addresses_and_forms_never_breaks(world: World, as_: As) -> None:
    upload, alice = ready(world, PARTNERS), as_("alice")
    assert alice.get(f"/bring/upload/{upload.pk}/preview/?page=banana").status_code == 200
    assert alice.get("/bring/north/new/?kind=banana").status_code == 200
    assert alice.post("/bring/north/new/", {"kind": "banana", "text": "x"}).status_code == 200
    assert alice.post(f"/bring/upload/{upload.pk}/columns/", {"column-0": "banana"}).status_code == 200
    assert alice.get("/bring/upload/999999/preview/").status_code == 404


def test_nothing_is_chosen_beforehand_and_neither_way_to_bring_is_called_optional(
    world: World, as_: As
) -> None:
    page = as_("alice").get("/bring/north/new/").text
    assert " checked" not in page
    assert "(optional)" not in page
    assert (
        'value="partners" id="id_kind_0" checked' in as_("alice").get("/bring/north/new/?kind=partners").text
    )
