"""Stopped at any moment: files are there whole or not at all, figures follow, and the next run is none the worse."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.demo.installation import Installation, Tables
from tests.waiting import HANGS

WARDS = (
    "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202403,202404,202405\n"
    "ROBBERY,ROBBERY OF PERSONAL PROPERTY,Brownswood,E05009367,Hackney,1,2,3\n"
)
# Where it stops: in which module, at which function, before or after it.
MOMENTS = [
    ("joinedup.evidence.store", "os.replace", "before"),  # written aside, not yet renamed
    ("joinedup.evidence.actions", "_make_current", "before"),  # in the store, no row yet
    ("joinedup.evidence.actions", "_make_current", "after"),  # a row, not yet kept
    ("joinedup.evidence.recompute", "work_out", "after"),  # figures, none of them stored
]
# Files are kept, and some places have the new figures.
BETWEEN_STEPS = ("joinedup.evidence.stored_figures", "let_others_write", "before")
STOP = """
import importlib, json, os, sys
moments, sign, path = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def run_into(module, name, when):
    place = importlib.import_module(module)
    *above, name = name.split(".")
    for each in above:
        place = getattr(place, each)
    real = getattr(place, name)
    def stopped(*args, **kwargs):
        if when == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), sign)
        raise AssertionError("still here")
    setattr(place, name, stopped)
    main(["import", path])

if len(moments) == 1:
    run_into(*moments[0])
for moment in moments:
    child = os.fork()
    if not child:
        run_into(*moment)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
DUE = """
from joinedup.evidence.models import FiguresDue
print(FiguresDue.objects.count())
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("brought") / "wards.csv"
    path.write_text(WARDS, encoding="utf-8")
    return path


def test_killed_at_any_moment_an_import_leaves_an_orphan_at_most(copied: Installation, file: Path) -> None:
    before = copied.held()
    killed = copied.python(STOP, json.dumps(MOMENTS), int(signal.SIGKILL), file)
    assert killed.stdout.split() == ["-9"] * len(MOMENTS), killed.stderr
    after = copied.held()
    assert {**after, "store": None} == {**before, "store": None}
    assert set(before["store"]) <= set(after["store"])
    orphans = sorted({name for name, _ in after["store"]} - {name for name, _ in before["store"]})
    assert len(orphans) == 2  # one half-written, one that no row names
    checked = copied.run("check")
    assert checked.returncode == 0
    assert all(name in checked.stdout for name in orphans)
    done = copied.run("import", file)
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        ["Reading wards.csv", "Working the figures out again"],
    )
    assert len(copied.held()["evidence_dataset"]) == len(before["evidence_dataset"]) + 1


def test_killed_between_two_steps_it_is_gone_on_with(copied: Installation, file: Path) -> None:
    """By the same command. By the worker, and that what is stored then is what one run through stores:
    tests/evidence/test_stored_figures.py."""
    before = copied.held()
    killed = copied.python(STOP, json.dumps([BETWEEN_STEPS]), int(signal.SIGKILL), file)
    assert killed.stdout.split() == [], killed.stderr
    assert killed.returncode == -signal.SIGKILL
    assert len(copied.held()["evidence_dataset"]) == len(before["evidence_dataset"]) + 1
    assert copied.python(DUE).stdout.split() == ["1"]
    done = copied.run("import", file)
    assert "held already" in done.stdout
    assert done.returncode == 0, done.stderr
    assert copied.python(DUE).stdout.split() == ["0"]


def test_interrupted_it_says_so_in_one_sentence(copied: Installation, file: Path) -> None:
    before = copied.held()
    stopped = copied.python(STOP, json.dumps([MOMENTS[2]]), int(signal.SIGINT), file)
    assert stopped.returncode == 1
    assert stopped.stdout == ""
    assert stopped.stderr.splitlines() == [
        "Reading wards.csv",
        "Working the figures out again",
        "Stopped. What was not finished is not kept: run the same command again.",
    ]
    assert {**copied.held(), "store": None} == {**before, "store": None}


def test_an_interrupted_demonstration_says_so_in_one_sentence(tables: Tables, tmp_path: Path) -> None:
    there = tables.copy(tmp_path / "home")
    process = there.start_python(tables.instead_of_steps + "main(['demo', '--no-serve'])")
    assert process.stderr is not None
    assert process.stderr.readline() == "Records\n"
    assert process.stderr.readline() == "Themes, sectors and what works\n"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=HANGS)
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "Stopped. What was not finished is not kept: run the same command again."
    assert (there.home / "demonstration-unfinished").exists()
    assert not (there.home / "demonstration").exists()
