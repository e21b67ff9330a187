"""Rules of the house that a machine can hold."""

import ast

from django.apps import apps

from joinedup.accounts.personal import PERSONAL
from tests.conftest import REPO


def test_every_model_says_which_of_its_fields_are_personal() -> None:
    ours = {m._meta.label for m in apps.get_models() if m.__module__.startswith("joinedup.")}
    assert ours == set(PERSONAL)


def test_personal_fields_exist() -> None:
    for label, fields in PERSONAL.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert fields <= names, label


def _is_work(statement: ast.stmt) -> bool:
    """More than a docstring, or saying what is passed on."""
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0]) != "__all__"
    return not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def test_packages_pass_nothing_on() -> None:
    """Whoever reads an import knows the file: the front doors of the engines alone say what else they hold."""
    source = REPO / "src" / "joinedup"
    passing = []
    for init in source.rglob("__init__.py"):
        body = ast.parse(init.read_text(encoding="utf-8")).body
        done = [each for each in body if not isinstance(each, ast.ImportFrom) and _is_work(each)]
        if any(isinstance(each, ast.ImportFrom) for each in body) and not done:
            passing.append(init.relative_to(source).parent.as_posix())
    assert [each for each in passing if not each.startswith("engines/")] == []
