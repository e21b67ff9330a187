"""House rules that can be checked automatically."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

import joinedup
from joinedup.accounts.personal import PERSONAL
from tests.conftest import REPO

SOURCE = Path(joinedup.__file__).parent
# Elsewhere months are written by `django.utils.formats.date_format`.
MONTHS_BY_HAND = {
    "engines/words.py": "knows no Django; what is like it asks here",
    "events/actions/event.py": "an address, which no language changes",
    "places/successions.py": "how a day may be written in a form",
}


def test_every_model_says_which_of_its_fields_are_personal() -> None:
    ours = {m._meta.label for m in apps.get_models() if m.__module__.startswith("joinedup.")}
    assert ours == set(PERSONAL)


def test_personal_fields_exist() -> None:
    for label, fields in PERSONAL.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert fields <= names, label


def _is_work(statement: ast.stmt) -> bool:
    """Whether a statement is more than a docstring or `__all__`."""
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0]) != "__all__"
    return not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def test_packages_pass_nothing_on() -> None:
    """An import names the file that defines it: only the packages of engines re-export names."""
    source = REPO / "src" / "joinedup"
    passing = []
    for init in source.rglob("__init__.py"):
        body = ast.parse(init.read_text(encoding="utf-8")).body
        done = [each for each in body if not isinstance(each, ast.ImportFrom) and _is_work(each)]
        if any(isinstance(each, ast.ImportFrom) for each in body) and not done:
            passing.append(init.relative_to(source).parent.as_posix())
    assert [each for each in passing if not each.startswith("engines/")] == []


def test_months_are_written_in_one_place() -> None:
    sources = (path for path in SOURCE.rglob("*") if path.suffix in {".py", ".jinja", ".txt"})
    by_hand = {
        path.relative_to(SOURCE).as_posix() for path in sources if re.search("%[Bb]", path.read_text("utf-8"))
    }
    assert by_hand <= set(MONTHS_BY_HAND)


MAPS = ["docs/architecture.md", "docs/glossary.md", "SECURITY.md"]
PATH = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|toml|csv|jinja|txt|md))`")
NAMED = re.compile(r"((?:`[A-Za-z_][\w.]*`(?:, | and )?)+) in `((?:[\w-]+/)+\w+\.py)`")


def _found(path: str) -> Path | None:
    return next((base / path for base in (REPO, REPO / "src" / "joinedup") if (base / path).exists()), None)


@pytest.mark.parametrize("name", MAPS)
def test_maps_lead_to_what_is_there(name: str) -> None:
    """Paths named in the documents exist, and names said to be in a file are defined in it."""
    text = " ".join((REPO / name).read_text(encoding="utf-8").split())
    wrong = [path for path in PATH.findall(text) if _found(path) is None]
    for names, path in NAMED.findall(text):
        file = _found(path)
        source = file.read_text(encoding="utf-8") if file else ""
        for each in re.findall(r"`([\w.]+)`", names):
            last = re.escape(each.rpartition(".")[2])
            if not re.search(rf"^\s*((class|def) {last}\b|{last}\s*[:=(])", source, re.MULTILINE):
                wrong.append(f"{each} in {path}")
    assert wrong == []


# What a place may be called in code: the demonstration and its data, formats that one publisher alone has, the list of
# regions, time zones, and migrations.
MAY_NAME_PLACES = (
    "demo/",
    "data/",
    "evidence/sources/",
    "places/regions.py",
    "clusters/counts.py",
    "migrations/",
)
OF_ONE_AREA = re.compile(
    r"\b(London|Islington|Camden|Hackney|Lambeth|Westminster|Metropolitan Police|MPS|E09\d{6})\b(?!\))"
)


def test_nothing_but_the_demonstration_knows_london() -> None:
    """The series of events goes round the country."""
    found = []
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix not in (".py", ".jinja", ".txt", ".toml", ".js") or any(
            one in name for one in MAY_NAME_PLACES
        ):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if OF_ONE_AREA.search(line.replace("Europe/London", "").replace("london borough", "")):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []
