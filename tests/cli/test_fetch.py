"""The newest street files, fetched by the command from a publisher on this machine, taken in as any other file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.evidence import observations, recompute
from joinedup.evidence.fetch import server as fetching
from joinedup.evidence.fetch.archive import Archive
from joinedup.evidence.fetch.forces import forces
from joinedup.evidence.models import Dataset, Figure
from joinedup.places.models import Membership, Place
from tests.evidence.fetch.publisher import LSOA, Publisher, archive, publishing, street
from tests.world import World

Joinedup = Callable[..., Result]
NAME = "2024-12-leicestershire-street.csv"


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Nobody waits for it: pauses are not made."""
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)
    with publishing(archive(tmp_path / "2024-12.zip")) as found:
        yield found


@pytest.fixture
def leicestershire(world: World) -> World:
    """Northton lies in Leicestershire; the force of the others is none that publishes."""
    Membership.objects.filter(place=world.northton, kind="police_force").update(code="E23000021")
    Place.objects.create(
        code=LSOA["leicestershire"], name="Northton 001A", kind="lsoa", parent=world.northton, vintage=2021
    )
    return world


@pytest.fixture
def fetch(joinedup: Joinedup, publisher: Publisher) -> Joinedup:
    return lambda *words: joinedup("fetch", "--from", publisher.address, *words)


def held(home: Path) -> dict[str, Any]:
    """All that a run can change, and what lies in the home."""
    store = home / "store"
    return {
        "datasets": list(Dataset.objects.order_by("pk").values()),
        "figures": list(Figure.objects.order_by("pk").values()),
        "audit": AuditEntry.objects.count(),
        "store": sorted(path.name for path in store.iterdir()) if store.is_dir() else [],
        "home": sorted(path.name for path in home.iterdir() if path.name != "store") if home.is_dir() else [],
    }


def counted() -> float:
    rows = observations.held(observations.newest_first(), places=[LSOA["leicestershire"]])
    return float(rows["count"].sum())


def refused(told: Result, *said: str) -> None:
    """One sentence, and what came before it is progress."""
    assert (told.exit_code, told.stdout) == (1, "")
    assert len(told.stderr.splitlines()) <= 6
    for each in said:
        assert each in told.stderr.splitlines()[-1]


def test_months_of_the_force_that_is_held_are_taken_in(
    leicestershire: World, fetch: Joinedup, publisher: Publisher, settings: Any
) -> None:
    told = fetch()
    assert (told.exit_code, told.stderr.splitlines()) == (
        0,
        [
            "Asking which months are published",
            "Fetching street files",
            "Reading 2 files",
            "Working the figures out again",
        ],
    )
    assert told.stdout.splitlines()[:2] == [
        f"2024-{month}-leicestershire-street.csv: Street-level crime: Leicestershire Police, 2024-{month} to "
        f"2024-{month}, taken in: 40 rows read, 40 kept."
        for month in (11, 12)
    ]
    assert told.stdout.splitlines()[2].startswith("Newest month published: 2024-12.")
    assert len(told.stdout.splitlines()) == 3
    assert counted() == 80
    older, newest = Dataset.objects.order_by("pk")
    assert (older.covers, newest.covers, newest.replaced_by) == (["2024-11"], ["2024-12"], None)
    assert newest.url == f"{publisher.address}/data/archive/2024-12.zip"
    assert newest.retrieved_on is not None
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["dataset.import", "dataset.import", "figures.recompute"]
    assert held(settings.HOME)["home"] == []


def test_it_is_the_same_as_bringing_the_files(
    leicestershire: World, fetch: Joinedup, joinedup: Joinedup, tmp_path: Path
) -> None:
    alone = tmp_path / NAME
    alone.write_text(street("2024-12", "leicestershire"), encoding="utf-8")
    assert joinedup("import", alone).exit_code == 0
    before = Dataset.objects.get()
    document = json.loads(fetch("--again", "--json").stdout)
    assert [(each["file"], each["already_held"]) for each in document["files"]] == [
        ("2024-11-leicestershire-street.csv", False),
        (NAME, True),
    ]
    assert Dataset.objects.filter(covers=["2024-12"]).get() == before


def test_the_document(leicestershire: World, fetch: Joinedup, publisher: Publisher) -> None:
    told = fetch("--months", "1", "--json")
    assert (told.exit_code, told.stderr) == (0, "")
    document = json.loads(told.stdout)
    (file,) = document.pop("files")
    assert (file["file"], file["rows_kept"], file["already_held"]) == (NAME, 40, False)
    assert document == {
        "from": publisher.address,
        "newest_month": "2024-12",
        "archives": [f"{publisher.address}/data/archive/2024-12.zip"],
        "forces": [
            {
                "code": "E23000021",
                "id": "leicestershire",
                "name": "Leicestershire Police",
                "fetched": ["2024-12"],
                "held_before": [],
                "withdrawn": [],
                "not_sent": [],
            }
        ],
        "no_files_for": ["E23000099"],
        "refused": [],
    }


def test_nothing_newer(leicestershire: World, fetch: Joinedup, publisher: Publisher, settings: Any) -> None:
    assert fetch().exit_code == 0
    before, asked = held(settings.HOME), len(publisher.asked)
    refused(fetch(), "Nothing newer is there", "2024-12", "Leicestershire Police: 2 months held already")
    assert held(settings.HOME) == before
    assert [path for path, _ in publisher.asked[asked:]] == ["/api/crimes-street-dates"]


def test_only_what_is_newer_is_fetched(leicestershire: World, fetch: Joinedup, publisher: Publisher) -> None:
    publisher.dates = '[{"date": "2024-11", "stop-and-search": []}]'
    publisher.archives["2024-11"] = publisher.archives["2024-12"]
    assert fetch().exit_code == 0
    publisher.dates = '[{"date": "2024-12"}, {"date": "2024-11"}]'
    told = fetch()
    assert [line.split(":")[0] for line in told.stdout.splitlines()][:2] == [NAME, "Leicestershire Police"]
    assert "1 month held already, not fetched again" in told.stdout
    assert counted() == 80


def test_what_was_withdrawn_here_does_not_come_back_by_itself(leicestershire: World, fetch: Joinedup) -> None:
    assert fetch().exit_code == 0
    Dataset.objects.filter(covers=["2024-12"]).update(withdrawn_at=timezone.now())
    refused(fetch(), "withdrawn here, not fetched again: 2024-12. --again does.")
    assert fetch("--again").exit_code == 0
    assert counted() == 80


def test_a_month_that_a_force_did_not_send(
    leicestershire: World, fetch: Joinedup, publisher: Publisher, tmp_path: Path
) -> None:
    archive(tmp_path / "2024-12.zip", leicestershire_2024_12=None)
    told = fetch()
    assert told.exit_code == 0
    assert "Leicestershire Police: no street file is published for 2024-12.\n" in told.stdout
    assert [each.covers for each in Dataset.objects.all()] == [["2024-11"]]
    refused(fetch(), "Nothing newer is there", "no street file is published for 2024-12")


def test_an_archive_that_is_not_there_yet_and_one_that_is_too_short(
    leicestershire: World, fetch: Joinedup, publisher: Publisher, tmp_path: Path
) -> None:
    """The month before has one, without the oldest month asked for, which an older archive has."""
    publisher.dates = '[{"date": "2025-01"}, {"date": "2024-12"}, {"date": "2024-11"}, {"date": "2024-10"}]'
    publisher.archives["2024-10"] = archive(tmp_path / "2024-10.zip", months=("2024-10",))
    document = json.loads(fetch("--json").stdout)
    assert [each.rpartition("/")[2] for each in document["archives"]] == ["2024-12.zip", "2024-10.zip"]
    (force,) = document["forces"]
    assert (force["fetched"], force["not_sent"]) == (["2024-12", "2024-11", "2024-10"], ["2025-01"])


def test_no_archive_at_all(leicestershire: World, fetch: Joinedup, publisher: Publisher) -> None:
    publisher.archives.clear()
    refused(fetch(), "127.0.0.1 has no archive of any month: try again later.")


def test_what_is_refused_does_not_hold_up_the_others(
    leicestershire: World, fetch: Joinedup, tmp_path: Path
) -> None:
    archive(
        tmp_path / "2024-12.zip",
        leicestershire_2024_12=street("2024-12", "leicestershire").replace("2024-12", "soon"),
    )
    told = fetch()
    assert told.exit_code == 0
    assert f"{NAME}: not taken in: 40 of 40 rows (100%) cannot be right" in told.stdout
    assert told.stderr.splitlines()[-1].startswith(f"{NAME} was not taken in: 40 of 40 rows")
    assert len(told.stderr.splitlines()) <= 6
    assert counted() == 40
    document = json.loads(fetch("--again", "--json").stdout)
    assert [each["file"] for each in document["refused"]] == [NAME]


def test_if_all_is_refused_it_says_so(
    leicestershire: World, fetch: Joinedup, tmp_path: Path, settings: Any
) -> None:
    elsewhere = {
        f"leicestershire_2024_{month}": street(f"2024-{month}", "leicestershire", lsoa="E01099999")
        for month in (11, 12)
    }
    archive(tmp_path / "2024-12.zip", **elsewhere)
    refused(
        fetch(), "Nothing was taken in of 2 files. 2024-11-leicestershire-street.csv: Nothing in this file"
    )
    nothing = {"datasets": [], "figures": [], "audit": 0, "store": [], "home": []}
    assert held(settings.HOME) == nothing


def test_a_damaged_file_is_left_aside(leicestershire: World, fetch: Joinedup, publisher: Publisher) -> None:
    path = publisher.archives["2024-12"]
    with zipfile.ZipFile(path) as made:
        item = made.getinfo(f"2024-12/{NAME}")
    body = bytearray(path.read_bytes())
    body[item.header_offset + 500] ^= 0xFF
    path.write_bytes(body)
    told = fetch()
    assert told.exit_code == 0
    assert f"{NAME}: not taken in: It arrived damaged" in told.stdout
    assert [each.covers for each in Dataset.objects.all()] == [["2024-11"]]


def test_a_bad_line_does_not_matter(leicestershire: World, fetch: Joinedup, publisher: Publisher) -> None:
    publisher.faults = [(429, {"Retry-After": "7"}), (503, {}), 0, 300]
    assert fetch().exit_code == 0
    assert counted() == 80


@pytest.mark.parametrize("moment", ["in the second file", "while the figures are worked out"])
def test_stopped_half_way_it_leaves_nothing(
    moment: str,
    leicestershire: World,
    fetch: Joinedup,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = Archive.take

    def stopped(self: Archive, name: str, *rest: Any) -> None:
        if name.startswith("2024-11"):
            assert held(settings.HOME)["home"] != []
            raise KeyboardInterrupt
        real(self, name, *rest)

    def interrupted(*_: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if moment == "in the second file":
            patched.setattr(Archive, "take", stopped)
        else:
            patched.setattr(recompute, "work_out", interrupted)
        refused(fetch(), "Stopped. What was not finished is not kept: run the same command again.")
    now = held(settings.HOME)
    assert (now["datasets"], now["figures"], now["audit"], now["home"]) == ([], [], 0, [])
    assert fetch().exit_code == 0
    assert counted() == 80


def test_whole_only_where_it_was_asked_for(
    leicestershire: World, fetch: Joinedup, publisher: Publisher, settings: Any
) -> None:
    publisher.has_ranges = False
    refused(fetch(), "127.0.0.1 hands the archive over whole only", "with --whole")
    assert Dataset.objects.count() == 0
    told = fetch("--whole")
    assert told.exit_code == 0
    assert len(told.stderr.splitlines()) <= 6
    assert counted() == 80
    assert held(settings.HOME)["home"] == []


def test_no_force_is_held(world: World, fetch: Joinedup, publisher: Publisher) -> None:
    refused(fetch(), "There are street files for the forces of England and Wales only", "E23000099")
    Membership.objects.all().delete()
    refused(fetch(), "No police force area is held here yet")
    assert publisher.asked == []


def test_nobody_answers(leicestershire: World, joinedup: Joinedup, publisher: Publisher) -> None:
    refused(
        joinedup("fetch", "--from", "http://127.0.0.1:9"), "127.0.0.1 cannot be reached (Connection refused)"
    )
    refused(joinedup("fetch", "--from", "http://data.police.uk"), "Files are fetched by https only")
    assert publisher.asked == []


def test_every_force_of_england_and_wales_is_named_once() -> None:
    known = forces()
    codes = [f"E230000{n:02}" for n in range(1, 40)] + [f"W1500000{n}" for n in range(1, 5)]
    assert list(known) == codes
    assert len({force.id for force in known.values()}) == len({f.name for f in known.values()}) == 43


def test_the_codes_of_forces_are_those_of_the_statistics_office(shared: Path) -> None:
    """The publisher's ids are the names of the areas, but for the two in London."""
    import csv

    with (shared / "reference" / "lookup_lad24_csp24_pfa24.csv").open(encoding="utf-8") as stream:
        areas = {row["pfa24cd"]: row["pfa24nm"] for row in csv.DictReader(stream)}
    differs = {
        code: (force.id, areas[code])
        for code, force in forces().items()
        if force.id != areas[code].casefold().replace("&", "and").replace(" ", "-")
    }
    assert set(areas) == set(forces())
    assert differs == {
        "E23000001": ("metropolitan", "Metropolitan Police"),
        "E23000034": ("city-of-london", "London, City of"),
    }
