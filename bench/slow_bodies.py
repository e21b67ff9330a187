"""Whether somebody still reads the site while others send it requests that never end.

    .venv/bin/python bench/slow_bodies.py --home FOLDER [--clients 60] [--seconds 20] [--port 8211]

Serves a copy of the installation in FOLDER. Each slow client sends the head of a form and then a byte of it now and
then, or begins a header and never ends it; a twentieth send 400 MB as fast as it goes. Beside them one reader asks for
the home page, again and again. Prints what the reader got, and what became of the slow ones.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from load import Connection, Tally, asked, memory, reading, served

# With the cookie, so that the form's token is looked for in the body, and with a file, which has no end.
FORM = (
    b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=%s\r\n"
    b"Content-Type: multipart/form-data; boundary=----x\r\n" % (b"a" * 32)
)
FILE = b'------x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="an installation, which stays as it is")
    parser.add_argument("--clients", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--port", type=int, default=8211)
    given = parser.parse_args()
    if given.home is None:
        print("Nothing is measured without an installation: give one with --home.")
        return
    with tempfile.TemporaryDirectory(prefix="joinedup-slow-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        with served(home, given.port) as server:
            tally, ends = asyncio.run(beside(given.port, given.clients, given.seconds))
            print(tally.line("the reader", given.seconds))
            print("the slow ones:", dict(ends))
            print("memory, MB:", [round(each) for each in memory(server).values()])


async def beside(port: int, clients: int, seconds: float) -> tuple[Tally, Counter[str]]:
    ends: Counter[str] = Counter()
    slow = [asyncio.create_task(attack(port, number, seconds, ends)) for number in range(clients)]
    await asyncio.sleep(1)
    tally, until, connection = Tally(), time.perf_counter() + seconds, Connection(port)
    while time.perf_counter() < until:
        await asked(tally, connection, reading(["/"]))
        await asyncio.sleep(0.1)
    for each in slow:
        each.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    return tally, ends


async def attack(port: int, number: int, seconds: float, ends: Counter[str]) -> None:
    """One slow client, which begins anew whenever it is let go."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            kind = "400 MB" if number % 20 == 19 else "a header" if number % 4 == 0 else "a body"
            try:
                await asyncio.wait_for(_send(writer, kind, until), seconds)
                answer = await asyncio.wait_for(reader.read(100), 5)
                ends[f"{kind}: {answer[:30].decode(errors='replace').splitlines()[:1]}"] += 1
            except (OSError, TimeoutError) as error:
                ends[f"{kind}: {type(error).__name__}"] += 1
            writer.close()
        await asyncio.sleep(0.2)


async def _send(writer: asyncio.StreamWriter, kind: str, until: float) -> None:
    if kind == "a header":
        writer.write(b"GET / HTTP/1.1\r\nHost: ")
    elif kind == "a body":
        writer.write(FORM + b"Content-Length: 100000\r\n\r\n" + FILE)
    else:
        writer.write(FORM + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(FILE), FILE))
        for _ in range(400):
            writer.write(b"100000\r\n" + bytes(2**20) + b"\r\n")
            await writer.drain()
        return
    while time.perf_counter() < until and not writer.is_closing():
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    main()
