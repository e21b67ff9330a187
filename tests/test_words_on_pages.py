"""What pages, mails and the sentences of the engine may not say: words of the machine, and labels for people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import joinedup

SOURCE = Path(joinedup.__file__).parent
# Words of those who build it, which say nothing to those who read it; and labels that no person should wear.
BANNED = re.compile(
    r"\b(engines?|algorithms?|scores?|scored|scoring|footprints?|audience|payload|backend|queue|percentiles?"
    r"|posterior|vectors?|incremental|parameters?|invalid|null|noughts?|stakeholders?|comparators?|heuristics?"
    r"|simplex|slug|primary key|optimi[sz]\w*|gang nominals?|offenders?|perpetrators?)\b",
    re.IGNORECASE,
)
MARKED = re.compile(
    r"""\b(?:_|ngettext|gettext|gettext_lazy)\(\s*(['"])(.*?)(?<!\\)\1(?:\s*,\s*(['"])(.*?)(?<!\\)\3)?"""
)
FILES = sorted([*SOURCE.rglob("*.jinja"), *SOURCE.rglob("*.txt"), *SOURCE.rglob("*.py")])
ENGINE = sorted((SOURCE / "engines" / "opportunities").rglob("*.py"))


def _told(file: Path) -> Iterator[str]:
    for match in MARKED.finditer(file.read_text(encoding="utf-8")):
        yield from (re.sub(r"%\(\w+\)s", "", text) for text in match.group(2, 4) if text)


def _sentences(file: Path) -> Iterator[str]:
    """String literals that are neither documentation nor a single word, such as a key."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation and " " in node.value.strip():  # type: ignore[attr-defined]
            yield node.value  # type: ignore[attr-defined]


def test_pages_and_mails_speak_as_people_do() -> None:
    found = [
        f"{file.relative_to(SOURCE)}: “{word.group(0)}” in “{text}”"
        for file in FILES
        for text in _told(file)
        for word in BANNED.finditer(text)
    ]
    assert not found


def test_what_the_engine_says_speaks_as_people_do() -> None:
    found = [
        f"{file.name}: “{word.group(0)}” in “{text}”"
        for file in ENGINE
        for text in _sentences(file)
        for word in BANNED.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    "text", ["The engine found it.", "Its score is 61.", "gang nominals", "That is not nought."]
)
def test_what_must_not_be_said_is_found(text: str) -> None:
    assert BANNED.search(text)
