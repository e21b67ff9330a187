"""Text of strangers is kept as a reader sees it, and in one line where it stands in lists, mails and calendars."""

from collections.abc import Callable

import pytest
from django.test import Client

from joinedup.engines.words import one_line, seen
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.spreadsheets.headers import read_text
from tests.world import World

As = Callable[[str], Client]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("St\u200bMarys", "StMarys"),
        ("\u202egnirts\u202c", "gnirts"),
        ("Zoe\u0301", "Zo\u00e9"),
        ("Youth\u00adclub", "Youthclub"),
        ("\ufeffName", "Name"),
        ("one\r\ntwo\u2028three\rfour", "one\ntwo\nthree\nfour"),
        ("nul\0inside", "nulinside"),
        ("a\u200db", "ab"),
        ("👩🏽\u200d🚒", "👩🏽\u200d🚒"),  # one picture of three
        ("می\u200cخواهم", "می\u200cخواهم"),  # a word of Persian
        ("half \ud83d pair", "half  pair"),
        ("tab\tand space", "tab\tand space"),
        ("plain", "plain"),
    ],
)
def test_as_a_reader_sees_it(text: str, right: str) -> None:
    assert seen(text) == right
    assert seen(right) == right
    assert one_line(text) == " ".join(right.split())


def test_what_is_typed_and_what_is_stored(as_: As, world: World) -> None:
    typed = {"kind": "need", "text": "A ro\u200bom\u202e\r\nfor boxing", "marking": "partnership"}
    assert as_("alice").post(f"/partners/{world.lantern.slug}/asks/add/", typed).status_code == 302
    assert Ask.objects.get().text == "A room for boxing"


def test_one_line_whichever_way_it_comes(world: World) -> None:
    contact = Contact.objects.create(
        partner=world.lantern, role="Manager\nBcc: everybody", name="Ro\u2028Sam"
    )
    contact.refresh_from_db()
    assert (contact.role, contact.name) == ("Manager Bcc: everybody", "Ro Sam")
    world.lantern.does = "Two\nlines"
    world.lantern.save()
    assert Partner.objects.get(pk=world.lantern.pk).does == "Two\nlines"


def test_cells_of_a_sheet() -> None:
    assert "St Marys" in str(read_text("Name,Does\nSt\u200b Marys,Boxing\n"))
