"""`joinedup support …`: what is held, read a page, export, import, undo."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result
from django.utils import timezone

from joinedup.cli import main
from joinedup.support.models import Offer, OfferList
from tests.support.test_pages import make_offer
from tests.world import World

TODAY = timezone.localdate()


def test_what_is_held_and_what_is_open(world: World, joinedup: Callable[..., Result]) -> None:
    make_offer("Open", basis="rolling", last_checked=None, check_by=TODAY)
    make_offer("Shut", basis="closed")
    make_offer("Again", basis="closed", reopens=TODAY + datetime.timedelta(days=9), reopens_said_by="them")
    make_offer("Shelf", basis="standing")
    make_offer("Soon", basis="rolling", opens=TODAY + datetime.timedelta(days=9))
    make_offer("Unsaid")
    told = json.loads(joinedup("support", "list", "--json").stdout)["support"]
    assert {each["name"]: each["state"] for each in told} == {
        "Again": "expected to reopen",
        "Open": "open",
        "Shelf": "always there",
        "Shut": "closed",
        "Soon": "not open yet",
        "Unsaid": "not known",
    }
    assert joinedup("support", "list", "--open").stdout == (
        "open: Open (City Trust), open; not yet checked, a check is due\n"
    )
    Offer.objects.all().delete()
    assert "Nothing that one can apply for now" in joinedup("support", "list", "--open").stdout


def test_reading_a_page_stores_nothing(world: World, joinedup: Callable[..., Result], tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes("Club Grants\nUp to £900 each. Apply by 03/04/2027.\n".encode("cp1252"))
    told = json.loads(joinedup("support", "read", page, "--json").stdout)["proposals"]
    closes = next(each for each in told if each["field"] == "closes")
    assert (closes["value"], closes["read_from"]) == ("2027-04-03", "Apply by 03/04/2027.")
    assert "British way" in closes["doubt"]
    assert "amount_max_gbp: 900" in joinedup("support", "read", page).stdout
    assert not Offer.objects.exists()
    page.write_bytes(b"x" * (5 * 1024**2 + 1))
    refused = CliRunner().invoke(main, ["support", "read", str(page)])
    assert (refused.exit_code, refused.stderr) == (
        1,
        "The page is larger than 5 MB: keep the part about the fund.\n",
    )


def test_a_list_goes_out_comes_back_and_is_undone(
    world: World, joinedup: Callable[..., Result], tmp_path: Path
) -> None:
    make_offer("Fund", themes=["trusted-adult"])
    path = tmp_path / "support.csv"
    joinedup("support", "export", "--public", "--output", path)
    assert joinedup("support", "import", path).stdout == (
        "0 new, 0 changed, 1 the same, 0 left out.\nNothing was changed.\n"
    )
    Offer.objects.all().delete()
    assert "1. Fund: new" in joinedup("support", "import", path, "--dry-run").stdout
    assert not Offer.objects.exists()
    told = json.loads(joinedup("support", "import", path, "--json").stdout)
    assert [each["verdict"] for each in told["rows"]] == ["new"]
    assert joinedup("support", "undo", told["list"]).stdout == "Undone: 1 removed, 0 as they were before.\n"
    assert not Offer.objects.exists()
    assert OfferList.objects.get().state == "undone"
    assert joinedup("support", "export").stdout_bytes.startswith(b"\xef\xbb\xbfName,Provider,Kind")
    wrong = CliRunner().invoke(main, ["support", "undo", "999999"])
    assert (wrong.exit_code, wrong.stderr) == (1, "There is no list with the number 999999.\n")
