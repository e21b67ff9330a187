"""Every verb explains itself, and wrong usage is told from bad input by its exit status."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from tests.demo.installation import empty


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, verb in sorted(group.commands.items()):
        if isinstance(verb, click.Group):
            yield from verbs(verb, (*path, name))
        else:
            yield (*path, name)


VERBS = list(verbs(main))


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_shows_an_example(verb: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, [*verb, "--help"])
    assert told.exit_code == 0
    assert f"Example: joinedup {' '.join(verb)}" in told.stdout
    assert told.stderr == ""


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_wrong_usage_is_status_2_in_at_most_six_lines(verb: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, [*verb, "--no-such-option"])
    assert told.exit_code == 2
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) <= 6


NOWHERE = """
import json
from click.testing import CliRunner
verbs = [["datasets"], ["opportunities", "Islington"], ["event", "plan", "any"], ["serve"], ["check"],
         ["import", "pyproject.toml"], ["import", "--dry-run", "pyproject.toml"]]
told = [CliRunner().invoke(main, words) for words in verbs]
print(json.dumps([[each.exit_code, each.stdout, each.stderr] for each in told]))
"""


def test_where_nothing_is_set_up_one_sentence_says_so(tmp_path: Path) -> None:
    for status, out, err in empty(tmp_path / "home").told(NOWHERE):
        assert (status, out) == (1, "")
        assert err.splitlines()[-1].startswith("There is no installation here yet: run “joinedup init”"), err
        assert len(err.splitlines()) <= 2


def test_an_unknown_place_or_event_is_one_sentence(joinedup: Callable[..., Result]) -> None:
    for words, sentence in (
        (["opportunities", "Nowhere"], "There is no place called “Nowhere” here"),
        (["event", "plan", "nothing"], "There is no event “nothing”."),
    ):
        told = joinedup(*words)
        assert (told.exit_code, told.stdout) == (1, "")
        assert told.stderr.startswith(sentence)
        assert told.stderr.count("\n") == 1
