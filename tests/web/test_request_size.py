"""What is larger than its page takes is refused before it is parsed, with one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler

from joinedup.web.middleware import REFUSED
from tests.trust.walking import As

SENTENCE = (
    "A spreadsheet may be up to 5 MB, anything else up to 1 MB: bring it in parts. Nothing was changed."
)


def sent(client: Any, path: str, size: int) -> Any:
    return client.post(path, {"kind": "partners", "file": SimpleUploadedFile("a.csv", b"a" * size)})


@pytest.mark.parametrize(
    ("name", "path", "size"),
    [
        ("nobody", "/account/login/", 1_100_000),
        ("nobody", "/bring/north/new/", 1_100_000),
        ("bob", "/bring/north/new/", 1_100_000),
        ("alice", "/events/add/", 1_100_000),
        ("alice", "/bring/north/new/", 6_300_000),
    ],
)
def test_what_is_too_large_is_not_even_parsed(
    as_: As, name: str, path: str, size: int, monkeypatch: pytest.MonkeyPatch
):
    client = as_(name)
    monkeypatch.setattr(MemoryFileUploadHandler, "handle_raw_input", lambda *_: pytest.fail("it was parsed"))
    answer = sent(client, path, size)
    assert answer.status_code == 413
    assert SENTENCE in answer.content.decode()


def test_who_may_bring_a_spreadsheet_may_bring_a_large_one(as_: As):
    answer = sent(as_("alice"), "/bring/north/new/", 5_300_000)
    assert answer.status_code == 200
    assert "The file is larger than 5 MB: bring it in parts." in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "words"),
    [(408, "came too slowly"), (413, SENTENCE), (429, "Too many requests came from your network")],
)
def test_what_the_server_did_not_take_gets_a_sentence(as_: As, status: int, words: str):
    answer = as_("nobody").post("/account/login/", {}, **{REFUSED: status})
    assert answer.status_code == status
    assert words in answer.content.decode()
