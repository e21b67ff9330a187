"""The site answers, and stops without leaving anything behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import Result

from tests.demo.installation import Demonstration, Installation
from tests.waiting import HANGS, until

# As they were before there was anything of `spreadsheets`, which nothing else leans on.
OLDER = """
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
with connection.schema_editor() as editor:
    for model in apps.get_app_config("spreadsheets").get_models():
        editor.delete_model(model)
MigrationRecorder.Migration.objects.filter(app="spreadsheets").delete()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def page(port: int, process: subprocess.Popen[str]) -> tuple[int, str]:
    """The home page, as soon as it is answered."""
    found: list[tuple[int, str]] = []

    def answered() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=HANGS) as answer:
            found.append((answer.status, answer.read().decode()))
        return bool(found)

    try:
        until(answered, process)
    except AssertionError as error:
        process.kill()
        raise AssertionError(f"no answer; it said: {process.communicate()}") from error
    return found[0]


def stopped(process: subprocess.Popen[str], sign: signal.Signals) -> tuple[str, str]:
    """What it said, after a signal to the main process alone; fails where a child is left."""
    process.send_signal(sign)
    out, err = process.communicate(timeout=HANGS)
    assert process.returncode == 0, err
    # What keeps the books of shared memory ends a moment after its parent; a server that is left would never end.
    until(lambda: not group_lives(process.pid))
    return out, err


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_is_served_again_at_once(demo: Demonstration, sign: signal.Signals) -> None:
    port = free_port()
    made = (demo.installation.home / "demonstration").stat().st_mtime_ns
    process = demo.installation.start("demo", "--port", port)
    status, html = page(port, process)
    assert status == 200
    assert "demonstration" in html.lower()
    out, err = stopped(process, sign)
    assert f"Open http://127.0.0.1:{port}/" in out
    # As it stands: not one of the steps by which it is made ran. How soon it answers: bench/demo.py.
    assert err.splitlines()[0].startswith("Using the demonstration made on ")
    assert not {"Records", "Themes, sectors and what works"} & set(err.splitlines())
    assert (demo.installation.home / "demonstration").stat().st_mtime_ns == made
    assert "Traceback" not in err


def test_records_of_an_older_version_are_served_once_they_are_migrated(copied: Installation) -> None:
    older = copied.python(OLDER)
    assert older.returncode == 0, older.stderr
    port = free_port()
    refused = copied.run("serve", "--port", port)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "The records are not at this version yet: add --migrate once.\n"
    process = copied.start("serve", "--port", port, "--migrate")
    assert page(port, process)[0] == 200
    out, _ = stopped(process, signal.SIGTERM)
    assert out.splitlines()[0] == f"Serving on http://127.0.0.1:{port} (stop with Ctrl-C)"


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_taken_port_is_said_before_anything_is_done(
    verb: str, joinedup: Callable[..., Result], tmp_path: Path
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = joinedup(verb, "--port", port)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"Port {port} of 127.0.0.1 cannot be used (address already in use): choose another with --port.\n"
    )
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_none_is_one_sentence(joinedup: Callable[..., Result]) -> None:
    refused = joinedup("serve", "--address", "no address", "--port", free_port())
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "There is no address no address: give one of this machine.\n"


def test_it_serves_figures_after_it_has_worked_with_them(demo: Demonstration) -> None:
    """As `joinedup demo` does the first time: the process that reads observations then serves pages that do too."""
    port = free_port()
    work = (
        "import sys\nfrom joinedup.cli.console import start_django\nstart_django()\n"
        "from joinedup.evidence import observations\n"
        "observations.held(observations.newest_first()).group_by('place').len()\n"
        f"from joinedup.cli import main\nmain(['serve', '--port', '{port}'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", work],
        env=demo.installation.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        page(port, process)
        for code in ("E09000019", "E09000012", "E09000033", "E09000007"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/places/{code}/", timeout=HANGS) as answer:
                assert answer.status == 200
        stopped(process, signal.SIGTERM)
        until(lambda: refused(port))
    finally:
        process.kill()
        process.wait()


def refused(port: int) -> bool:
    """Whether nobody answers there any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.once
def test_control_c_in_a_terminal_ends_it_at_once(demo: Demonstration) -> None:
    """The terminal sends the signal to everybody in the group."""
    port = free_port()
    process = demo.installation.start("serve", "--port", port)
    page(port, process)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=HANGS)
    assert process.returncode == 0
    until(lambda: refused(port))


@pytest.mark.once
def test_a_server_that_is_killed_outright_takes_its_processes_with_it(demo: Demonstration) -> None:
    """They would hold the port, and the site could not be started again."""
    port = free_port()
    process = demo.installation.start("serve", "--port", port)
    page(port, process)
    (server,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(server), signal.SIGKILL)
    process.communicate(timeout=HANGS)
    assert process.returncode == 1
    until(lambda: refused(port))


@pytest.mark.once
def test_killed_outright_it_leaves_no_server_behind(demo: Demonstration) -> None:
    port = free_port()
    process = demo.installation.start("serve", "--port", port)
    page(port, process)
    process.kill()
    # The server notices by itself; how soon depends on what else the machine does.
    process.communicate(timeout=HANGS)
    until(lambda: refused(port))
