"""How many readers the site holds: pages a second, how long an answer takes, errors, and the memory of each process.

    .venv/bin/python bench/load.py --home FOLDER [--readers 200] [--seconds 20] [--port 8211]
    .venv/bin/python bench/load.py --home FOLDER --mixed 2 [--rate 30]

Serves a copy of the installation in FOLDER (which stays as it is) and asks it over HTTP, so the client takes its part
of the machine too. The first form: readers without an account ask for public pages, one after another, as fast as they
come; the same for a page that does nothing beside it. The second, for so many minutes: readers, signed-in members and a
few who write, at `--rate` requests a second in all; without it at 70% of what ten seconds of the same mix came to.

Bars of the mixed load: 99 of 100 answers within 500 ms, no errors, each process below 250 MB.
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from signed_in import signed_in

WITHIN_MS, MEMORY_MB = 500.0, 250.0
PATIENCE = 60.0
START = ["/", "/partners/", "/initiatives/", "/support/", "/strategy/", "/events/", "/sources/", "/methods/",
         "/opportunities/public/", "/agreements/", "/practice/", "/voices/"]  # fmt: skip
ONE_OF = r"(?:partners|initiatives|support|places|events|strategy|figures|practice)/[\w-]+/"
NOTHING = "/about/terms/"
MEMBERS_READ = ["/work/", "/opportunities/", "/partners/", "/", "/agreements/"]


@dataclass
class Tally:
    """What came of the requests: seconds of each answer, and what went wrong, counted by what it was."""

    taken: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)

    def fail(self, what: str) -> None:
        self.wrong[what] = self.wrong.get(what, 0) + 1

    def line(self, name: str, seconds: float) -> str:
        ordered = sorted(self.taken)
        if not ordered:
            return f"{name:22} no answers; errors: {self.wrong}"
        median, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        return (
            f"{name:22} {len(ordered) / seconds:7.1f} pages/s   median {1000 * median:7.0f} ms   "
            f"p99 {1000 * late:7.0f} ms   errors {sum(self.wrong.values())} {self.wrong or ''}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="an installation, which stays as it is")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--mixed", type=float, metavar="MINUTES")
    parser.add_argument("--rate", type=float, help="requests a second of the mixed load")
    parser.add_argument("--port", type=int, default=8211)
    given = parser.parse_args()
    if given.home is None:
        print("Nothing is measured without an installation: give one with --home.")
        return
    with tempfile.TemporaryDirectory(prefix="joinedup-load-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        people = members_of(home) if given.mixed else []
        with served(home, given.port) as server:
            pages = public_pages(given.port)
            print(f"{len(pages)} public pages", flush=True)
            if given.mixed:
                before = entries(home)
                refuse_strangers(given.port, people)
                mixed(given.port, pages, people, given.mixed * 60, given.rate)
                print(f"{entries(home) - before} entries of the audit trail")
            else:
                for name, wanted in {"does nothing": [NOTHING], "public pages": pages}.items():
                    load = as_fast_as_it_goes(given.port, reading(wanted), given.readers, given.seconds)
                    tally = asyncio.run(load)
                    print(tally.line(name, given.seconds), flush=True)
            for pid, megabytes in memory(server).items():
                print(f"process {pid}: {megabytes:.0f} MB (bar {MEMORY_MB:.0f})")


@contextmanager
def served(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "JOINEDUP_HOME": str(home), "SITE_URL": f"http://127.0.0.1:{port}"}
    verb = "import sys; sys.argv[0]='joinedup'; from joinedup.cli.verbs import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", verb, "serve", "--migrate", "--port", str(port)], env=environ
    )
    try:
        for _ in range(150):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                break
            time.sleep(0.2)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def refuse_strangers(port: int, people: list[str]) -> None:
    """Whoever is not signed in is sent on, quickly: that would be measured instead."""
    for cookies in people:
        if (status := asyncio.run(Connection(port).ask("/work/", cookies))) != 200:
            raise SystemExit(f"Somebody is not signed in: My work answers {status}.")


def entries(home: Path) -> int:
    """How many entries the audit trail has: each write of a member leaves one."""
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        return int(records.execute("SELECT count(*) FROM accounts_auditentry").fetchone()[0])


def public_pages(port: int) -> list[str]:
    """The pages of the menu, and up to eight of each kind that they lead to."""

    def page(address: str) -> str:
        with suppress(OSError):
            return str(urllib.request.urlopen(f"http://127.0.0.1:{port}{address}").read().decode())
        return ""

    found = {address: page(address) for address in START}
    of_kinds: dict[str, set[str]] = {}
    for text in found.values():
        for address in re.findall(rf'href="(/{ONE_OF})"', text):
            kind = of_kinds.setdefault(address.split("/")[1], set())
            if len(kind) < 8 and page(address):
                kind.add(address)
    return [each for each, text in found.items() if text] + sorted(set().union(*of_kinds.values()) - {*found})


def members_of(home: Path) -> list[str]:
    """A Cookie header for each of up to ten people of the installation, each with a token of their own: the same form
    sent twice with one token counts once."""
    found = signed_in({**os.environ, "JOINEDUP_HOME": str(home)})[:10]
    return [f"sessionid={each.key}; csrftoken={each.number:032}" for each in found]


class Connection:
    """One kept connection to the site, opened again where it was closed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, address: str, cookies: str = "", form: str | None = None) -> int:
        """The status of the answer, read to its end. Asked again, as browsers do, where the server had closed a
        connection that nobody used for a while."""
        if self.streams is not None:
            try:
                return await self._ask(address, cookies, form)
            except asyncio.IncompleteReadError as error:
                if error.partial:
                    raise
                self.close()
        return await self._ask(address, cookies, form)

    async def _ask(self, address: str, cookies: str, form: str | None) -> int:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        lines = [f"{'GET' if form is None else 'POST'} {address} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if cookies:
            lines.append(f"Cookie: {cookies}")
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + (form or "")).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if sized := re.search(r"content-length: (\d+)", head):
            await reader.readexactly(int(sized[1]))
        elif "transfer-encoding: chunked" in head:
            while size := int((await reader.readline()).strip() or b"0", 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        if "connection: close" in head:
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
        self.streams = None


Ask = Callable[[Connection], Awaitable[int]]


def reading(pages: list[str], cookies: str = "") -> Ask:
    return lambda connection: connection.ask(random.choice(pages), cookies)


def writing(cookies: str) -> Ask:
    """What somebody saves of their own account: one audit entry each."""
    form = f"csrfmiddlewaretoken={cookies.rpartition('=')[2]}&name=Somebody&job=Worker"
    numbers = itertools.count()
    return lambda connection: connection.ask("/account/details/", cookies, f"{form}+{next(numbers)}")


async def asked(tally: Tally, connection: Connection, ask: Ask) -> None:
    started = time.perf_counter()
    try:
        status = await asyncio.wait_for(ask(connection), PATIENCE)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        connection.close()
        tally.fail(type(error).__name__)
        return
    if status >= 400:
        tally.fail(str(status))
    tally.taken.append(time.perf_counter() - started)


async def as_fast_as_it_goes(port: int, ask: Ask, readers: int, seconds: float) -> Tally:
    tally, until = Tally(), time.perf_counter() + seconds

    async def one() -> None:
        connection = Connection(port)
        while time.perf_counter() < until:
            await asked(tally, connection, ask)
        connection.close()

    await asyncio.gather(*(one() for _ in range(readers)))
    return tally


def kinds(pages: list[str], people: list[str]) -> list[tuple[str, float, list[Ask]]]:
    """Each kind of reader with its share of the requests."""
    return [
        ("readers", 0.8, [reading(pages)]),
        ("members", 0.18, [reading(MEMBERS_READ, cookies) for cookies in people]),
        ("writers", 0.02, [writing(cookies) for cookies in people]),
    ]


def mixed(port: int, pages: list[str], people: list[str], seconds: float, rate: float | None) -> None:
    parts = kinds(pages, people)
    if rate is None:
        asks = [random.choice(of) for _, share, of in parts for _ in range(round(share * 50))]
        turns = itertools.cycle(random.sample(asks, len(asks)))
        most = asyncio.run(as_fast_as_it_goes(port, lambda each: next(turns)(each), 50, 10.0))
        print(most.line("most of the mix", 10.0), flush=True)
        rate = 0.7 * len(most.taken) / 10.0
    print(f"{rate:.0f} requests a second for {seconds / 60:g} minutes", flush=True)
    tallies = asyncio.run(at_a_rate(port, parts, seconds, rate))
    for name, tally in tallies.items():
        print(tally.line(name, seconds), flush=True)


async def at_a_rate(
    port: int, parts: list[tuple[str, float, list[Ask]]], seconds: float, rate: float
) -> dict[str, Tally]:
    """Requests come at their time whether or not those before were answered, as people do."""
    tallies = {name: Tally() for name, _, _ in parts}
    idle: list[Connection] = []
    running: set[asyncio.Task[None]] = set()
    started = time.perf_counter()

    async def one(tally: Tally, ask: Ask) -> None:
        connection = idle.pop() if idle else Connection(port)
        await asked(tally, connection, ask)
        idle.append(connection)

    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        name, _, asks = random.choices(parts, [share for _, share, _ in parts])[0]
        task = asyncio.create_task(one(tallies[name], random.choice(asks)))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return tallies


def memory(server: subprocess.Popen[bytes]) -> dict[int, float]:
    """What the processes of the server hold in memory, in MB, those that answer requests and their parents."""
    found, waiting = {}, [server.pid]
    while waiting:
        pid = waiting.pop()
        status = Path(f"/proc/{pid}/status").read_text()
        found[pid] = int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000
        waiting += [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found


if __name__ == "__main__":
    main()
