"""Bringing files in and working figures out: whole or not at all, once, traceable, allowed."""

import datetime
import math
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.test import override_settings

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.evidence import actions, follow, observations, queries, wording
from joinedup.evidence.indicators import indicators
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.places import loading
from joinedup.taxonomy.models import Theme
from tests.demo.installation import Tables
from tests.standing import layer
from tests.world import World

OPERATOR = Person.operator()
FORCES = {"E23000001", "E23000034"}
AS_OF = datetime.date(2026, 11, 20)
TIDY = "place,period,indicator,count,denominator\n"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def tidy(folder: Path, *rows: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text(TIDY + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def stored(home: Path) -> list[str]:
    folder = home / "store"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_file_comes_in_and_says_so(world: World, tmp_path: Path, own_home: Path) -> None:
    path = tidy(tmp_path, "E09000991,2024,youth-clubs,12,1000", "Eastton,2024,youth-clubs,8,1000")
    about = {"title": "Youth clubs", "publisher": "Testland", "licence": "OGL", "caveats": ["Counted once."]}
    told: list[float] = []
    done = actions.import_file(by=world.person("admin"), path=path, about=about, progress=told.append)
    assert (done.source, done.rows_read, done.rows_kept, done.already) == ("tidy", 2, 2, False)
    row = Dataset.objects.get()
    assert done.dataset == row
    assert (row.title, row.publisher, row.period_start, row.period_end) == (
        "Youth clubs",
        "Testland",
        "2024",
        "2024",
    )
    assert row.caveats[-1] == "Counted once."
    assert row.disclosure["threshold"] == 5
    assert stored(own_home) == [row.stored_as]
    assert told[-1] == 1.0
    entry = AuditEntry.objects.get(action="dataset.import")
    assert (entry.by, entry.record_id) == ("Admin", str(row.pk))


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path, own_home: Path) -> None:
    path = tidy(tmp_path, "E09000991,2024,youth-clubs,12,1000")
    first = actions.import_file(by=OPERATOR, path=path)
    before = stored(own_home)
    again = actions.import_file(by=OPERATOR, path=path)
    assert again.already
    assert again.dataset == first.dataset
    assert Dataset.objects.count() == 1
    assert stored(own_home) == before
    assert AuditEntry.objects.count() == 1


def test_a_revision_replaces_what_it_revises_and_both_are_remembered(world: World, tmp_path: Path) -> None:
    old = tidy(tmp_path, "E09000991,2023-12,clubs,50,1000", "E09000991,2024-01,clubs,51,1000", name="old.csv")
    new = tidy(tmp_path, "E09000991,2024-01,clubs,61,1000", "E09000991,2024-02,clubs,62,1000", name="new.csv")
    first = actions.import_file(by=OPERATOR, path=old).dataset
    second = actions.import_file(by=OPERATOR, path=new).dataset
    assert first is not None
    assert second is not None
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.replaced_by == second
    assert second.replaced_by is None
    held = observations.held(observations.newest_first())
    assert dict(held.sort("period").select("period", "count").iter_rows()) == {
        "2023-12": 50,
        "2024-01": 61,
        "2024-02": 62,
    }
    third = actions.import_file(by=OPERATOR, path=tidy(tmp_path, "E09000991,2024-02,clubs,63,1000")).dataset
    assert Dataset.objects.filter(replaced_by=None).get() == third
    assert [row.pk for row in queries.datasets()[0].older] == [second.pk, first.pk]  # type: ignore[attr-defined]
    assert actions.import_file(by=OPERATOR, path=old).already


def test_a_partial_file_hides_only_the_places_that_it_holds(world: World, tmp_path: Path) -> None:
    whole = tidy(tmp_path, "E09000991,2024-01,clubs,1,10", "E09000992,2024-01,clubs,2,10", name="whole.csv")
    part = tidy(tmp_path, "E09000992,2024-01,clubs,7,10", name="part.csv")
    actions.import_file(by=OPERATOR, path=whole)
    actions.import_file(by=OPERATOR, path=part)
    held = observations.held(observations.newest_first())
    assert dict(held.select("place", "count").iter_rows()) == {"E09000991": 1, "E09000992": 7}


def test_a_newer_table_hides_no_other_count_of_the_place(world: World, tmp_path: Path) -> None:
    """Two partners' tables are one series, and each speaks of its own counts and periods only."""
    one = tidy(
        tmp_path,
        "E09000991,2024-01,clubs,1,10",
        "E09000991,2024-03,clubs,3,10",
        "E09000991,2024-02,clubs,2,10",
    )
    actions.import_file(by=OPERATOR, path=one)
    other = tidy(
        tmp_path,
        "E09000991,2024-01,visits,8,10",
        "E09000991,2024-03,clubs,9,10",
        "E09000991,2024-01,clubs,7,10",
    )
    actions.import_file(by=OPERATOR, path=other)
    held = observations.held(observations.newest_first())
    assert set(held.select("indicator", "period", "count").iter_rows()) == {
        ("clubs", "2024-01", 7),
        ("clubs", "2024-02", 2),
        ("clubs", "2024-03", 9),
        ("visits", "2024-01", 8),
    }


def test_two_series_with_the_same_cell_count_once(world: World, tmp_path: Path) -> None:
    actions.import_file(by=OPERATOR, path=tidy(tmp_path, "E09000991,2024,clubs,5,10"), name="one")
    actions.import_file(by=OPERATOR, path=tidy(tmp_path, "E09000991,2024,clubs,6,10"), name="two")
    assert Dataset.objects.filter(replaced_by=None).count() == 2
    assert observations.held(observations.newest_first())["count"].to_list() == [6]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"name,date of birth,place\nA,2001-01-01,E09000991\n", "single people"),
        (b"a,b\n1,2\n", "no known publisher"),
        (b"place,period,indicator,count\nE09000991,soon,clubs,1\n", "cannot be right"),
    ],
)
def test_a_refused_file_leaves_nothing(
    world: World, tmp_path: Path, own_home: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(ValidationError, match=says):
        actions.import_file(by=OPERATOR, path=path)
    assert stored(own_home) == []
    assert not Dataset.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_file_that_is_not_there(world: World, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="There is no file nowhere"):
        actions.import_file(by=OPERATOR, path=tmp_path / "nowhere.csv")


def test_a_dry_run_writes_nothing(world: World, tmp_path: Path, own_home: Path) -> None:
    done = actions.import_file(by=OPERATOR, path=tidy(tmp_path, "E09000991,2024,clubs,12,1000"), dry_run=True)
    assert (done.rows_kept, done.dataset, done.dry_run) == (1, None, True)
    assert stored(own_home) == []
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "alice", "lead"])
def test_only_an_administrator_brings_files_in(
    world: World, tmp_path: Path, own_home: Path, who: str
) -> None:
    path = tidy(tmp_path, "E09000991,2024,clubs,12,1000")
    with pytest.raises(PermissionDenied):
        actions.import_file(by=world.person(who), path=path)
    with pytest.raises(PermissionDenied):
        follow.recompute(by=world.person(who), as_of=AS_OF)
    assert stored(own_home) == []
    assert not Dataset.objects.exists()


def test_when_the_database_fails_no_row_is_left(
    world: World, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("joinedup.evidence.actions.audit.record", fail)
    with pytest.raises(RuntimeError):
        actions.import_file(by=OPERATOR, path=tidy(tmp_path, "E09000991,2024,clubs,12,1000"))
    assert not Dataset.objects.exists()
    assert [path.name for path in queries.orphaned_files()] == stored(own_home)


KILLED = """
import os, signal, sys
from pathlib import Path
from joinedup.accounts.person import Person
from joinedup.evidence import actions, queries
from joinedup.evidence.models import Dataset
from joinedup.places.models import Place
Place.objects.get_or_create(code="E09000001", defaults=dict(name="City", kind="local_authority", vintage=2024))
if sys.argv[1] == "die":
    actions._make_current = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
actions.import_file(by=Person.operator(), path=Path(sys.argv[2]))
print(Dataset.objects.count(), len(queries.orphaned_files()), len(queries.missing_files()))
"""


def test_killed_after_writing_it_leaves_at_most_an_orphan(tables: Tables, tmp_path: Path) -> None:
    """The process dies between the store and the database; the next import carries on from there."""
    there = tables.copy(tmp_path / "killed")
    path = tidy(tmp_path, "E09000001,2024,clubs,12,1000")
    assert there.python(KILLED, "die", path).returncode == -signal.SIGKILL
    assert len(list((there.home / "store").iterdir())) == 1
    alive = there.python(KILLED, "live", path)
    assert alive.stdout.split() == ["1", "0", "0"], alive.stderr


@layer()
def shipped() -> Path:
    """The shipped areas and everything that ships about them; the home in which its observations lie."""
    home = Path(tempfile.mkdtemp(prefix="shipped-", dir=os.environ["JOINEDUP_HOME"]))
    loading.load()
    loading.load_parts(FORCES)
    for slug in ("safe-places", "weapon-carrying", "online-harm"):
        Theme.objects.create(slug=slug, name=slug, levels=[])
    with override_settings(HOME=home):
        actions.import_shipped(by=OPERATOR, forces=FORCES)
    return home


@layer(on="shipped")
def worked_out(shipped: Path) -> tuple[Path, follow.Recomputed]:
    """The figures of what ships, and what was said about them."""
    with override_settings(HOME=shipped):
        return shipped, follow.recompute(by=OPERATOR, as_of=AS_OF)


@pytest.fixture
def london(shipped: Path, own_home: Path) -> None:
    shutil.copytree(shipped, own_home)


@pytest.fixture
def figures(worked_out: tuple[Path, follow.Recomputed], own_home: Path) -> follow.Recomputed:
    home, said = worked_out
    shutil.copytree(home, own_home)
    return said


def test_recompute_makes_figures_and_need_that_can_be_traced(figures: follow.Recomputed) -> None:
    assert figures.figures == Figure.objects.count()
    assert figures.needs == Need.objects.count()
    london = Q(place__parent="E12000007") | Q(place__parent__parent="E12000007")
    assert Need.objects.filter(london).count() == 3 * (33 + 684)
    robbery = Figure.objects.get(indicator="robbery", place="E09000007")
    assert robbery.count is not None
    assert robbery.denominator is not None
    assert robbery.value == pytest.approx(robbery.count / robbery.denominator * 1000)
    assert (robbery.compared, robbery.start, robbery.period) == (32, "2025-03", "2026-02")
    assert robbery.dataset.name == "mps_borough_from_2024_03"
    census = Dataset.objects.get(name="census_population")
    assert robbery.rests_on == [robbery.dataset_id, census.pk]
    assert Figure.objects.get(indicator="robbery", place="E05013650").dataset.name == "mps_ward"
    assert AuditEntry.objects.filter(action="figures.recompute").count() == 1


def test_the_city_of_london_is_unknown_and_never_nought(figures: follow.Recomputed) -> None:
    city = Figure.objects.filter(place="E09000001", indicator__in=["robbery", "knife-crime", "homicide"])
    assert city.count() == 3
    assert {(f.state, f.value, f.count, f.best_rank) for f in city} == {("missing", None, None, None)}
    assert Need.objects.get(place="E09000001", theme="weapon-carrying").need is None
    assert Need.objects.get(place="E09000007", theme="weapon-carrying").need is not None
    assert set(Need.objects.filter(theme="online-harm").values_list("need", flat=True)) == {None}


def test_recompute_twice_changes_nothing_and_keeps_addresses(figures: follow.Recomputed) -> None:
    rows = list(Figure.objects.order_by("pk").values())
    needs = list(Need.objects.order_by("pk").values())
    assert follow.recompute(by=OPERATOR, as_of=AS_OF) == figures
    assert list(Figure.objects.order_by("pk").values()) == rows
    assert list(Need.objects.order_by("pk").values()) == needs


def test_a_figure_without_its_data_goes(figures: follow.Recomputed) -> None:
    dataset = Dataset.objects.get(name="knife_crime")
    assert Figure.objects.filter(indicator="knife-crime").exists()
    dataset.delete()
    follow.recompute(by=OPERATOR, as_of=AS_OF)
    assert not Figure.objects.filter(indicator="knife-crime").exists()


def test_recompute_without_data_says_what_to_do(world: World) -> None:
    with pytest.raises(ValidationError, match="Import one first"):
        follow.recompute(by=OPERATOR, as_of=AS_OF)


def trend(own: pl.DataFrame) -> float | None:
    """The slow way, of one place: the latest 12 months and the 12 before them, each a number, of one recording."""
    window = months_to(str(own["period"].max()), 24)
    counted: dict[str, float] = {}
    for month, count, state in own.select("period", "count", "state").iter_rows():
        counted[month] = counted.get(month, 0.0) + (count if state == "number" else math.nan)
    if (
        any(math.isnan(counted.get(month, math.nan)) for month in window)
        or window[0] < "2024-03" <= window[-1]
    ):
        return None
    before, last = (sum(counted[month] for month in part) for part in (window[:12], window[12:]))
    return (last - before) / (last + before)


def test_trends_of_all_places_are_those_of_each(figures: follow.Recomputed) -> None:
    measured = [one for one in indicators() if one.slug in ("robbery", "knife-crime", "homicide")]
    for one in measured:
        found = observations.held(
            observations.newest_first(one.source),
            indicators=one.observed,
            places=["E09000007", "E09000033", "E09000001"],
        )
        for place in ("E09000007", "E09000033", "E09000001"):
            own = found.filter(pl.col("place") == place)
            held = Figure.objects.get(indicator=one.slug, place=place)
            assert held.trend == (pytest.approx(trend(own)) if own.height else None)
    assert Figure.objects.get(indicator="robbery", place="E09000007").trend is not None


def test_ranks_are_said_only_as_far_as_the_intervals_of_all_places_allow(figures: follow.Recomputed) -> None:
    """The slow way, over every figure of the boroughs and some of the wards: who lies wholly above and below."""
    slugs = {slug for slug, kind in [("robbery", 32), ("homicide", 32), ("persistent-absence", 32)]}
    boroughs = Figure.objects.filter(indicator__in=slugs, place__kind="local_authority", state="number")
    for held in boroughs.select_related("place"):
        if held.low is None or held.high is None:
            assert held.best_rank is None
            assert held.worst_rank is None
            assert wording.standing(held) == ""
            continue
        others = boroughs.filter(indicator=held.indicator, period=held.period, start=held.start)
        assert others.count() == held.compared
        assert held.low <= held.value <= held.high
        above = sum(other.low > held.high for other in others)
        below = sum(other.high < held.low for other in others)
        assert (held.best_rank, held.worst_rank) == (1 + above, held.compared - below)
    said = {held.indicator: set() for held in boroughs}
    for held in boroughs:
        said[held.indicator].add(wording.standing(held))
    assert said["robbery"] == {
        "",
        "among the highest third of 32 boroughs in London",
        "among the lowest third of 32 boroughs in London",
    }
    # Published without its counts, so without an interval; and so few that all may be chance.
    assert said["persistent-absence"] == {""}
    assert said["homicide"] == {""}


def test_series_is_counted_over_all_parts_and_hidden_below_the_threshold(
    world: World, tmp_path: Path
) -> None:
    knife = next(one for one in indicators() if one.slug == "knife-crime")
    path = tidy(
        tmp_path,
        *(f"E09000991,2024-0{m},knife-crime,{m},1000" for m in (3, 7)),
        "E09000991,2024-08,knife-crime,c,",
    )
    actions.import_file(by=OPERATOR, path=path)
    follow.recompute(by=OPERATOR, as_of=AS_OF)
    # A plain table's rule: below 5 hidden, the rest rounded to 5.
    shown = [
        ("2024-03", None, "suppressed"),
        ("2024-07", 5.0, "number"),
        ("2024-08", None, "suppressed"),
    ]
    assert [(p.period, p.value, p.state) for p in queries.series(knife, "E09000991")] == shown
    # Whoever brings one cannot change what the police publish.
    police = tidy(tmp_path, "E09000991,2024-03,knife-crime,9,1000", name="police.csv")
    made = actions.import_file(by=OPERATOR, path=police, name="knife").dataset
    assert made is not None
    Dataset.objects.filter(pk=made.pk).update(
        source="knife_crime", disclosure={"threshold": None, "rounding": None, "zeros_shown": True}
    )
    follow.recompute(by=OPERATOR, as_of=AS_OF)
    assert [(p.period, p.value, p.state) for p in queries.series(knife, "E09000991")] == [
        ("2024-03", 9.0, "number")
    ]
