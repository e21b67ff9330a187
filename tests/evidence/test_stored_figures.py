"""Figures follow what is held in steps: others write in between, nothing of it is lost, and what was stopped is gone on
with."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.evidence import actions, follow, recompute, stored_figures, withdrawal
from joinedup.evidence.import_command import take_in
from joinedup.evidence.models import Dataset, Figure, FiguresDue, Need
from joinedup.evidence.worker import follow_figures
from tests.evidence.test_withdrawal import suspensions
from tests.turns import somebody_else
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Person.operator()
NEW = {"Northton": 6.5, "Eastton": 7.5, "Southton": 8.5}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path / "home"
    # A step for each place.
    monkeypatch.setattr(stored_figures, "STEP", 0)
    monkeypatch.setattr(stored_figures, "PLACES", 1)


@pytest.fixture
def files(world: World, tmp_path: Path) -> list[Path]:
    """One that is held, and two that are not."""
    made = [
        suspensions(tmp_path, "2022/23", {"Northton": 4, "Eastton": 5, "Southton": 6}),
        suspensions(tmp_path, "2023/24", NEW),
        suspensions(tmp_path, "2024/25", {"Northton": 9, "Eastton": 8}),
    ]
    bring(made[0])
    return made


def bring(*paths: Path) -> None:
    take_in(paths, dataset=None, dry_run=False, say=lambda *_: None)


def kept() -> list[Any]:
    """All figures and needs, without keys of datasets: these differ between two ways to the same."""
    leave = {"id", "dataset_id", "rests_on", "worked_out_on"}
    every = [*Figure.objects.order_by("indicator", "place").values()]
    every += Need.objects.order_by("place", "theme").values()
    rows = [{name: value for name, value in row.items() if name not in leave} for row in every]
    return [
        *rows,
        list(Figure.objects.order_by("indicator", "place").values_list("dataset__file_name", flat=True)),
    ]


def anew() -> list[Any]:
    """What one run through what is held stores."""
    follow.recompute(by=OPERATOR, as_of=timezone.localdate())
    return kept()


def values() -> dict[str, float]:
    return dict(Figure.objects.filter(indicator="suspensions").values_list("place__name", "value"))


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[bool]]:
    """`between(write)`: between the first two steps somebody writes. Gives a list with an entry for every pause."""

    def given(write: Callable[[], object]) -> list[bool]:
        pauses: list[bool] = []

        def pause() -> None:
            pauses.append(connection.in_atomic_block)
            if len(pauses) == 1:
                write()

        monkeypatch.setattr(stored_figures, "let_others_write", pause)
        return pauses

    return given


def a_line() -> None:
    AuditEntry.objects.create(by="Somebody else", action="test.line", record_id="1")


def test_others_write_while_it_is_read_and_worked_out_and_between_two_steps(
    files: list[Path], between: Callable[..., list[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, work_out = actions.recognise.read_all, recompute.work_out

    def reading(*given: Any, **more: Any) -> Any:
        somebody_else(a_line)
        return read(*given, **more)

    def working_out(*given: Any) -> Any:
        somebody_else(a_line)
        return work_out(*given)

    monkeypatch.setattr(actions.recognise, "read_all", reading)
    monkeypatch.setattr(recompute, "work_out", working_out)
    pauses = between(lambda: somebody_else(a_line))
    bring(files[1])
    assert AuditEntry.objects.filter(action="test.line").count() == 3
    assert len(pauses) > 1
    assert not any(pauses)
    assert values() == NEW
    assert not FiguresDue.objects.exists()


def test_each_place_is_whole_after_each_step(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = values(), []
    monkeypatch.setattr(stored_figures, "let_others_write", lambda: seen.append(values()))
    bring(files[1])
    assert all(each[name] in (before[name], NEW[name]) for each in seen for name in NEW)
    assert any(each not in (before, NEW) for each in seen), "it is all one step: it proves nothing"


@pytest.mark.parametrize("when", ["worked out", "between"])
def test_a_file_that_comes_in_meanwhile_counts(
    files: list[Path], between: Callable[..., list[bool]], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    other = lambda: somebody_else(lambda: actions.import_file(by=OPERATOR, path=files[2]))  # noqa: E731
    if when == "between":
        between(other)
    else:
        work_out, times = recompute.work_out, []

        def working_out(*given: Any) -> Any:
            times.append(given)
            if len(times) == 1:
                other()
            return work_out(*given)

        monkeypatch.setattr(recompute, "work_out", working_out)
    bring(files[1])
    assert Dataset.objects.count() == 3
    assert values()["Northton"] == 9
    assert not FiguresDue.objects.exists()
    assert kept() == anew()


class Killed(BaseException):
    pass


def killed() -> None:
    raise Killed


def brought(files: list[Path]) -> None:
    bring(files[1])


def withdrawn(_files: list[Path]) -> None:
    withdrawal.withdraw(
        by=OPERATOR, dataset=Dataset.objects.get(), because="A slip", as_of=timezone.localdate()
    )


@pytest.mark.parametrize("change", [brought, withdrawn])
@pytest.mark.parametrize("by", ["the worker", "the next import"])
def test_killed_between_two_steps_it_is_gone_on_with(
    files: list[Path],
    between: Callable[..., list[bool]],
    change: Callable[[list[Path]], None],
    by: str,
) -> None:
    between(killed)
    with pytest.raises(Killed):
        change(files)
    assert FiguresDue.objects.count() == 1
    now = timezone.now()
    # Whoever does it may be at work still.
    assert follow_figures(now) == 0
    if by == "the worker":
        follow_figures(now + stored_figures.SILENT + datetime.timedelta(seconds=1))
    else:
        bring(files[1])
    assert not FiguresDue.objects.exists()
    if change is brought:
        assert values() == NEW
        assert kept() == anew()
    else:
        assert values() == ({} if by == "the worker" else NEW)


def test_two_who_go_on_with_it_end_alike(files: list[Path], between: Callable[..., list[bool]]) -> None:
    between(lambda: somebody_else(lambda: stored_figures.follow(timezone.localdate(), lambda _: None)))
    bring(files[1])
    assert not FiguresDue.objects.exists()
    assert kept() == anew()


def test_the_same_file_at_once_is_held_once(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    work_out, times = recompute.work_out, []

    def working_out(*given: Any) -> Any:
        times.append(given)
        if len(times) == 1:
            somebody_else(lambda: actions.import_file(by=OPERATOR, path=files[1]))
        return work_out(*given)

    monkeypatch.setattr(recompute, "work_out", working_out)
    bring(files[1])
    assert Dataset.objects.count() == 2
    assert AuditEntry.objects.filter(action="dataset.import").count() == 2
    assert values() == NEW
    assert not FiguresDue.objects.exists()
