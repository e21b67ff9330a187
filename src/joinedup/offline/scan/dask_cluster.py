"""Replications on the workers of a Dask cluster, for worlds that one machine takes too long for.

Each worker works out once what all replications share, and then whole groups of them. A group gives the same numbers
wherever it is worked out, so the answer is the same to the last bit on any number of workers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from joinedup.offline.delimited import Refused, quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from joinedup.engines.scan import Question, ScanCounts
    from joinedup.engines.scan.replications import Replications


# Seconds to wait for a scheduler, and for its first worker.
ANSWERS_WITHIN, WORKS_WITHIN = 10, 30
# A group that is lost with its worker is tried so often elsewhere.
TRIES = 3

Spread = Callable[["ScanCounts", "Question", Sequence[range]], Iterable["NDArray[Any]"]]


@contextmanager
def on_dask(address: str) -> Iterator[Spread]:
    """What the engine takes to spread replications. Raises `Refused` where the cluster cannot help."""
    try:
        from distributed import Client
    except ImportError as error:
        raise Refused("--dask needs Dask, which is an extra: pip install “joinedup[dask]”.") from error
    _refuse_silent(address)
    try:
        client = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Refused(f"No Dask scheduler answers at {quoted(address)}.") from error
    with client:
        _refuse_unfit(client, address)
        # A scan has a name of its own: by it a worker keeps between groups what belongs to the scan.
        name = str(uuid4())
        sent: list[Any] = []

        def spread(world: ScanCounts, question: Question, groups: Sequence[range]) -> Iterator[NDArray[Any]]:
            from distributed import KilledWorker

            if not sent:
                sent.extend(client.scatter([world, question], broadcast=True, hash=False))
            found = [
                client.submit(_highest, name, *sent, group, retries=TRIES, pure=False) for group in groups
            ]
            try:
                for each in found:
                    yield each.result()
            except (KilledWorker, CancelledError, OSError) as error:
                raise Refused(f"The Dask cluster at {quoted(address)} lost the work: try again.") from error

        yield spread


def _refuse_silent(address: str) -> None:
    """Before Dask is asked: its client goes on trying for ever where somebody else answers."""
    try:
        at = urlsplit(address)
        host, port = at.hostname, at.port
    except ValueError:
        host = port = None
    if host is None or port is None or at.scheme not in ("tcp", "tls"):
        raise Refused(
            f"--dask takes the address of a scheduler, such as tcp://host:8786, not {quoted(address)}."
        )
    try:
        with socket.create_connection((host, port), timeout=ANSWERS_WITHIN) as there:
            # A scheduler is the first to speak; with TLS only after the keys.
            speaks = at.scheme == "tls" or bool(there.recv(1))
    except OSError:
        speaks = False
    if not speaks:
        raise Refused(f"No Dask scheduler answers at {quoted(address)}.")


def _refuse_unfit(client: Any, address: str) -> None:
    """Workers there have to be, and of this version: another one might give another answer."""
    from joinedup import __version__
    from joinedup.engines.scan import VERSION

    try:
        client.wait_for_workers(1, timeout=WORKS_WITHIN)
    except TimeoutError as error:
        raise Refused(f"The Dask cluster at {quoted(address)} has no workers.") from error
    try:
        others = {version for version in client.run(_version).values() if version != (__version__, VERSION)}
    except ImportError as error:
        raise Refused(
            "The workers of the Dask cluster have no JoinedUp: install it there as here."
        ) from error
    if others:
        raise Refused(
            f"The workers of the Dask cluster have JoinedUp {min(others)[0]}, this is {__version__}: "
            "they have to be the same."
        )


def _version() -> tuple[str, str]:
    from joinedup import __version__
    from joinedup.engines.scan import VERSION

    return __version__, VERSION


_lock = threading.Lock()
_held: dict[str, Replications] = {}


def _highest(name: str, world: ScanCounts, question: Question, group: range) -> NDArray[Any]:
    """Runs on a worker, which holds one scan at a time."""
    from joinedup.engines.scan.replications import replications_of

    with _lock:
        if name not in _held:
            _held.clear()
            _held[name] = replications_of(world, question)
        held = _held[name]
    return held.highest(group)
