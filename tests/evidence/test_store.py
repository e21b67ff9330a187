import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from joinedup.evidence.sources.contract import SCHEMA
from joinedup.evidence.store import orphans, read_series, write_observations
from tests.waiting import until

REPO = Path(__file__).resolve().parents[2]


def observations(rows: list[tuple[str, str, str, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(i, p, t, n, None, None, "number") for i, p, t, n in rows], schema=SCHEMA, orient="row"
    )


FEW = observations(
    [
        ("robbery", "E09000013", "2024-01", 3.0),
        ("robbery", "E09000012", "2024-02", 2.0),
        ("robbery", "E09000012", "2024-01", 1.0),
        ("drugs", "E09000012", "2024-01", 9.0),
    ]
)


def test_the_same_observations_are_the_same_file(tmp_path: Path) -> None:
    first = write_observations(tmp_path, FEW)
    second = write_observations(tmp_path, FEW.sample(fraction=1, shuffle=True, seed=3))
    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
    assert (first.bytes, first.rows) == (first.path.stat().st_size, 4)
    assert write_observations(tmp_path, FEW.with_columns(pl.col("count") + 1)).name != first.name


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["x", "y", "z"]),
            st.sampled_from(["2024-01", "2024-02"]),
        ),
        unique=True,
    )
)
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, keys: list) -> None:
    frame = observations([(*key, float(n)) for n, key in enumerate(keys)])
    stored = write_observations(tmp_path_factory.mktemp("store"), frame)
    assert_frame_equal(read_series(stored.path), frame.sort("indicator", "place", "period"))
    part = read_series(stored.path, indicators=["a"], places=["x", "z"], start="2024-02", end="2024-02")
    wanted = frame.filter(
        pl.col("indicator") == "a", pl.col("place").is_in(["x", "z"]), pl.col("period") == "2024-02"
    )
    assert_frame_equal(part, wanted.sort("place"))


def test_several_files_and_none(tmp_path: Path) -> None:
    one = write_observations(tmp_path, FEW.head(2)).path
    other = write_observations(tmp_path, FEW.tail(2)).path
    assert_frame_equal(read_series([one, other]), FEW.sort("indicator", "place", "period"))
    assert read_series([]).is_empty()
    assert read_series(one, places=[]).is_empty()


def test_other_columns_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must have the columns"):
        write_observations(tmp_path, FEW.drop("state"))
    assert list(tmp_path.iterdir()) == []


def test_orphans_are_what_no_name_accounts_for(tmp_path: Path) -> None:
    kept, lost = write_observations(tmp_path, FEW), write_observations(tmp_path, FEW.head(1))
    (tmp_path / ".partial-abc").write_bytes(b"half")
    (tmp_path / "README").write_text("not ours")
    assert orphans(tmp_path, [kept.name]) == sorted([lost.path, tmp_path / ".partial-abc"])
    assert orphans(tmp_path / "nowhere", []) == []


def test_an_error_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("joinedup.evidence.store.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_observations(tmp_path, FEW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at", ["os.fsync", "os.replace"])
def test_killed_half_way_no_file_is_visible(tmp_path: Path, at: str) -> None:
    """The writer stops inside the call and is killed there, as by a power cut."""
    home, reached = tmp_path / "store", tmp_path / "reached"
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        import polars as pl
        from joinedup.evidence import store
        from joinedup.evidence.sources.contract import SCHEMA

        def stop(*_):
            Path({str(reached)!r}).touch()
            signal.pause()

        {at} = stop
        rows = [("a", f"E{{n:08}}", "2024-01", 1.0, None, None, "number") for n in range(50_000)]
        store.write_observations(Path({str(home)!r}), pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=REPO / "src") as writer:
        until(reached.exists, writer)
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert list(home.glob("*.parquet")) == []
    assert [path.name.startswith(".partial-") for path in orphans(home, [])] == [True]
    # The next attempt is not in its way.
    assert write_observations(home, FEW).path.exists()
