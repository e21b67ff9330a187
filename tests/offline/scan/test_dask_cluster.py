"""Replications spread over Dask workers: the same answer to the last bit, and a sentence where it cannot be."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from joinedup.offline.scan import dask_cluster
from tests.waiting import HANGS

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.once


@pytest.fixture
def files(tmp_path: Path) -> Path:
    random = np.random.default_rng(3)
    places, cases = ["area,x,y"], ["area,period,count"]
    for area in range(30):
        x, y = random.integers(0, 20_000, 2)
        places.append(f"a{area},{x},{y}")
        cases += [f"a{area},2024-{month:02},{random.poisson(6)}" for month in range(1, 9)]
    (tmp_path / "places.csv").write_text("\n".join(places))
    (tmp_path / "cases.csv").write_text("\n".join(cases))
    return tmp_path


def scan(files: Path, *words: object) -> Result:
    given = [
        "--cases",
        files / "cases.csv",
        "--places",
        files / "places.csv",
        "--model",
        "permutation",
        "--json",
    ]
    return CliRunner().invoke(main, ["scan", *map(str, [*given, *words])], catch_exceptions=False)


def answer(files: Path, *words: object) -> dict:
    told = scan(files, "--replications", 300, *words)
    assert told.exit_code == 0, told.stderr
    found = json.loads(told.stdout)
    del found["seconds"]
    return found


def test_one_two_and_four_workers_give_the_same_to_the_last_bit(files: Path) -> None:
    alone, stopped = answer(files), answer(files, "--stop-after", 5)
    assert len(stopped["null_maxima"]) < 300
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=None
    ) as cluster:
        for workers in (1, 2, 4):
            cluster.scale(workers)
            cluster.wait_for_workers(workers, timeout=HANGS)
            there = "--dask", cluster.scheduler_address
            assert answer(files, *there) == alone
        assert answer(files, *there, "--stop-after", 5) == stopped


@pytest.mark.parametrize(
    "address", ["", "host:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1:x", "tcp://["]
)
def test_what_is_no_address_is_one_sentence(files: Path, address: str) -> None:
    told = scan(files, "--dask", address)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith("--dask takes the address of a scheduler, such as tcp://host:8786")


@pytest.mark.parametrize("listens", [True, False])
def test_nobody_or_somebody_else_is_one_sentence(
    files: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    monkeypatch.setattr(dask_cluster, "ANSWERS_WITHIN", 0.2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listens:
            other.listen()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        told = scan(files, "--dask", address)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1] == f"No Dask scheduler answers at {address}."


def test_another_version_or_no_worker_is_one_sentence(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "WORKS_WITHIN", 0.2)
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=None
    ) as cluster:
        told = scan(files, "--dask", cluster.scheduler_address)
        assert told.stderr.splitlines()[-1].endswith("has no workers.")
        monkeypatch.setattr(dask_cluster, "WORKS_WITHIN", 30)
        monkeypatch.setattr(dask_cluster, "_version", lambda: ("0.0.1", "0"))
        cluster.scale(1)
        told = scan(files, "--dask", cluster.scheduler_address)
    assert told.exit_code == 1
    assert "have JoinedUp 0.0.1" in told.stderr
