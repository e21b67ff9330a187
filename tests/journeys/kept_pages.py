"""What every kind of page says, kept in a record, so that a change which should change nothing can be held to it.

    python -m tests.journeys.kept_pages TO_JSON [FOLDER]

makes a demonstration, walks it as each of its readers, and writes `{reader: {address: [status, hash, queries]}}`. With
FOLDER also the text behind each hash, a file for each: written at two commits, `diff -r` shows what is different.

The demonstration's dates count from the day on which it is made, so it is made, and read, on DAY. Chance, hashes and
keys are fixed too: two demonstrations are the same, and so are the tokens in their addresses.

Not in the record: what only a POST opens, pages behind links that are only in mails, what is there only on the day of
an event or in the middle of an upload. Of answers that are not text (Word) only status, type and queries are kept.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.urls import get_resolver, reverse

from tests.demo.installation import BEGIN, ROOT, Installation
from tests.journeys.crawling import NOT_FOLLOWED, Visited, kind_of

RECORD = Path(__file__).with_name("pages_as_before.json")
READERS = ["", "elsewhere", "youth.worker", "deputy.head", "coordinator", "programme.lead", "administrator"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAY = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=datetime.UTC)
OF_A_KIND = 2
# Tokens of links are in fields so called; of each model that has one, this many records are tried.
TOKENS, TRIED = ("token", "withdraw_code", "calendar_token"), 8
TEXT = ("text/", "application/json", "application/atom+xml", "application/xml", "application/ld+json")
# By chance in each answer, whatever is asked; and how often the clock was looked at before.
BY_CHANCE = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1-"),
    (re.compile(r'(\bnonce=")[^"]*'), r"\1-"),
    (re.compile(r"(T\d\d:\d\d:\d\d)\.\d{6}"), r"\1"),
]

Found = dict[str, dict[str, list[Any]]]  # {reader: {address: [status, hash, queries]}}


def on_that_day() -> None:
    """Stop this process's clock, and make its chance the same each time. To be called before any model is imported.

    Two moments are never the same, so that what is ordered by time stays so.
    """
    import random
    import secrets
    import string
    import time

    from django.utils import timezone

    ticks = itertools.count()

    def now() -> datetime.datetime:
        return DAY + datetime.timedelta(microseconds=next(ticks))

    # One for each alphabet, so that one more password does not change every address.
    chances: dict[str, random.Random] = {}

    def choice(signs: Any) -> Any:
        return chances.setdefault(str(signs), random.Random(str(signs))).choice(signs)

    def token_urlsafe(size: int | None = None) -> str:
        return "".join(choice(string.ascii_letters + string.digits) for _ in range((size or 32) * 4 // 3))

    def token_hex(size: int | None = None) -> str:
        return "".join(choice("0123456789abcdef") for _ in range((size or 32) * 2))

    timezone.now = now
    time.time = lambda: now().timestamp()
    vars(secrets).update(choice=choice, token_urlsafe=token_urlsafe, token_hex=token_hex)


@dataclass(frozen=True)
class OnThatDay(Installation):
    """An installation in which it is always DAY, and nothing is by chance."""

    @property
    def environment(self) -> dict[str, str]:
        # Sets stand in the order of their hashes, and a link in a mail is signed with the key.
        return super().environment | {"PYTHONHASHSEED": "0", "SECRET_KEY": "the same each time"}

    def python(self, code: str, *words: object) -> subprocess.CompletedProcess[str]:
        first = f"from tests.journeys.kept_pages import on_that_day\non_that_day()\n{BEGIN}"
        return self._finished([sys.executable, "-c", first + code, *map(str, words)])

    def copy(self, home: Path) -> OnThatDay:
        return on_that_day_in(super().copy(home))

    def make(self, before: str = "") -> None:
        """The demonstration; `before` are lines that come first."""
        made = self.python(f"{before}\nmain(['demo', '--no-serve'])")
        assert made.returncode == 0, made.stderr

    def walked(self) -> dict[str, list[str]]:
        """The addresses that each reader comes to. A walk may leave marks: ask for pages in another copy."""
        return self._of_pages("walk()")

    def pages(self, record: Path, folder: Path | None = None, *, twice: bool = False) -> Found:
        """Every address of the record as its reader, in the order of the record; the texts go to `folder`."""
        return self._of_pages(f"fetch({str(record)!r}, {str(folder or '')!r}, twice={twice})")

    def _of_pages(self, call: str) -> Any:
        return self.told(
            f"import json\nfrom tests.journeys import kept_pages\nprint(json.dumps(kept_pages.{call}))"
        )


def on_that_day_in(installation: Installation) -> OnThatDay:
    return OnThatDay(installation.home, installation.database)


# What follows runs in an installation's own process, apart from `main`.


@dataclass
class Browser:
    """One reader, without a server in between."""

    name: str

    def __post_init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        self.client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if self.name:
            reader = get_user_model().objects.get(email=f"{self.name}@demonstration.example")
            self.client.force_login(reader, backend=BACKEND)

    def get(self, address: str) -> tuple[Visited, int]:
        """The answer, and how many queries it took."""
        from django.db import connection, reset_queries
        from django.test.utils import CaptureQueriesContext

        reset_queries()  # only the latest few thousand are kept, and then none counts
        with CaptureQueriesContext(connection) as queries:
            answer: Any = self.client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = {name.lower(): value for name, value in answer.items()}
        is_text = headers.get("content-type", "").startswith(TEXT)
        text = body.decode() if is_text else ""
        return Visited(address, "", answer.status_code, headers, text), len(queries)


def walk() -> dict[str, list[str]]:
    """For each reader what they come to from the first page, then what takes no argument, then links of one's own."""
    return {name: _walk(Browser(name), [] if name else list(_links_of_ones_own())) for name in READERS}


def _walk(browser: Browser, more: list[str]) -> list[str]:
    """Breadth first, OF_A_KIND of each kind; what is not there is no kind of page."""
    counted: Counter[str] = Counter()
    seen: dict[str, bool] = {}
    for start in ["/", *_without_arguments(), *more]:
        waiting = deque([start])
        while waiting:
            address = waiting.popleft()
            kind = kind_of(address)
            if address in seen or counted[kind] >= OF_A_KIND or kind in NOT_FOLLOWED:
                continue
            answer, _ = browser.get(address)
            seen[address] = answer.status != 404
            counted[kind] += seen[address]
            waiting += answer.links() if answer.is_page else []
    return [address for address, is_there in seen.items() if is_there]


def _patterns(names: set[str]) -> Iterator[str]:
    """The names of addresses that take these arguments and no other."""
    for name, ways in get_resolver().reverse_dict.lists():
        if isinstance(name, str) and any(
            set(taken) == names for possible, *_ in ways for _, taken in possible
        ):
            yield name


def _without_arguments() -> list[str]:
    return sorted(reverse(name) for name in _patterns(set()))


def _links_of_ones_own() -> Iterator[str]:
    """Addresses that hold a token: whoever has one needs not sign in."""
    from django.apps import apps

    tokens: dict[str, None] = {}
    for model in apps.get_models():
        for each in model._meta.get_fields():
            if each.name in TOKENS:
                every = list(model._base_manager.order_by("pk").values_list(each.name, flat=True))
                tokens |= dict.fromkeys(every[:: max(1, len(every) // TRIED)])
    for argument in ("token", "code"):
        for name in sorted(_patterns({argument})):
            yield from (reverse(name, kwargs={argument: token}) for token in tokens)


def fetch(record: str, folder: str, *, twice: bool) -> Found:
    """Everything once, as asking may leave a mark that another page shows. Then again, for its queries when what is
    remembered is remembered: everything if `twice`, else only what took more than the record has."""
    before: Found = json.loads(Path(record).read_text(encoding="utf-8"))
    browsers = {name: Browser(name) for name in before}
    found: Found = {name: {} for name in before}
    for name, address in ((name, address) for name, kept in before.items() for address in kept):
        answer, queries = browsers[name].get(address)
        text = normalised(answer)
        found[name][address] = [answer.status, hash_of(text), queries]
        if folder:
            _keep(Path(folder) / (name or "public"), address, text)
    for name, kept in before.items():
        for address, (*_, most) in kept.items():
            if twice or found[name][address][2] > most:
                found[name][address][2] = browsers[name].get(address)[1]
    return found


def normalised(answer: Visited) -> str:
    """What an answer says, in one line for each tag, without what is by chance in it."""
    text = answer.body
    for pattern, instead in BY_CHANCE:
        text = pattern.sub(instead, text)
    if answer.headers.get("content-type", "").startswith("text/html"):
        text = re.sub(r"\s+", " ", text).replace("<", "\n<")
    where = answer.headers.get("location", "")
    return f"{answer.status} {answer.headers.get('content-type', '')} {where}\n{text}\n"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _keep(folder: Path, address: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = quote(address, safe="")
    name = name if len(name) < 200 else f"{name[:180]}-{hash_of(name)}"
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    if len(sys.argv) not in (2, 3):
        sys.exit("Say where the record goes: python -m tests.journeys.kept_pages TO_JSON [FOLDER]")
    target, folder = Path(sys.argv[1]), Path(sys.argv[2]).resolve() if len(sys.argv) == 3 else None
    if folder and folder.is_relative_to(ROOT):
        sys.exit("The texts go outside the repository: choose another folder.")
    with tempfile.TemporaryDirectory() as place:
        demonstration = OnThatDay(Path(place) / "home", "")
        demonstration.make()
        walked = demonstration.copy(Path(place) / "walked").walked()
        asked = {name: {each: [0, "", 0] for each in addresses} for name, addresses in walked.items()}
        write(target, asked)
        found = demonstration.pages(target, folder, twice=True)
    write(target, found)
    kinds = {kind_of(address) for those in found.values() for address in those}
    every = {name for name in get_resolver().reverse_dict if isinstance(name, str)} - NOT_FOLLOWED
    print(f"{sum(map(len, found.values()))} addresses of {len(kinds)} kinds; none of {sorted(every - kinds)}")


def write(target: Path, found: Found) -> None:
    """One line for each address."""
    readers = []
    for name, those in found.items():
        lines = [f"    {json.dumps(address)}: {json.dumps(said)}" for address, said in those.items()]
        readers.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    target.write_text("{\n" + ",\n".join(readers) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
