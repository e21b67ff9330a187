"""What is downloaded lies in a folder that goes, however a run ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from joinedup.offline.temporary_folder import temporary_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from joinedup.offline.temporary_folder import temporary_folder
with temporary_folder(Path(sys.argv[1]), "half-") as folder:
    (folder / "half.csv").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_is_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with temporary_folder(home, "half-") as folder:
        (folder / "one.csv").write_text("1")
    with pytest.raises(RuntimeError), temporary_folder(home, "half-") as folder:
        raise RuntimeError
    assert list(home.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_and_what_is_in_use_stays(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    assert killed.returncode == -9
    (left,) = tmp_path.iterdir()
    with temporary_folder(tmp_path, "half-") as one:
        assert not left.exists()
        with temporary_folder(tmp_path, "half-") as other:
            assert one.is_dir()
            assert other.is_dir()
    assert list(tmp_path.iterdir()) == []
