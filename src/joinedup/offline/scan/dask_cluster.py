"""Replications on the workers of a Dask cluster, for data that takes one machine too long.

Each worker computes once what all replications share, and then whole groups of them. A group gives the same
numbers wherever it is computed, so the answer is identical to the last bit on any number of workers.
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
# How often a group lost with its worker is tried elsewhere.
TRIES = 3

Spread = Callable[["ScanCounts", "Question", Sequence[range]], Iterable["NDArray[Any]"]]


@contextmanager
def on_dask(address: str) -> Iterator[Spread]:
    """The function that the engine uses to spread replications. Raises `Refused` if the cluster cannot be
    used."""
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
        # The scan's unique name, by which a worker caches what its groups share.
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
    """Check before Dask connects: its client retries for ever if something else answers."""
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
            # A scheduler speaks first; with TLS only after the handshake.
            speaks = at.scheme == "tls" or bool(there.recv(1))
    except OSError:
        speaks = False
    if not speaks:
        raise Refused(f"No Dask scheduler answers at {quoted(address)}.")


def _refuse_unfit(client: Any, address: str) -> None:
    """Require workers of this version: another might give another answer."""
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
    """Runs on a worker, which caches one scan at a time."""
    from joinedup.engines.scan.replications import replications_of

    with _lock:
        if name not in _held:
            _held.clear()
            _held[name] = replications_of(world, question)
        held = _held[name]
    return held.highest(group)
