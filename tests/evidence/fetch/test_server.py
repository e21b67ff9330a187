"""Reading from a publisher's server: what breaks is taken up again, and nothing is followed that should not be."""

from __future__ import annotations

import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from joinedup.evidence.fetch.archive import DATES, archive_path, months_published
from joinedup.evidence.fetch.server import (
    ATTEMPTS,
    FIRST_ATTEMPTS,
    NoParts,
    NotFetched,
    NotThere,
    Server,
    _may_follow,
)
from tests.evidence.fetch.publisher import Publisher

PATH = archive_path("2024-12")


def test_a_part_is_what_the_file_has_there(publisher: Publisher, server: Server) -> None:
    body = publisher.archives["2024-12"].read_bytes()
    file = server.look(PATH)
    assert file.size == len(body)
    assert server.part(file, 100, 3100) == body[100:3100]
    assert publisher.spans() == ["bytes=0-0", "bytes=100-3099"]
    assert server.received == 3000


def test_a_broken_connection_is_taken_up_where_it_broke(
    publisher: Publisher, server: Server, pauses: list[float]
) -> None:
    body = publisher.archives["2024-12"].read_bytes()
    file = server.look(PATH)
    publisher.faults = [1000, 500]
    assert server.part(file, 0, 4000) == body[:4000]
    assert publisher.spans()[1:] == ["bytes=0-3999", "bytes=1000-3999", "bytes=1500-3999"]
    assert pauses == [1, 2]


def test_asked_to_wait_it_waits_as_long(publisher: Publisher, server: Server, pauses: list[float]) -> None:
    then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    publisher.faults = [
        (429, {"Retry-After": "7"}),
        (503, {"Retry-After": format_datetime(then, usegmt=True)}),
        (503, {"Retry-After": "soon"}),
    ]
    assert server.look(PATH).size > 0
    assert pauses[0] == 7
    assert 0 < pauses[1] <= 60
    assert pauses[2] == 4


@pytest.mark.parametrize(
    ("faults", "said", "tries"),
    [
        ([(429, {"Retry-After": "3600"})], "asks to wait 60 minutes", 1),
        ([(503, {})] * 9, "cannot be reached (it answers 503)", ATTEMPTS),
        ([0] * 9, "cannot be reached (the connection broke off)", ATTEMPTS),
        ([(403, {})], "refuses (403)", 1),
    ],
    ids=["wait an hour", "always 503", "always breaks", "forbidden"],
)
def test_it_gives_up_with_one_sentence(
    faults: list[object], said: str, tries: int, publisher: Publisher, server: Server
) -> None:
    file = server.look(PATH)
    before = len(publisher.spans())
    publisher.faults = list(faults)
    with pytest.raises(NotFetched, match=r"^127\.0\.0\.1 ") as told:
        server.part(file, 0, 100)
    assert said in str(told.value)
    assert len(publisher.spans()) - before == tries


def test_progress_is_no_failure(publisher: Publisher, server: Server, tmp_path: Path) -> None:
    """A long file over a bad line comes whole, though the line breaks more often than a silent server is asked."""
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(range(256)) * 8192)
    publisher.archives["2024-12"] = large
    file = server.look(PATH)
    publisher.faults = [100_000] * (2 * ATTEMPTS)
    assert server.part(file, 0, file.size) == large.read_bytes()


def test_nobody_there(pauses: list[float]) -> None:
    gone = Server("http://127.0.0.1:9", sleep=pauses.append)
    with pytest.raises(
        NotFetched, match=r"^127\.0\.0\.1 cannot be reached \(Connection refused\): check the"
    ):
        gone.json(DATES)
    assert len(pauses) == FIRST_ATTEMPTS - 1


def test_what_is_not_there(server: Server) -> None:
    with pytest.raises(NotThere):
        server.look(archive_path("2013-12"))


def test_another_file_in_its_place_is_noticed(publisher: Publisher, server: Server) -> None:
    file = server.look(PATH)
    publisher.archives["2024-12"].write_bytes(bytes(file.size))
    with pytest.raises(NotFetched, match="put another file in its place"):
        server.part(file, 0, 100)


def test_whole_only(publisher: Publisher, server: Server, tmp_path: Path) -> None:
    publisher.has_ranges = False
    with pytest.raises(NoParts, match="run the same command with --whole") as told:
        server.look(PATH)
    body = publisher.archives["2024-12"].read_bytes()
    assert told.value.size == len(body)
    publisher.faults = [1000]
    came: list[tuple[int, int]] = []
    server.whole(PATH, tmp_path / "all", lambda so_far, of: came.append((so_far, of)))
    assert (tmp_path / "all").read_bytes() == body
    assert came[-1] == (len(body), len(body))


@pytest.mark.parametrize(
    "answer", ["", "[", "{}", "[]", '[{"day": 1}]', '[{"date": "soon"}]', '[{"date": 7}]', "\xff"]
)
def test_months_that_are_none(answer: str, publisher: Publisher, server: Server) -> None:
    publisher.dates = answer
    with pytest.raises(NotFetched, match="try again later"):
        months_published(server)


def test_months_newest_first(publisher: Publisher, server: Server) -> None:
    assert months_published(server) == ["2024-12", "2024-11"]
    publisher.dates = '[{"date": "2024-11"}, {"date": "2025-01"}, {"date": "2024-11"}]'
    assert months_published(server) == ["2025-01", "2024-11"]


@pytest.mark.parametrize(
    "to",
    [
        "ftp://files.example/2024-12.zip",
        "file:///etc/passwd",
        "http://10.0.0.7/a.zip",
        "https://10.0.0.7/a.zip",
    ],
)
def test_it_is_not_sent_just_anywhere(to: str, publisher: Publisher, server: Server) -> None:
    publisher.sends_on_to = to
    with pytest.raises(NotFetched, match="sends on to an address that is not followed"):
        server.look(PATH)


@pytest.mark.parametrize(
    ("url", "name", "may"),
    [
        ("https://8.8.8.8/archive/2024-12.zip", "data.police.uk", True),
        ("https://data.police.uk/other/2024-12.zip", "data.police.uk", True),
        ("http://8.8.8.8/archive/2024-12.zip", "data.police.uk", False),
        ("http://data.police.uk/other/2024-12.zip", "data.police.uk", False),
        ("https://127.0.0.1/x", "data.police.uk", False),
        ("https://localhost/x", "data.police.uk", False),
        ("https://2130706433/x", "data.police.uk", False),
        ("https://169.254.169.254/latest/meta-data", "data.police.uk", False),
        ("https://192.168.1.1/x", "data.police.uk", False),
        ("https://[::1]/x", "data.police.uk", False),
        ("https://[::ffff:10.0.0.1]/x", "data.police.uk", False),
        ("https://[fd00::1]/x", "data.police.uk", False),
        ("https://[broken/x", "data.police.uk", False),
        ("https:///x", "data.police.uk", False),
        ("data:text/plain,x", "data.police.uk", False),
        ("http://127.0.0.1:8000/x", "127.0.0.1", True),
        ("http://10.0.0.1/x", "127.0.0.1", False),
    ],
)
def test_where_it_may_be_sent_on_to(url: str, name: str, may: bool) -> None:
    assert _may_follow(url, name) is may


@pytest.mark.parametrize(
    "address",
    [
        "data.police.uk",
        "http://data.police.uk",
        "ftp://data.police.uk",
        "file:///srv/copy",
        "https://",
        "https://user:secret@data.police.uk",
        "https://data.police.uk/?a=1",
        "https://data.police.uk:port",
        "https://[::1",
        "",
    ],
)
def test_an_address_to_fetch_from_is_https(address: str) -> None:
    with pytest.raises(NotFetched, match="https://"):
        Server(address)


def test_an_address_may_end_in_a_stroke_and_have_a_path() -> None:
    assert Server("https://copy.example/police/").address == "https://copy.example/police"
