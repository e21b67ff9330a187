"""A body is read whole, within limits, before a thread is taken; what is not taken gets one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from joinedup.site import gateway
from joinedup.site.gateway import Gateway, environ_of
from joinedup.web.middleware import REFUSED
from joinedup.web.request_size import MOST_BYTES, MOST_BYTES_OF_UPLOADS

SESSION = ("cookie", "sessionid=anything")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: tests with a browser leave a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Visitor:
    """What the server hands over: the parts of a body as they come, and the answer once there is one."""

    def __init__(self, parts: Iterable[bytes], *, ends: bool = True) -> None:
        self.parts, self.ends, self.taken = parts, ends, 0
        self.answer: tuple[int, dict[str, str], bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            self.taken += len(part)
            yield part
        if not self.ends:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, dict(headers), body)


def scope(path: str = "/account/login/", *headers: tuple[str, str], method: str = "POST") -> Any:
    return SimpleNamespace(
        method=method, path=path, query_string="a=b", server="127.0.0.1:8000", client="[::1]:5000", scheme="http",
        http_version="1.1", authority=None, headers=dict(headers),
    )  # fmt: skip


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    """Says with its status what was refused, else repeats the body."""
    body = environ["wsgi.input"].read()
    assert len(body) == int(environ["CONTENT_LENGTH"])
    start(f"{environ.get(REFUSED, 200)} Something", [("X-Seen", "1")])
    return [body]


def asked(visitor: Visitor, what: Any, waits: float = 60.0) -> tuple[int, dict[str, str], bytes]:
    run(Gateway(echo, waits).__rsgi__(what, visitor))
    assert visitor.answer is not None
    return visitor.answer


def test_a_body_arrives_whole():
    parts = [b"a" * 70_000, b"b"]
    status, headers, body = asked(Visitor(parts), scope("/", ("content-length", "70001")))
    assert (status, headers, body) == (200, {"X-Seen": "1"}, b"a" * 70_000 + b"b")


def test_a_reader_has_no_body_to_wait_for():
    assert asked(Visitor([], ends=False), scope(method="GET"))[0] == 200


def test_one_that_never_ends_is_let_go():
    visitor = Visitor([b"a"], ends=False)
    status, headers, body = asked(visitor, scope("/", ("content-length", "100")), waits=0.01)
    assert (status, headers["Connection"], body) == (408, "close", b"")


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/account/login/", [], MOST_BYTES),
        ("/account/login/", [SESSION], MOST_BYTES),
        ("/bring/north/new/", [], MOST_BYTES),
        ("/bring/north/new/", [SESSION], MOST_BYTES_OF_UPLOADS),
        ("/bring/support-lists/list/", [SESSION], MOST_BYTES_OF_UPLOADS),
    ],
)
@pytest.mark.parametrize("says", [True, False])
def test_what_is_too_large_is_counted_whether_or_not_it_says_so(
    path: str, headers: list[Any], most: int, says: bool
):
    for size, status in ((most, 200), (most + 1, 413)):
        said = ("content-length", str(size)) if says else ("transfer-encoding", "chunked")
        answer = asked(Visitor([bytes(size)]), scope(path, *headers, said))
        assert (answer[0], len(answer[2])) == (status, size if status == 200 else 0)


def test_nothing_is_read_of_what_says_that_it_is_huge():
    visitor = Visitor([b"a"])
    assert asked(visitor, scope("/", ("content-length", str(400 * 1024**2))))[0] == 413
    assert visitor.taken == 0


def test_reading_of_what_is_huge_and_does_not_say_so_ends():
    visitor = Visitor(bytes(2**20) for _ in range(400))
    assert asked(visitor, scope("/", ("transfer-encoding", "chunked")))[0] == 413
    assert visitor.taken <= gateway.THROWN_AWAY + 2**20


def test_one_address_cannot_send_without_end_at_once():
    door = Gateway(echo, 0.2)

    async def crowd() -> list[int]:
        slow = [Visitor([], ends=False) for _ in range(gateway.FROM_ONE + 1)]
        reader = Visitor([])
        sends = scope("/", ("content-length", "9"))
        await asyncio.gather(
            *(door.__rsgi__(sends, each) for each in slow), door.__rsgi__(scope(method="GET"), reader)
        )
        assert reader.answer is not None
        assert reader.answer[0] == 200
        return [each.answer[0] for each in slow if each.answer]

    assert run(crowd()) == [408] * gateway.FROM_ONE + [429]
    assert not door.underway


def test_the_request_is_told_as_wsgi_has_it():
    environ = environ_of(
        scope("/a b/é/", ("host", "here"), ("x-forwarded-for", "1.2.3.4"), ("x_forwarded_for", "6.6.6.6"))
    )
    assert environ["PATH_INFO"] == "/a b/é/".encode().decode("latin-1")
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"], environ["HTTP_HOST"]) == ("::1", "8000", "here")
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"


def test_behind_a_proxy_the_visitor_is_counted(settings: Any):
    told = environ_of(scope("/", ("x-forwarded-for", "9.9.9.9, 1.2.3.4")))
    assert gateway._address(told) == "::1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert gateway._address(told) == "1.2.3.4"
