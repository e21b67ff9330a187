"""The data that ships for London: whole, small, traceable, and read by the same import as any other."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence import disclosure
from joinedup.evidence.indicators import indicators
from joinedup.evidence.need import earlier_years, figures, need, populations
from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from tests.evidence.conftest import LONDON
from tests.places.shipped import CITY as CITY_FORCE
from tests.places.shipped import MET, SHIPPED, frames, read_parts

REPO = Path(__file__).resolve().parents[2]
REFERENCE = LONDON.parent / "reference"
CITY = "E09000001"


@pytest.fixture(scope="module")
def listed() -> dict:
    """What ships for London: of the country, and of its police forces. Each file with its folder."""
    both = [
        tomllib.loads((folder / "datasets.toml").read_text(encoding="utf-8")) for folder in (SHIPPED, LONDON)
    ]
    items = [
        item | {"path": folder / item["file"]}
        for folder, one in zip((SHIPPED, LONDON), both, strict=True)
        for item in one["dataset"]
        if item.get("nation") != "W"
    ]
    return {"dataset": items, "geography": both[0]["geography"], "retrieved": both[1]["retrieved"]}


@pytest.fixture(scope="module")
def observations(london: Codes, listed: dict) -> pl.DataFrame:
    read = []
    for item in listed["dataset"]:
        source, reading = read_file(item["path"], london)
        assert source.name == item["source"]
        read.append(
            reading.observations.with_columns(
                datasets=pl.lit([len(read)], pl.List(pl.Int64)), source=pl.lit(source.name)
            )
        )
    return pl.concat(read)


@pytest.fixture(scope="module")
def places() -> pl.DataFrame:
    """What lies in London, and England around it."""
    every = frames(MET, CITY_FORCE)[0].filter(pl.col("ended").is_null())
    small = every.filter(pl.col("kind").is_in(["ward", "lsoa"]) | (pl.col("parent") == "E12000007"))
    wide = every.filter(pl.col("code").is_in(["E92000001", "E12000007", MET, CITY_FORCE]))
    return pl.concat([wide, small]).rename({"code": "place"})


@pytest.mark.parametrize("folder", [SHIPPED, LONDON])
def test_every_file_is_listed_with_where_it_is_from(folder: Path) -> None:
    listed = tomllib.loads((folder / "datasets.toml").read_text(encoding="utf-8"))
    items = [*listed["dataset"], *listed.get("geography", [])]
    files = {path.name for path in folder.iterdir() if path.suffix in (".gz", ".csv", "")}
    assert files == {item["file"] for item in items}
    for item in items:
        assert all(item[name] for name in ("title", "publisher", "licence", "url", "snapshot", "caveats"))
    assert listed["retrieved"] <= date.today()


def test_it_is_small() -> None:
    sizes = {path: path.stat().st_size for path in LONDON.parent.rglob("*") if path.is_file()}
    assert max(sizes.values()) < 1_000_000
    assert sum(size for path, size in sizes.items() if SHIPPED in path.parents) < 9_000_000
    assert len(list((SHIPPED / "parts").iterdir())) == 43


def test_places_of_every_kind(places: pl.DataFrame) -> None:
    kinds = dict(places.group_by("kind").len().iter_rows())
    assert kinds == {
        "country": 1,
        "region": 1,
        "police_force": 2,
        "local_authority": 33,
        "ward": 684,
        "lsoa": 4994,
    }
    codes = set(places["place"])
    assert set(places["parent"].drop_nulls()) <= codes
    london = places.row(by_predicate=pl.col("place") == "E12000007", named=True)
    for kind in ("local_authority", "ward", "lsoa"):
        some = places.filter(pl.col("kind") == kind)
        # The sum of the age bands: the Census moves a few people between them.
        assert some["residents"].sum() == london["residents"] == 8_799_687
        assert some["residents_16_24"].sum() == london["residents_16_24"] == 978_714
        assert some.select("latitude", "longitude").null_count().sum_horizontal()[0] == 0


def test_the_whole_country() -> None:
    wide = pl.read_csv(SHIPPED / "areas.csv.gz")
    parts = [read_parts(path.stem) for path in sorted((SHIPPED / "parts").iterdir())]
    places = pl.concat([part[0] for part in parts], how="diagonal_relaxed")
    changes = pl.concat(part[1] for part in parts)
    current = places.filter(pl.col("ended").is_null())
    assert dict(current.group_by("kind").len().iter_rows())["lsoa"] == 35_672
    assert not places["code"].is_duplicated().any()
    assert set(current["parent"]) <= {*current["code"], *wide["code"]}
    for kind in ("lsoa", "ward"):
        assert (
            current.filter(pl.col("kind") == kind)["residents"].sum()
            == wide.filter(pl.col("kind") == "local_authority")["residents"].sum()
        )
    outlined = [code for part in parts for code in part[2]]
    assert set(outlined) == set(current["code"])
    retired = places.filter(pl.col("ended").is_not_null())
    assert set(retired["code"]) <= set(changes["old"])
    shares = changes.group_by("old").agg(pl.col("share").sum())["share"]
    assert shares.is_between(0.9999, 1.0001).all()
    # Irregular changes are there like any other.
    assert set(changes["kind"]) == {"S", "M", "X"}
    for _code, (path, left, top, right, bottom) in parts[0][2].items():
        assert re.fullmatch(r"(M-?\d+ ?-?\d+l[-\d ]+z)+", path)
        assert left < right
        assert top < bottom


def test_all_of_it_reads_with_nothing_refused_but_the_known(london: Codes, listed: dict) -> None:
    refused = {}
    for item in listed["dataset"]:
        _, reading = read_file(item["path"], london)
        refused |= {(item["source"], why): n for why, n in reading.refused.items()}
    assert refused == {
        ("dfe_lait", "a year that is none"): 170,  # the publisher's own: CINPermExclusion, Years "0"
        ("knife_crime", "a place code that is not known"): 16,  # wards that were never made
    }


def test_totals_are_the_publishers(observations: pl.DataFrame, places: pl.DataFrame) -> None:
    """SOURCES: offences March 2024 to February 2026, by level."""
    violence = [
        *("homicide", "violence-with-injury", "violence-without-injury"),
        *("stalking-and-harassment", "death-or-injury-by-driving"),
    ]
    kinds = observations.filter(
        pl.col("indicator").is_in([*violence, "rape", "other-sexual-offences"]), pl.col("period") >= "2024-03"
    ).join(places.select("place", "kind"), on="place")
    by_kind = {
        kind: kinds.filter(pl.col("indicator").is_in(violence), pl.col("kind") == kind)["count"].sum()
        for kind in ("lsoa", "ward", "local_authority")
    }
    assert by_kind["lsoa"] == 465_789
    assert by_kind["ward"] == 466_076
    assert 466_076 < by_kind["local_authority"] <= 477_826
    sexual = kinds.filter(~pl.col("indicator").is_in(violence))
    assert sexual.filter(pl.col("kind") == "ward")["count"].sum() == 49_982
    assert sexual.filter(pl.col("kind") == "lsoa").is_empty()


def test_the_city_has_no_police_figures_and_is_unknown(
    observations: pl.DataFrame, places: pl.DataFrame
) -> None:
    shown = places.filter(pl.col("kind").is_in(["region", "police_force", "local_authority", "ward", "lsoa"]))
    shown = shown.with_columns(
        force=pl.when(pl.col("place") == CITY).then(pl.lit("E23000034")).otherwise(pl.lit("E23000001"))
    )
    people = populations(observations, shown)
    found = figures(
        observations, people, indicators(), shown, "2026-03", dict.fromkeys(range(20), disclosure.OPEN)
    )
    police = [one.slug for one in indicators() if one.method == "rate" and not one.coarser_than]
    city = found.filter(pl.col("place") == CITY, pl.col("indicator").is_in(police))
    assert city.height == len(police)
    assert set(city["state"]) == {"missing"}
    assert city["value"].null_count() == city.height
    mislead = found.filter("residents_mislead", pl.col("kind") == "local_authority")
    assert set(mislead["place"]) == {"E09000033"}  # Westminster

    wide = found.filter(pl.col("kind") == "local_authority")
    listed = shown.filter(pl.col("kind").is_in(["region", "local_authority"]))
    earlier = earlier_years(observations, indicators())
    needs = need(wide, indicators(), listed, "2026-03", population=people, earlier=earlier)
    assert needs["need"].drop_nulls().is_between(0, 1).all()
    own = needs.filter(pl.col("theme") == "weapon-carrying")
    unknown = own.filter(pl.col("need").is_null())["place"].to_list()
    assert unknown == [CITY, "E09000033"]  # nothing is held; many come
    assert set(needs.filter(pl.col("need").is_not_null())["label"]) == {"boroughs in London"}
    # The general pressure that the figures share is where anybody would look for it.
    most = needs.unique("place").sort("pressure", descending=True)["place"].to_list()
    assert "E09000019" in most[:5]  # Islington
    assert {"E09000027", "E09000021"} <= set(most[-5:])  # Richmond, Kingston upon Thames


def test_facts_keep_their_sources() -> None:
    named = {path.stem: pl.read_csv(path, infer_schema=False) for path in REFERENCE.glob("*.csv")}
    rows = {name: frame.height for name, frame in named.items()}
    assert rows == {
        "themes": 5,
        "taxonomy": 26,
        "mix": 208,
        "sectors": 16,
        "factors": 40,
        "approaches": 16,
        "commitments": 42,
        "commitments_later": 10,
        "support": 46,
        "events": 7,
        "partners": 147,
    }
    for name, frame in named.items():
        if name not in ("taxonomy", "mix"):  # our own judgement
            source = "url" if name == "support" else "source"
            assert frame[source].null_count() == 0, name
        text = frame.write_csv().lower()
        assert "stored text" not in text
        assert "stored copy" not in text


def test_the_script_makes_the_same_bytes_again(
    shared: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Outlines, which take most of its time, with `make test-all` only."""
    whole = request.config.getoption("everything")
    quickly = [] if whole else ["--no-outlines"]
    reference = shared.parent / "reference"
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    subprocess.run(
        [sys.executable, REPO / "scripts" / "extract", shared, reference, "--output", tmp_path, *quickly],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == (67 if whole else 21)
    for name, path in made.items():
        ours = (LONDON.parent / name).read_bytes()
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(ours).digest(), name


def test_which_councils_share_a_youth_justice_service() -> None:
    """By a figure that they have in common and a border: Bexley and Hounslow have 25.9 too, and no border."""
    rows = pl.read_csv(SHIPPED / "youth_justice.csv")
    shared = rows.drop_nulls("service").group_by("service").agg("code")
    of = {service: set(codes) for service, codes in shared.iter_rows()}
    assert of["Cheshire youth justice service"] == {"E06000006", "E06000007", "E06000049", "E06000050"}
    assert of["West Mercia youth justice service"] == {"E06000019", "E06000020", "E06000051", "E10000034"}
    assert of["Bury and Rochdale: youth justice service"] == {"E08000002", "E08000005"}  # not Stockport: 28.4
    assert len(of) == 9 + 5
    alone = set(rows.filter(pl.col("service").is_null())["code"])
    assert {"E09000004", "E09000018", "E08000007", "W06000022"} <= alone
