"""A mail from its template; and every mail of every room, filled with what nobody should type."""

from __future__ import annotations

import datetime
import re
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.template import engines
from jinja2 import UndefinedError, meta

from joinedup.mail.compose import compose, words_of

LINK = "http://testserver/here/?a=1&b=2"
HOSTILE = (
    '- <b>Tom</b> & "Jo"\n\n- \'x\' <a href="https://evil.example">\r\n    loud\n'
    "\ufdd0Press\ufdd1https://evil.example/\ufdd0\ufdd2\ufdd3"
)
CODE = {"code": "1234-5678"}
ENVIRONMENT = engines["jinja2"].env  # type: ignore[attr-defined]
TEMPLATES = sorted(
    name.removesuffix(".txt")
    for name in ENVIRONMENT.list_templates()
    if "/mails/" in name and "/parts/" not in name and name.endswith(".txt")
)


def html_in(letter: Any) -> str:
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    return str(html)


def test_the_first_line_is_the_subject_and_the_rest_is_the_text() -> None:
    letter = compose("accounts/mails/login_code", "ro@example.org", CODE, reply_to=["al@example.org"])
    assert (letter.subject, letter.to, letter.reply_to) == (
        "Your code to sign in to JoinedUp",
        ["ro@example.org"],
        ["al@example.org"],
    )
    assert str(letter.body).startswith("Your code to sign in to JoinedUp is\n\n    1234-5678\n\n")
    assert "<p><strong>1234-5678</strong></p>" in html_in(letter)
    assert (letter.extra_headers, mail.outbox) == ({}, [])


def test_what_is_read_before_it_goes_is_what_goes() -> None:
    letter = compose("accounts/mails/login_code", "ro@example.org", CODE)
    assert words_of("accounts/mails/login_code", CODE) == (letter.subject, str(letter.body).strip())


def test_all_have_the_same_frame() -> None:
    html = html_in(compose("accounts/mails/login_code", "ro@example.org", CODE))
    assert html.startswith('<!DOCTYPE html>\n<html lang="en-GB">')
    assert "for the people who prevent serious violence in a place to work together." in html


def test_a_mail_without_all_that_it_says_is_not_made() -> None:
    with pytest.raises(UndefinedError, match="code"):
        compose("accounts/mails/login_code", "ro@example.org", {})


class Record(str):
    """A value that has every attribute, and each is the same text; a date is a date."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return datetime.date(2018, 10, 8) if name in ("date", "by_when") else Record(str(self))

    def __call__(self) -> Any:
        return self


class Young(namedtuple("Young", "name page")):
    __slots__ = ()
    standing = "alone"


Section = namedtuple("Section", "heading items more said")
Coming = namedtuple("Coming", "attendee tables")


def filled(template: str, value: str) -> dict[str, Any]:
    """Whatever the template asks for, with the text in every place."""
    known = {
        "answers": [(value, LINK)], "coming": [Coming(Record(value), [value])], "day": datetime.date(2018, 10, 8),
        "items": [(value, LINK)], "number": 2, "others": [value], "waits": [value], "names": [value],
        "colleagues": [Record(value)],
        "sections": [Section(value, [(value, LINK)], 2, {LINK: value})],
        "total": 2,
        "young": [Young(value, LINK)], "said": value.partition("\n")[0], "invitation": Record("young"),
    } | dict.fromkeys(("choose", "event_link", "link", "off", "page", "survey", "ticket", "work"), LINK)  # fmt: skip
    source = ENVIRONMENT.loader.get_source(ENVIRONMENT, f"{template}.txt")[0]
    asked = meta.find_undeclared_variables(ENVIRONMENT.parse(source)) | {
        "event",
        "invitation",
        "when",
        "where",
        # Of what is included.
        "contact",
    }
    return {name: known.get(name, Record(value)) for name in asked if name not in ENVIRONMENT.globals}


def tags(html: str) -> list[str]:
    """The markup without the line breaks, which a note may have."""
    return [each for each in re.findall(r"<[^>]*>", html) if each != "<br>"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_from_a_record_makes_markup(template: str) -> None:
    tame, wild = (
        compose(template, "ro@example.org", filled(template, value)) for value in ("Lantern", HOSTILE)
    )
    assert tags(html_in(wild)) == tags(html_in(tame))
    for letter in (tame, wild):
        assert letter.subject
        assert "\n" not in str(letter.subject)
        assert not re.search("[\ufdd0-\ufdd3]", f"{letter.subject}{letter.body}{html_in(letter)}")
        assert "\n\n\n" not in str(tame.body)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_address_is_a_line_of_its_own_in_text_and_words_in_html(template: str) -> None:
    letter = compose(template, "ro@example.org", filled(template, "Lantern"))
    lines = [line for line in str(letter.body).split("\n") if LINK in line]
    assert {line.strip() for line in lines} <= {LINK}
    html = html_in(letter)
    assert html.count('href="http://testserver/here/?a=1&amp;b=2"') == html.count("http:") == len(lines)
    assert not re.search(r"<a [^>]*>(?:http|\s*</a>)", html)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_text_and_the_html_say_the_same(template: str) -> None:
    letter = compose(template, "ro@example.org", filled(template, "Lantern"))
    said = re.sub(r"<[^>]*>", " ", html_in(letter).partition("<body>")[2].partition("<hr>")[0])
    written = str(letter.body).replace(LINK, "")
    assert re.findall(r"\w+", said) == re.findall(r"\w+", written)


def test_there_is_one_template_a_mail() -> None:
    """No room has a second way to write one."""
    assert len(TEMPLATES) > 30
    assert [
        name for name in ENVIRONMENT.list_templates() if name.endswith(("_message.txt", "_subject.txt"))
    ] == []


def test_a_mail_of_the_demonstration_says_once_that_it_is_invented(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    assert "invented" not in compose("accounts/mails/login_code", "ro@example.org", CODE).body
    (tmp_path / "demonstration").touch()
    letter = compose("accounts/mails/login_code", "ro@example.org", CODE)
    assert letter.body.count("are invented") == 1
    assert html_in(letter).count("are invented") == 1
    assert "invented" not in letter.subject
