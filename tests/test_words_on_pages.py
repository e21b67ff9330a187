"""What pages, mails, Word files and the sentences of the engine may not say: see `tests/words.py`."""

from __future__ import annotations

import ast
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

import joinedup
from tests.opportunities.making import make_opportunity
from tests.words import banned
from tests.world import World, published_event

SOURCE = Path(joinedup.__file__).parent
MARKED = re.compile(
    r"""\b(?:_|ngettext|gettext|gettext_lazy)\(\s*(['"])(.*?)(?<!\\)\1(?:\s*,\s*(['"])(.*?)(?<!\\)\3)?"""
)
FILES = sorted([*SOURCE.rglob("*.jinja"), *SOURCE.rglob("*.txt"), *SOURCE.rglob("*.py")])
MAILS = sorted(SOURCE.rglob("templates/*/mails/*.txt"))
INDICATORS = sorted((SOURCE / "evidence" / "indicators").glob("*.toml"))
SHOWN_OF_INDICATORS = ("name", "meaning", "unit", "caveat")
# Rooms whose sentences stand on pages, in mails and in Word files, marked for translation or not.
SPEAKING = (
    "agreements", "documents", "events", "evidence", "firstrun", "initiatives", "mail", "opportunities", "partners",
    "registration", "results", "strategy", "support", "tables", "voice", "visits", "web", "engines/opportunities",
)  # fmt: skip
# What only those read who build it: fields, columns of stored files, the log.
UNSHOWN = {
    "models.py", "apps.py", "middleware.py", "touching.py", "store.py", "import_command.py", "contract.py",
}  # fmt: skip

# As publishers head their columns, and name what came of a case.
OF_PUBLISHERS = re.compile(r"^.* Score \(rate\)$|Local resolution\|Offender", re.DOTALL)

As = Callable[[str], Client]


def _told(file: Path) -> Iterator[str]:
    for match in MARKED.finditer(file.read_text(encoding="utf-8")):
        yield from (_said(text) for text in match.group(2, 4) if text)


def _said(text: str) -> str:
    return re.sub(r"%\(\w+\)s", "", text)


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
            if OF_PUBLISHERS.search(node.value):  # type: ignore[attr-defined]
                continue
            yield _said(node.value)  # type: ignore[attr-defined]


def _found(file: Path, texts: Iterator[str]) -> list[str]:
    return [f"{file.relative_to(SOURCE)}: {each}" for text in texts for each in banned(text)]


def test_pages_and_mails_speak_as_people_do() -> None:
    assert [each for file in FILES for each in _found(file, _told(file))] == []


@pytest.mark.parametrize("room", SPEAKING)
def test_every_sentence_of_a_room_speaks_as_people_do(room: str) -> None:
    files = [file for file in sorted((SOURCE / room).rglob("*.py")) if file.name not in UNSHOWN]
    shown = [file for file in files if "migrations" not in file.parts]
    assert shown
    assert [each for file in shown for each in _found(file, _sentences(file))] == []


@pytest.mark.parametrize("file", MAILS, ids=lambda file: f"{file.parts[-3]}/{file.stem}")
def test_every_line_of_a_mail_speaks_as_people_do(file: Path) -> None:
    """Also what is not marked for translation, without names of values."""
    text = file.read_text(encoding="utf-8")
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    shown = re.sub(r"\b\w+=[^,)]*|\|\w+(?:\([^)]*\))?|%\(\w+\)s|\b\w+\.\w[\w.]*", "", shown)
    assert banned(shown) == []


@pytest.mark.parametrize("file", INDICATORS, ids=lambda file: file.stem)
def test_every_indicator_speaks_as_people_do(file: Path) -> None:
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    assert [each for name in SHOWN_OF_INDICATORS for each in banned(str(read.get(name, "")))] == []


def words_of_word(content: bytes) -> str:
    """All that a Word file says: paragraphs, cells, the footer, and what pictures and tables say in words."""
    document = Document(io.BytesIO(content))
    body: Any = document.element.body
    told = [node.get("descr") for node in body.iter() if node.get("descr")]
    footer = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    return "\n".join(["".join(node.itertext()) for node in body.iter("{*}p")] + told + footer)


def test_word_files_speak_as_people_do(world: World, as_: As) -> None:
    alice = world.person("alice")
    event = published_event(by=alice, footprint=world.north, name="A day", date=timezone.localdate())
    make_opportunity(world, "one", world.lantern, world.school)
    client = as_("alice")
    addresses = (
        "/start/north/brief.docx", f"/events/{event.slug}/brief.docx", f"/events/{event.slug}/since.docx",
    )  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = words_of_word(answer.content)
        assert len(text) > 200
        assert banned(text) == [], address


@pytest.mark.parametrize(
    "text",
    [
        "The engine found it.", "Its score is 61.", "gang nominals", "That is not nought.", "A weighted share.",
        "Since the last run.", "Two candidates for a table.",
    ],
)  # fmt: skip
def test_what_must_not_be_said_is_found(text: str) -> None:
    assert banned(text)


@pytest.mark.parametrize(
    "text", ["Lantern Youth runs it.", "The club runs until May.", "A young offender institution."]
)
def test_what_people_say_may_be_said(text: str) -> None:
    assert banned(text) == []
