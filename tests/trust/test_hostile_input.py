"""Whatever is typed into any form of the site, nobody sees a failure of ours, and nothing odd is kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache

from tests.journeys.crawling import kind_of
from tests.trust.conftest import Everything
from tests.trust.walking import As, Walk, addresses

# A database that refuses something leaves a broken transaction, so each request has one of its own.
pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = [
    "",
    "a" * 20_000,
    "nul\0inside",
    "\x01\x02\x1b[31m",
    "\u202egnirts desrever\u202c",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "${7*7} %s %(name)s {0}",
    '=HYPERLINK("http://x")',
    "👩🏽‍🚒 ﷽ Z̸̢͚",
    "99999999999999999999999",
    "-1",
    "1e309",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "31/02/2027",
    "25:61",
    "' OR 1=1 --",
    "a@example.org\r\nBcc: b@example.org",
    "javascript:alert(1)",
    "../../etc/passwd",
    "no-such-choice",
]
NEVER = ("/account/logout/",)


class Forms(HTMLParser):
    """The forms of a page: where each leads, and its fields with what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.found.append((f"{method} {given.get('action', '')}", {}))
        if not self.found:
            return
        fields = self.found[-1][1]
        if tag == "select":
            self._select = given.get("name", "")
            fields.setdefault(self._select, [])
        elif tag == "option" and self._select:
            fields[self._select].append(given.get("value", ""))
        elif tag in ("input", "textarea", "button") and given.get("name"):
            fields.setdefault(given["name"], []).append(given.get("value", "1"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def _forms(walk: Walk) -> list[tuple[str, str, dict[str, list[str]]]]:
    """(method, address, fields) of every kind of form that this reader meets: of the same form for another record one
    is enough."""
    once: dict[tuple[str, str, tuple[str, ...]], tuple[str, dict[str, list[str]]]] = {}
    for address, (status, kind, page) in walk.answers.items():
        if status != 200 or not kind.startswith("text/html"):
            continue
        parser = Forms()
        parser.feed(page)
        for where, fields in parser.found:
            method, _, action = where.partition(" ")
            target = action or address
            if target not in NEVER:
                once.setdefault((method, kind_of(target), tuple(sorted(fields))), (target, fields))
    return [(method, target, fields) for (method, _kind, _names), (target, fields) in once.items()]


@pytest.mark.parametrize("name", ["nobody", "bob", "alice", "lead", "admin"])
def test_no_form_fails_whatever_is_typed(walked: Callable[..., Walk], as_: As, name: str):
    forms = _forms(walked(name, still_there=True))
    browser = as_(name)
    assert len(forms) >= 8
    dice = random.Random(f"trust-{name}")
    browser.raise_request_exception = False
    failed = []
    for method, target, fields in forms:
        for _ in range(2):
            cache.clear()
            sent = {key: _typed(dice, values) for key, values in fields.items()}
            answer = getattr(browser, method)(target, sent)
            if answer.status_code >= 500:
                failed.append((method, target, {k: str(v)[:60] for k, v in sent.items()}))
    assert not failed, "\n".join(map(str, failed))


def _typed(dice: random.Random, values: list[str]) -> Any:
    """Mostly what a browser offers, so that a form gets far enough to use the hostile part."""
    real = [value for value in values if value]
    if real and dice.random() < 0.6:
        return dice.choice(real)
    if dice.random() < 0.1:
        return [dice.choice(HOSTILE), dice.choice(HOSTILE)]
    return dice.choice(HOSTILE)


def test_odd_requests_get_a_page(everything: Everything, as_: As):
    browser = as_("alice")
    browser.raise_request_exception = False
    odd = [
        {"data": "{}", "content_type": "application/json"},
        {"data": b"\xff\xfe=\xff&name=\xc3\x28", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"name=%FF%FE%00", "content_type": "application/x-www-form-urlencoded; charset=utf-16"},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"nothing", "content_type": "multipart/form-data"},
        {"data": "a=1&" * 2000, "content_type": "application/x-www-form-urlencoded"},
    ]
    kinds = {kind_of(address): address for address in addresses() if address not in NEVER}
    failed = [
        (address, request["content_type"])
        for address in kinds.values()
        for request in odd
        if browser.post(address, **request).status_code >= 500
    ]
    assert failed == []


def test_what_no_record_can_be_called_is_not_found(everything: Everything, as_: As):
    browser = as_("nobody")
    browser.raise_request_exception = False
    for odd in ("%00", "%FF", "a%00b", "%E2%80%AE", "9" * 30, "a" * 3000):
        for address in (
            f"/strategy/{odd}/",
            f"/voices/join/{odd}/",
            f"/voices/thanks/{odd}/",
            f"/voices/withdraw/{odd}/",
            f"/invitation/{odd}/",
            f"/attending/{odd}/",
            f"/account/welcome/{odd}/",
            f"/places/{odd}/",
            f"/agreements/{odd}/",
            f"/partners/?place={odd}&q={odd}&page={odd}&sector={odd}",
            f"/initiatives/?partner={odd}&level={odd}&place={odd}",
            f"/opportunities/?place={odd}&page={odd}",
            f"/agreements/?event={odd}&partner={odd}&text={odd}",
            f"/support/?place={odd}&sector={odd}",
            f"/strategy/?strategy={odd}&lead={odd}",
            f"/search/?q={odd}",
            f"/?show={odd}",
            f"/events/north-meets/register/?invitation={odd}",
        ):
            answer = browser.get(address)
            assert answer.status_code in (200, 302, 400, 404), (address[:80], answer.status_code)
