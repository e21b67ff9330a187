"""`joinedup scan` on a terminal and for programs: the answer on standard output, one sentence where there is none."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from joinedup.engines import scan as engine
from tests.yardsticks import yardsticks

ANSWER = engine.ScanResult(
    clusters=(
        engine.Cluster(1, 1, (1, 0), 1.25, 1, 2, 12, 4.0, 3.5, 6.25, 0.001, 0.0004, None, True, 0.004),
        engine.Cluster(2, 2, (2,), 0.0, 0, 0, 1, 3.0, float("inf"), 1.5, 0.81, None, None, is_high=False),
    ),
    null_maxima=np.array([1.5, 2.25] + [0.0] * 997),
    circles=5,
    windows=30,
    cases=13,
    notes=("From the engine.",),
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "cases.csv").write_text("area,period,count\nA,2024-01,3\nB,2024-03,9\nC,2024-02,1\n")
    (tmp_path / "places.csv").write_text(
        "area,x,y\nA,0,0\n=B,1250,0\nB,1250,0\nC,9000,0\n".replace("=B,1250,0\n", "")
    )
    (tmp_path / "population.csv").write_text("area,population\nA,100\nB,200\nC,50\n")
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[engine.ScanCounts, engine.Question]]:
    """What the engine was asked; it answers at once."""
    found: list[tuple[engine.ScanCounts, engine.Question]] = []

    def answer(
        world: engine.ScanCounts, question: engine.Question, say: Any, spread: Any
    ) -> engine.ScanResult:
        found.append((world, question))
        say(0.5)
        return ANSWER

    monkeypatch.setattr(engine, "scan", answer)
    return found


def scan(folder: Path, *words: object, model: str = "permutation", name: str = "") -> Result:
    given = [
        "--cases",
        f"{folder}/{name}cases.csv",
        "--places",
        f"{folder}/{name}places.csv",
        "--model",
        model,
    ]
    return CliRunner().invoke(main, ["scan", *given, *map(str, words)], catch_exceptions=False)


def test_a_table_a_sentence_for_each_and_what_to_bear_in_mind(
    files: Path, asked: list[tuple[engine.ScanCounts, engine.Question]]
) -> None:
    told = scan(files)
    assert (told.exit_code, told.stderr) == (0, "Reading\nLooking for what stands out\n")
    lines = told.stdout.splitlines()
    assert lines[:8] == [
        "rank  centre  areas    km  from     to       observed  expected  ratio    LLR      p  adjusted",
        "   1  B           2  1.25  2024-02  2024-03        12      4.00   3.00  6.250  0.001     0.004",
        "   2  C           1  0.00  2024-01  2024-01         1      3.00   0.33  1.500   0.81         -",
        "",
        "1. B and 1 more within 1.25 km, from February 2024 to March 2024: 12 cases were counted where 4.00 would be "
        "expected, 3.00 times as many. Chance alone shows something as unusual somewhere in about 1 run in 1,000 or "
        "fewer (p = 0.001); allowing for how much more than by chance these counts vary, p = 0.004.",
        "2. C alone, in January 2024: 1 case was counted where 3.00 would be expected, 0.33 times as many. Chance "
        "alone shows something as unusual somewhere in most runs (p = 0.81): too often to take it for more than "
        "chance.",
        "Note: From the engine.",
        "",
    ]
    assert lines[9].startswith("p says how often chance alone")
    [(world, question)] = asked
    assert world.cases.tolist() == [[3, 0, 0], [0, 0, 9], [0, 1, 0]]
    assert (question.high, question.low, question.max_periods, question.seed) == (True, False, 12, 1)


def test_json_is_one_document(files: Path, asked: list[tuple[engine.ScanCounts, engine.Question]]) -> None:
    told = scan(
        files, "--prospective", "--low", "--json", "--explain", "--population", files / "population.csv"
    )
    assert (told.exit_code, told.stderr) == (0, "")
    found = json.loads(told.stdout)
    assert list(found) == ["clusters", "null_maxima", "settings", "notes", "seconds", "explanation"]
    first, second = found["clusters"]
    assert {name: first[name] for name in ("rank", "centre", "areas", "radius_km", "from", "to", "observed")} == {
        "rank": 1, "centre": "B", "areas": ["B", "A"], "radius_km": 1.25, "from": "2024-02", "to": "2024-03",
        "observed": 12,
    }  # fmt: skip
    assert (second["relative_risk"], second["high"]) == (None, False)
    assert found["null_maxima"][:2] == [1.5, 2.25]
    assert found["settings"]["files"] == {"cases": "cases.csv", "places": "places.csv"}
    assert found["settings"]["rows"] == {"cases": 3, "places": 3}
    assert found["notes"][0] == "population.csv was not read: the model permutation takes no population."
    assert found["explanation"].startswith("What was asked. Every circle of areas")
    assert (asked[0][1].shape, asked[0][1].high, asked[0][1].low) == ("prospective", False, True)


def test_files_are_written_whole(files: Path, asked: list[tuple[engine.ScanCounts, engine.Question]]) -> None:
    assert scan(files, "--output", files / "out.csv").stdout.endswith(f"\nWritten to {files / 'out.csv'}.\n")
    assert (
        (files / "out.csv")
        .read_text()
        .splitlines()[1]
        .startswith("1,B,B;A,1.25,2024-02,2024-03,12,4.0,3.5,6.25,")
    )
    assert scan(files, "--output", files / "out.json", "--json").exit_code == 0
    assert len(json.loads((files / "out.json").read_text())["clusters"]) == 2
    assert scan(files, "--output", files / "out.html").exit_code == 0
    page = (files / "out.html").read_text(encoding="utf-8")
    # The first is drawn over all three areas and numbered; the second is what chance gives, and only in the table.
    assert [page.count(each) for each in ("<path", "<text", "<li>", "http", "<script")] == [2, 1, 1, 0, 0]
    told = scan(files, "--output", files / "none" / "out.json")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1].endswith("cannot be written: No such file or directory.")


def test_what_cannot_be_answered_is_one_sentence(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise engine.Impossible("There are no cases.")

    monkeypatch.setattr(engine, "scan", never)
    told = scan(files, "--json")
    assert (told.exit_code, told.stdout, told.stderr) == (1, "", "There are no cases.\n")
    (files / "cases.csv").write_text("area,period,count\nQ,2024-01,3\n")
    told = scan(files, "--json")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == "cases.csv, line 2: the area “Q” is not in places.csv (1 row).\n"


@pytest.mark.parametrize(
    ("words", "model", "why"),
    [
        ((), "poisson", "The model poisson needs --population."),
        ((), "bernoulli", "The model bernoulli needs --controls."),
        (("--max-share", "0"), "permutation", "--max-share"),
        (("--max-share", "1.5"), "permutation", "--max-share"),
        (("--max-share", "nan"), "permutation", "--max-share"),
        (("--spatial", "--temporal"), "permutation", "Choose one of --spatial and --temporal."),
        (("--temporal",), "permutation", "leave out --temporal, or take another"),
        (("--covariates", "age"), "permutation", "--covariates go with the model poisson only."),
        (("--min-periods", "3", "--max-periods", "2"), "permutation", "--min-periods may not be more than"),
        (("--output", "out.txt"), "permutation", "The output file must end in .html, .json or .csv"),
    ],
)
def test_wrong_usage_is_status_2(files: Path, words: tuple[str, ...], model: str, why: str) -> None:
    told = scan(files, *words, model=model)
    assert (told.exit_code, told.stdout) == (2, "")
    assert why in told.stderr
    assert len(told.stderr.splitlines()) <= 6


def test_bad_files_are_told_of_before_anything_slow_is_loaded(files: Path) -> None:
    (files / "cases.csv").write_text("area,period,count\nA,x,3\n")
    code = (
        "import sys\nfrom joinedup.cli import main\n"
        f"try: main(['scan', '--cases', r'{files}/cases.csv', '--places', r'{files}/places.csv', "
        "'--model', 'permutation'])\n"
        "except SystemExit as end: print(end.code, 'numba' in sys.modules, 'django' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "1 False False\n"


def test_new_mexico(shared: Path, tmp_path: Path) -> None:
    """Torrance and 8 more, 1985 to 1989: as the reference program finds, but for how it fills years in between."""
    folder = yardsticks(shared, tmp_path)
    told = scan(
        folder, "--population", folder / "nm_population.csv", "--covariates", "age,sex", "--interpolate",
        "--max-periods", 9, "--replications", 99, "--json", model="poisson", name="nm_",
    )  # fmt: skip
    assert told.exit_code == 0, told.stderr
    first = json.loads(told.stdout)["clusters"][0]
    assert (first["centre"], len(first["areas"]), first["from"], first["to"]) == (
        "Torrance",
        9,
        "1985",
        "1989",
    )
    assert first["observed"] == 236
    assert first["expected"] == pytest.approx(176.22, abs=0.01)
    assert first["llr"] == pytest.approx(10.979884, abs=1e-6)
    assert first["radius_km"] == pytest.approx(125.6, abs=0.1)
    assert first["relative_risk"] == pytest.approx(1.42, abs=0.005)


def test_swapped_places_stop_the_scan_with_a_question(
    files: Path, asked: list[tuple[engine.ScanCounts, engine.Question]]
) -> None:
    (files / "places.csv").write_text("area,latitude,longitude\nA,-0.1,51.5\nB,-0.2,51.6\nC,-0.3,51.7\n")
    told = scan(files)
    assert (told.exit_code, told.stdout, asked) == (1, "", [])
    assert "these places lie outside the United Kingdom: are the columns swapped?" in told.stderr
    assert scan(files, "--outside-uk").exit_code == 0
    assert len(asked) == 1
